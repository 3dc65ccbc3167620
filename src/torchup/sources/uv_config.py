"""What uv is set up to use on this machine.

Follows uv's documentation, "Configuration files" and "Environment variables": variables, then the
user's file, then the system's; lists are joined in that order, single values are the first found.
https://docs.astral.sh/uv/concepts/configuration-files/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.host.redact import redact_url
from torchup.model import Text, text
from torchup.sources.places import Configured, Named, home_of, join_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchup.host import Host

_NAME: Final = re.compile(r"[\w.-]+=(?=\S)")
_FALSE: Final = frozenset({"", "0", "false", "no", "n", "f", "off"})


def uv_configuration(host: Host) -> Configured:
    """Read uv's files and variables; what can't be read becomes a problem, never an error."""
    layers = [_variables(host)]
    layers += [_file(host, path, data) for path, data in uv_files(host)]
    return Configured(
        primary=next((one.primary for one in layers if one.primary), None),
        extras=tuple(extra for one in layers for extra in one.extras),
        links=tuple(link for one in layers for link in one.links),
        no_index=next((one.no_index for one in layers if one.no_index), None),
        problems=tuple(problem for one in layers for problem in one.problems),
    )


def _variables(host: Host) -> Configured:
    def many(name: str, separator: str | None = None) -> tuple[Named, ...]:
        values = (one.strip() for one in (host.env(name) or "").split(separator))
        return tuple(Named(value=_NAME.sub("", v, count=1), origin=name) for v in values if v)

    primary = many("UV_DEFAULT_INDEX") or many("UV_INDEX_URL")
    return Configured(
        primary=primary[0] if primary else None,
        extras=many("UV_INDEX") + many("UV_EXTRA_INDEX_URL"),
        links=many("UV_FIND_LINKS", ","),
        no_index="UV_NO_INDEX" if _on(host, "UV_NO_INDEX") else None,
    )


def _on(host: Host, name: str) -> bool:
    return (host.env(name) or "").strip().lower() not in _FALSE


def uv_files(host: Host) -> Iterator[tuple[str, bytes]]:
    """Name and read the files that uv would read, the most specific first."""
    named = host.env("UV_CONFIG_FILE")
    if named:
        data = host.read(named)
        if data is not None:
            yield named, data
        return
    if _on(host, "UV_NO_CONFIG"):
        return
    for candidates in (_user_files(host), _system_files(host)):
        for path in candidates:
            data = host.read(path)
            if data is not None:
                yield path, data
                break


def user_file(host: Host) -> str:
    """Name the file in which uv keeps what this user told it: ``UV_CONFIG_FILE``, else its own."""
    return host.env("UV_CONFIG_FILE") or next(_user_files(host))


def _user_files(host: Host) -> Iterator[str]:
    home = home_of(host)
    if host.system == "windows":
        roaming = host.env("APPDATA") or join_path(host, home, "AppData", "Roaming")
        yield join_path(host, roaming, "uv", "uv.toml")
        return
    yield f"{host.env('XDG_CONFIG_HOME') or home + '/.config'}/uv/uv.toml"


def _system_files(host: Host) -> Iterator[str]:
    if host.system == "windows":
        yield join_path(host, host.env("PROGRAMDATA") or "C:\\ProgramData", "uv", "uv.toml")
        return
    for folder in (host.env("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
        if folder:
            yield f"{folder}/uv/uv.toml"
    yield "/etc/uv/uv.toml"


def _file(host: Host, path: str, data: bytes) -> Configured:
    import msgspec

    base = join_path(host, path, "..") if host.system == "windows" else path.rpartition("/")[0]
    try:
        found = msgspec.toml.decode(data.decode("utf-8-sig"))
        settings = {**found, **_table(found.get("pip"))}
        return _settings(settings, path, base or ".")
    except UnicodeDecodeError:
        return Configured(problems=(text("sources.config-not-utf8", path=path),))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        why = redact_url(" ".join(str(error).split()))
        return Configured(problems=(text("sources.config-malformed", path=path, why=why),))


def _settings(settings: Mapping[str, object], path: str, base: str) -> Configured:
    problems: list[Text] = []

    def named(value: object, *, flat: bool = False) -> Iterator[Named]:
        if isinstance(value, str) and value.strip():
            yield Named(value=value.strip(), origin=path, base=base, flat=flat)
        elif value is not None:
            problems.append(text("sources.config-value", path=path, value=value))

    primary: list[Named] = []
    extras: list[Named] = []
    for entry in _list(settings.get("index")):
        index = _table(entry)
        if index.get("explicit") is True:
            continue
        into = primary if index.get("default") is True else extras
        url = index.get("url", [entry])
        into += named(url, flat=index.get("format") == "flat")
    primary += named(settings.get("index-url"))
    extras += [n for one in _list(settings.get("extra-index-url")) for n in named(one)]
    links = [n for one in _list(settings.get("find-links")) for n in named(one)]
    return Configured(
        primary=primary[0] if primary else None,
        extras=tuple(extras),
        links=tuple(links),
        no_index=path if settings.get("no-index") is True else None,
        problems=tuple(problems),
    )


def _list(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
