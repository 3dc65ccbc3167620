"""Starting the server, and telling where it is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import uvicorn

from torchup.host.listening import listen_on_loopback
from torchup.web.app import make_app
from torchup.web.gate import Gate
from torchup.web.here import Here

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host.real import RealHost
    from torchup.state.home import Home

_LAST_WORDS_S: Final = 2
"""Seconds that watchers get at the end; their streams never end by themselves."""


def serve(
    host: RealHost,
    home: Home,
    *,
    language: str,
    offline: bool,
    port: int,
    on_ready: Callable[[str, int], None],
) -> None:
    """Serve until somebody stops it.

    Args:
        host: this machine.
        home: where environments are kept.
        language: of pages that name none.
        offline: use only what is on this machine.
        port: the port; 0 for any that is free.
        on_ready: told the link that lets one browser in, and the port.

    Raises:
        OutsideError: ``web.port-taken``.
    """
    listening = listen_on_loopback(port)
    bound = int(listening.getsockname()[1])
    here = Here(host, home, language=language, offline=offline)
    gate = Gate(make_app(here), host, bound, here.words(language))
    config = uvicorn.Config(
        gate,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=_LAST_WORDS_S,
    )
    # What goes wrong is worded in the answer; its traceback is in the file that this names.
    logging.getLogger("uvicorn.error").disabled = True
    server = uvicorn.Server(config)
    on_ready(gate.link, bound)  # connections wait in the socket until it runs
    server.run(sockets=[listening])
