"""Who uses a machine and what it is called: home folders, user and host names in text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.host.plain_names import AMBIGUOUS, SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Swap = Callable[[str], str]

_SHORTEST: Final = 3  # shorter names are found inside everything
_SHORT_FORM: Final = 6
_LABELS: Final = 3  # a domain of fewer is a public name
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?![^\W_])"
# What follows a host's own name in a local network without a domain of its own.
_SUFFIX: Final = (
    r"(?:(?:\.[a-z][a-z0-9-]*){2,}|\.(?:local|localdomain|lan|home|internal|corp|intra|intranet))?"
)
_HOMES: Final = re.compile(
    r"(?P<at>(?<![\w.-])(?:/(?:mnt/[a-z]/)?home|(?:/mnt/[a-z]|/[a-z])?/Users|[a-z]:[\\/]+Users)"
    r"[\\/]+)(?:(?P<spaced>[^\\/:;,\"'<>|\r\n]+)(?=[\\/])|(?P<name>[^\\/\s:;,\"'<>|]+))",
    re.IGNORECASE,
)
_ABSOLUTE: Final = re.compile(r"[\\/]|[a-z]:[\\/]", re.IGNORECASE)
_MAIL: Final = re.compile(
    r"(?<![\w.+/:@-])(?!git@)[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,}(?![\w-])"
)
_OTHER: Final = re.compile(r"other\d+", re.IGNORECASE)
_SYSTEM_FOLDERS: Final = re.compile(
    r"[\\/]+(?:usr[\\/](?!local\b)|proc\b|sys\b|etc\b|dev\b|s?bin\b|lib\w*\b|boot\b|System\b"
    r"|Library\b|Applications\b|Windows\b|Program)",
    re.IGNORECASE,
)
_PATH_BEFORE: Final = re.compile(r"[^\s\"'=:;,]*\Z")
_WINDOW: Final = 300  # characters of a path looked back at
_USER_KEY: Final = r"\b(?:user(?:_?name)?|login|logname|owner|account|[ug]id)[\"']?\s*[=:]\s*[\"']?"
_HOST_KEY: Final = r"\b(?:host(?:_?name)?|computer_?name|node_?name)[\"']?\s*[=:]\s*[\"']?"


class Identity:
    """Replaces what tells who somebody is.

    Args:
        home: the user's home folder.
        names: user and host names; each maps to ``user`` or ``host``. One that is short or an
            ordinary word is replaced only where the place shows what it is.
    """

    def __init__(self, home: str | None, names: Mapping[str, str]) -> None:
        known = {name: kind for name, kind in names.items() if name.lower() not in SHARED}
        home = home if home and _ABSOLUTE.match(home) else None  # else it is no path, but any text
        last = re.split(r"[\\/]+", (home or "").rstrip("\\/"))[-1]
        if last and last.lower() not in SHARED:
            known.setdefault(last, "user")
        self._own = {name.lower() for name, kind in known.items() if kind == "user"}
        self._others: dict[str, str] = {}
        ordered = sorted(known.items(), key=lambda one: -len(one[0]))
        self._swaps: list[Swap] = [_short_form(name) for name, kind in ordered if kind == "user"]
        self._swaps += [*_home(home), self._homes]
        for name, kind in ordered:
            self._swaps += _user(name) if kind == "user" else _host(name)

    def clean(self, text: str) -> str:
        """Return ``text`` without names and home folders."""
        text = _MAIL.sub("user@example.com", text)
        for swap in self._swaps:
            text = swap(text)
        return text

    def _homes(self, text: str) -> str:
        """Give every home folder a name that tells nothing, the same wherever it comes up."""
        return _HOMES.sub(self._named, text)

    def _named(self, found: re.Match[str]) -> str:
        name = (found["spaced"] or found["name"]).lower()
        if name in SHARED or _OTHER.fullmatch(name):
            return found[0]
        if name in self._own:
            return f"{found['at']}user"
        number = len(self._others) + 1
        return found["at"] + self._others.setdefault(name, f"other{number}")


def _home(home: str | None) -> list[Swap]:
    """Swap a home that lies in no folder of homes, as root's does."""
    path = (home or "").rstrip("\\/")
    if not path or _HOMES.fullmatch(path) or "\\" in path:
        return []
    return [_swap(rf"(?<![\w.-]){re.escape(path)}(?![\w.-])", "/home/user")]


def _short_form(name: str) -> Swap:
    """Swap the name that Windows gives a folder of a long one (``ANNASM~1``)."""
    letters = re.sub(r"[ .]", "", name)[:_SHORT_FORM]
    return _swap(rf"{_BEFORE}{re.escape(letters)}~\d+", "user")


def _user(name: str) -> list[Swap]:
    if len(name) == 1:
        return []
    word = re.escape(name)
    if len(name) >= _SHORTEST and name.lower() not in AMBIGUOUS:
        return [_swap(f"{_BEFORE}{word}{_AFTER}", "user")]
    component = re.compile(rf"(?<=[\\/]){word}(?=[\\/\s\"':;,)\]]|\Z)", re.IGNORECASE)
    return [
        _swap(rf"\A{word}\Z", "user"),
        _swap(rf"(?<![\w.-]){word}(?=@[\w.-])", "user"),
        _swap(rf"(?P<before>{_USER_KEY}){word}(?![\w-])", r"\g<before>user"),
        _swap(rf"(?<=\d\(){word}(?=\))", "user"),
        lambda text: component.sub(_in_path, text),
    ]


def _in_path(found: re.Match[str]) -> str:
    """Replace one part of a path, not of the system's own folders."""
    before = _PATH_BEFORE.search(found.string[max(0, found.start() - _WINDOW) : found.start()])
    return found[0] if before and _SYSTEM_FOLDERS.match(before[0]) else "user"


def _host(name: str) -> list[Swap]:
    short, _, domain = name.partition(".")
    swaps = [_swap(f"{_BEFORE}{re.escape(name)}{_AFTER}", "host")] if domain else []
    word, lower = re.escape(short), short.lower()
    if len(short) >= _SHORTEST and lower not in AMBIGUOUS and lower not in SHARED:
        swaps.append(_swap(f"{_BEFORE}{word}{_SUFFIX}{_AFTER}", "host"))
    elif lower not in SHARED:
        swaps += [
            _swap(rf"\A{word}{_SUFFIX}\Z", "host"),
            _swap(rf"(?<=[\w.-]@){word}{_SUFFIX}(?![\w-])", "host"),
            _swap(rf"(?<=//){word}{_SUFFIX}(?![\w.-])", "host"),
            _swap(rf"(?<=\\\\){word}(?=\\)", "host"),
            _swap(rf"(?P<before>{_HOST_KEY}){word}{_SUFFIX}(?![\w-])", r"\g<before>host"),
        ]
    if domain.count(".") >= _LABELS - 1:
        swaps.append(_swap(f"{_BEFORE}{re.escape(domain)}{_AFTER}", "domain"))
    return swaps


def _swap(pattern: str, instead: str) -> Swap:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda text: compiled.sub(instead, text)
