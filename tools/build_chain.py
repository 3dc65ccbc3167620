"""Draw the picture of ``docs/explanation/the-chain.md`` with ``torchup probe --diagram``.

``python tools/build_chain.py`` writes it in every language, from a machine of the tests' captures.
With ``--check`` nothing is written, and the exit status is 1 when something would be.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
CAPTURE: Final = ROOT / "tests" / "captures" / "data" / "windows-11-laptop-optimus.capture.json"
PICTURES: Final = {
    "en": ROOT / "docs" / "explanation" / "chain.svg",
    "zh_CN": ROOT / "docs" / "explanation" / "chain.zh.svg",
}


def draw(language: str) -> bytes:
    """Return the picture in a language; no home and no setting of this machine has a say."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "chain.svg"
        command = [sys.executable, "-m", "torchup", "probe", "--lang", language]
        env = {name: value for name, value in os.environ.items() if "TORCHUP" not in name}
        subprocess.run(
            [*command, "--capture", str(CAPTURE), "--diagram", str(place)],
            check=True,
            capture_output=True,
            env=env | {"TORCHUP_HOME": folder, "TORCHUP_CONFIG": str(Path(folder) / "none.toml")},
        )
        return place.read_bytes()


def main() -> int:
    """Write what differs and name it; with ``--check`` only name it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    args = parser.parse_args()
    found = {path: draw(language) for language, path in PICTURES.items()}
    other = [
        path for path, drawn in found.items() if not path.is_file() or path.read_bytes() != drawn
    ]
    for path in other:
        print(path.relative_to(ROOT))
        if not args.check:
            path.write_bytes(found[path])
    return 1 if other and args.check else 0


if __name__ == "__main__":
    sys.exit(main())
