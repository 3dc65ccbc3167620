"""The pages of the causes are what the generator makes of rules, words and transcripts."""

from __future__ import annotations

from tools.build_error_pages import PAGES, TITLES, files, pages

from torchup.diagnose.rules import RULES


def test_the_committed_pages_are_those_that_the_generator_makes() -> None:
    there = {one.name: one.read_text(encoding="utf-8") for one in PAGES.glob("*.md")}
    assert there == files(), "python tools/build_error_pages.py writes them"


def test_every_cause_has_a_page_that_shows_what_it_looks_like() -> None:
    known = pages()
    assert {page.code for page in known} == {rule.code for rule in RULES}
    assert all(page.looks and page.group in TITLES for page in known)
