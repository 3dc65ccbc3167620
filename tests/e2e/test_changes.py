"""Packages added, removed and upgraded; environments cloned, renamed and repaired."""

from __future__ import annotations

import os
import shutil
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup, one_error
from cli.world import FILELOCK, MINOR
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]

CREATE = ("create", "demo", "--cpu", "torch==2.13.0", "--no-verify")
QUICK = ("-n", "demo", "--no-verify")


@pytest.fixture
def made(connected: Torchup) -> Torchup:
    assert connected(*CREATE).code == EXIT_DONE
    return connected


@pytest.fixture
def mine(own: IndexServer, tmp_path: Path) -> Torchup:
    """An environment from a world that the test may change."""
    torchup = Torchup(tmp_path, **sources_of(own))
    assert torchup(*CREATE).code == EXIT_DONE
    return torchup


def packages(torchup: Torchup, name: str = "demo") -> dict[str, str]:
    found: dict[str, str] = torchup("show", name, "--json").document("torchup.environment/v1")[
        "packages"
    ]
    return found


def outcome(torchup: Torchup, *arguments: str) -> Any:  # noqa: ANN401  # a document
    done = torchup(*arguments, "--json")
    assert done.code == EXIT_DONE, done
    return done.document("torchup.outcome/v1")


def site(torchup: Torchup, name: str = "demo") -> Path:
    return torchup.home / "envs" / name / "lib" / f"python{MINOR}" / "site-packages"


def test_a_package_comes_and_goes(made: Torchup) -> None:
    before = packages(made)
    found = outcome(made, "add", "six", *QUICK)
    assert [one["id"] for one in found["steps"]] == ["keep", "install"]
    assert packages(made) == before | {"six": "1.17.0"}
    again = made("add", "six", *QUICK)
    assert again.code == EXIT_DONE
    assert packages(made) == before | {"six": "1.17.0"}
    assert made("remove", "six", *QUICK).code == EXIT_DONE
    assert packages(made) == before
    assert made.left() == ["envs/demo"]
    assert not list((made.home / "snapshots").iterdir())


def test_what_would_change_is_said_and_not_done(made: Torchup) -> None:
    before = packages(made)
    done = made("add", "six", "filelock<3.13", *QUICK, "--dry-run")
    assert done.code == EXIT_DONE
    assert "+ six 1.17.0" in done.out
    assert f"~ filelock {FILELOCK} → 3.12.0" in done.out
    assert packages(made) == before


def test_versions_stay_until_they_are_upgraded(made: Torchup) -> None:
    assert made("add", "filelock<3.13", *QUICK).code == EXIT_DONE
    assert packages(made)["filelock"] == "3.12.0"
    assert made("add", "six", *QUICK).code == EXIT_DONE
    assert packages(made)["filelock"] == "3.12.0"
    assert made("upgrade", "filelock", *QUICK).code == EXIT_DONE
    assert packages(made)["filelock"] == "3.12.0", "the limit is on record"
    assert made("upgrade", "filelock>3.13", *QUICK).code == EXIT_DONE
    assert packages(made)["filelock"] == FILELOCK


def test_the_framework_is_held(made: Torchup) -> None:
    said = one_error(made("add", "torch==2.12.1", "-n", "demo"), EXIT_NO)
    assert "torchup upgrade" in said
    one_error(made("remove", "torch", "-n", "demo"), EXIT_NO)
    said = one_error(made("remove", "filelock", "-n", "demo"), EXIT_NO)
    assert "torch" in said
    constraints = made.home / "envs" / "demo" / ".torchup" / "constraints.txt"
    assert "torch==2.13.0+cpu" in constraints.read_text().splitlines()
    pip = (made.home / "envs" / "demo" / "pip.conf").read_text()
    assert constraints.as_uri() in pip
    seen = made("run", "demo", "--", "env")
    assert f"UV_CONSTRAINT={constraints}" in seen.out.splitlines()


def test_an_upgrade_may_change_the_framework(made: Torchup) -> None:
    done = made("upgrade", "torch==2.14.1", "-n", "demo", "--no-verify")
    assert done.code == EXIT_DONE, done
    found = packages(made)
    assert found["torch"] == "2.14.1+cpu"
    shown = made("show", "demo", "--json").document("torchup.environment/v1")
    assert (shown["state"], shown["stack"]["packages"]["torch"]) == ("ok", "2.14.1")


def test_all_that_was_not_pinned_is_upgraded(connected: Torchup) -> None:
    assert connected("create", "demo", "--cpu", "--no-verify", "filelock==3.12.0").code == 0
    assert connected("upgrade", "--all", *QUICK).code == EXIT_DONE
    assert packages(connected)["filelock"] == "3.12.0"
    assert packages(connected)["torch"] == "2.14.1+cpu"


def test_a_change_after_which_nothing_computes_is_undone(mine: Torchup, own: IndexServer) -> None:
    bad = {"sitecustomize.py": "import sys\nsys.modules['torch'] = None\n"}
    make_wheel(own.root / "simple", "saboteur", "1.0", files=bad)
    before = packages(mine)
    done = mine("add", "saboteur", "-n", "demo")
    assert done.code == EXIT_NO
    assert "undone" in done.err
    assert packages(mine) == before
    assert not (site(mine) / "sitecustomize.py").exists()
    assert mine.left() == ["envs/demo"]
    assert mine("add", "six", "-n", "demo").code == EXIT_DONE
    assert mine("list", "--json").document("torchup.environments/v1")["environments"][0]["verified"]


def test_a_killed_change_is_undone(mine: Torchup, own: IndexServer) -> None:
    make_wheel(own.root / "simple", "slowpoke", "1.0")
    before = packages(mine)
    own.faults, own.slow_s = {"slowpoke-1.0": "slow"}, 30.0
    child = mine.start("add", "slowpoke", "-n", "demo", "--no-verify")
    journal = mine.home / "journal" / "demo.json"
    kept = mine.home / "snapshots" / "demo"
    until = time.monotonic() + 30
    while time.monotonic() < until and not kept.exists() and child.poll() is None:
        time.sleep(0.02)
    assert child.poll() is None, child.communicate()
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
    assert journal.exists() or not kept.exists()
    own.faults = {}
    said = mine("list")
    assert said.code == EXIT_DONE
    assert packages(mine) == before
    assert mine.left() == ["envs/demo"]
    assert not list((mine.home / "snapshots").glob("*"))


def test_a_clone_is_an_environment_of_its_own(made: Torchup) -> None:
    done = made("clone", "demo", "copy")
    assert done.code == EXIT_DONE, done
    assert packages(made, "copy") == packages(made)
    assert made("add", "six", "-n", "copy", "--no-verify").code == EXIT_DONE
    assert "six" not in packages(made)
    assert made("delete", "demo", "--yes").code == EXIT_DONE
    seen = made("run", "copy", "--", "python", "-c", "import sys, torch; print(sys.prefix)")
    assert seen.out.strip() == str(made.home / "envs" / "copy")
    one_error(made("clone", "copy", "copy"), EXIT_USAGE)
    one_error(made("clone", "gone", "other"), EXIT_NO)


def test_files_of_a_clone_are_shared(made: Torchup) -> None:
    assert made("clone", "demo", "copy").code == EXIT_DONE
    mine, theirs = (site(made, name) / "torch" / "__init__.py" for name in ("copy", "demo"))
    assert mine.samefile(theirs)
    script = made.home / "envs" / "copy" / "pyvenv.cfg"
    assert not script.samefile(made.home / "envs" / "demo" / "pyvenv.cfg")


def test_the_original_s_size_is_counted_anew(made: Torchup) -> None:
    def own() -> int:
        environments = made("list", "--json").document("torchup.environments/v1")["environments"]
        size: int = next(one["size"]["own"] for one in environments if one["name"] == "demo")
        return size

    whole = site(made, "demo") / "mine.txt"
    whole.write_text("x" * 100_000)
    (made.home / "envs" / "demo" / ".torchup" / "size.json").unlink(missing_ok=True)
    before = own()
    assert made("clone", "demo", "copy").code == EXIT_DONE
    assert before - own() >= 100_000


def test_another_name(made: Torchup) -> None:
    assert made("rename", "demo", "Kurs-ü").code == EXIT_DONE
    assert made.left() == ["envs/Kurs-ü"]
    seen = made("run", "Kurs-ü", "--", "python", "-c", "import sys; print(sys.prefix)")
    assert seen.out.strip() == str(made.home / "envs" / "Kurs-ü")
    one_error(made("rename", "Kurs-ü", "KURS-Ü"), EXIT_USAGE)
    one_error(made("show", "demo"), EXIT_NO)


def test_which_environment_is_meant(made: Torchup) -> None:
    said = one_error(made("add", "six"), EXIT_USAGE)
    assert "-n" in said
    (made.root / ".torchup-env").write_text("demo\n")
    done = made("add", "six", "--no-verify")
    assert done.code == EXIT_DONE, done
    assert ".torchup-env" in done.out
    active = str(made.home / "envs" / "demo")
    assert made("remove", "six", "--no-verify", VIRTUAL_ENV=active).code == EXIT_DONE


def test_what_was_damaged_is_repaired(made: Torchup) -> None:
    before = packages(made)
    assert "nothing to repair" in made("repair", "demo", "--no-verify").out
    shutil.rmtree(site(made) / "filelock")
    (site(made) / "torch" / "__init__.py").unlink()
    for record in site(made).glob("numpy-*.dist-info"):
        (record / "METADATA").unlink()
    for file in (made.home / "envs" / "demo" / "bin").glob("python*"):
        file.unlink()
    dry = made("repair", "demo", "--dry-run")
    assert dry.code == EXIT_DONE, dry
    assert {"filelock", "torch", "numpy"} <= set(dry.out.split())
    done = made("repair", "demo", "--no-verify")
    assert done.code == EXIT_DONE, done
    assert packages(made) == before
    seen = made("run", "demo", "--", "python", "-c", "import torch, numpy, filelock")
    assert seen.code == EXIT_DONE, seen


def test_a_broken_environment_is_to_be_repaired_first(made: Torchup) -> None:
    shutil.rmtree(site(made) / "torch")
    said = one_error(made("add", "six", "-n", "demo"), EXIT_NO)
    assert "torchup repair demo" in said
    for record in site(made).glob("numpy-*.dist-info"):
        (record / "METADATA").unlink()
    assert "repair" in one_error(made("upgrade", "--all", "-n", "demo"), EXIT_NO)


def test_a_companion_can_be_taken_out(made: Torchup) -> None:
    done = made("remove", "torchvision", *QUICK)
    assert done.code == EXIT_DONE, done
    assert "torchvision" not in packages(made)
    assert made("add", "six", *QUICK).code == EXIT_DONE
    assert "torchvision" not in packages(made), "it stays away"


def test_what_was_verified_stays_so_where_nothing_changes(made: Torchup) -> None:
    assert made("verify", "demo", "--quick").code == EXIT_DONE
    done = made("add", "filelock", "-n", "demo")
    assert done.code == EXIT_DONE, done
    listed = made("list", "--json").document("torchup.environments/v1")["environments"]
    assert listed[0]["verified"]


def test_a_failed_verification_is_nothing_to_repair(made: Torchup) -> None:
    init = site(made) / "torch" / "__init__.py"
    text = init.read_text()
    init.write_text("raise RuntimeError\n")
    assert made("verify", "demo", "--quick").code == EXIT_NO
    init.unlink()
    init.write_text(text)
    done = made("repair", "demo")
    assert done.code == EXIT_NO, done
    assert "torchup verify demo" in done.out


def test_a_damaged_note_on_an_adopted_environment_spoils_nothing_else(made: Torchup) -> None:
    folder = made.home / "adopted"
    folder.mkdir()
    (folder / "theirs.json").write_text("{")
    done = made("list")
    assert done.code == EXIT_DONE, done
    assert "demo" in done.out
    assert "theirs.json" in done.out
    assert made("delete", "theirs").code == EXIT_DONE


def test_a_copy_is_refused_before_it_is_tried(made: Torchup) -> None:
    for command in ("clone", "rename"):
        one_error(made(command, "demo", "demo", "--dry-run"), EXIT_USAGE)
        one_error(made(command, "demo", "bad/name", "--dry-run"), EXIT_USAGE)


def test_mistakes(made: Torchup) -> None:
    one_error(made("add", "-n", "demo"), EXIT_USAGE)
    one_error(made("upgrade", "--all", "six", "-n", "demo"), EXIT_USAGE)
    one_error(made("remove", "nope", "-n", "demo"), EXIT_NO)
    one_error(made("add", "six ==", "-n", "demo"), EXIT_USAGE)
    one_error(made("add", "six", "-n", "nope"), EXIT_NO)
    done = made("add", "no-such-package-there", "-n", "demo")
    assert done.code == EXIT_NO
    assert "no-such-package-there" in done.out


def test_an_environment_of_another_tool_is_listed_and_left_alone(made: Torchup) -> None:
    theirs = made.root / "project" / ".venv"
    shutil.copytree(made.home / "envs" / "demo", theirs, symlinks=True)
    shutil.rmtree(theirs / ".torchup")
    (theirs / "pip.conf").unlink()
    before = sorted(path.relative_to(theirs) for path in theirs.rglob("*"))
    done = made("adopt", str(theirs / "bin" / "python"))
    assert done.code == EXIT_DONE, done
    listed = made("list", "--json").document("torchup.environments/v1")["environments"]
    (found,) = [one for one in listed if one["name"] == "project"]
    assert (found["state"], found["packages"]["torch"]) == ("foreign", "2.13.0+cpu")
    assert made("verify", "project", "--quick").code == EXIT_DONE
    assert "project" in made("list").out
    for command in (
        ("add", "six", "-n", "project"),
        ("remove", "six", "-n", "project"),
        ("clone", "project", "mine"),
        ("rename", "project", "mine"),
        ("adopt", str(theirs)),
        ("adopt", str(made.home / "envs" / "demo")),
        ("adopt", str(made.root)),
        ("create", "project"),
    ):
        one_error(made(*command), EXIT_USAGE)
    assert made("delete", "project").code == EXIT_DONE
    assert sorted(path.relative_to(theirs) for path in theirs.rglob("*")) == before
    one_error(made("show", "project"), EXIT_NO)
