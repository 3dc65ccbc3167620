"""Whose an environment of conda's is, and what it is called; and what undo keeps of one."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from madeenvironments import make_environment
from torchup.api import room
from torchup.api.checks.here import inside
from torchup.api.condas import clobbered, places
from torchup.api.context import Context
from torchup.api.doctor import together
from torchup.api.environments import damage
from torchup.api.environments.damage import Repair
from torchup.apply import load_environment
from torchup.apply.marker import read_marker, write_marker
from torchup.backends.contents import CONDA
from torchup.host.real import RealHost
from torchup.model import Text
from torchup.model.finding import Finding
from torchup.state.home import Home
from torchup.state.undo.records import Change

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A home behind a symbolic link, with an environment of conda's in it."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to("disk")
    home = tmp_path / "link" / "home"
    folder = make_environment(home, "demo")
    write_marker(folder, replace(read_marker(folder), backend=CONDA))
    return Context(RealHost(), Home(home))


def test_a_home_behind_a_link_is_ones_own(context: Context, tmp_path: Path) -> None:
    real = (tmp_path / "disk" / "home" / "envs" / "demo").resolve()
    assert list(places.own_prefixes(context)) == [real]
    assert real in places.prefixes(context)
    assert places.called(context, real) == "demo"
    assert places.called(context, context.home.environment("demo")) == "demo"
    assert places.called(context, tmp_path) == str(tmp_path)


def test_what_conda_calls_pytorch_is_repaired_as_torch(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = load_environment(context.host, context.home, "demo", sized=False)
    monkeypatch.setattr(damage, "look", lambda *_: Repair(environment=demo, packages={}))
    (prefix,) = places.own_prefixes(context)
    found = Finding(
        code=clobbered.CODE,
        severity="warning",
        title=Text("condas.repair-own"),
        facts={"path": str(prefix), "packages": "pytorch Typing_Extensions"},
    )
    proposal = clobbered.propose(context, found)
    assert proposal is not None
    assert proposal.steps[0].detail == "torch typing-extensions"


def test_files_that_two_packages_claim_are_found_in_the_environment_that_is_named(
    context: Context,
) -> None:
    place = context.home.environment("demo")
    (place / "conda-meta").mkdir()
    for name in ("one", "other"):
        record = {"name": name, "version": "1.0", "build": "0", "files": ["lib/shared.py"]}
        (place / "conda-meta" / f"{name}-1.0-0.json").write_text(json.dumps(record))
    demo = load_environment(context.host, context.home, "demo", sized=False)
    found = [one for one in inside(context, demo) if one.code == clobbered.CODE]
    assert found == list(clobbered.look(context)), "as the whole machine says it"
    (one,) = found
    assert one.facts["packages"] == "one other"
    assert one.remedies[0].commands == (("torchup", "repair", "demo", "--finding", clobbered.CODE),)
    assert together(found, found, found) == tuple(found), "and once"


def test_an_environment_whose_disk_is_away_can_be_undone_later(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = context.home
    away = tmp_path / "away" / "far"
    (home.root / "places").mkdir()
    (home.root / "places" / "far").write_text(f"{away}\n")
    fields: dict[str, Any] = {"at": "", "command": "add", "what": Text("undo.nothing")}
    changes = (
        Change(id="1", about="far", folder=str(away), **fields),
        Change(id="2", about="gone", folder=str(home.environments / "gone"), **fields),
        Change(id="3", about="demo", folder=str(home.environment("demo")), **fields),
    )
    for one in changes:
        (home.kept / one.id).mkdir(parents=True)
    monkeypatch.setattr("torchup.state.undo.changes", lambda _: changes)
    for everything, kept in ((False, ["2"]), (True, ["1", "2", "3"])):
        found = room.clearings(context, everything=everything)
        (cleared,) = [one for one in found if one.id == "undo"]
        assert list(cleared.folders) == [str(home.kept / name) for name in kept]
