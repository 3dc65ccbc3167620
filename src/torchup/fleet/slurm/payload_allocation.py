"""Runs on the nodes of a Slurm allocation: what each says is a file in a folder that all see.

Standard library alone, beside ``payload_meet.py``. ``where`` and ``meet`` keep what this node says,
``all-met`` tells by its status whether torch would find every way open, ``interface`` prints the
one that others reach this node by, ``answers`` prints one document of everything, and ``good``
tells by its status whether the nodes computed together.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

SCHEMA = "torchup.together-answers/v1"
_WAIT_S = 15.0
"""How long a node waits for what the others wrote: shared folders show it late."""


def where(folder: Path, node: str) -> None:
    """Keep how this node sees itself."""
    found = import_module("payload_meet").where(_text(folder / f"{node}.address").strip())
    _keep(folder / f"{node}.where", found)


def meet(folder: Path, node: str, count: int, port: int, limit: float) -> None:
    """Keep whom this node reached, of those that have said where they are."""
    end = time.monotonic() + _WAIT_S
    while len(list(folder.glob("*.where"))) < count and time.monotonic() < end:
        time.sleep(0.2)
    seen = _said(folder, "where")
    hosts = {name: str(one.get("address", "")) for name, one in sorted(seen.items())}
    _keep(folder / f"{node}.meet", import_module("payload_meet").meet(node, hosts, port, limit))


def all_met(folder: Path, count: int) -> bool:
    """Whether every node listened, and reached every other one."""
    said = _said(folder, "meet")
    ways = [peer for one in said.values() for peer in one["peers"].values()]
    deaf = any(one["listens"] for one in said.values())
    return (
        len(said) == count
        and not deaf
        and len(ways) == count * (count - 1)
        and not any(peer["why"] for peer in ways)
    )


def answers(folder: Path, nodes: list[str]) -> dict[str, Any]:
    """Everything that was said; the result is what the first node printed, None for nothing.

    ``late`` are the nodes on which torch was ended, with the seconds that it had.
    """
    lines = _text(folder / f"{nodes[0]}.result").splitlines()
    last = next((line for line in reversed(lines) if line.startswith("{")), "")
    return {
        "schema": SCHEMA,
        "hosts": nodes,
        "where": _said(folder, "where"),
        "meet": _said(folder, "meet"),
        "result": _object(last) or None,
        "late": {one.stem: _seconds(_text(one)) for one in sorted(folder.glob("*.late"))},
    }


def _said(folder: Path, kind: str) -> dict[str, Any]:
    found = {one.stem: _object(_text(one)) for one in sorted(folder.glob(f"*.{kind}"))}
    return {node: said for node, said in found.items() if said}


def _object(text: str) -> dict[str, Any]:
    """What a node said; nothing where its line is cut off: a full disk, a node that went down."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(text: str) -> float:
    """How long a node had; 0 where its line is cut off."""
    try:
        return float(text)
    except ValueError:
        return 0.0


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def _keep(file: Path, said: dict[str, Any]) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_text(json.dumps(said), encoding="utf-8")
    part.replace(file)


def main(words: list[str]) -> int:
    """Do what the first word says."""
    what, place = words[0], Path(words[1])
    if what == "where":
        where(place, words[2])
    elif what == "meet":
        meet(place, words[2], int(words[3]), int(words[4]), float(words[5]))
    elif what == "all-met":
        return 0 if all_met(place, int(words[2])) else 1
    elif what == "interface":
        name = _object(_text(place / f"{words[2]}.where")).get("interface") or ""
        sys.stdout.write(f"{name}\n")
    elif what == "answers":
        sys.stdout.write(json.dumps(answers(place, words[2:])) + "\n")
    else:
        return 0 if _object(_text(place)).get("result") else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
