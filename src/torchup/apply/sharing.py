"""Whether environments share their files with the cache: where they can't, each is a full copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.host.linking import try_link
from torchup.model import Text, text

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.state.home import Home

_MODE: Final = "UV_LINK_MODE"
_OWN_COPIES: Final = frozenset({"copy", "symlink"})
"""What uv does at the user's wish in place of linking (uv's documentation, "link-mode")."""
_WHY: Final = {"volume": "share.volume", "filesystem": "share.filesystem"}


def not_shared(host: Host, home: Home, name: str | None = None) -> Text | None:
    """Say why the files of an environment are copies of the cache's, None where they are shared.

    Args:
        host: the machine.
        home: where environments and the cache are kept.
        name: the environment; by default any that lies in the home.
    """
    mode = host.env(_MODE) or ""
    if mode in _OWN_COPIES:
        return text("share.mode", mode=mode)
    folder = home.environments if name is None else home.environment(name).parent
    answer = try_link(str(home.uv_cache), str(folder))
    if answer == "volume" and name is not None and home.elsewhere(name) is not None:
        return text("share.elsewhere", path=folder, home=home.root, name=name)
    code = _WHY.get(answer)
    return text(code, path=folder, cache=home.uv_cache) if code else None
