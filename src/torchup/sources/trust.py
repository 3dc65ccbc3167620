"""The certificates that pip is set up to trust, for everything else that is fetched here.

Follows pip's documentation, "HTTPS Certificates": ``cert`` in a file or ``PIP_CERT``.
https://pip.pypa.io/en/stable/topics/https-certificates/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.sources.pip_config import pip_files, read_pip_file

if TYPE_CHECKING:
    from torchup.host import Host

_KEY: Final = "cert"


def pip_certificates(host: Host) -> str:
    """Return the path of pip's certificates, empty where it is told of none.

    Args:
        host: whose files and variables are read.
    """
    named = (host.env("PIP_CERT") or "").strip()
    if named:
        return named
    found = ""
    for path in pip_files(host):
        data = host.read(path)
        if data is None or _KEY.encode() not in data:
            continue
        for values in read_pip_file(path, data, [], keys=(_KEY,)).values():
            if _KEY in values:
                found = values[_KEY].value
    return found
