"""What pip's settings mean, whichever way they were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ORDER: Final = ("global", "install", ":env:")
"""The sections that hold for ``pip install``; a later one wins."""


def option(name: str) -> str:
    """Return an option's name as pip compares it.

    Args:
        name: as it is written.
    """
    return name.strip().lower().replace("_", "-").removeprefix("--")


def settings_facts(sections: Mapping[str, Mapping[str, str]], *, valid: bool) -> dict[str, Any]:
    """Return the facts of ``pip install``'s settings.

    Args:
        sections: options by section.
        valid: whether pip reads them; where it doesn't, none of them holds.
    """
    holds: dict[str, str] = {}
    for section in _ORDER if valid else ():
        # An empty value is none to pip: it takes what an earlier section says.
        holds |= {name: value for name, value in sections.get(section, {}).items() if value.strip()}
    hosts = holds.get("trusted-host", "").split()
    return {
        "index_url": holds.get("index-url", "").strip() or None,
        "extra_index_urls": holds.get("extra-index-url", "").split() or None,
        "trusted_host": " ".join(hosts) or None,
        "trusted_hosts": hosts or None,
        "timeout": holds.get("timeout", "").strip() or None,
        "settings": holds,
        "sections": {name: dict(values) for name, values in sections.items()},
    }
