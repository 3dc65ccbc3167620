"""``python -m tools.build_catalogue``: make the fast form of the catalogue from its TOML files.

With ``--check`` nothing is written; the status is 1 where the fast form isn't what the TOML
files give.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from torchup.facts.compiled import makers_for
from torchup.facts.load import DATA


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare only")
    parser.add_argument("--data", type=Path, default=Path(DATA), help="the folder of TOML files")
    given = parser.parse_args(arguments)
    try:
        made = {name: make(given.data) for name, make in makers_for(given.data).items()}
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    stale = [name for name, content in made.items() if _content(given.data / name) != content]
    for name in stale:
        if given.check:
            print(f"{name} is not what the TOML files give: run python -m tools.build_catalogue")
        else:
            (given.data / name).write_bytes(made[name])
            print(f"wrote {name}")
    return 1 if stale and given.check else 0


def _content(path: Path) -> bytes | None:
    return path.read_bytes().replace(b"\r\n", b"\n") if path.is_file() else None


if __name__ == "__main__":
    raise SystemExit(main())
