"""Every cause is found in what the programs print, and none where nothing is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from torchup.api.explain.causes import explain_log
from torchup.diagnose.judge import NONE_OF_IT
from torchup.facts.causes import load_cause_facts

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parent / "transcripts"
NO_FAULT = "no_fault.toml"


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def transcripts() -> list[dict[str, Any]]:
    names = [one.name for one in sorted(FOLDER.glob("*.toml")) if one.name != NO_FAULT]
    return [one for name in names for one in read(name)["transcript"]]


def codes(text: str, facts: dict[str, str] | None = None) -> list[str]:
    return [one.code for one in explain_log([text.encode()], facts=facts).findings]


@pytest.mark.parametrize("one", transcripts(), ids=lambda one: one["cause"])
def test_the_cause_of_a_transcript_comes_first(one: dict[str, Any]) -> None:
    assert codes(one["text"], one.get("facts", {}))[:1] == [one["cause"]]


def test_every_cause_has_a_transcript() -> None:
    assert {one["cause"] for one in transcripts()} == set(load_cause_facts().codes)


@pytest.mark.parametrize("text", read(NO_FAULT)["texts"])
def test_nothing_is_blamed_where_nothing_is_wrong(text: str) -> None:
    assert codes(text) in ([], [NONE_OF_IT])
