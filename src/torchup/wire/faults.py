"""What is wrong with a document, and where: the line, the field, what could stand there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from msgspec import Raw, ValidationError
from msgspec.json import decode

from torchup.errors import UsageError
from torchup.model.machine import CpuArch, System, Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATH = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<index>\d+)\]")
_CHOICE = re.compile(r"^Invalid enum value (?P<value>.*)$")
_TYPE = re.compile(r"^Expected `(?P<needs>[^`]+)`, got `(?P<has>[^`]+)`$")
_FORM = re.compile(r"^Expected `[^`]+` matching regex ")
_MISSING = re.compile(r"^Object missing required field `(?P<field>[^`]+)`$")
_CHOICES: dict[str, tuple[str, ...]] = {
    "arch": get_args(CpuArch),
    "schema": ("torchup.machine/v1",),
    "system": get_args(System),
    "vendor": get_args(Vendor),
}
_FORMS: dict[str, str] = {
    ".arch": "sm_86, gfx1030",
    ".version": "535.183.01, 3.11",
}
"""How a field that has a form of its own may look, by how its path ends."""


def malformed(where: str, text: bytes, error: Exception, *, line: int = 1) -> UsageError:
    """Say what is wrong with a document.

    Args:
        where: the file's name.
        text: the document.
        error: what its decoder said.
        line: the line of the file on which the document begins.
    """
    said = str(error)
    if isinstance(error, UnicodeError):
        return UsageError("wire.not-text", where=where)
    if not isinstance(error, ValidationError):
        return UsageError("wire.malformed", where=where, line=line + _broken(text, said), why=said)
    place = _PATH.search(said)
    path = place["path"] if place else ""
    said = said[: place.start()] if place else said
    at = line + text[: _position(text, path)].count(b"\n")
    return _worded(said, where, at, path)


def _worded(said: str, where: str, line: int, path: str) -> UsageError:
    field = path.lstrip(".") or "$"
    wrong, type_, missing = _CHOICE.match(said), _TYPE.match(said), _MISSING.match(said)
    if wrong:
        choices = ", ".join(_CHOICES.get(path.rpartition(".")[2], ())) or "?"
        value = wrong["value"].strip("'\"")
        return UsageError(
            "wire.not-a-choice", where=where, line=line, field=field, value=value, choices=choices
        )
    if type_:
        needs, has = type_["needs"], type_["has"]
        return UsageError(
            "wire.wrong-type", where=where, line=line, field=field, needs=needs, has=has
        )
    if _FORM.match(said):
        example = next((shown for end, shown in _FORMS.items() if path.endswith(end)), "?")
        return UsageError("wire.wrong-form", where=where, line=line, field=field, example=example)
    if missing:
        full = f"{path}.{missing['field']}".lstrip(".")
        return UsageError("wire.field-missing", where=where, line=line, field=full)
    return UsageError("wire.malformed", where=where, line=line, why=f"{field}: {said}")


def _broken(text: bytes, said: str) -> int:
    """The line breaks before a syntax error; one that is cut off breaks at its end."""
    position = said.rpartition("byte ")[2].rstrip(")")
    if position.isdigit():
        return text[: int(position)].count(b"\n")
    return text.rstrip().count(b"\n") if "truncated" in said else 0


def _position(text: bytes, path: str) -> int:
    """Where in a document a field stands; as far as it can be followed."""
    start, value = 0, text
    for step in _steps(path):
        try:
            found = _inside(value, step)
        except (LookupError, RecursionError, ValueError):
            break
        if found is None:
            break
        offset, value = found
        start += offset
    return start


def _steps(path: str) -> Iterator[str | int]:
    for step in _STEP.finditer(path):
        yield step["key"] if step["key"] is not None else int(step["index"])


def _inside(value: bytes, step: str | int) -> tuple[int, bytes] | None:
    """The place and the text of a member of an object, or of an element of an array."""
    if isinstance(step, str):
        member = bytes(decode(value, type=dict[str, Raw])[step])
        name = re.escape(step.encode())
        found = re.search(rb'"' + name + rb'"\s*:\s*(?=' + re.escape(member) + rb")", value)
        return (found.end(), member) if found else None
    elements: list[Any] = decode(value, type=list[Raw])
    start = 1
    for number, element in enumerate(elements):
        start = value.index(bytes(element), start)
        if number == step:
            return start, bytes(element)
        start += len(bytes(element))
    return None
