"""What pip is set up to use on this machine.

Follows pip's documentation, "Configuration": files from the least to the most specific, then
``PIP_*`` variables; a command's own section beats ``[global]``; an empty value counts as unset.
https://pip.pypa.io/en/stable/topics/configuration/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.host.redact import redact_url
from torchup.model import Text, text
from torchup.sources.places import Configured, Named, home_of, join_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from torchup.host import Host

_SECTIONS: Final = ("global", "download", "install")
_KEYS: Final = ("index-url", "extra-index-url", "find-links", "no-index")
_TRUE: Final = frozenset({"y", "yes", "t", "true", "on", "1"})
_NO_FILES: Final = frozenset({"/dev/null", "nul", "NUL"})


def pip_configuration(host: Host) -> Configured:
    """Read pip's files and variables; what can't be read becomes a problem, never an error."""
    problems: list[Text] = []
    found: dict[str, dict[str, Named]] = {section: {} for section in _SECTIONS}
    for path in pip_files(host):
        data = host.read(path)
        if data is not None:
            for section, read in read_pip_file(path, data, problems).items():
                found[section] |= read
    values: dict[str, Named] = {}
    for section in _SECTIONS:
        values |= found[section]
    for key in _KEYS:
        variable = "PIP_" + key.upper().replace("-", "_")
        said = (host.env(variable) or "").strip()
        if said:
            values[key] = Named(value=said, origin=variable)
    forbids = values.get("no-index")
    return Configured(
        primary=values.get("index-url"),
        extras=_many(values, "extra-index-url"),
        links=_many(values, "find-links"),
        no_index=forbids.origin if forbids and forbids.value.lower() in _TRUE else None,
        problems=tuple(problems),
    )


def _many(values: Mapping[str, Named], key: str) -> tuple[Named, ...]:
    if key not in values:
        return ()
    named = values[key]
    return tuple(Named(value=one, origin=named.origin) for one in named.value.split())


def pip_files(host: Host) -> Iterator[str]:
    """Name the files that pip would read, the least specific first."""
    named = host.env("PIP_CONFIG_FILE")
    if named in _NO_FILES:
        return
    yield from _global_files(host)
    if not (named and host.modified(named)):
        yield from _user_files(host)
    if named:
        yield named


def _global_files(host: Host) -> Iterator[str]:
    if host.system == "windows":
        yield join_path(host, host.env("PROGRAMDATA") or "C:\\ProgramData", "pip", "pip.ini")
    elif host.system == "macos":
        yield "/Library/Application Support/pip/pip.conf"
    else:
        for folder in (host.env("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
            if folder:
                yield f"{folder}/pip/pip.conf"
        yield "/etc/pip.conf"


def _user_files(host: Host) -> Iterator[str]:
    home = home_of(host)
    if host.system == "windows":
        yield join_path(host, home, "pip", "pip.ini")
        roaming = host.env("APPDATA") or join_path(host, home, "AppData", "Roaming")
        yield join_path(host, roaming, "pip", "pip.ini")
        return
    yield f"{home}/.pip/pip.conf"
    if host.system == "macos" and host.is_dir(f"{home}/Library/Application Support/pip"):
        yield f"{home}/Library/Application Support/pip/pip.conf"
        return
    yield f"{host.env('XDG_CONFIG_HOME') or home + '/.config'}/pip/pip.conf"


def read_pip_file(
    path: str, data: bytes, problems: list[Text], *, keys: Collection[str] = _KEYS
) -> dict[str, dict[str, Named]]:
    """Read one file: section → key → value, of the sections that count for an installation.

    Args:
        path: where it lies.
        data: its content.
        problems: gets what can't be read.
        keys: the settings that are wanted.
    """
    from configparser import Error, RawConfigParser

    found: dict[str, dict[str, Named]] = {section: {} for section in _SECTIONS}
    parser = RawConfigParser()
    try:
        parser.read_string(data.decode("utf-8-sig"), source=path)
    except UnicodeDecodeError:
        problems.append(text("sources.config-not-utf8", path=path))
        return found
    except Error as error:
        why = redact_url(" ".join(error.message.split()))
        problems.append(text("sources.config-malformed", path=path, why=why))
        return found
    for section in _SECTIONS:
        for key, value in parser.items(section) if parser.has_section(section) else ():
            name = key.lower().replace("_", "-").removeprefix("--")
            if name in keys and value.strip():
                found[section][name] = Named(value=value.strip(), origin=path)
    return found
