"""The pages for beginners: what they tell to type is complete in PowerShell, cmd and bash.

A command is the same in all three, or it stands in a table with a column for each. Nobody has to
put a word of their own in the place of one, but for paths, which the table shows as examples.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from torchup.cli.options import split_command
from torchup.cli.parsing import make_parser
from torchup.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS: Final = Path(__file__).parents[2] / "docs"
GUIDES: Final = (DOCS / "from-tutorials.md", DOCS / "zh" / "from-tutorials.md")
PAGES: Final = (*GUIDES, DOCS / "myths.md", DOCS / "zh" / "myths.md")
SHELLS: Final = ("PowerShell", "cmd", "bash")
NEVER: Final = {"never", "不会有"}
_SPAN: Final = re.compile(r"`([^`]+)`")
_BLOCK: Final = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ALIKE: Final = re.compile(r"""(?:[\w.=:/+-]|[^\x00-\x7f])+|"[\w .=*<>+-]+\"""")
"""A word that every one of the shells takes as it stands, with the quotes that all of them know."""
_FOREIGN: Final = {
    "PowerShell": re.compile(r"%\w+%|^(?:export|set|FOR|eval|source)\b|&&|~/|\^"),
    "cmd": re.compile(r"\$\w*|^(?:export|eval|irm)\b|~/|(?<!\")#|`"),
    "bash": re.compile(r"\\|%\w+%|\$env:|^(?:set|FOR|irm|notepad)\b"),
}
"""What the others know and this one doesn't."""
_PLACEHOLDER: Final = re.compile(
    r"\b(?:NAME|ENV|DIR|FOLDER|FILE|PACKAGE|PROJECT|ADDRESS|CODE|REQUIREMENT)\b|…|<\w+>"
    r"|名字|目录|包名|环境名"
)


class Row(NamedTuple):
    """A line of the table: what it is for, and what is typed in each shell."""

    what: str
    typed: dict[str, str]


def table(page: Path) -> list[Row]:
    """The lines of the tables that have a column for each shell."""
    found, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 4:
            named = [cell.partition(" ")[0].partition("（")[0] for cell in cells[1:]]  # noqa: RUF001
            if tuple(named) == SHELLS:
                inside = True
            elif inside and not set(cells[0]) <= {"-"}:
                typed = (cell.removeprefix("`").removesuffix("`") for cell in cells[1:])
                found.append(Row(cells[0], dict(zip(SHELLS, typed, strict=True))))
        else:
            inside = False
    return found


def elsewhere(page: Path) -> Iterator[str]:
    """Every command of torchup's and uv's outside of these tables."""
    text = page.read_text(encoding="utf-8")
    for block in _BLOCK.findall(text):
        yield from block.splitlines()
    plain = _BLOCK.sub("", text)
    lines = [one for one in plain.splitlines() if len(re.split(r"(?<!\\)\|", one)) != 6]
    for said in _SPAN.findall("\n".join(lines)):
        if said.startswith(("torchup ", "uv ")):
            yield said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_a_command_outside_the_table_is_the_same_in_every_shell(page: Path) -> None:
    found = list(elsewhere(page))
    assert len(found) > 20
    for said in found:
        assert _ALIKE.sub("", said).strip() == "", said
        assert shlex.split(said), said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_nothing_is_left_to_be_filled_in(page: Path) -> None:
    typed = [one for row in table(page) for one in row.typed.values()]
    for said in (*elsewhere(page), *typed):
        assert not _PLACEHOLDER.search(said), said


def test_both_guides_have_the_same_table() -> None:
    english, chinese = ([row.typed for row in table(page)] for page in GUIDES)
    assert len(english) > 15
    never = [{shell: "-" if one in NEVER else one for shell, one in row.items()} for row in chinese]
    assert never == [
        {shell: "-" if one in NEVER else one for shell, one in row.items()} for row in english
    ]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.parent.name)
@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_s_column_is_whole_and_its_own(page: Path, shell: str) -> None:
    for row in table(page):
        said = row.typed[shell]
        assert said, row
        if said in NEVER:
            continue
        assert not _FOREIGN[shell].search(said), (row.what, said)
        assert said.count('"') % 2 == 0
        assert shell == "cmd" or said.count("(") == said.count(")")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_can_read_its_column() -> None:
    for row in table(GUIDES[0]):
        if row.typed["bash"] not in NEVER:
            done = subprocess.run(
                ["bash", "-n", "-c", row.typed["bash"]], capture_output=True, check=False
            )
            assert (done.returncode, done.stderr) == (0, b""), row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_torchup_can_read_every_command(page: Path) -> None:
    """Its own parser takes each one whole: names, options and their values."""
    words = load_words("en")
    typed = [one for row in table(page) for one in row.typed.values()]
    inner = [part for one in typed for part in re.findall(r"(torchup [^'|)\"]+)", one)]
    told = [*elsewhere(page), *inner]
    asked = [one for one in told if one.startswith("torchup ") and "--version" not in one]
    assert len(asked) > 15
    for said in asked:
        name, rest = split_command(shlex.split(said.replace("\\", "/"))[1:])
        parser = make_parser(name, words)
        import_module(f"torchup.cli.commands.{name.replace('-', '_')}").add_arguments(parser, words)
        parser.read(rest)  # it raises where it can't
