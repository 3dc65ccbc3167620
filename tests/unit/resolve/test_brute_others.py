"""The same judge for the other frameworks, each in a process of its own: tables are module-wide.

A failure names the seed and the number of the drawing, and says what was drawn.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from torchup.facts.frameworks import DEFAULT, FRAMEWORKS

TESTS: Final = Path(__file__).parents[2]
SEED: Final = 20261130
DRAWN: Final = 250
OTHERS: Final = [name for name in FRAMEWORKS if name != DEFAULT]
JUDGING: Final = """
import sys
from collections import Counter
from torchup.facts.frameworks import mean
mean(sys.argv[1])
from unit.resolve.brute.advice import complaints
from unit.resolve.brute.translate import choose
from unit.resolve.test_brute_force import check, drawings
seen = Counter()
for number, (box, wish) in enumerate(drawings(int(sys.argv[2]), int(sys.argv[3]))):
    due = check(box, wish, f"seed {sys.argv[2]}, drawing {number}")
    seen[due.device] += 1
    said = list(complaints(box, wish, choose(box, wish)))
    assert not said, f"drawing {number}: {said} {box} {wish}"
print(*(f"{name}={count}" for name, count in sorted(seen.items())))
"""


def judged(framework: str, seed: int, count: int, program: str = JUDGING) -> dict[str, int]:
    argv = [sys.executable, "-c", program, framework, str(seed), str(count)]
    done = subprocess.run(argv, cwd=TESTS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    pairs = (one.partition("=") for one in done.stdout.split())
    return {name: int(number) for name, _, number in pairs}


@pytest.mark.parametrize("framework", OTHERS)
def test_choice_agrees_with_the_judge(framework: str) -> None:
    seen = judged(framework, SEED, DRAWN)
    assert min(seen.get(one, 0) for one in ("none", "cpu", "cuda")) >= 5, seen


@pytest.mark.slow
@pytest.mark.parametrize("framework", OTHERS)
def test_choice_agrees_with_the_judge_on_many(framework: str) -> None:
    for seed in range(3):
        judged(framework, seed, 300)


NAMING: Final = """
import sys
from collections import Counter
from torchup.facts.frameworks import mean
mean(sys.argv[1])
from unit.resolve.brute.scene import Card
from unit.resolve.brute.table import table
from unit.resolve.test_brute_force import check, drawings
seen = Counter()
intel = Card("intel", "", told=("pci",), name="UHD Graphics 620", pci_id="8086:5917")
for number, (box, wish) in enumerate(drawings(int(sys.argv[2]), int(sys.argv[3]))):
    named = sorted({row.build.name for row in table(box.platform).rows if row.build.asked})
    if not named or wish.cpu or any("+" in one for one in wish.packages):
        continue
    if number % 3 == 0 and box.system != "macos":
        box, wish = box._replace(cards=(*(box.cards or ()), intel)), wish._replace(use_gpus=())
    wish = wish._replace(build=named[number % len(named)])
    seen[check(box, wish, f"seed {sys.argv[2]}, drawing {number}").device] += 1
print(*(f"{name}={count}" for name, count in sorted(seen.items())))
"""


@pytest.mark.parametrize(
    ("framework", "devices"),
    [
        ("tensorflow", ("directml", "mps", "none")),
        ("jax", ("mps", "none")),
        ("onnxruntime", ("openvino", "none")),
    ],
)
def test_what_is_taken_by_name_alone(framework: str, devices: tuple[str, ...]) -> None:
    """Drawn machines again, each asked for a build that nobody gets without naming it."""
    seen = judged(framework, SEED, 2 * DRAWN, NAMING)
    assert min(seen.get(one, 0) for one in devices) >= 2, seen
