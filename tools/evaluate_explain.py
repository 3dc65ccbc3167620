"""Measure the rules of ``explain`` on reports with their causes.

    python tools/evaluate_explain.py FILE.jsonl [--wrong]

Reads records with ``output``, ``facts`` and ``cause``; prints how often the right cause comes first
and among the first three, the false alarms on logs that show no fault of the environment, and both
figures per cause. ``notes`` may hold ``also_accept=CODE|CODE``.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec

from torchup.api.explain import explain_log
from torchup.diagnose.judge import NONE_OF_IT


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--wrong", action="store_true", help="show what went wrong")
    parser.add_argument("--no-facts", action="store_true", help="as if nobody had stated any")
    args = parser.parse_args()
    records = [msgspec.json.decode(line) for line in args.file.read_bytes().splitlines() if line]
    return _report(records, args)


def _report(records: list[dict[str, Any]], args: argparse.Namespace) -> int:
    per: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    alarms = nothing = 0
    begin = time.process_time()
    for record in records:
        facts = {} if args.no_facts else record["facts"]
        found = explain_log([record["output"].encode()], facts=facts).findings
        codes = [one.code for one in found]
        wanted = record["cause"]
        noted = re.search(r"also_accept=([\w|-]+)", record.get("notes", ""))
        right = {wanted, *(noted[1].split("|") if noted else ())}
        if wanted == NONE_OF_IT:
            nothing += 1
            first = third = codes[:1] in ([], [NONE_OF_IT])
            alarms += not first
        else:
            first, third = bool(right & set(codes[:1])), bool(right & set(codes[:3]))
        counts = per[wanted]
        counts[0] += 1
        counts[1] += first
        counts[2] += third
        if args.wrong and not first:
            shown = ", ".join(f"{one.code} {one.confidence}" for one in found[:4]) or "nothing"
            print(f"{record.get('id', '')} {wanted}: {shown}\n    {record['output'][-160:]!r}")
    took = time.process_time() - begin
    total = sum(counts[0] for counts in per.values())
    for cause, numbers in sorted(per.items()):
        print(f"{cause:40}" + "".join(f" {number:4}" for number in numbers))
    top1, top3 = (sum(counts[place] for counts in per.values()) for place in (1, 2))
    print(f"reports {total}  first {top1 / total:.3f}  among three {top3 / total:.3f}")
    print(f"no fault {nothing}  false alarms {alarms}  processor time {took:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
