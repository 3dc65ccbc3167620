"""Files by size, and the sessions of nox."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools import run_checks
from tools.file_sizes import function_sizes, sizes, wanting

if TYPE_CHECKING:
    import pytest

ROOT: Final = Path(__file__).parents[3]


def test_a_long_file_says_why_in_its_docstring(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text('"""Short."""\n')
    (tmp_path / "long.py").write_text(
        '"""Rules.\n\nLong: one row a cause.\n"""\n' + "x = 1\n" * 300
    )
    long, short = sizes(tmp_path)
    assert (long.path, long.lines, long.reason) == ("long.py", 304, "one row a cause.")
    assert (short.path, short.lines, short.reason) == ("short.py", 1, "")


def test_a_long_function_says_why_in_its_docstring(tmp_path: Path) -> None:
    body = "".join(f"    {number}\n" for number in range(60))
    ones = f'def one():\n    """Do.\n\n    More.\n    """\n{body}'
    twos = f'def two():\n    """Do.\n\n    Long: one table.\n    """\n{body}'
    (tmp_path / "a.py").write_text(f"{ones}\n\n{twos}\n\ndef small():\n    pass\n")
    one, two, small = function_sizes(tmp_path)
    assert (one.path, one.lines, one.reason) == ("a.py:1 one", 61, "")
    assert (two.path, two.lines, two.reason) == ("a.py:68 two", 61, "one table.")
    assert small.lines == 2
    assert wanting([one, two, small], 50) == [one]


def test_every_part_of_the_checks_is_a_session() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "nox", "--list-sessions"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    names = re.findall(r"^[*-] (\S+) ->", listed.stdout, re.MULTILINE)
    assert sorted(names) == sorted([*run_checks.PARTS, *run_checks.MORE, "build", "pyz"])


def test_a_part_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    wrong_usage = 2
    assert run_checks.main(str(ROOT), ["--only", "lnt"]) == wrong_usage
    assert run_checks.main(str(ROOT), ["--only"]) == wrong_usage
    assert capsys.readouterr().err.count("takes one of lint, types, docs") == 2
