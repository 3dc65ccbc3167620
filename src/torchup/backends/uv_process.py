"""How uv is started: which binary, which variables."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Final

from torchup.backends.uv_tools import LACKS, Tools
from torchup.errors import OutsideError
from torchup.state.proxies import proxies_for_programs

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host import Completed, Host
    from torchup.state.home import Home

#: Seconds that uv waits for a server that says nothing: large wheels come from slow mirrors.
HTTP_TIMEOUT: Final = "300"

#: What would change uv's answer behind our back. Indexes were already read by ``sources``;
#: certificates, proxies and mirrors of interpreters stay as the user set them.
STRAY: Final = (
    "CONDA_PREFIX",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "PYTHONHOME",
    "PYTHONPATH",
    "RUST_LOG",
    "UV_BUILD_CONSTRAINT",
    "UV_CONFIG_FILE",
    "UV_CONSTRAINT",
    "UV_DEFAULT_INDEX",
    "UV_EXCLUDE_NEWER",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_FORK_STRATEGY",
    "UV_INDEX",
    "UV_INDEX_STRATEGY",
    "UV_INDEX_URL",
    "UV_MANAGED_PYTHON",
    "UV_NO_BINARY",
    "UV_NO_CACHE",
    "UV_NO_INDEX",
    "UV_NO_MANAGED_PYTHON",
    "UV_NO_PROGRESS",
    "UV_NO_SOURCES",
    "UV_OVERRIDE",
    "UV_PRERELEASE",
    "UV_PROJECT",
    "UV_PYTHON",
    "UV_PYTHON_PREFERENCE",
    "UV_REQUIRE_HASHES",
    "UV_RESOLUTION",
    "UV_SYSTEM_PYTHON",
    "UV_TORCH_BACKEND",
    "UV_VENV_CLEAR",
    "UV_VENV_RELOCATABLE",
    "UV_VENV_SEED",
    "UV_WORKING_DIR",
    "VIRTUAL_ENV",
)


_TRUST: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "UV_SYSTEM_CERTS", "UV_NATIVE_TLS")
_SYSTEM_CERTIFICATES: Final = {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}
"""The second name is the one that older uvs know."""
_DISTRUST: Final = re.compile(r"invalid peer certificate|UnknownIssuer")
"""What uv (0.9 to 0.13) says of a certificate that it doesn't trust."""
_TRIES: Final = 6
"""Times at most that uv is run again for builds that lack something."""


_FINDING: Final = threading.Lock()
"""uv's finder reads ``sysconfig``, whose first reading in two threads at once fails."""


def binary(host: Host) -> str | None:
    """Find uv: the one that came with torchup, else the one on the search path."""
    try:
        from uv import find_uv_bin
    except ImportError:
        return host.which("uv")
    with _FINDING:
        try:
            return find_uv_bin()
        except FileNotFoundError:
            return host.which("uv")


def variables(host: Host, home: Home) -> dict[str, str | None]:
    """Lay out uv's variables; None removes one."""
    return {
        **proxies_for_programs(host),
        **dict.fromkeys(STRAY),
        "NO_COLOR": "1",
        "UV_CACHE_DIR": str(home.uv_cache),
        "UV_HTTP_TIMEOUT": host.env("UV_HTTP_TIMEOUT") or HTTP_TIMEOUT,
        "UV_NO_CONFIG": "1",
        "UV_PREVIEW_FEATURES": "pylock",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PYTHON_INSTALL_DIR": str(home.pythons),
    }


def call(
    host: Host,
    home: Home,
    *arguments: str,
    on_line: Callable[[str], None] | None = None,
    extra: dict[str, str | None] | None = None,
) -> Completed:
    """Run uv to its end; ``on_line`` gets each line that it says.

    Where it distrusts a certificate that is not among its own, and the user didn't say which
    count, it is run again with the system's: a proxy that opens TLS is known to those. Where a
    package is built from sources that are older than the tools that build it, or that use tools
    which they don't name, it is run again with these.

    Raises:
        OutsideError: ``uv.missing``, when there is no uv.
    """
    program = binary(host)
    if program is None:
        raise OutsideError("uv.missing")
    told = {**variables(host, home), **(extra or {})}
    line = [program, *arguments]
    hears = on_line or _ignore
    found = host.stream(line, on_line=hears, env=told)
    if found.code and _DISTRUST.search(found.err) and not any(host.env(n) for n in _TRUST):
        told |= _SYSTEM_CERTIFICATES
        found = host.stream(line, on_line=hears, env=told)
    if arguments[:1] != ("pip",):
        return found
    tools = Tools(home, arguments)
    try:
        for _ in range(_TRIES):
            if not found.code or LACKS not in found.err or not tools.learn(found.err):
                break
            found = host.stream([*line, *tools.options], on_line=hears, env=told)
    finally:
        tools.restore()
    return found


def _ignore(_line: str) -> None:
    """Hear a line and do nothing."""
