"""Every reader against every text of these tests, spoiled, and against words that readers know."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import torchup.readers
from fuzzing import fuzzed_for_all
from spoiledtexts import spoiled
from torchup.readers import READERS, Reading, detect

_SHORTEST: Final = 60  # letters of a text that is one


def _constants(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {one for one in found if isinstance(one, str)}


def _texts() -> tuple[str, ...]:
    """The texts that this folder's tests read."""
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    return tuple(sorted({one for file in files for one in _constants(file) if "\n" in one}))


def _words() -> tuple[str, ...]:
    """What stands in the readers' own patterns: keys, units, marks."""
    folder = Path(torchup.readers.__file__).parent
    texts = {one for file in sorted(folder.glob("*.py")) for one in _constants(file)}
    words = {word for text in texts for word in re.findall(r"[A-Za-z][\w.-]+|[|:=<>/\[\]{}]", text)}
    return tuple(sorted(words))


TEXTS = tuple(one for one in _texts() if len(one) >= _SHORTEST)
WORDS = _words()
BETWEEN = st.sampled_from(
    (" ", "\n", ": ", "|", "  ", "\t", "=", "", '"', ", ", "0", "1.2", "\r\n")
)
BABBLE = st.lists(st.sampled_from(WORDS) | BETWEEN, max_size=60).map("".join)


def test_there_are_texts_of_most_kinds() -> None:
    assert len({detect(text) for text in TEXTS}) > len(READERS) * 2 // 3


@pytest.mark.parametrize("kind", READERS)
@fuzzed_for_all
@given(text=spoiled(*TEXTS) | BABBLE | st.text())
def test_a_reader_reads_any_text(kind: str, text: str) -> None:
    reader = READERS[kind]
    found = reader.read(text)
    assert isinstance(found, Reading)
    assert found.kind == kind
    assert reader.matches(text) in (True, False)
    for gpu in found.gpus or ():
        assert gpu.memory_mib is None or gpu.memory_mib >= 0


@fuzzed_for_all
@given(text=spoiled(*TEXTS) | BABBLE | st.text())
def test_any_text_is_told_by_its_kind_or_not(text: str) -> None:
    kind = detect(text)
    assert kind is None or READERS[kind].matches(text)
