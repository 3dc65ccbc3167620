"""``python -m tools.compare_peers``: what torchup and other installers choose on some machines.

Without an option the peers are run and the page is printed. ``--write`` keeps their answers and
writes ``docs/comparison.md``; ``--page`` writes it from the answers that were kept; ``--check``
compares it with them, and ends with status 1 where it is out of date.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.peers.answers import Record, read_record, write_record
from tools.peers.ask_ltt import ask_ltt
from tools.peers.ask_torchruntime import ask_torchruntime
from tools.peers.ask_torchup import ask_torchup
from tools.peers.ask_uv import ask_uv
from tools.peers.index import StandIn
from tools.peers.machines import load_subjects
from tools.peers.page import PAGE, Cell, Row, page
from tools.peers.proxy import serve
from tools.peers.scratch import NoScratchError, Scratch
from tools.peers.stage import Stage, check_namespaces
from tools.peers.verdict import judge
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tools.peers.answers import Answer
    from tools.peers.machines import Subject

ASK: Final[dict[str, Callable[[Stage], Answer]]] = {
    "uv": ask_uv,
    "torchruntime": ask_torchruntime,
    "light-the-torch": ask_ltt,
}
OUT_OF_DATE: Final = 1
FAILED: Final = 3


def run_peers(subjects: Sequence[Subject]) -> Record:
    """Run every peer on every machine.

    Raises:
        NoScratchError: they can't be run here.
    """
    check_namespaces()
    catalogue = load_catalogue()
    answers: dict[str, dict[str, Answer]] = {name: {} for name in ASK}
    with tempfile.TemporaryDirectory(prefix="compare-peers-") as folder:
        scratch = Scratch(Path(folder))
        versions = scratch.install()
        stand_in = StandIn(catalogue)
        scratch.certify(stand_in.hosts)
        with serve(stand_in, scratch.certificate, scratch.key) as proxy:
            for subject in subjects:
                sys.stderr.write(f"{subject.name} …\n")
                stage = Stage(subject, scratch, proxy)
                for name, ask in ASK.items():
                    answers[name][subject.id] = ask(stage)
    today = datetime.now(tz=timezone.utc).date().isoformat()
    return Record(date=today, facts=catalogue.checked, versions=versions, answers=answers)


def write_page(subjects: Sequence[Subject], record: Record) -> str:
    """Word the page: torchup's answers of now, the peers' of their last run.

    Raises:
        KeyError: a peer was never run on one of the machines.
    """
    return page([_row(subject, record) for subject in subjects], record)


def _row(subject: Subject, record: Record) -> Row:
    answers = {"torchup": ask_torchup(subject)}
    answers |= {name: found[subject.id] for name, found in record.answers.items()}
    catalogue = load_catalogue()
    cells = (
        Cell(tool=tool, answer=answer, verdict=judge(subject, answer, catalogue))
        for tool, answer in answers.items()
    )
    return Row(subject=subject, cells=tuple(cells))


def differences(wanted: str, there: str) -> list[str]:
    """Name the lines of the page that are out of date: as they should be."""
    known = set(there.splitlines())
    gone = set(wanted.splitlines())
    changed = [f"+ {line}" for line in wanted.splitlines() if line not in known]
    return changed + [f"- {line}" for line in there.splitlines() if line not in gone]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool."""
    options = _parse(arguments)
    subjects = load_subjects()
    if options.check or options.page:
        wanted = write_page(subjects, read_record())
        if options.page:
            PAGE.write_text(wanted, encoding="utf-8")
            return 0
        there = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        if there == wanted:
            return 0
        print("docs/comparison.md is out of date; python -m tools.compare_peers --page writes it.")
        print("\n".join(differences(wanted, there)))
        return OUT_OF_DATE
    try:
        record = run_peers(subjects)
    except NoScratchError as error:
        sys.stderr.write(f"The peers can't be run: {error}\n")
        return FAILED
    wanted = write_page(subjects, record)
    if options.write:
        write_record(record)
        PAGE.write_text(wanted, encoding="utf-8")
    else:
        print(wanted)
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.compare_peers")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--write", action="store_true", help="run the peers, keep what they say")
    one.add_argument("--page", action="store_true", help="write the page from what was kept")
    one.add_argument("--check", action="store_true", help="status 1 where the page is out of date")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
