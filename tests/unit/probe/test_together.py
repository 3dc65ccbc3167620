from __future__ import annotations

from functools import partial
from threading import Barrier

import pytest

from torchup.host.together import together


def test_answers_come_in_the_order_of_the_questions() -> None:
    assert together([partial(int, str(n)) for n in range(40)], at_once=3) == list(range(40))
    assert together([]) == []


def test_questions_are_asked_side_by_side() -> None:
    meeting = Barrier(4, timeout=10)  # nobody passes before all four are there
    assert sorted(together([meeting.wait] * 4)) == [0, 1, 2, 3]


def test_an_exception_comes_back() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        together([partial(int, "1"), partial(int, "x"), partial(int, "2")])
