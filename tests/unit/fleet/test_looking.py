"""Which hosts an environment is looked for on, and what is remembered of it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from torchup.api.context import Context
from torchup.errors import NoAnswerError
from torchup.fleet import applying, looking, remote
from torchup.fleet.applying import Pace, apply_fleet
from torchup.fleet.inventory import find_inventory
from torchup.fleet.kept import read_state
from torchup.fleet.looking import hosts_with, take_back
from torchup.fleet.remote import Said, run_there
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MADE = {
    "schema": "torchup.outcome/v1",
    "ok": True,
    "steps": [{"id": "create", "status": "done"}],
    "environment": {"packages": {"torch": "2.13.0+cpu"}, "python": "3.12"},
}
FAILED = {"schema": "torchup.error/v1", "code": "net.failed", "message": "no network"}


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(RealHost(), Home(tmp_path / "home"))


def applied(
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
    document: dict[str, Any],
    code: int,
    *words: str,
) -> None:
    def answer(_context: object, _there: object, asked: Any, take: Any, **_more: object) -> None:  # noqa: ANN401
        for host in asked:
            take(Said(host=host, state="ok", document=document, code=code))

    monkeypatch.setattr(applying, "run_there", answer)
    lines = {"one": ("create", "demo", *words)}
    apply_fleet(
        context, find_inventory(["one,"]), "demo", lines, pace=Pace(), on_result=lambda _one: None
    )


def test_an_environment_stays_known_where_asking_for_it_again_failed(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(context, monkeypatch, MADE, 0, "torch==2.13.0")
    applied(context, monkeypatch, FAILED, 3, "torch==2.12.0")
    kept = read_state(context.home, "one").environments["demo"]
    assert (kept.ok, kept.made) == (False, True)
    found = hosts_with(context.home, "demo")["one"]
    assert found.seen is not None
    assert found.seen.packages == {"torch": "2.13.0+cpu"}


def test_one_that_never_was_made_is_not_known(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(context, monkeypatch, FAILED, 3)
    with pytest.raises(NoAnswerError, match=r"fleet\.not-applied"):
        hosts_with(context.home, "demo")


def test_nobody_is_asked_where_no_host_is_meant(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object, **_more: object) -> None:
        pytest.fail("an empty limit is every host of the inventory")

    monkeypatch.setattr(remote, "run_play", never)
    told: Callable[[Said], None] = lambda _said: None  # noqa: E731
    run_there(context, find_inventory(["one,two,"]), {}, told)


WOULD_DELETE = {
    "schema": "torchup.outcome/v1",
    "command": "delete",
    "ok": True,
    "steps": [{"id": "delete", "status": "skipped", "detail": "/envs/demo"}],
}
GONE = {"schema": "torchup.error/v1", "code": "apply.no-such-environment", "message": "none"}


def test_a_rollback_that_is_only_tried_tells_what_it_would_delete(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(context, monkeypatch, MADE, 0, "torch==2.13.0")

    def answer(_context: object, _there: object, asked: Any, take: Any, **_more: object) -> None:  # noqa: ANN401
        for host in asked:
            document, code = (GONE, 1) if host == "two" else (WOULD_DELETE, 0)
            take(Said(host=host, state="ok", document=document, code=code))

    monkeypatch.setattr(looking, "run_there", answer)
    found = take_back(
        context,
        find_inventory(["one,two,"]),
        "demo",
        lambda _one: None,
        hosts=("one", "two"),
        dry_run=True,
    )
    assert {one.host: one.state for one in found} == {"one": "done", "two": "unchanged"}
    assert hosts_with(context.home, "demo"), "nothing was forgotten"
