"""Measure the rules of ``explain`` on reports with their causes.

    python tools/evaluate_explain.py FILE.jsonl [--wrong] [--write docs/explain.md]

Reads records with ``output``, ``facts`` and ``cause``; prints how often the right cause comes first
and among the first three, the false alarms on logs that show no fault of the environment, and both
figures per cause. ``notes`` may hold ``also_accept=CODE|CODE``. ``--write`` puts the figures of
each group, and what was taken for what, between the two marks of a page.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from torchup.api.explain.causes import explain_log
from torchup.diagnose.judge import NONE_OF_IT
from torchup.diagnose.rules import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BEGIN: Final = "<!-- figures: tools/evaluate_explain.py --write -->"
END: Final = "<!-- end of figures -->"
NOTHING: Final = "nothing"


class Outcome(NamedTuple):
    """What one report came to."""

    record: dict[str, Any]
    found: tuple[tuple[str, float], ...]
    first: bool
    third: bool

    @property
    def wanted(self) -> str:
        """The cause that the report has."""
        return str(self.record["cause"])

    @property
    def got(self) -> str:
        """The cause that came first."""
        return self.found[0][0] if self.found else NOTHING


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--wrong", action="store_true", help="show what went wrong")
    parser.add_argument("--no-facts", action="store_true", help="as if nobody had stated any")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the figures into a page")
    args = parser.parse_args()
    records = [msgspec.json.decode(line) for line in args.file.read_bytes().splitlines() if line]
    begin = time.process_time()
    outcomes = [_judge(one, {} if args.no_facts else one["facts"]) for one in records]
    took = time.process_time() - begin
    if args.wrong:
        _show_wrong(outcomes)
    for line in _lines(outcomes):
        print(line)
    print(f"processor time {took:.2f} s")
    if args.write:
        page = args.write.read_text(encoding="utf-8")
        head, _, rest = page.partition(BEGIN)
        _, _, tail = rest.partition(END)
        made = "\n".join([BEGIN, "", *_tables(outcomes), "", END])
        args.write.write_text(f"{head}{made}{tail}", encoding="utf-8", newline="\n")
    return 0


def _judge(record: dict[str, Any], facts: dict[str, str]) -> Outcome:
    found = explain_log([record["output"].encode()], facts=facts).findings
    codes = [one.code for one in found]
    wanted = record["cause"]
    noted = re.search(r"also_accept=([\w|-]+)", record.get("notes", ""))
    right = {wanted, *(noted[1].split("|") if noted else ())}
    if wanted == NONE_OF_IT:
        first = third = codes[:1] in ([], [NONE_OF_IT])
    else:
        first, third = bool(right & set(codes[:1])), bool(right & set(codes[:3]))
    named = tuple((one.code, one.confidence or 0.0) for one in found)
    return Outcome(record, named, first, third)


def _show_wrong(outcomes: Iterable[Outcome]) -> None:
    for one in outcomes:
        if not one.first:
            shown = ", ".join(f"{code} {sure}" for code, sure in one.found[:4]) or NOTHING
            print(f"{one.record.get('id', '')} {one.wanted}: {shown}")
            print(f"    {one.record['output'][-160:]!r}")


def _counts(outcomes: Iterable[Outcome]) -> tuple[int, int, int]:
    held = list(outcomes)
    return len(held), sum(one.first for one in held), sum(one.third for one in held)


def _lines(outcomes: list[Outcome]) -> Iterator[str]:
    for cause in sorted({one.wanted for one in outcomes}):
        numbers = _counts(one for one in outcomes if one.wanted == cause)
        yield f"{cause:40}" + "".join(f" {number:4}" for number in numbers)
    total, first, third = _counts(outcomes)
    yield f"reports {total}  first {first / total:.3f}  among three {third / total:.3f}"
    nothing, right, _ = _counts(one for one in outcomes if one.wanted == NONE_OF_IT)
    yield f"no fault {nothing}  false alarms {nothing - right}"


def _tables(outcomes: list[Outcome]) -> Iterator[str]:
    yield "| group | reports | first | among three |"
    yield "|---|---:|---:|---:|"
    groups = {rule.code: group for group, rules in GROUPS.items() for rule in rules}
    faults = [one for one in outcomes if one.wanted != NONE_OF_IT]
    for group in GROUPS:
        total, first, third = _counts(one for one in faults if groups.get(one.wanted) == group)
        if total:
            yield _row(group, total, first, third)
    yield _row("**all, with those that show no fault**", *_counts(outcomes))
    nothing, right, _ = _counts(one for one in outcomes if one.wanted == NONE_OF_IT)
    yield ""
    yield f"Reports that show no fault: {nothing}; false alarms: {nothing - right}."
    yield ""
    yield "| the cause | taken for | times |"
    yield "|---|---|---:|"
    confused = Counter((one.wanted, one.got) for one in outcomes if not one.first)
    for (wanted, got), times in sorted(confused.items()):
        yield f"| {wanted} | {got} | {times} |"


def _row(group: str, total: int, first: int, third: int) -> str:
    return f"| {group} | {total} | {first / total:.1%} | {third / total:.1%} |"


if __name__ == "__main__":
    sys.exit(main())
