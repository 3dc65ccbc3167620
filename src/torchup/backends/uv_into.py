"""Installing into an environment that has no lock: what other installers made."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from torchup.backends.uv_errors import read_failure
from torchup.backends.uv_process import call
from torchup.backends.uv_project import config_text, write_config

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host
    from torchup.model import SourceSet
    from torchup.state.home import Home


def install_into(
    host: Host,
    home: Home,
    python: str,
    requirement: str,
    work: Path,
    *,
    sources: SourceSet,
    index: str = "",
    offline: bool = False,
) -> None:
    """Install one requirement; what it needs and isn't there comes along.

    Args:
        host: the machine.
        home: whose cache is used.
        python: the environment's interpreter.
        requirement: what is to be there.
        work: a folder for uv's configuration, which may hold passwords.
        sources: where packages come from.
        index: where this one is looked for first.
        offline: use only what is on this machine.

    Raises:
        OutsideError: a ``uv.*`` code.
    """
    config = write_config(work, config_text(sources))
    first = ["--index", index] if index else []
    offline_only = ["--offline"] if offline else []
    try:
        result = call(
            host,
            home,
            *("pip", "install", "--python", python, "--config-file", str(config)),
            *(*first, *offline_only, requirement),
        )
    finally:
        with suppress(OSError):
            config.unlink()
    if result.code:
        raise read_failure(result)
