from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.readers import hardware

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=3), parts),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("said", "maker"),
    [
        ("Advanced Micro Devices, Inc. [AMD/ATI]", "amd"),
        ("ATI Technologies Inc", "amd"),
        ("NVIDIA Corporation", "nvidia"),
        ("Intel(R) Corporation", "intel"),
        ("sppci_vendor_Apple", "apple"),
        ("Matrox Electronics Systems Ltd.", None),
        ("Microsoft Corporation", None),
        (None, None),
    ],
)
def test_makers_by_name(said: str | None, maker: str | None) -> None:
    assert hardware.maker_by_name(said) == maker


def test_json_behind_a_warning() -> None:
    assert hardware.json_in('WARNING [x]: y\n{"a": 1}\nmore') == ({"a": 1}, False)


def test_json_that_is_cut_off() -> None:
    assert hardware.json_in('{"a": {"b": 1, "c": "x') == ({"a": {"b": 1}}, True)
    assert hardware.json_in('[{"a": "\\"}", "b": [1, 2') == ([{"a": '"}', "b": [1]}], True)
    assert hardware.json_in("no") == (None, False)


def test_json_that_goes_too_deep() -> None:
    assert hardware.json_in("[" * 100_000)[0] is None


@given(_VALUES, st.integers(0, 200))
@fuzzed
def test_json_cut_anywhere_is_read_without_raising(value: object, end: int) -> None:
    text = json.dumps(value)
    hardware.json_in(text[:end])
    hardware.tables_in(hardware.json_in(text)[0], "a")


def test_quoting_is_taken_away() -> None:
    assert hardware.unquoted("> a\n> > b\n>\n") == "a\n> b\n\n"
    assert hardware.unquoted("> a\nb\n") == "> a\nb\n"
