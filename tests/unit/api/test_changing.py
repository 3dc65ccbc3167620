"""A change that was prepared before the lock is only made to what it was prepared for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

import pytest
from msgspec.structs import replace

from madeenvironments import make_environment
from torchup import apply
from torchup.api.context import Context
from torchup.api.environments.carrying_out import carry_out
from torchup.api.environments.changeable import see_unchanged
from torchup.api.environments.changing import Change
from torchup.api.environments.differences import Difference
from torchup.apply.marker import write_marker
from torchup.errors import NoAnswerError, OutsideError
from torchup.host.real import RealHost
from torchup.model import Artifact
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.environments.edits import Edited
    from torchup.api.stacks.choosing import Choice
    from torchup.model import EnvRecord

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="environments made of links")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    make_environment(tmp_path, "ml")
    return Context(RealHost(), Home(tmp_path))


def record_of(context: Context) -> EnvRecord:
    return apply.load_environment(context.host, context.home, "ml", sized=False).record


def test_what_nobody_touched_is_unchanged(context: Context) -> None:
    see_unchanged(context, record_of(context))


def test_another_change_in_between_stops_this_one(context: Context) -> None:
    prepared = record_of(context)
    write_marker(context.home.environment("ml"), replace(prepared, changed="2026-02-02T00:00:00Z"))
    with pytest.raises(OutsideError) as caught:
        see_unchanged(context, prepared)
    assert (caught.value.code, caught.value.details) == ("change.changed-meanwhile", {"name": "ml"})


def test_an_environment_that_was_removed_in_between_is_missed(
    context: Context, tmp_path: Path
) -> None:
    prepared = record_of(context)
    (tmp_path / "envs" / "ml").rename(tmp_path / "gone")
    with pytest.raises(NoAnswerError) as caught:
        see_unchanged(context, prepared)
    assert caught.value.code == "apply.no-such-environment"


def test_a_change_needs_room_for_what_comes(context: Context) -> None:
    """What stays as it is is there already; nothing is touched where the rest has no room."""
    found = apply.load_environment(context.host, context.home, "ml", sized=False)
    huge = Artifact(name="Rich", version="13.9", url="", size=2**60)
    kept = Artifact(name="numpy", version="1.26.9", url="", size=2**60)
    change = Change(
        environment=found,
        edited=cast("Edited", None),
        choice=cast("Choice", None),
        artifacts=(kept, huge),
        differences=(Difference(name="rich", before="", after="13.9"),),
    )
    assert change.fetched == (huge,)
    with pytest.raises(OutsideError) as caught:
        carry_out(context, change, found.record.stack, command="add", verified=False)
    assert caught.value.code == "apply.no-room"
    assert record_of(context) == found.record
