"""Mending: what turns out to need nothing is no success, and a failure leaves nothing half-done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.api.context import Context
from torchup.api.repairs import mending
from torchup.api.repairs.proposal import Hands, Proposal
from torchup.errors import NoAnswerError, OutsideError
from torchup.host.real import RealHost
from torchup.model import Text
from torchup.model.finding import Finding
from torchup.state import undo
from torchup.state.home import Home
from torchup.state.undo import Write

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import Machine, StepOutcome

WHAT = Text("undo.what.conda", {"path": "a"})


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    def machine() -> Machine:
        raise AssertionError

    return Hands(
        context=Context(RealHost(), Home(tmp_path / "home")),
        machine=machine,
        verified=False,
        on_check=lambda _: None,
        on_report=lambda _: None,
    )


def proposal(code: str, path: Path | None = None, environment: str = "demo") -> Proposal:
    finding = Finding(code=code, severity="warning", title=WHAT)
    edits = () if path is None else (Write(path=str(path), data=b"mended"),)
    return Proposal(finding=finding, title=WHAT, edits=edits, environment=environment)


def test_what_needs_nothing_any_more_is_not_told_as_done(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, idle = proposal("a", tmp_path / "a"), proposal("b", tmp_path / "b")
    monkeypatch.setattr(
        mending, "propose", lambda _, finding: first if finding is first.finding else None
    )
    done: list[Proposal] = []
    steps = mending.carry_out(hands, [first, idle], done.append)
    assert [(one.id, one.status) for one in steps] == [("a", "done"), ("b", "skipped")]
    assert done == [first]


def test_a_change_that_cannot_be_taken_back_hides_nothing_and_stops_nothing(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / name for name in "abc"]

    def fail(hands: Hands) -> tuple[StepOutcome, ...]:
        _ = hands
        files[2].write_text("somebody's")
        raise OutsideError("kept.busy")

    edits = [proposal(path.name, path) for path in files]
    last = proposal("work")._replace(work=fail)
    known = {id(one.finding): one for one in (*edits, last)}
    monkeypatch.setattr(mending, "propose", lambda _, finding: known[id(finding)])
    with pytest.raises(NoAnswerError, match=r"kept\.changed-since") as told:
        mending.carry_out(hands, [*edits, last], lambda _: None)
    assert isinstance(told.value.__cause__, OutsideError)
    assert [path.exists() for path in files] == [False, False, True]
    assert files[2].read_text() == "somebody's"
    assert len(undo.changes(hands.context.home)) == 1
