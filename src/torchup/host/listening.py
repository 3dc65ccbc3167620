"""Listening on this machine alone, and telling whose program asks."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError

if TYPE_CHECKING:
    from torchup.host import Host

LOOPBACK: Final = "127.0.0.1"
_TABLES: Final = ("/proc/net/tcp", "/proc/net/tcp6")
"""A socket of IPv6 may speak IPv4 too: it is in the other table then."""
_ROOT: Final = 0


def listen_on_loopback(port: int) -> socket.socket:
    """Return a socket that listens on this machine alone; port 0 takes any that is free.

    Raises:
        OutsideError: ``web.port-taken``.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        # There it would let two programs listen on one port.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise OutsideError("web.port-taken", port=port, why=error.strerror or "") from error
    listening.set_inheritable(False)
    return listening


def is_anothers(host: Host, client: int, server: int) -> bool:
    """Tell whether a connection on the loopback comes from another user's program.

    Linux writes the owner of every socket into ``/proc/net/tcp`` (proc(5)); where the table has no
    such row, or there is no table, nobody can tell. A socket that its program has closed has no
    inode, and root for its owner: it is nobody's whom we know.

    Args:
        host: this machine.
        client: the port that the other side speaks from.
        server: the port that it speaks to.
    """
    if sys.platform == "win32":
        return False
    mine = {_ROOT, os.getuid()}
    for table in _TABLES:
        for row in (host.read(table) or b"").decode("ascii", "replace").splitlines()[1:]:
            fields = row.split()
            if len(fields) > _INODE and (_port(fields[1]), _port(fields[2])) == (client, server):
                owner = fields[_OWNER]
                return not owner.isdigit() or int(owner) not in mine or fields[_INODE] == "0"
    return False


_OWNER: Final = 7
_INODE: Final = 9


def _port(address: str) -> int:
    """Read the port of ``0100007F:1F90``."""
    try:
        return int(address.rpartition(":")[2], 16)
    except ValueError:
        return -1
