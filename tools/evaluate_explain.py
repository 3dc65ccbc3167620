"""Measure the rules of ``explain`` on reports with their causes.

    python tools/evaluate_explain.py FILE.jsonl [--wrong] [--write docs/explain.md]

Reads records with ``output``, ``facts`` and ``cause``; prints how often the right cause comes first
and among the first three, the false alarms on logs that show no fault of the environment, and both
figures per cause. ``notes`` may hold ``also_accept=CODE|CODE``. ``--write`` puts the figures of
each group, and what was taken for what, between the two marks of a page.

The last figure is a cross-validation by thread: each report is judged without the signs that only
its own thread shows among all of the file, as if nobody had read that thread. Rules aren't fitted,
so this is a lower bound: a sign from a program's source that one report alone happens to show is
left out as well.
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
from msgspec.structs import replace

from torchup.api.explain.causes import explain_log
from torchup.diagnose.judge import NONE_OF_IT, judge
from torchup.diagnose.reading import Reader
from torchup.diagnose.rules import GROUPS, HARMLESS, RULES
from torchup.diagnose.rules.told import TOLD
from torchup.diagnose.traits import stated_traits

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
    if args.no_facts:
        records = [{**one, "facts": {}} for one in records]
    outcomes = [_judge(one) for one in records]
    took = time.process_time() - begin
    if args.wrong:
        _show_wrong(outcomes)
    for line in _lines(outcomes):
        print(line)
    print(f"processor time {took:.2f} s")
    apart = _without_own_signs(records)
    print(_apart(apart))
    if args.write:
        page = args.write.read_text(encoding="utf-8")
        head, _, rest = page.partition(BEGIN)
        _, _, tail = rest.partition(END)
        made = "\n".join([BEGIN, "", *_tables(outcomes), "", _apart(apart), "", END])
        args.write.write_text(f"{head}{made}{tail}", encoding="utf-8", newline="\n")
    return 0


def _judge(record: dict[str, Any]) -> Outcome:
    found = explain_log([record["output"].encode()], facts=record["facts"]).findings
    return _compared(record, tuple((one.code, one.confidence or 0.0) for one in found))


def _compared(record: dict[str, Any], named: tuple[tuple[str, float], ...]) -> Outcome:
    codes = [code for code, _ in named]
    wanted = record["cause"]
    noted = re.search(r"also_accept=([\w|-]+)", record.get("notes", ""))
    right = {wanted, *(noted[1].split("|") if noted else ())}
    if wanted == NONE_OF_IT:
        first = third = codes[:1] in ([], [NONE_OF_IT])
    else:
        first, third = bool(right & set(codes[:1])), bool(right & set(codes[:3]))
    return Outcome(record, named, first, third)


def _without_own_signs(records: list[dict[str, Any]]) -> list[Outcome]:
    """Judge each report without the signs that no other thread of the file shows."""
    reader = Reader(RULES, HARMLESS, TOLD)
    reads = [reader.read([one["output"].encode()]) for one in records]
    threads: dict[tuple[str, int], set[str]] = {}
    for record, read in zip(records, reads, strict=True):
        for hit in read.hits:
            threads.setdefault((hit.code, hit.sign), set()).add(record["source"])
    outcomes = []
    for record, read in zip(records, reads, strict=True):
        own = {record["source"]}
        kept = tuple(hit for hit in read.hits if threads[hit.code, hit.sign] != own)
        causes = judge(
            RULES, replace(read, hits=kept), read.traits | stated_traits(record["facts"])
        )
        outcomes.append(_compared(record, tuple((one.code, one.confidence) for one in causes)))
    return outcomes


def _apart(outcomes: list[Outcome]) -> str:
    total, first, third = _counts(outcomes)
    nothing, right, _ = _counts(one for one in outcomes if one.wanted == NONE_OF_IT)
    return (
        f"Each without the signs that no other thread shows: {first / total:.1%} first,"
        f" {third / total:.1%} among three; false alarms: {nothing - right}."
    )


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
