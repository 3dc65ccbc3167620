"""Writes a release's data file the way people write it: rows in order, lists on one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.facts.schema import BuildRow, CompanionRow, PlatformRow, ReleaseFile

WIDTH = 96


def release_toml(file: ReleaseFile, comments: Iterable[str] = ()) -> str:
    """Write a release.

    Args:
        file: the release.
        comments: lines for its head, such as what nobody has measured yet.
    """
    lines = [f"# {comment}" for comment in comments]
    lines += [
        f"version = {_text(file.version)}",
        f"date = {file.date.isoformat()}",
        f"checked = {file.checked.isoformat()}",
        _list("source", file.source),
    ]
    if file.note:
        lines.append(f"note = {_text(file.note)}")
    lines += ["", "[sources]", *(f"{key} = {_text(words)}" for key, words in file.sources.items())]
    for platform, row in file.platforms.items():
        lines += ["", f"[platforms.{platform}]", *_platform(row)]
    for build in file.builds:
        lines += ["", "[[builds]]", *_build(build)]
    for companion in file.companions:
        lines += ["", "[[companions]]", *_companion(companion)]
    return "\n".join(lines) + "\n"


def _platform(row: PlatformRow) -> list[str]:
    lines = [_list("pythons", row.pythons)]
    if row.floor is not None:
        lines.append(f"floor = {_text(row.floor)}")
    if row.raised_floors:
        raised = ", ".join(f"{_text(key)} = {_text(one)}" for key, one in row.raised_floors.items())
        lines.append(f"raised_floors = {{ {raised} }}")
    return [*lines, f"certainty = {_text(row.certainty)}", _list("source", row.source)]


def _build(row: BuildRow) -> list[str]:
    lines = [f"{key} = {_text(getattr(row, key))}" for key in ("name", "platform", "device")]
    if row.runtime:
        lines.append(f"runtime = {_text(row.runtime)}")
    if row.also:
        lines.append(_list("also", row.also))
    lines.append(_list("channels", row.channels))
    if not row.tagged:
        lines.append("tagged = false")
    lines += [f"extra = {_text(row.extra)}"] if row.extra else []
    lines += [_list("libraries", row.libraries)] if row.libraries else []
    lines += [f"certainty = {_text(row.certainty)}", _list("source", row.source)]
    if row.compiled is not None:
        lines += ["[builds.compiled]", _list("archs", row.compiled.archs)]
        lines += [_list("ptx", row.compiled.ptx)] if row.compiled.ptx else []
        lines.append(f"certainty = {_text(row.compiled.certainty)}")
        lines.append(_list("source", row.compiled.source))
    return lines


def _companion(row: CompanionRow) -> list[str]:
    lines = [f"name = {_text(row.name)}", f"version = {_text(row.version)}"]
    if row.builds_of is not None:
        lines.append(f"builds_of = {_text(row.builds_of)}")
    if not row.tagged:
        lines.append("tagged = false")
    lines += [_list("on_pypi", row.on_pypi)] if row.on_pypi else []
    lines += [f"certainty = {_text(row.certainty)}", _list("source", row.source)]
    if row.pythons:
        lines.append("[companions.pythons]")
        lines += [_list(platform, pythons) for platform, pythons in row.pythons.items()]
    if row.not_built:
        lines.append("[companions.not_built]")
        lines += [_list(platform, builds) for platform, builds in row.not_built.items()]
    if row.floors:
        lines.append("[companions.floors]")
        lines += [f"{platform} = {_text(floor)}" for platform, floor in row.floors.items()]
    return lines


def _text(words: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(words, ensure_ascii=False)


def _list(key: str, values: Iterable[str]) -> str:
    items = [_text(value) for value in values]
    one_line = f"{key} = [{', '.join(items)}]"
    if len(one_line) <= WIDTH:
        return one_line
    lines, line = [f"{key} = ["], " "
    for item in items:
        if len(line) + len(item) > WIDTH:
            lines.append(line)
            line = " "
        line += f" {item},"
    return "\n".join([*lines, line, "]"])
