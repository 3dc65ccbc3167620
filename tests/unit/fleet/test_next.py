"""What is to be pasted next does the same as what was typed."""

from __future__ import annotations

import argparse

import pytest

from torchup.cli.commands import fleet
from torchup.cli.fleet.apply import _again
from torchup.cli.fleet.hosts import reaching
from torchup.words import load_words


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
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
