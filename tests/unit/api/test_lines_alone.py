"""Lines of a project by themselves: what is left of one when its version goes."""

from __future__ import annotations

import pytest

from torchup.api.solve.lines_alone import unversioned


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("ray[tune]==1.4", "ray[tune]"),
        ("six==1.16.0; python_version < '3.9'", "six"),
        ("Thing[b,a] >=1,<2", "Thing[a,b]"),
    ],
)
def test_a_line_keeps_its_extras_without_its_version(line: str, left: str) -> None:
    assert unversioned(line) == left
