"""Runs on a host, in the environment: can all the others be reached, before torch tries.

Standard library alone. ``where`` tells how this host sees itself; ``meet`` listens, and connects to
every other host. Both print one JSON document.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from typing import Any

_SIOCGIFADDR = 0x8915
"""``linux/sockios.h``: asks an interface for its address."""


def where(named: str = "") -> dict[str, Any]:
    """Tell the address that others reach this host by, its interface, and what its name means.

    Args:
        named: the name or address that others are known to use; without one it is the address that
            this ssh connection came to, or the one that packets to elsewhere leave by.
    """
    reached = os.environ.get("SSH_CONNECTION", "").split()
    here = reached[2] if len(reached) > 3 else ""  # noqa: PLR2004 - client, server
    address = _meant(named) or here or _outward()
    name = socket.gethostname()
    try:
        resolved = sorted({str(one[4][0]) for one in socket.getaddrinfo(name, None)})
    except OSError:
        resolved = []
    return {
        "address": address,
        "interface": _interface(address),
        "hostname": name,
        "resolved": resolved,
    }


def meet(me: str, hosts: dict[str, str], port: int, limit: float) -> dict[str, Any]:
    """Listen, and connect to every other host.

    Args:
        me: this host's name.
        hosts: the address of each.
        port: where every host listens.
        limit: seconds after which one that was not reached counts as out of reach.
    """
    others = [name for name in hosts if name != me]
    came: set[str] = set()
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((hosts[me], port))
    except OSError as error:
        return {"listens": error.strerror or str(error), "peers": {}}
    server.listen(len(hosts))
    server.settimeout(0.2)
    end = time.monotonic() + limit
    # Whoever is done waits for the others to have reached it.
    last = end + min(3, limit)

    def answer() -> None:
        while time.monotonic() < last and len(came) != len(others):
            with suppress(OSError):
                peer, _ = server.accept()
                with peer:
                    peer.settimeout(2)
                    name = peer.recv(200).decode("utf-8", "replace").strip()
                    peer.sendall(repr(time.time()).encode())
                    came.add(name)

    listening = threading.Thread(target=answer)
    listening.start()
    peers = {name: _reach(me, hosts[name], port, end) for name in others}
    listening.join()
    server.close()
    return {"listens": "", "peers": peers}


def _reach(me: str, address: str, port: int, end: float) -> dict[str, Any]:
    """Connect to one host until it answers; it may start later, so refusals are tried again."""
    found: dict[str, Any] = {"why": "timeout"}
    while found["why"] and time.monotonic() < end:
        found = _try(me, address, port)
        if found["why"] not in ("", "timeout"):
            time.sleep(0.2)
    return found


def _try(me: str, address: str, port: int) -> dict[str, Any]:
    try:
        with socket.create_connection((address, port), timeout=2) as peer:
            began = time.time()
            peer.sendall(f"{me}\n".encode())
            said = peer.recv(100).decode()
            ended = time.time()
            skew = float(said) - (began + ended) / 2
    except (TimeoutError, socket.timeout):  # noqa: UP041 - two classes before 3.10
        return {"why": "timeout"}
    except ConnectionRefusedError:
        return {"why": "refused"}
    except (OSError, ValueError) as error:
        return {"why": getattr(error, "strerror", None) or str(error)}
    return {"why": "", "ms": (ended - began) * 1000, "skew": skew}


def _meant(named: str) -> str:
    """The address that a name means, unless it is this host's own loopback alone."""
    with suppress(OSError):
        socket.inet_aton(named)
        return named  # an address counts as it is
    try:
        found = socket.getaddrinfo(named, None, socket.AF_INET) if named else []
    except OSError:
        return ""
    return next((str(one[4][0]) for one in found if not str(one[4][0]).startswith("127.")), "")


def _outward() -> str:
    """The address that packets to elsewhere leave by; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return "127.0.0.1"


def _interface(address: str) -> str:
    """The name of the interface that has an address; empty where none has."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with suppress(OSError):
                asked = struct.pack("256s", name.encode()[:15])
                found = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, asked)
                if socket.inet_ntoa(found[20:24]) == address:
                    return name
    return ""


def main() -> None:
    """Do what the first argument says, with the second one's values."""
    given = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}  # noqa: PLR2004
    sys.stdout.write(json.dumps(where() if sys.argv[1] == "where" else meet(**given)) + "\n")


if __name__ == "__main__":
    main()
