"""The index that uv uses when told nothing, as its own help says: a fact that is uv's."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.state.home import Home

_INDEX: Final = r"by default: <(?P<url>https?://[^>\s]+)>"


def read_default_index(host: Host, home: Home) -> str:
    """Ask uv's help, once for each uv; empty where it doesn't tell.

    The uv that told it last counts as long as it is there unchanged: finding the one that would
    be used now takes longer than everything else here.
    """
    kept = home.cache / "uv-default-index"
    known, _, url = (host.read(str(kept)) or b"").decode("utf-8", "replace").partition("\n")
    told_by = known.rpartition(" (")[0]
    if told_by and known == f"{told_by} {host.modified(told_by)}":
        return url.strip()
    from torchup.backends.uv_process import binary
    from torchup.state.files import write_atomic

    uv = binary(host)
    if not uv:
        return ""
    stamp = f"{uv} {host.modified(uv)}"
    said = host.run([uv, "pip", "install", "--help"], timeout=10, env={"UV_NO_CONFIG": "1"})
    found = re.search(_INDEX, " ".join(said.out.split()))
    url = found["url"] if found else ""
    with suppress(OSError):
        write_atomic(kept, f"{stamp}\n{url}\n".encode())
    return url
