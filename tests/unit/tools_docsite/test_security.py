"""Every test that ``docs/security.md`` names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_each_attack_is_played() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    attacks = [row for row in rows if not row.startswith("| attack ")]
    named = {row: re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row) for row in attacks}
    assert [row for row, tests in named.items() if not tests] == []
    gone = [
        (file, test)
        for tests in named.values()
        for file, test in tests
        if f"def {test}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert gone == []
