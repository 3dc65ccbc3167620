"""``conda list``, also mamba's: what is in an environment, pip's packages too.

Facts: ``torch``, PyTorch's version whichever of the two brought it; ``environment``, its folder;
``twice``, names that both conda and pip list, of which pip's is taken, as it was put over
the other.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from torchup.readers.pasted import output_lines, word
from torchup.readers.reading import Reading

KIND: Final = "conda-list"
Package = dict[str, "str | None"]
_PLACE: Final = re.compile(
    r"^\s{0,8}(?:#\s{0,4}packages in environment at|List of packages in environment:?)"
    r"\s{1,4}(\S.*)$"
)
_HEADER: Final = re.compile(r"^\s{0,8}#?\s{0,8}Name\s+Version\s+Build\b", re.IGNORECASE)
_NAME: Final = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.+-]*$")
_VERSION: Final = re.compile(r"^(?=\D{0,60}\d)[A-Za-z0-9_.!+*-]+$")
_BUILD: Final = re.compile(r"^(?:\w*_)?\d+$|^[\w.+-]+_[\w.+-]+$|^<\w+>$|^(?:main|mkl|openblas)$")
_PIP: Final = ("pypi", "<pip>", "pip")
_FEWEST, _MOST = 2, 5


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    lines = output_lines(text[:200_000])
    if any(_PLACE.match(line) or _HEADER.match(line) for line in lines):
        return True
    sample = [line for line in lines if line and not line.lstrip().startswith("#")][:30]
    rows = [row(line) for line in sample]
    # Without its head: rows only, and most of them with a build as conda writes it.
    return len(rows) > 1 and all(found and _BUILD.match(found[1]["build"] or "") for found in rows)


def read(text: str) -> Reading:
    """Read it."""
    lines = output_lines(text)
    listed = _listed(lines)
    if listed is not None:
        return reading(KIND, listed)
    packages: list[tuple[str, Package]] = []
    facts: dict[str, Any] = {"environment": None}
    headed, channel_at, rest = False, None, ""
    for line in lines:
        place, header = _PLACE.match(line), _HEADER.match(line)
        if place:
            headed, facts["environment"] = True, place[1].rstrip(":").strip("\"'")
        elif header:
            headed = True
            channel_at = line.lower().find("channel") if "channel" in line.lower() else None
        elif line.strip() and not line.lstrip().startswith(("#", "─", "-")):
            found = row(line, channel_at)
            rest = line if found is None else ""
            if found and (headed or found[1]["build"]):
                packages.append(found)
    if not packages and not headed:
        return Reading(kind=KIND, state="unreadable", facts=facts | {"torch": None, "twice": []})
    state = "truncated" if headed and len(rest.split()) == 1 else "ok"
    return reading(KIND, packages, state=state, facts=facts)


def row(line: str, channel_at: int | None = None) -> tuple[str, Package] | None:
    """Read one line of the table: its package's name and the rest.

    Args:
        line: with two to four columns.
        channel_at: where the head has the channel's column, for a line that has no build.
    """
    parts = line[:600].split()
    if not _FEWEST <= len(parts) <= _MOST:
        return None
    name, version, *more = parts
    if not _NAME.match(name) or not _VERSION.match(version):
        return None
    build, channel = [*more, None, None][:2]
    if channel_at is not None and len(more) == 1 and line.rfind(more[0]) >= channel_at:
        build, channel = None, more[0]
    return name, {"version": version, "build": build, "channel": channel}


def reading(
    kind: str,
    listed: list[tuple[str, Package]],
    *,
    state: str = "ok",
    facts: dict[str, Any] | None = None,
) -> Reading:
    """Make the reading of packages, in whichever form conda listed them.

    Args:
        kind: of the text.
        listed: names with what is known of them, in the text's order.
        state: of the text.
        facts: that this kind has besides.
    """
    packages: dict[str, Package] = {}
    twice: list[str] = []
    for name, package in listed:
        before = packages.get(name)
        if before is not None:
            twice.append(name)
        if before is None or not from_pip(before) or from_pip(package):
            packages[name] = package
    python = packages.get("python", {}).get("version")
    torch = torch_of(packages)
    return Reading(
        kind=kind,
        state=state,
        python=python,
        packages=packages,
        facts=(facts or {}) | {"torch": torch, "twice": list(dict.fromkeys(twice))},
    )


def from_pip(package: Package) -> bool:
    """Tell whether pip installed it.

    Args:
        package: as conda lists it.
    """
    return package["channel"] in _PIP or package["build"] in _PIP


def torch_of(packages: dict[str, Package]) -> str | None:
    """Return PyTorch's version: pip's where there is one, as it was put over conda's.

    Args:
        packages: by name.
    """
    return next((packages[name]["version"] for name in _TORCH if name in packages), None)


_TORCH: Final = ("torch", "pytorch", "pytorch-gpu", "pytorch-cpu")


def _listed(lines: list[str]) -> list[tuple[str, Package]] | None:
    """Read what ``--json`` prints; None for anything else."""
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first.startswith("["):
        return None
    try:
        found = json.loads("\n".join(lines))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list):
        return None
    return [
        (
            word(entry["name"]) or "",
            {
                "version": word(entry.get("version")),
                "build": word(entry.get("build_string")),
                "channel": word(entry.get("channel")),
            },
        )
        for entry in found
        if isinstance(entry, dict) and word(entry.get("name"))
    ]
