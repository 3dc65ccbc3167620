"""What holds for every reader."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import torchup.readers
from torchup.readers import READERS, Reading, detect

KINDS = READERS.keys()
FORMS = {"reading", "registry", "texts"}
"""Modules of the room that read no kind by themselves, beside those that several kinds share."""
GARBAGE = 4_000_000
SECONDS = 5
"""Far more than any of them needs; a regular expression that goes astray needs minutes."""


def test_every_module_is_registered() -> None:
    folder = Path(torchup.readers.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - FORMS - {"__init__"}
    with_kind = {name for name in modules if "\nKIND: Final" in (folder / f"{name}.py").read_text()}
    assert with_kind == {READERS[kind].__name__.rpartition(".")[2] for kind in KINDS}  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
def test_it_names_its_kind_and_refuses_nothing(kind: str) -> None:
    reader = READERS[kind]
    assert kind == reader.KIND
    for text in ("", "\n", "\ufeff", "{}", "[]", "|", ":", "GPU", "\x00" * 9, "名称\r\n"):
        found = reader.read(text)
        assert isinstance(found, Reading)
        assert found.kind == kind
        assert found.gpus is None or not found.gpus
        assert isinstance(reader.matches(text), bool)


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_any_text(kind: str, text: str) -> None:
    reader = READERS[kind]
    assert reader.read(text).kind == kind
    assert reader.matches(text) in (True, False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("letters", ["| 0A:.-", "GPU 0: (MIG)", " \t:=\"'{}[],", "<a id=0>/", "x"])
def test_much_garbage_is_read_soon(kind: str, letters: str) -> None:
    chance = random.Random(kind + letters)  # no secret
    text = "".join(chance.choices(letters, k=GARBAGE // 10)) * 10
    began = time.perf_counter()
    READERS[kind].read(text)
    detect(text)
    assert time.perf_counter() - began < SECONDS * 2
