"""move, and the setting home: environments at another place."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.process import has_next_step, one_error
from cli.test_documents import read
from madeenvironments import make_environment
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.state.home import MOVING, Home
from torchup.wire import v1

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")


def listed(torchup: Torchup, **variables: str) -> dict[str, str]:
    found = read(
        torchup("list", "--json", **variables), v1.EnvironmentsV1, "torchup.environments/v1"
    )
    return {one.name: one.path for one in found.environments}


@pytest.fixture
def settled(torchup: Torchup) -> Torchup:
    """Its home is the default one: no variable names another."""
    torchup.env.pop("TORCHUP_HOME")
    torchup.home = torchup.root / "xdg-data" / "torchup"
    return torchup


def test_environments_are_moved(torchup: Torchup) -> None:
    for name in ("demo", "kurs-中文"):
        make_environment(torchup.home, name)
    disk = torchup.root / "big disk 🙂"
    dry = torchup("move", "--all", "--to", str(disk), "--dry-run")
    assert (dry.code, dry.err, disk.exists()) == (EXIT_DONE, "", False)
    done = torchup("move", "demo", "kurs-中文", "--to", str(disk), "--json")
    outcome = read(done, v1.OutcomeV1, "torchup.outcome/v1")
    assert [one.id for one in outcome.steps] == ["copy", "switch", "delete"] * 2
    assert listed(torchup) == {name: str(disk / name) for name in ("demo", "kurs-中文")}
    assert "already" in torchup("move", "demo", "--to", str(disk)).out
    ran = torchup("run", "demo", "--", "python", "-c", "print('ran')")
    assert (ran.code, ran.out) == (EXIT_DONE, "ran\n")
    back = torchup("move", "demo", "--to", str(torchup.home))
    assert (back.code, back.err) == (EXIT_DONE, "")
    assert listed(torchup)["demo"] == str(torchup.home / "envs" / "demo")
    deleted = torchup("delete", "kurs-中文", "--yes")
    assert (deleted.code, list(disk.iterdir())) == (EXIT_DONE, [])


def test_a_disk_that_is_away(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    disk = torchup.root / "disk"
    torchup("move", "demo", "--to", str(disk))
    disk.rename(torchup.root / "away")
    assert str(disk / "demo") in torchup("list").out
    for command in (
        ("run", "demo", "--", "python"),
        ("clone", "demo", "twin"),
        ("move", "demo", "--to", str(torchup.root / "other")),
        ("verify", "demo"),
    ):
        assert has_next_step(one_error(torchup(*command), EXIT_NO)), command
    gone = torchup("delete", "demo", "--yes")
    assert gone.code == EXIT_DONE
    assert listed(torchup) == {}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("move", "--to", "/x"), EXIT_USAGE),
        (("move", "demo", "--all", "--to", "/x"), EXIT_USAGE),
        (("move", "demo"), EXIT_USAGE),
        (("move", "demo", "--to", ""), EXIT_USAGE),
        (("move", "nothing", "--to", "/x"), EXIT_NO),
    ],
)
def test_wrong_usage(torchup: Torchup, arguments: tuple[str, ...], code: int) -> None:
    make_environment(torchup.home, "demo")
    assert has_next_step(one_error(torchup(*arguments), code))


def test_the_setting_takes_all_along(settled: Torchup) -> None:
    make_environment(settled.home, "demo")
    new = settled.root / "neu 中文"
    dry = settled("config", "set", "home", str(new), "--dry-run")
    assert (dry.code, new.exists(), settled.config.exists()) == (EXIT_DONE, False, False)
    assert str(new) in dry.out
    done = settled("config", "set", "home", str(new), "--json")
    steps = read(done, v1.ConfigV1, "torchup.config/v1").steps
    assert [one.id for one in steps] == ["copy", "switch", "delete"]
    assert listed(settled) == {"demo": str(new / "envs" / "demo")}
    assert not settled.home.exists()
    back = settled("config", "unset", "home")
    assert (back.code, back.err) == (EXIT_DONE, "")
    assert listed(settled) == {"demo": str(settled.home / "envs" / "demo")}


def test_the_setting_alone(settled: Torchup) -> None:
    make_environment(settled.home, "demo")
    other = settled.root / "other"
    make_environment(other, "there")
    assert has_next_step(one_error(settled("config", "set", "home", str(other)), EXIT_USAGE))
    assert list(listed(settled)) == ["demo"]
    assert settled("config", "set", "home", str(other), "--no-move").code == EXIT_DONE
    assert list(listed(settled)) == ["there"]
    assert (settled.home / "envs" / "demo").is_dir()


def test_a_variable_counts_before_the_setting(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    done = torchup("config", "set", "home", str(torchup.root / "new"))
    assert done.code == EXIT_DONE
    assert "TORCHUP_HOME" in done.out
    assert list(listed(torchup)) == ["demo"]


def test_a_move_that_was_cut_off_is_told_and_can_be_given_up(settled: Torchup) -> None:
    make_environment(settled.home, "demo")
    new = Home(settled.root / "new")
    (settled.home / MOVING).write_text(f'{{"role": "old", "other": "{new.root}"}}')
    make_environment(new.root, "demo")
    (new.root / MOVING).write_text(f'{{"role": "new", "other": "{settled.home}"}}')
    assert f"torchup config set home {new.root}" in settled("list").err
    given_up = settled("config", "set", "home", str(settled.home))
    assert str(new.root) in given_up.out
    assert not new.environments.exists()
    assert (Path(listed(settled)["demo"]).parent, settled("list").err) == (
        settled.home / "envs",
        "",
    )


def test_environments_deleted_by_hand(torchup: Torchup) -> None:
    """torchup's own is no more; one that it only watches is shown as gone until it is told so."""
    mine = make_environment(torchup.home, "mine")
    outside = make_environment(torchup.home, "outside")
    theirs = make_environment(torchup.root / "elsewhere", "theirs")
    (theirs / ".torchup" / "environment.json").unlink()
    assert torchup("adopt", str(theirs)).code == EXIT_DONE
    assert torchup("move", "outside", "--to", str(torchup.root / "disk")).code == EXIT_DONE
    assert not outside.exists()
    for path in (mine, torchup.root / "disk" / "outside", theirs):
        shutil.rmtree(path)
    done = torchup("list", "--json")
    found = read(done, v1.EnvironmentsV1, "torchup.environments/v1").environments
    assert [(one.name, one.state) for one in found] == [("outside", "broken"), ("theirs", "broken")]
    assert all(one.why for one in found)
    assert has_next_step(one_error(torchup("run", "mine", "--", "python"), EXIT_NO))
    for name in ("outside", "theirs"):
        assert has_next_step(one_error(torchup("run", name, "--", "python"), EXIT_NO))
        assert torchup("du").code == EXIT_DONE
        assert torchup("delete", name, "--yes").code == EXIT_DONE
    assert listed(torchup) == {}


@pytest.mark.parametrize("command", ["move", "rename", "config"])
def test_kernels_that_start_the_old_place_are_told(settled: Torchup, command: str) -> None:
    path = make_environment(settled.home, "demo")
    kernel = settled.root / "jupyter" / "kernels" / "mine"
    kernel.mkdir(parents=True)
    spec = {"argv": [f"{path}/bin/python", "-m", "ipykernel_launcher"], "display_name": "My kernel"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    settled.env["JUPYTER_PATH"] = str(settled.root / "jupyter")
    new = str(settled.root / "new")
    arguments = {
        "move": ("move", "demo", "--to", new),
        "rename": ("rename", "demo", "course"),
        "config": ("config", "set", "home", new),
    }
    done = settled(*arguments[command])
    name = "course" if command == "rename" else "demo"
    assert done.code == EXIT_DONE, done
    assert f"torchup kernel add {name} --as mine" in " ".join(done.out.split())
    assert "My kernel" not in settled("move", name, "--to", f"{new}-er", "--dry-run").out


def test_an_environment_whose_note_is_lost_is_found_again(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    make_environment(torchup.home, "inside")
    disk = torchup.root / "disk"
    assert torchup("move", "demo", "--to", str(disk)).code == EXIT_DONE
    (torchup.home / "places" / "demo").unlink()
    assert list(listed(torchup)) == ["inside"]
    assert torchup("adopt", str(disk / "demo")).code == EXIT_DONE
    assert listed(torchup)["demo"] == str(disk / "demo")
    assert torchup("rename", "demo", "course").code == EXIT_DONE, "it is torchup's own"
    (disk / "course").rename(disk / "by-hand")
    for path in (disk / "by-hand", torchup.home / "envs" / "inside"):
        assert has_next_step(one_error(torchup("adopt", str(path)), EXIT_USAGE)), path


def test_the_doctor_tells_of_one_whose_place_is_gone(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    disk = torchup.root / "disk"
    assert torchup("move", "demo", "--to", str(disk)).code == EXIT_DONE
    shutil.rmtree(disk)
    found = torchup("doctor", "demo", "--json").document("torchup.diagnosis/v1")["findings"]
    (broken,) = (one for one in found if one["code"] == "environment-broken")
    assert str(disk / "demo") in broken["title"]
