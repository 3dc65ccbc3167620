"""Write captures and what they replay to anew: ``python -m tests.captures.expect NAME…``.

Without names every machine; ``--captures`` leaves the expectations alone; ``--after WORD`` notes
what must come first. Read the difference before it is kept: the expectation is what is right, not
what comes out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

sys.path[:0] = [str(Path(__file__).parents[1])]

from captures.registry import (  # noqa: E402 - the folder of the tests comes first
    DATA,
    DESCRIBED,
    Expectation,
    capture_file,
    machine_file,
    replayed,
    written,
)


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--captures", action="store_true")
    parser.add_argument("--after", default="")
    args = parser.parse_args()
    DATA.mkdir(exist_ok=True)
    for name in args.names or DESCRIBED:
        one = DESCRIBED[name]
        capture_file(name).write_bytes(written(one))
        if not args.captures:
            _expect(name, one.shows, args.after)


def _expect(name: str, shows: str, after: str) -> None:
    machine, software = replayed(capture_file(name).read_bytes())
    expectation = Expectation(
        shows=shows,
        after=after,
        problems=tuple(problem.code for problem in machine.problems),
        machine=machine,
        software=software,
    )
    document = _lean(msgspec.to_builtins(expectation))
    encoded = msgspec.json.encode(document)
    machine_file(name).write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")


def _lean(value: object) -> object:
    """Leave out what is unknown, so that a file shows what is known."""
    if isinstance(value, dict):
        return {key: _lean(inner) for key, inner in value.items() if inner is not None}
    return [_lean(inner) for inner in value] if isinstance(value, list | tuple) else value


if __name__ == "__main__":
    main()
