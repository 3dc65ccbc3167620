from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, cast

import pytest

from torchup.errors import OutsideError
from torchup.host.listening import LOOPBACK, is_anothers, listen_on_loopback
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from torchup.host import Host

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"


class Table:
    """A host that has only the table of sockets."""

    def __init__(self, *rows: str, path: str = "/proc/net/tcp") -> None:
        self._text = HEAD + "".join(rows)
        self._path = path

    def read(self, path: str) -> bytes | None:
        return self._text.encode() if path == self._path else None


def row(local: int, remote: int, uid: object, inode: int = 1) -> str:
    ends = f"0100007F:{local:04X} 0100007F:{remote:04X}"
    return f"   0: {ends} 01 0:0 00:00000000 0 {uid} 0 {inode}\n"


def asked(*rows: str) -> bool:
    return is_anothers(cast("Host", Table(*rows)), 50000, 8765)


@pytest.mark.skipif(sys.platform == "win32", reason="users have numbers elsewhere")
def test_the_owner_of_the_other_end_is_told() -> None:
    mine = os.getuid() if sys.platform != "win32" else 0
    assert not asked(row(50000, 8765, mine))
    assert not asked(row(50000, 8765, 0))
    assert asked(row(50000, 8765, mine + 4711))
    assert asked(row(50000, 8765, "?"))
    # The server's own end, and other connections, say nothing.
    assert not asked(row(8765, 50000, mine + 4711), row(50001, 8765, mine + 4711))
    assert not asked()
    assert not asked("nonsense\n", "a b c d e f g h\n")


@pytest.mark.skipif(sys.platform == "win32", reason="users have numbers elsewhere")
def test_a_socket_that_nobody_holds_any_more_is_not_roots() -> None:
    # The system writes root for the owner of one that was closed with something still to send.
    assert asked(row(50000, 8765, 0, inode=0))


@pytest.mark.skipif(sys.platform == "win32", reason="users have numbers elsewhere")
def test_ipv4_through_an_ipv6_socket_is_in_the_other_table() -> None:
    mapped = "0000000000000000FFFF00000100007F"
    mine = os.getuid() if sys.platform != "win32" else 0
    for owner in (mine, mine + 4711):
        written = row(50000, 8765, owner).replace("0100007F", mapped)
        host = cast("Host", Table(written, path="/proc/net/tcp6"))
        assert is_anothers(host, 50000, 8765) is (owner != mine)


@pytest.mark.skipif(not os.path.exists("/proc/net/tcp"), reason="only Linux has the table")  # noqa: PTH110
def test_a_true_connection_of_our_own_is_ours() -> None:
    with listen_on_loopback(0) as server:
        port = server.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)) as client:
            assert not is_anothers(RealHost(), client.getsockname()[1], port)


def test_it_listens_on_the_loopback_alone() -> None:
    with listen_on_loopback(0) as server:
        assert server.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_an_error() -> None:
    with listen_on_loopback(0) as server, pytest.raises(OutsideError) as raised:
        listen_on_loopback(server.getsockname()[1])
    assert raised.value.code == "web.port-taken"
