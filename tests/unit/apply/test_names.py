from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.apply import check_name
from torchup.apply.names import name_key
from torchup.errors import UsageError
from torchup.words import load_words


@pytest.mark.parametrize(
    "name", ["work", "cu126", "torch-2.14_x", "_x", "深度学习", "Größe", "ละคร", "a" * 64, "con1"]
)
def test_good_names(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "apply.name-empty"),
        ("a/b", "apply.name-slash"),
        ("..\\b", "apply.name-slash"),
        ("a b", "apply.name-space"),
        ("a\n", "apply.name-space"),
        ("a\u00a0b", "apply.name-space"),
        ("a" * 65, "apply.name-too-long"),
        ("\U00020000" * 60, "apply.name-too-long"),
        (".hidden", "apply.name-start"),
        ("..", "apply.name-start"),
        ("-n", "apply.name-start"),
        ("end.", "apply.name-end"),
        ("con", "apply.name-reserved"),
        ("NUL.txt", "apply.name-reserved"),
        ("Com1", "apply.name-reserved"),
        ("a:b", "apply.name-character"),
        ("a\x00b", "apply.name-character"),
        ("a\x1bb", "apply.name-character"),
        ("a*", "apply.name-character"),
        ("a\ud800", "apply.name-character"),
        ("smile\U0001f600", "apply.name-character"),
    ],
)
def test_bad_names(name: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_name(name)
    assert caught.value.code == code
    words = load_words("en")
    assert words.say(code, caught.value.details).isprintable()
    assert words.say(code + ".hint", caught.value.details)


def test_both_spellings_of_a_letter_are_one_name() -> None:
    assert check_name("e\u0301te") == "\u00e9te"
    assert name_key("E\u0301TE") == name_key("\u00e9te")


@fuzzed
@given(st.text(max_size=80))
def test_every_name_is_taken_or_refused(name: str) -> None:
    try:
        taken = check_name(name)
    except UsageError:
        return
    assert check_name(taken) == taken
    assert name_key(name_key(taken)) == name_key(taken)
    assert len(name_key(taken).encode()) < 240
