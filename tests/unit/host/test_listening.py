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

    def __init__(self, *rows: str) -> None:
        self._text = HEAD + "".join(rows)

    def read(self, _path: str) -> bytes | None:
        return self._text.encode()


def row(local: int, remote: int, uid: object) -> str:
    return f"   0: 0100007F:{local:04X} 0100007F:{remote:04X} 01 0:0 00:00000000 0 {uid} 0 1\n"


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
