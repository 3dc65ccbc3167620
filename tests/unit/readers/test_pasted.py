import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.readers.pasted import file_lines, line_endings, output_lines


@pytest.mark.parametrize(
    "prompt",
    [
        "$ conda list",
        "(base) me@host:~/x$ conda list",
        "(torch) C:\\Users\\Jos\N{LATIN SMALL LETTER E WITH ACUTE}>conda list",
        "PS C:\\Users\\me> conda list",
        "[root@node ~]# conda list",
        "root@5f2a:/workspace# cat /etc/pip.conf",
        "me@mac ~ % cat .condarc",
        "!conda list",
        "\N{HEAVY ROUND-TIPPED RIGHTWARDS ARROW}  ~ cat .condarc",
    ],
)
def test_a_command_line_before_the_text_is_dropped(prompt: str) -> None:
    assert output_lines(f"{prompt}\r\nname: 1\r\n") == ["name: 1"]


@pytest.mark.parametrize("first", ["channels: # conda", "# conda's file", "- a # pip here"])
def test_a_comment_is_no_command_line(first: str) -> None:
    assert output_lines(f"{first}\nx\n") == [first, "x"]


@pytest.mark.parametrize("last", ["(base) me@host:~$ ", "C:\\Users\\me>", "$", "me@host:~# "])
def test_a_prompt_that_waits_is_dropped(last: str) -> None:
    assert output_lines(f"x\n{last}") == ["x"]


def test_a_file_in_markdown_is_what_its_first_fence_holds() -> None:
    text = "My file:\n\n```yaml\na: 1\n```\n\nand\n\n```\nb\n```\n"
    assert file_lines(text) == ["a: 1"]
    assert file_lines("```\na: 1") == ["a: 1"]
    assert file_lines("```") == []


def test_a_quotation_loses_its_marks() -> None:
    assert output_lines("> a\n>\n>  b\n") == ["a", "", " b"]


def test_colours_are_dropped() -> None:
    assert output_lines("\x1b[1;32mok\x1b[0m") == ["ok"]


@pytest.mark.parametrize(
    ("text", "ends"),
    [("a\nb", "LF"), ("a\r\nb", "CRLF"), ("a\rb", "CR"), ("a\r\nb\nc", "mixed"), ("a", None)],
)
def test_line_endings_are_named(text: str, ends: str | None) -> None:
    assert line_endings(text) == ends


@fuzzed
@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(output_lines(text), list)
    assert isinstance(file_lines(text), list)
