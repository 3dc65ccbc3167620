"""What is to be pasted next does the same as what was typed."""

from __future__ import annotations

import argparse

import pytest

from torchup.api.fleet.carrying import _creation
from torchup.cli.commands import fleet
from torchup.cli.fleet.apply import _again
from torchup.cli.fleet.hosts import reaching
from torchup.errors import UsageError
from torchup.model import Requirement, Stack
from torchup.words import load_words


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--offline", action="store_true")
    fleet.add_arguments(parser, load_words("en"))
    return parser.parse_args(words)


@pytest.mark.parametrize(
    "words",
    [
        ("-i", "a.ini", "-i", "b,", "--host", "gpu*", "--forks", "3", "--wheelhouse", "w"),
        ("--ansible=-e x=1", "--machines", "lab", "-i", "a,"),
        ("--ansible", "", "-i", "a,"),
        (
            *("torch==2.13.0", "-r", "r.txt", "--as-of", "2026-01-01", "--cpu", "--python", "3.12"),
            *("--no-companions", "--build-from-source", "flash-attn", "--use-gpu", "0"),
            *("--shared", "--canary", "0", "--wave", "5", "--max-fail", "50", "--quick", "--again"),
            "--offline",
        ),
    ],
)
def test_apply_again_is_told_as_it_was_given(words: tuple[str, ...]) -> None:
    given = parsed("apply", *words, "--dry-run")
    again = parsed("apply", *given.requirements, *_again(given), "--dry-run")
    assert vars(again) == {**vars(given), "ansible": given.ansible or None}


@pytest.mark.parametrize("action", fleet.ACTIONS)
def test_the_next_action_gets_what_it_takes(action: str) -> None:
    given = parsed("apply", "-i", "a,", "--host", "one", "--machines", "lab", "--ansible=-b")
    fleet._check_options(parsed(action, *reaching(given, action)))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("verify", "demo", "--as-of", "2026-01-01"), "fleet.name-alone"),
        (("check", "demo", "--no-companions"), "fleet.name-alone"),
        (("rollback", "demo", "--nightly"), "fleet.name-alone"),
        (("doctor", "demo", "--build-from-source", "flash-attn"), "fleet.name-alone"),
        (("probe", "--nightly"), "fleet.alone"),
        (("plan", "--shared"), "fleet.not-heeded"),
        (("plan", "--canary", "2"), "fleet.not-heeded"),
        (("verify", "demo", "--wave", "2"), "fleet.not-heeded"),
        (("rollback", "demo", "--again"), "fleet.not-heeded"),
        (("probe", "--max-fail", "0"), "fleet.not-heeded"),
        (("doctor", "demo", "--quick"), "fleet.not-heeded"),
        (("report", "--wheelhouse", "w"), "fleet.not-heeded"),
        (("verify", "demo", "--port", "29501"), "fleet.together-runs"),
        (("verify", "demo", "--time-limit", "60"), "fleet.together-runs"),
        (("verify", "d", "--together", "--answers", "f", "--port", "1"), "fleet.together-runs"),
    ],
)
def test_what_an_action_does_not_heed_is_refused(words: tuple[str, ...], code: str) -> None:
    with pytest.raises(UsageError) as raised:
        fleet._check_options(parsed(*words))
    assert raised.value.code == code


def test_everything_of_a_requirement_goes_along() -> None:
    stack = Stack(
        python="3.12", build="cpu", packages={"torch": "2.13.0"}, runtime="", device="cpu"
    )
    asked = Requirement(packages=("torch",), companions=False, offline=True)
    words = _creation("demo", asked, stack, {"xformers", "flash-attn"})
    assert words[words.index("--no-companions") :] == (
        *("--no-companions", "--build-from-source", "flash-attn"),
        *("--build-from-source", "xformers", "--offline"),
    )
