"""Which place counts for each of conda's settings."""

from __future__ import annotations

from typing import Any

import pytest

from torchup.facts.conda_settings import load_conda_facts
from torchup.integrate.condarc import Condarc, marks_of
from torchup.model.conda import CondaFile
from torchup.sources.conda_merge import merge_conda

FACTS = load_conda_facts()


def merged(*texts: str, **variables: str) -> dict[str, Any]:
    files = [
        CondaFile(path=str(place), settings=Condarc(text).settings, flags=marks_of(text))
        for place, text in enumerate(texts)
    ]
    return {one.key: one for one in merge_conda(files, variables, FACTS)}


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (("channels: [a]", "channels: [b]"), ["b", "a"]),
        (("channels: [a, b]", "channels: [b, c]"), ["b", "c", "a"]),
        (("channels:\n  - a #!top\n", "channels: [b]"), ["a", "b"]),
        (("channels: [a]", "channels:\n  - b #!bottom\n"), ["a", "b"]),
        (("channels: #!final\n  - a\n", "channels: [b]"), ["a"]),
        (("channel: [a]", "channels: [b]"), ["b", "a"]),
    ],
    ids=["nearest first", "each once", "top", "bottom", "final", "other name"],
)
def test_lists_are_joined(texts: tuple[str, ...], value: list[str]) -> None:
    assert merged(*texts)["channels"].value == value


def test_the_nearest_single_value_counts_and_the_others_are_named() -> None:
    found = merged("ssl_verify: true", "ssl_verify: false", "offline: true")["ssl_verify"]
    assert (found.value, found.origins, found.over) == (False, ("1",), ("0",))


def test_final_ends_the_search() -> None:
    found = merged("ssl_verify: true #!final", "ssl_verify: false")["ssl_verify"]
    assert (found.value, found.origins, found.over) == (True, ("0",), ("1",))


def test_mappings_are_joined_the_nearest_name_counting() -> None:
    first = "proxy_servers:\n  http: a\n  https: b\n"
    found = merged(first, "proxy_servers:\n  http: c\n")["proxy_servers"]
    assert found.value == {"http": "c", "https": "b"}
    assert found.origins == ("1", "0")


def test_variables_are_nearer_than_files() -> None:
    found = merged(
        "channels: [a]", "channel_priority: strict", channels="b, c", channel_priority="x"
    )
    assert found["channels"].value == ["b", "c", "a"]
    assert found["channels"].origins == ("CONDA_CHANNELS", "0")
    assert found["channel_priority"].value == "x"


def test_a_file_without_a_value_says_nothing() -> None:
    assert merged("channels:\n", "channels: [a]")["channels"].origins == ("1",)
