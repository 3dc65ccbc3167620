"""What is known of conda's settings and channels; read only where those are looked at."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from torchup.facts.current import in_force
from torchup.facts.mirrors import load_mirrors
from torchup.facts.schema import File, Sources
from torchup.facts.seldom import read_seldom

if TYPE_CHECKING:
    from torchup.facts.current import InForce
    from torchup.model.mirror import Mirror

SETTINGS_FILE: Final = "conda/settings.toml"
CHANNELS_FILE: Final = "conda/channels.toml"

Kind = Literal["list", "mapping", "switch", "number", "text", "choice"]


class SettingsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of one kind; ``choices`` are what a choice can be."""

    kind: Kind
    names: Annotated[tuple[str, ...], Meta(min_length=1)]
    source: Sources
    choices: tuple[str, ...] = ()


class SettingsFile(File, frozen=True, kw_only=True):
    """``conda/settings.toml``; ``aliases`` are other names of the same settings."""

    settings: tuple[SettingsRow, ...]
    aliases: dict[str, str]


class HostRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A host that serves channels under https; ``now`` is the one that took its place."""

    name: str
    source: Sources
    now: str = ""


class RetiredRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel that is gone, or frozen: ``last`` is the last release of the framework in it."""

    name: str
    what: Literal["gone", "frozen"]
    source: Sources
    last: str = ""


class PlatformsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The folders of a channel."""

    names: tuple[str, ...]
    source: Sources


class ChannelsFile(File, frozen=True, kw_only=True):
    """``conda/channels.toml``."""

    hosts: tuple[HostRow, ...]
    retired: tuple[RetiredRow, ...]
    platforms: PlatformsRow


class CondaFacts:
    """The tables, ready to be asked."""

    def __init__(self, settings: SettingsFile, channels: ChannelsFile) -> None:
        self._channels = channels
        self._aliases = settings.aliases
        self._rows = {name: row for row in settings.settings for name in row.names}
        self._hosts = {row.name: row for row in channels.hosts}
        self.platforms: Final = frozenset(channels.platforms.names)

    @property
    def names(self) -> tuple[str, ...]:
        """Every setting's name, in order."""
        return tuple(sorted(self._rows))

    def name_of(self, key: str) -> str:
        """The name of a setting that was written by another name; else the key itself."""
        return self._aliases.get(key, key)

    def kind_of(self, key: str) -> Kind | None:
        """What a setting holds; None for one that conda doesn't have itself."""
        row = self._rows.get(self.name_of(key))
        return row.kind if row else None

    def choices_of(self, key: str) -> tuple[str, ...]:
        """What a choice can be; nothing for other settings."""
        row = self._rows.get(self.name_of(key))
        return row.choices if row else ()

    def mirror(self, url: str) -> Mirror | None:
        """The mirror that an address belongs to, by its host."""
        found = load_mirrors().with_host("conda", url)
        return found if found and found.state != "official" else None

    def host(self, url: str) -> HostRow | None:
        """The host of an address, where it is one of conda's own."""
        return self._hosts.get(urlsplit(url).hostname or "")

    def retired(self, channel: str) -> RetiredRow | None:
        """The retired channel that a name or an address means."""
        plain = channel.rstrip("/")
        return next(
            (
                one
                for one in self._channels.retired
                if plain == one.name or plain.endswith(f"/{one.name}")
            ),
            None,
        )


def load_conda_facts() -> CondaFacts:
    """Load the tables.

    Raises:
        ValueError: a table is damaged.
    """
    return _load(in_force())


@cache
def _load(_facts: InForce) -> CondaFacts:
    return CondaFacts(
        read_seldom(SETTINGS_FILE, SettingsFile), read_seldom(CHANNELS_FILE, ChannelsFile)
    )
