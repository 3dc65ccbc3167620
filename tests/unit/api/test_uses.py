"""Which notebooks and IDEs start an environment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from madeenvironments import make_environment
from torchup.api.connections.uses import Use, uses
from torchup.api.context import Context
from torchup.api.environments import known
from torchup.api.ides.telling import carry_out
from torchup.api.ides.vscode import tell_vscode
from torchup.api.kernels import adding
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.delenv("JUPYTER_DATA_DIR", raising=False)
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    (tmp_path / "user").mkdir()
    home = Home(tmp_path / "home")
    for name in ("demo", "other"):
        make_environment(home.root, name)
    return Context(RealHost(), home, offline=True)


def found(context: Context) -> dict[str, tuple[Use, ...]]:
    return uses(context, known.list_all(context))


def test_nobody_uses_what_was_just_made(context: Context) -> None:
    assert found(context) == {"demo": (), "other": ()}


def test_kernels_of_torchup_and_of_others(context: Context, tmp_path: Path) -> None:
    adding.write(context, adding.prepare(context, "demo", adding.place_of(context)))
    theirs = tmp_path / "user" / ".local/share/jupyter/kernels/theirs"
    theirs.mkdir()
    python = context.home.root / "envs" / "demo" / "bin" / "python"
    spec = {"argv": [str(python), "-m", "ipykernel"], "display_name": "Theirs"}
    (theirs / "kernel.json").write_text(json.dumps(spec | {"language": "python"}))
    own, other = sorted(found(context)["demo"], key=lambda one: one.kernel, reverse=True)
    assert (own.kind, own.kernel) == ("jupyter", "demo")
    assert (other.shown, other.kernel) == ("Theirs", ""), "what torchup didn't write stays"
    assert found(context)["other"] == ()


def test_an_ide_in_a_folder_until_it_is_undone_or_told_otherwise(
    context: Context, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    carry_out(context, (tell_vscode(context, "demo", str(folder)),))
    (use,) = found(context)["demo"]
    assert (use.kind, use.where, use.undoable) == ("vscode", str(folder), True)
    settings = folder / ".vscode" / "settings.json"
    settings.write_text(settings.read_text() + "\n")
    (use,) = found(context)["demo"]
    assert not use.undoable
    carry_out(context, (tell_vscode(context, "other", str(folder)),))
    assert found(context)["demo"] == ()
    assert [one.undoable for one in found(context)["other"]] == [True]
    settings.unlink()
    assert found(context)["other"] == ()
