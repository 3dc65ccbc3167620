"""Lists on the site are as they are on GitHub."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import markdown
import pytest
from tools.docsite import indenting
from tools.docsite.indenting import indented

ROOT = Path(__file__).resolve().parents[3]
EXTENSIONS = ["tables", "pymdownx.superfences"]


def html(text: str) -> str:
    return str(markdown.markdown(indented(text), extensions=EXTENSIONS))


def test_the_example_holds() -> None:
    assert doctest.testmod(indenting).failed == 0


def test_a_list_goes_on_behind_code_and_a_table() -> None:
    found = html(
        "1. one\n\n       code\n\n   more\n2. two\n\n"
        "   | a | b |\n   | - | - |\n   | 1 | 2 |\n\n3. three\n"
    )
    assert found.count("<ol>") == 1
    assert found.count("<li>") == 3
    assert "<pre><code>code" in found
    assert "<table>" in found


def test_a_list_inside_another_stays_inside() -> None:
    found = html("- one\n  - inner\n  - inner two\n- two\n")
    assert found.count("<ul>") == 2


def test_what_is_fenced_or_indented_is_left_as_it_is() -> None:
    assert indented("```\n- a\n  b\n```\n") == "```\n- a\n  b\n```\n"
    assert indented("    - code\n      of it\n") == "    - code\n      of it\n"
    assert indented("- one\n  ```\n  - a\n    b\n  ```\n  end") == (
        "- one\n    ```\n    - a\n      b\n    ```\n    end"
    )


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_no_list_of_a_page_breaks_off(page: Path) -> None:
    found = re.sub(
        r"<(pre|code)>.*?</\1>", "", html(page.read_text(encoding="utf-8")), flags=re.DOTALL
    )
    assert not re.findall(r"(?m)^(?:\d+\.|-) ", found)
