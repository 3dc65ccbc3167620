"""What is read without argparse is read as argparse reads it."""

from __future__ import annotations

from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchup.cli.commands import COMMANDS
from torchup.cli.parsing import make_parser
from torchup.cli.plainly import read_plainly
from torchup.errors import UsageError
from torchup.words import load_words

if TYPE_CHECKING:
    import argparse

    from torchup.cli.parsing import Parser

NAMES = tuple(sorted({*COMMANDS, "status"}))
ODD = ("", "-", "--", "-1", "-x", "--no-such", "--js", "a b", "-a b", "x=y", "=", "--=", "7")


def _command(name: str) -> Any:  # noqa: ANN401  # a command's module
    return import_module(f"torchup.cli.commands.{name.replace('-', '_')}")


def _parser(name: str) -> Parser:
    words = load_words("en")
    parser = make_parser(name, words)
    _command(name).add_arguments(parser, words)
    return parser


def _vocabulary(parser: Parser) -> st.SearchStrategy[list[str]]:
    """Command lines of a command's own words, now and then with an odd one."""
    actions: list[argparse.Action] = parser._actions  # told nowhere else
    options = [one for action in actions for one in action.option_strings]
    values = [str(one) for action in actions for one in action.choices or ()]
    plain = st.sampled_from([*values, "one", "two", "torch==2.4", "3.11", "12"])
    option = st.sampled_from(options)
    part = st.one_of(
        plain.map(lambda value: [value]),
        option.map(lambda name: [name]),
        st.tuples(option, plain).map(list),
        st.tuples(option, plain).map(lambda pair: ["=".join(pair)]),
        st.tuples(option, st.sampled_from(ODD)).map(lambda pair: ["".join(pair)]),
        st.sampled_from(ODD).map(lambda word: [word]),
    )
    return st.lists(part, max_size=6).map(lambda parts: list(chain.from_iterable(parts)))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_plain_command_lines_are_read_as_argparse_reads_them(
    name: str, data: st.DataObject
) -> None:
    words = data.draw(_vocabulary(_parser(name)))
    found = read_plainly(_command(name).add_arguments, words)
    if found is not None:
        assert vars(found) == vars(_parser(name).read(words))


@pytest.mark.parametrize(
    "line",
    [
        "status",
        "status --json",
        "list --all --lang zh_CN",
        "plan --machine one.json",
        "plan --machine - --json -v",
        "plan torch==2.4 --python=3.11 --gpu v100 --gpu a100 torchvision",
        "probe --hardware",
        "why --not torch==2.9.1 -r requirements.txt",
        "use work --global",
        "config set home /data",
        "remove -n work six numpy",
    ],
)
def test_common_command_lines_are_plain(line: str) -> None:
    name, *words = line.split()
    found = read_plainly(_command(name).add_arguments, words)
    assert found is not None
    assert vars(found) == vars(_parser(name).read(words))


@pytest.mark.parametrize(
    "line",
    [
        "plan --help",
        "plan --machine",
        "plan --machine --json",
        "plan --no-such",
        "plan --jso",
        "plan --print paper",
        "list extra",
        "probe --hardware --save one.json",
        "run work -- python -c pass",
        "run work --json",
    ],
)
def test_mistakes_and_helps_are_left_to_argparse(line: str) -> None:
    name, *words = line.split()
    assert read_plainly(_command(name).add_arguments, words) is None


def test_a_value_that_its_type_refuses_is_refused_by_argparse() -> None:
    assert read_plainly(_command("fleet").add_arguments, ["plan", "--forks", "many"]) is None
    with pytest.raises(UsageError):
        _parser("fleet").read(["plan", "--forks", "many"])


def test_lists_are_not_shared_between_readings() -> None:
    add = _command("plan").add_arguments
    one = read_plainly(add, ["--gpu", "v100"])
    two = read_plainly(add, [])
    assert one is not None
    assert two is not None
    assert (one.gpu, two.gpu) == (["v100"], [])
