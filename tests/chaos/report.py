"""What a campaign's log says, in tables: by fault, by command, and each run that did not hold."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from chaos.campaign import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def read_logs(logs: Sequence[Path]) -> list[Run]:
    """Read the runs of some logs, by number; of one that was played again the last counts."""
    lines = (line for log in logs for line in log.read_text(encoding="utf-8").splitlines())
    found = {
        one["number"]: Run(**one | {"problems": tuple(one["problems"])})
        for one in map(json.loads, lines)
    }
    return [found[number] for number in sorted(found)]


def tables(runs: Sequence[Run]) -> Iterator[str]:
    """Two tables in Markdown, and a list of what did not hold."""
    yield from _table("fault", runs, [run.kind for run in runs])
    yield ""
    yield from _table("command", runs, [run.name for run in runs])
    yield ""
    for run in runs:
        if run.problems:
            why = " ".join(run.problems[0].split())[:200]
            yield f"- {run.number}: `{run.command}`, {run.fault}: {why}"


def _table(head: str, runs: Sequence[Run], names: Sequence[str]) -> Iterator[str]:
    counts = Counter(names)
    paired = list(zip(names, runs, strict=True))
    done = Counter(name for name, run in paired if run.code == 0)
    said = Counter(name for name, run in paired if run.code in {1, 2, 3, 130})
    failed = Counter(name for name, run in paired if run.problems)
    yield f"| {head} | runs | done all the same | ended with a sentence | did not hold |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        yield f"| {name} | {count} | {done[name]} | {said[name]} | {failed[name]} |"
    totals = (counts.total(), done.total(), said.total(), failed.total())
    yield "| all | {} | {} | {} | {} |".format(*totals)
