from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import torchup.verify as room
from torchup.model import Check
from torchup.verify.expected import Expected
from torchup.verify.payload.codes import BENCH
from torchup.verify.wording import REASONS, describe, explain, read_detail
from torchup.words import Words
from torchup.words.english.verify import MESSAGES

FOLDER = Path(room.__file__).parent


def emitted() -> set[str]:
    """Collect the reasons that the payload's files and the judges can give."""
    found: set[str] = set()
    for path in (FOLDER / "payload").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'"?reason"?[:=] ?"([a-z-]+)"', text))
        found |= set(re.findall(r'"(no-import)"', text))
    facts = (FOLDER / "facts.py").read_text(encoding="utf-8")
    found |= set(re.findall(r'return "(?:fail|skip)", f?"([a-z-]+)[ "]', facts))
    told = (FOLDER / "told.py").read_text(encoding="utf-8")
    found |= set(re.findall(r'return f?"([a-z-]+)[ "]', told))
    return found | {"not-reached", "killed"}


def test_every_reason_is_worded_and_every_wording_is_used() -> None:
    assert emitted() == set(REASONS)


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_message_names_just_the_values_of_its_reason(reason: str) -> None:
    code, needed = REASONS[reason]
    used = {name for _, name, _, _ in Formatter().parse(MESSAGES[code]) if name}
    assert used == set(needed)


def test_every_check_has_a_name() -> None:
    expected = Expected(framework="torch", companions={"torchvision": ""})
    words = Words()
    for code in (*expected.codes("full"), *BENCH, "matmul@cuda:1", "start"):
        label = describe(Check(code=code, status="pass"))
        assert label.code != "verify.check.other"
        assert words.text(label)


def test_values_come_back_as_they_were() -> None:
    detail = "wrong-place name=torch path='/a b/环境'\"'\"'s/torch.py'"
    assert read_detail(detail) == ("wrong-place", {"name": "torch", "path": "/a b/环境's/torch.py"})


def test_a_worded_failure() -> None:
    check = Check(
        code="version", status="fail", detail="wrong-version expected=2.13.0+cpu found=2.13.0+cu126"
    )
    why = explain(check)
    assert why is not None
    assert Words().text(why) == "2.13.0+cu126 was imported; 2.13.0+cpu was planned."


@pytest.mark.parametrize("detail", ["", "unheard-of", "wrong-version", "a 'quote that never ends"])
def test_an_unknown_detail_is_shown_as_it_is(detail: str) -> None:
    why = explain(Check(code="version", status="fail", detail=detail))
    assert why is not None
    assert Words().text(why) == detail


def test_a_passed_check_needs_no_words() -> None:
    assert explain(Check(code="matmul", status="pass", detail="max_error=1e-7")) is None
