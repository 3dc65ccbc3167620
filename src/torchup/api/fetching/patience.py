"""How long pip and uv wait inside environments, for mirrors that take their time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.backends.uv_process import HTTP_TIMEOUT
from torchup.sources.pip_config import pip_files, read_pip_file

if TYPE_CHECKING:
    from torchup.host import Host

_PIP: Final = ("PIP_DEFAULT_TIMEOUT", "PIP_TIMEOUT")
_UV: Final = ("UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT")
_PIP_SECONDS: Final = "120"
_KEY: Final = "timeout"


def patient_variables(host: Host, *, inside: bool = False) -> dict[str, str]:
    """Return the variables that make pip and uv wait; what the user set counts.

    pip waits 15 s and uv 30 s for a server that says nothing, by their documentation; a mirror
    that fetches a large wheel from its own source first takes longer.

    Args:
        host: whose variables and pip files are looked at.
        inside: an environment is active, which may have set them to just these.
    """
    found = {}
    own = {_UV[0]: HTTP_TIMEOUT, _PIP[0]: _PIP_SECONDS} if inside else {}
    said = {name for name in (*_UV, *_PIP) if host.env(name) not in (None, "", own.get(name))}
    if said.isdisjoint(_UV):
        found[_UV[0]] = HTTP_TIMEOUT
    if said.isdisjoint(_PIP) and not _pip_is_told(host):
        found[_PIP[0]] = _PIP_SECONDS
    return found


def _pip_is_told(host: Host) -> bool:
    for path in pip_files(host):
        data = host.read(path)
        if data and _KEY.encode() in data:
            read = read_pip_file(path, data, [], keys=(_KEY,))
            if any(_KEY in values for values in read.values()):
                return True
    return False
