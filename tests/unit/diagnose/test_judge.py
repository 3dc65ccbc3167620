"""What counts as a further sign of a cause."""

from __future__ import annotations

import pytest

from torchup.api.explain.causes import explain_log
from torchup.diagnose.judge import judge
from torchup.diagnose.reading import Reader
from torchup.diagnose.rule import LITTLE, Rule, Sign
from torchup.diagnose.rules.programs import families

STRONGEST, FURTHER = 50.0, 3.0
UNSURE = 0.4


def sure(text: str, *signs: Sign) -> float:
    rule = Rule(code="broken", signs=signs)
    read = Reader((rule,), (), ()).read([text.encode()])
    return judge((rule,), read, frozenset())[0].confidence * 100


def late(line: int, lines: int) -> float:
    return 4.0 * line / lines


ONE, OTHER, TOO = Sign(50, "broken"), Sign(40, "in two"), Sign(40, "broken in")


def test_two_signs_of_one_line_are_one_message() -> None:
    assert sure("broken in two", ONE, OTHER, TOO) == pytest.approx(STRONGEST + late(1, 1))


def test_a_line_that_is_printed_again_says_nothing_more() -> None:
    assert sure("broken in two\nbroken in two", ONE, OTHER) == pytest.approx(STRONGEST + late(2, 2))


def test_another_message_counts() -> None:
    assert sure("broken\nin two", ONE, OTHER) == pytest.approx(STRONGEST + FURTHER + late(2, 2))


def test_a_guess_from_a_family_makes_no_cause_surer() -> None:
    guess = Sign(LITTLE, "in two")
    assert sure("broken\nin two", ONE, guess) == pytest.approx(STRONGEST + late(2, 2))
    assert sure("in two", ONE, guess) == pytest.approx(LITTLE + late(1, 1))


def test_families_only_guess() -> None:
    points = {sign.points for signs in families.SIGNS.values() for sign in signs}
    assert max(points) <= LITTLE


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("ImportError: /v/x.so: undefined symbol: frobnicate", "extension-built-for-other-torch"),
        ("RuntimeError: CUDA error: frobnication pending", "cuda-init-unknown-error"),
        ("NVRM: frobnication failed", "nvidia-kernel-module-not-loaded"),
    ],
)
def test_where_nothing_is_known_the_family_is_guessed(said: str, cause: str) -> None:
    found = explain_log([said.encode()]).findings
    assert found[0].code == cause
    assert (found[0].confidence or 0) < UNSURE
