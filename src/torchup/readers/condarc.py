"""``.condarc``: where conda looks for packages.

Facts: ``channels``, ``default_channels``, ``channel_alias``, ``ssl_verify`` (true, false or the
name of certificates); ``custom_channels``, the names, with their places in
``custom_channel_urls``; ``custom_multichannels`` and ``mirrored_channels`` by name;
``channel_priority``, ``offline``, ``proxy_servers``; ``settings``, all that is written;
``valid``, whether conda can read it: where it can't, nothing but ``settings`` is given.
``${VAR}`` stands as written: its value is another machine's.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.pasted import file_lines
from torchup.readers.plain_yaml import load
from torchup.readers.reading import Reading

KIND: Final = "condarc"
_KEY: Final = re.compile(
    r"^\s{0,4}(?:channels|default_channels|custom_channels|custom_multichannels|channel_alias"
    r"|show_channel_urls|ssl_verify|channel_priority|envs_dirs|pkgs_dirs|auto_activate_base"
    r"|auto_activate|always_yes|changeps1|proxy_servers|mirrored_channels|pinned_packages"
    r"|create_default_packages|pip_interop_enabled|report_errors|solver|remote_read_timeout_secs"
    r"|remote_connect_timeout_secs|remote_max_retries|auto_update_conda|notify_outdated_conda"
    r"|allow_other_channels|allowlist_channels|denylist_channels|anaconda_upload|env_prompt"
    r"|use_only_tar_bz2|repodata_threads|restore_free_channel|default_threads)\s{0,8}:"
)
# Each of these makes a file an environment.yml or a package's recipe, which have channels too.
_OTHER: Final = re.compile(r"^(?:dependencies|prefix|package|requirements|jobs|services)\s{0,8}:")
_LISTS: Final = ("channels", "channel", "default_channels", "envs_dirs", "pkgs_dirs")
_MAPPINGS: Final = ("custom_channels", "custom_multichannels", "proxy_servers")
_ON: Final = frozenset({"true", "yes", "on", "y", "1"})
_OFF: Final = frozenset({"false", "no", "off", "n", "0"})


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    lines = file_lines(text[:200_000])
    known = any(_KEY.match(line) for line in lines)
    return known and not any(_OTHER.match(line) for line in lines)


def read(text: str) -> Reading:
    """Read it. An empty file is a good one."""
    lines = [line for line in file_lines(text) if not line.startswith("==> ")]
    settings, good = load(lines)
    valid = good and _of_their_types(settings)
    holds = settings if valid else {}
    custom = _mapping(holds.get("custom_channels"))
    facts: dict[str, Any] = {
        "channels": _names(holds.get("channels", holds.get("channel"))),
        "default_channels": _names(holds.get("default_channels")),
        "custom_channels": None if custom is None else list(custom),
        "custom_channel_urls": custom,
        "custom_multichannels": _mapping(holds.get("custom_multichannels")),
        "mirrored_channels": _mapping(holds.get("mirrored_channels")),
        "channel_alias": _text(holds.get("channel_alias")),
        "ssl_verify": _switch(holds.get("ssl_verify", holds.get("verify_ssl"))),
        "channel_priority": _text(holds.get("channel_priority")),
        "offline": _switch(holds.get("offline")),
        "proxy_servers": _mapping(holds.get("proxy_servers")),
        "settings": settings,
        "valid": valid,
    }
    return Reading(kind=KIND, state="ok" if valid else "invalid", facts=facts)


def _of_their_types(settings: dict[str, Any]) -> bool:
    """Tell whether lists are lists and mappings mappings; conda stops at a text instead."""
    lists = all(isinstance(settings.get(name), list | None) for name in _LISTS)
    return lists and all(isinstance(settings.get(name), dict | None) for name in _MAPPINGS)


def _text(value: Any) -> str | None:  # noqa: ANN401 - YAML holds anything
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else None


def _names(value: Any) -> list[str] | None:  # noqa: ANN401 - YAML holds anything
    if not isinstance(value, list):
        return None
    return [name for name in map(_text, value) if name is not None]


def _mapping(value: Any) -> dict[str, Any] | None:  # noqa: ANN401 - YAML holds anything
    return value if isinstance(value, dict) else None


def _switch(value: Any) -> bool | str | None:  # noqa: ANN401 - YAML holds anything
    plain = _text(value)
    if plain is None:
        return None
    return True if plain.lower() in _ON else False if plain.lower() in _OFF else plain
