"""The user's settings, in one TOML file that keeps its comments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError, UsageError
from torchup.state.files import write_atomic
from torchup.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host import Host

CONFIG_VARIABLE: Final = "TORCHUP_CONFIG"


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise UsageError("config.bad-value", key="lang", value=value, choices=", ".join(LANGUAGES))
    return value


def _folder(value: str) -> str:
    if not Path(value).expanduser().is_absolute():
        raise UsageError("config.bad-value", key="home", value=value, choices="/…, ~/…, D:\\…")
    return value


KEYS: Final[dict[str, Callable[[str], str]]] = {"home": _folder, "lang": _language}


def config_path(host: Host) -> Path:
    """Find the configuration file: ``TORCHUP_CONFIG``, else the system's configuration folder."""
    named = host.env(CONFIG_VARIABLE)
    if named:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("torchup", appauthor=False) / "config.toml"


def read_config(path: Path, *, mending: bool = False) -> dict[str, str]:
    """Read the settings; a missing file is an empty one.

    Args:
        path: the file.
        mending: leave out values that their key can't take, for those who come to change them.

    Raises:
        UsageError: the file is not TOML, or has a value that its key can't take.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise OutsideError("config.unreadable", path=path, why=error.strerror) from error
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        found = tomlkit.parse(data).unwrap()
    except (ParseError, UnicodeDecodeError) as error:
        raise UsageError("config.malformed", path=path, why=error) from error
    taken = {key: _taken(key, str(found[key]), mending=mending) for key in KEYS if key in found}
    return {key: value for key, value in taken.items() if value is not None}


def _taken(key: str, value: str, *, mending: bool) -> str | None:
    try:
        return KEYS[key](value)
    except UsageError:
        if mending:
            return None
        raise


def write_config(path: Path, key: str, value: str | None) -> None:
    """Set a key, or remove it with None; everything else in the file stays as it is.

    Raises:
        UsageError: no such key, or a value that it can't take.
        OutsideError: the file can't be written.
    """
    import tomlkit

    if key not in KEYS:
        raise UsageError("config.unknown-key", key=key, choices=", ".join(KEYS))
    read_config(path, mending=True)
    found = tomlkit.parse(path.read_bytes()) if path.exists() else tomlkit.document()
    if value is None:
        found.pop(key, None)
    else:
        found[key] = KEYS[key](value)
    try:
        write_atomic(path, tomlkit.dumps(found).encode())
    except OSError as error:
        raise OutsideError("config.unwritable", path=path, why=error.strerror) from error
