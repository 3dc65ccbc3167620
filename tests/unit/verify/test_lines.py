from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.host import Completed
from torchup.verify.expected import Expected
from torchup.verify.judge import judge, read_line
from torchup.verify.wording import describe, explain
from torchup.words import Words

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = [
    *("start", "code", "status", "detail", "took_s", "end", "packages", "python"),
    *("died", "exit", "timeout", "last", "facts", "figures", "devices"),
]
NEAR = st.dictionaries(st.sampled_from(KEYS), JSON | st.sampled_from(["pass", "fail", "skip"]))
LINES = st.text() | JSON.map(json.dumps) | NEAR.map(json.dumps)


@fuzzed
@given(st.text(alphabet=st.characters()))
def test_any_text_is_a_line_or_none(text: str) -> None:
    read_line(text)


@fuzzed
@given(st.lists(LINES), st.integers(-70, 2**32), st.booleans())
def test_anything_is_judged_and_worded(lines: list[str], code: int, timed_out: bool) -> None:
    expected = Expected(framework="torch")
    report = judge(lines, Completed(code=code, timed_out=timed_out), expected)
    words = Words()
    for check in report.checks:
        words.text(describe(check))
        why = explain(check)
        assert (why is None) == (check.status == "pass")
        if why is not None:
            words.text(why)
    told = {check.code for check in report.checks}
    assert told >= set(expected.codes("standard"))


def test_deep_nesting_is_no_line() -> None:
    assert read_line('{"code":' + "[" * 100_000) is None


@fuzzed
@given(st.lists(LINES))
def test_noise_alone_is_never_ok(lines: list[str]) -> None:
    assert not judge(lines, Completed(code=1), Expected(framework="torch")).ok
