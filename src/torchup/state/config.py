"""The user's settings, in one TOML file that keeps its comments."""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH111, PTH117, PTH118

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from torchup.early import read_file
from torchup.errors import OutsideError, UsageError
from torchup.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torchup.host import Host

_MOST: Final = 1 << 20
"""Bytes of settings: more are none, and a device would go on for ever."""
CONFIG_VARIABLE: Final = "TORCHUP_CONFIG"
_PRIVATE: Final = 0o600
"""Who may read settings that hold a login, as a mirror's address may."""
MIRROR_KEYS: Final = ("mirror.conda", "mirror.pypi", "mirror.python", "mirror.pytorch")
"""One for each kind of :data:`torchup.model.mirror.KINDS`, which would take long to load here."""


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise UsageError("config.bad-value", key="lang", value=value, choices=", ".join(LANGUAGES))
    return value


def _folder(key: str) -> Callable[[str], str]:
    def take(value: str) -> str:
        if not os.path.isabs(os.path.expanduser(value)):
            raise UsageError("config.bad-value", key=key, value=value, choices="/…, ~/…, D:\\…")
        return value

    return take


def _name(value: str) -> str:
    if not value.strip() or "/" in value or "\\" in value:
        raise UsageError("config.bad-value", key="default", value=value, choices="NAME")
    return value


def _mirrors(key: str) -> Callable[[str], str]:
    def take(value: str) -> str:
        words = value.split()
        if not words or not all(word.isprintable() for word in words):
            choices = "NAME, https://…"
            raise UsageError("config.bad-value", key=key, value=value, choices=choices)
        return " ".join(words)

    return take


def _switch(key: str) -> Callable[[str], str]:
    def take(value: str) -> str:
        chosen = {"true": "on", "false": "off"}.get(value.lower(), value)
        if chosen not in ("on", "off"):
            raise UsageError("config.bad-value", key=key, value=value, choices="on, off")
        return chosen

    return take


KEYS: Final[dict[str, Callable[[str], str]]] = {
    "default": _name,
    "explain": _switch("explain"),
    "facts.overlay": _folder("facts.overlay"),
    "home": _folder("home"),
    "lang": _language,
    **{key: _mirrors(key) for key in MIRROR_KEYS},
}


def config_path(host: Host) -> str:
    """Find the configuration file: ``TORCHUP_CONFIG``, else the system's configuration folder."""
    named = host.env(CONFIG_VARIABLE)
    if named:
        return os.path.expanduser(named)
    from torchup.state.folders import user_folder

    return os.path.join(user_folder(host, "config"), "config.toml")


class Config(dict[str, str]):
    """The settings by key; ``unknown`` are keys of the file that mean nothing, as TOML has them."""

    unknown: tuple[str, ...] = ()


def read_config(path: str | os.PathLike[str], *, mending: bool = False) -> Config:
    """Read the settings; a missing file is an empty one.

    Args:
        path: the file.
        mending: leave out values that their key can't take, for those who come to change them.

    Raises:
        UsageError: the file is far too large, is not TOML, or has a value that its key can't take.
    """
    try:
        data = read_file(path, _MOST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Config()
    except OSError as error:
        raise OutsideError("config.unreadable", path=path, why=error.strerror) from error
    return read_settings(data, path, mending=mending)


def read_settings(data: bytes, path: str | os.PathLike[str], *, mending: bool = False) -> Config:
    """Read settings out of their bytes; ``path`` is only named where they can't be read.

    Raises:
        UsageError: as :func:`read_config`.
    """
    if len(data) > _MOST:
        raise UsageError("config.too-large", path=path)
    # tomlkit, which keeps comments, takes ten times as long to load; it is for those who write.
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        found = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise UsageError("config.malformed", path=path, why=error) from error
    given = {key: _look_up(found, key) for key in KEYS}
    taken = {
        key: _taken(key, str(value), mending=mending)
        for key, value in given.items()
        if value is not None
    }
    config = Config({key: value for key, value in taken.items() if value is not None})
    config.unknown = tuple(_unknown(found))
    return config


def _unknown(found: Mapping[str, object]) -> Iterator[str]:
    """Name what no key is: a name, or one in a table."""
    tables = {key.rpartition(".")[0] for key in KEYS} - {""}
    for name, value in found.items():
        if isinstance(value, Mapping) and name in tables:
            yield from (f"{name}.{inner}" for inner in value if f"{name}.{inner}" not in KEYS)
        elif name not in KEYS:
            yield name


def nearest_key(written: str) -> str | None:
    """Name the key that somebody may have meant; None where none is like it."""
    from difflib import get_close_matches

    near = get_close_matches(written.lower(), KEYS, n=1, cutoff=0.5)
    return near[0] if near else None


def _look_up(found: Mapping[str, object], key: str) -> object:
    """Find a key; one with a dot (``facts.overlay``) is a table's, as TOML has it."""
    table, _, name = key.rpartition(".")
    inner = found.get(table) if table else found
    return inner.get(name) if isinstance(inner, Mapping) else None


def _taken(key: str, value: str, *, mending: bool) -> str | None:
    try:
        return KEYS[key](value)
    except UsageError:
        if mending:
            return None
        raise


def changed_config(
    path: str | os.PathLike[str], values: Mapping[str, str | None]
) -> tuple[bytes | None, bytes]:
    """Return the file as it is, None where there is none, and as it is to be; changes nothing.

    Args:
        path: the file.
        values: what to set, or to remove with None; everything else stays as it is.

    Raises:
        UsageError: no such key, or a value that it can't take; the file can't be changed.
        OutsideError: the file can't be read.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    for key in values:
        if key not in KEYS:
            raise UsageError("config.unknown-key", key=key, choices=", ".join(KEYS))
    read_config(path, mending=True)
    was: bytes | None = None
    with suppress(FileNotFoundError, NotADirectoryError):
        was = read_file(path)
    try:
        found: Any = tomlkit.parse(was) if was is not None else tomlkit.document()
    except (TOMLKitError, RecursionError) as error:  # it refuses some that can be read
        raise UsageError("config.malformed", path=path, why=error) from error
    for key, value in values.items():
        table, _, name = key.rpartition(".")
        if table and value is not None and not isinstance(found.get(table), Mapping):
            found[table] = tomlkit.table()
        inner: Any = found.get(table) if table else found
        if value is not None:
            inner[name] = KEYS[key](value)
        elif isinstance(inner, MutableMapping):
            inner.pop(name, None)
    return was, tomlkit.dumps(found).encode()


def rights_of(data: bytes) -> int | None:
    """Who may read such a file; None where it holds nothing that others mustn't see."""
    return _PRIVATE if b"@" in data else None


def write_config(path: str | os.PathLike[str], key: str, value: str | None) -> None:
    """Set a key, or remove it with None; everything else in the file stays as it is.

    Raises:
        UsageError, OutsideError: as :func:`write_values`.
    """
    write_values(path, {key: value})


def write_values(path: str | os.PathLike[str], values: Mapping[str, str | None]) -> None:
    """Set keys, or remove them with None; everything else in the file stays as it is.

    Raises:
        UsageError: no such key, or a value that it can't take.
        OutsideError: the file can't be read or written.
    """
    from pathlib import Path

    from torchup.state.files import write_atomic

    _, data = changed_config(path, values)
    try:
        write_atomic(Path(path), data, mode=rights_of(data))
    except OSError as error:
        raise OutsideError("config.unwritable", path=path, why=error.strerror) from error
