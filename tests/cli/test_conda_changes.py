"""Changing environments of conda's that torchup made: in this process, with the real rattler."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import random
import shutil
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import as_root
from cli.process import has_next_step, one_error
from condachannels import SUBDIR, add_torch, make_forge
from condamaker import MINOR, PREFIX, index, make_package, python_files
from crash.support import make_index
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.process import Torchup

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
        reason="the local channels have packages for Linux",
    ),
]


class World:
    """A channel, an index, and one environment made of both."""

    def __init__(self, root: Path) -> None:
        make_forge(root)
        self.channel = channel = root / "conda-forge"
        make_package(channel, "libfoo", "1.0", subdir=SUBDIR, files={"lib/libfoo.so": "x" * 5000})
        for version in ("1.0", "2.0"):
            program = f"#!/bin/sh\necho {version} {PREFIX}\n"
            files = {"bin/foo": program, "share/foo/data": version * 1000}
            make_package(channel, "foo", version, depends=("libfoo",), files=files)
        make_package(channel, "bar", "1.0", files={"share/bar": "bar"})
        index(channel)
        for version in ("1.0", "2.0"):
            make_wheel(root / "wheels", "onlypip", version, requires=("six",))
        make_wheel(root / "wheels", "six", "1.17.0")
        self.index = make_index(root / "wheels", root / "simple")
        self.options = ("--backend", "conda", "--channel", str(channel))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture
def work(torchup: Torchup, world: World) -> Path:
    done = torchup(
        *("create", "work", *world.options, "torch==2.12.1", "foo==1.0", "onlypip==1.0"),
        "--no-verify",
        UV_DEFAULT_INDEX=world.index,
    )
    assert done.code == 0, done
    torchup.env["UV_DEFAULT_INDEX"] = world.index
    return torchup.home / "envs" / "work"


def records(work: Path) -> dict[str, dict[str, Any]]:
    found = [json.loads(file.read_text()) for file in (work / "conda-meta").glob("*.json")]
    return {one["name"]: one for one in found}


def history(work: Path) -> list[str]:
    """The last revision's lines."""
    return (work / "conda-meta" / "history").read_text().split("==> ")[-1].splitlines()


def content(work: Path) -> dict[str, object]:
    """Every file of an environment; bytecode and torchup's own counting left out."""
    found: dict[str, object] = {}
    for one in sorted(work.rglob("*")):
        if one.suffix == ".pyc" or one.name in {"__pycache__", "size.json", "receipt.json"}:
            continue
        name = one.relative_to(work).as_posix()
        if one.is_symlink():
            found[name] = str(one.readlink())
        elif one.is_file():
            found[name] = one.read_bytes()
    return found


def test_add_takes_what_a_channel_has_and_leaves_the_rest_to_pip(
    torchup: Torchup, work: Path
) -> None:
    before = records(work)
    dry = torchup("add", "-n", "work", "tabulate", "foo", "--dry-run")
    assert "+ tabulate 0.9.0  (conda)" in dry.out
    assert records(work) == before
    torch = work / "lib" / f"python{MINOR}" / "site-packages" / "torch" / "__init__.py"
    inode = torch.stat().st_ino
    done = torchup("add", "-n", "work", "tabulate", "six", "--json")
    assert done.code == 0, done
    packages = done.document("torchup.outcome/v1")["environment"]["packages"]
    assert (packages["tabulate"], packages["six"]) == ("0.9.0", "1.17.0")
    assert packages["torch"] == "2.12.1+cpu"
    now = records(work)
    assert now.pop("tabulate")["requested_spec"] == "tabulate"
    assert now == before, "nothing else was touched"
    assert torch.stat().st_ino == inode
    told = history(work)
    assert [one.rpartition("::")[2] for one in told if one[0] in "+-"] == ["tabulate-0.9.0-pyh3_0"]
    assert "'tabulate'" in told[-1]
    lock = (work / ".torchup" / "pylock.toml").read_text()
    assert 'name = "tabulate"' in lock
    assert 'name = "six"' in lock
    found = torchup("packages", "-n", "work", "--json").document("torchup.packages/v1")["packages"]
    by = {one["name"]: one["by"] for one in found}
    assert (by["tabulate"], by["six"], by["onlypip"]) == ("conda", "uv", "uv")
    assert torchup("add", "-n", "work", "six").out.rstrip().endswith("already.")


def test_remove_takes_what_only_that_needed(torchup: Torchup, work: Path) -> None:
    assert "foo" in one_error(torchup("remove", "-n", "work", "libfoo"), 1)
    assert "onlypip" in one_error(torchup("remove", "-n", "work", "six"), 1)
    assert "torch" in one_error(torchup("remove", "-n", "work", "pytorch"), 1)
    assert torchup("remove", "-n", "work", "python").code == 1
    done = torchup("remove", "-n", "work", "foo", "onlypip")
    assert done.code == 0, done
    assert "- libfoo 1.0" in done.out
    assert "- six 1.17.0" in done.out
    assert not {"foo", "libfoo"} & records(work).keys()
    assert not (work / "bin" / "foo").exists()
    assert not (work / "lib" / "libfoo.so").exists()
    assert "# remove specs: ['foo']" in history(work)
    packages = torchup("show", "work", "--json").document("torchup.environment/v1")["packages"]
    assert not {"foo", "libfoo", "onlypip", "six"} & packages.keys()


def test_upgrade_of_the_framework_keeps_its_build_and_its_pin(torchup: Torchup, work: Path) -> None:
    done = torchup("upgrade", "-n", "work", "pytorch==2.13.0", "--json")
    assert done.code == 0, done
    packages = done.document("torchup.outcome/v1")["environment"]["packages"]
    assert (packages["torch"], packages["torchvision"]) == ("2.13.0+cpu", "0.28.0+cpu")
    assert packages["foo"] == "1.0", "the rest stays"
    assert (work / "conda-meta" / "pinned").read_text() == "pytorch ==2.13.0 cpu*\n"
    assert records(work)["pytorch"]["build"].startswith("cpu_")
    assert torchup("verify", "work", "--quick").code == 0
    every = torchup("upgrade", "-n", "work", "--all", "--json")
    assert every.code == 0, every
    newest = torchup("upgrade", "-n", "work", "foo==2.0", "onlypip==2.0")
    assert "~ foo 1.0 → 2.0  (conda)" in newest.out
    assert "~ onlypip 1.0 → 2.0  (pip)" in newest.out


def by_conda(world: World, work: Path, spec: str, cache: Path) -> None:
    """Do what ``conda install`` does: a package more, and in its record who asked for it."""
    import rattler

    async def install() -> None:
        files = (work / "conda-meta").glob("*.json")
        there = [rattler.PrefixRecord.from_path(str(file)) for file in files]  # type: ignore[arg-type]
        channel = world.channel.as_uri()
        new = await rattler.solve([channel], [spec], platforms=["noarch"])
        wish = rattler.MatchSpec(spec)._match_spec
        await rattler.install(
            [*there, *new], work, cache_dir=cache, show_progress=False, requested_specs=[wish]
        )

    asyncio.run(install())


def test_what_others_asked_for_stays_and_so_do_their_pins(
    torchup: Torchup, world: World, work: Path, tmp_path: Path
) -> None:
    by_conda(world, work, "bar", tmp_path / "pkgs")
    with (work / "conda-meta" / "pinned").open("a") as pins:
        pins.write("# mine\nfoo <2\n")
    assert torchup("add", "-n", "work", "tabulate", "--no-verify").code == 0
    assert torchup("remove", "-n", "work", "tabulate", "--no-verify").code == 0
    assert records(work)["bar"]["requested_spec"] == "bar"
    assert (work / "share" / "bar").read_text() == "bar"
    pins_now = (work / "conda-meta" / "pinned").read_text().splitlines()
    assert pins_now == ["pytorch ==2.12.1 cpu*", "# mine", "foo <2"]
    held = torchup("upgrade", "-n", "work", "foo==2.0")
    assert held.code == 1
    assert "foo" in held.err
    assert torchup("remove", "-n", "work", "bar", "--no-verify").code == 0
    assert "bar" not in records(work)


def test_what_a_channel_brings_takes_the_place_of_pip_s(
    torchup: Torchup, world: World, work: Path, tmp_path: Path
) -> None:
    """Files of two installers at one place would be nobody's."""
    root = tmp_path / "more"
    shutil.copytree(world.channel, root / "conda-forge")
    six = python_files("six", "1.16.0", {"six/__init__.py": "conda = True\n"}, minor=MINOR)
    python = (f"python >={MINOR}",)
    make_package(root / "conda-forge", "six", "1.16.0", files=six, depends=python)
    make_package(root / "conda-forge", "asks", "1.0", depends=("six <1.17",))
    index(root / "conda-forge")
    shutil.copytree(root / "conda-forge", world.channel, dirs_exist_ok=True)
    site = work / "lib" / f"python{MINOR}" / "site-packages"
    assert (site / "six-1.17.0.dist-info").is_dir()
    done = torchup("add", "-n", "work", "asks", "--no-verify")
    assert done.code == 0, done
    assert [one.name for one in site.glob("six-*")] == ["six-1.16.0.dist-info"]
    assert (site / "six" / "__init__.py").read_text() == "conda = True\n"
    assert 'name = "six"\nversion = "1.17.0"' not in (work / ".torchup" / "pylock.toml").read_text()
    # Somebody's pip writes over it: the next change lays conda's out again.
    (site / "six-1.16.0.dist-info").rename(site / "six-1.17.0.dist-info")
    (site / "six-1.17.0.dist-info" / "INSTALLER").write_text("pip\n")
    record = "six/__init__.py,,\n" + "".join(
        f"six-1.17.0.dist-info/{one},,\n" for one in ("METADATA", "INSTALLER", "RECORD")
    )
    (site / "six-1.17.0.dist-info" / "RECORD").write_text(record)
    assert torchup("add", "-n", "work", "bar", "--no-verify").code == 0
    assert [one.name for one in site.glob("six-*")] == ["six-1.16.0.dist-info"]
    assert (site / "six" / "__init__.py").is_file()


def test_repair_brings_back_both_parts(torchup: Torchup, work: Path) -> None:
    """A file that was changed in place is the cache's own: that entry is fetched anew."""
    before = content(work)
    (work / "bin" / "foo").unlink()
    next((work / "conda-meta").glob("numpy-*.json")).unlink()
    shutil.rmtree(work / "lib" / f"python{MINOR}" / "site-packages" / "six")
    with (work / "lib" / "libfoo.so").open("a") as library:
        library.write("broken")
    wrong = torchup("doctor", "work", "--json")
    (finding,) = [
        one
        for one in wrong.document("torchup.diagnosis/v1")["findings"]
        if one["code"] == "environment-broken"
    ]
    assert {"foo: files", "libfoo: files", "numpy: missing", "six: files"} <= {*finding["because"]}
    done = torchup("repair", "work", "--json")
    assert done.code == 0, done
    now = content(work)
    for one in (before, now):
        for name in [name for name in one if name.startswith(("conda-meta/", ".torchup/"))]:
            del one[name]
    assert now == before
    assert {"numpy", "foo"} <= records(work).keys()
    again = torchup("repair", "work")
    assert "nothing to repair" in again.out
    (work / "bin" / "python").unlink()
    assert torchup("repair", "work", "--no-verify").code == 0
    assert torchup("run", "work", "--", "python", "-c", "import torch").code == 0


def test_a_change_that_fails_leaves_all_as_it_was(
    torchup: Torchup, world: World, work: Path, tmp_path: Path
) -> None:
    before = content(work)
    away = shutil.copytree(world.channel, tmp_path / "kept")
    add_torch(world.channel, "2.13.0", "cpu", broken=True)
    try:
        said = torchup("upgrade", "-n", "work", "torch==2.13.0")
        assert said.code == 3, said
        assert has_next_step(said.err.strip())
        assert content(work) == before
        index(world.channel)  # now it is the package that is listed, and doesn't compute
        said = torchup("upgrade", "-n", "work", "torch==2.13.0")
        assert said.code == 1, said
        assert content(work) == before
    finally:
        shutil.copytree(away, world.channel, dirs_exist_ok=True)
    assert torchup("add", "-n", "work", "tabulate", "--offline").code in {0, 3}
    assert torchup("verify", "work", "--quick").code == 0


def test_undo_takes_a_change_back_long_after_it(torchup: Torchup, work: Path) -> None:
    before = content(work)
    assert torchup("upgrade", "-n", "work", "torch==2.13.0", "--no-verify").code == 0
    assert torchup("remove", "-n", "work", "onlypip", "--no-verify").code == 0
    assert torchup("undo", "--yes").code == 0
    assert torchup("undo", "--yes").code == 0
    assert content(work) == before
    assert torchup("repair", "work", "--dry-run").out.rstrip().endswith("nothing to repair.")


@as_root
@pytest.mark.parametrize("left", [300_000, 450_000, 700_000])
def test_a_full_disk_leaves_the_old_environment(
    torchup: Torchup, world: World, tmpfs: Callable[[str], Path], left: int
) -> None:
    disk = tmpfs("size=4m")
    torchup.home = disk / "torchup"
    home = {"TORCHUP_HOME": str(torchup.home), "UV_DEFAULT_INDEX": world.index}
    wanted = ("torch==2.12.1", "foo==1.0", "--no-verify")
    done = torchup("create", "work", *world.options, *wanted, **home)
    assert done.code == 0, done
    work = torchup.home / "envs" / "work"
    before = content(work)
    free = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - left)))
    done = torchup("upgrade", "-n", "work", "torch==2.13.0", "foo==2.0", "--no-verify", **home)
    (disk / "filler").unlink()
    if done.code == 0:
        return  # what was left was enough
    assert done.code == 3, done
    assert has_next_step(done.err.strip())
    assert torchup("list", **home).code == 0
    assert content(work) == before
    assert [one for one in torchup.left() if not one.startswith("envs")] == []


def test_files_that_two_packages_claim_are_told_apart(
    torchup: Torchup, work: Path, tmp_path: Path
) -> None:
    """rattler lays the file of one of them aside, and back when the other goes."""
    site = work / "lib" / f"python{MINOR}" / "site-packages"
    before = content(work)
    twin = python_files("twin", "1.0", {"numpy/__init__.py": "spoilt = 1\n"}, minor=MINOR)
    make_package(tmp_path / "evil", "twin", "1.0", files=twin)
    index(tmp_path / "evil")
    add = ("add", "-n", "work", "twin", "--channel", str(tmp_path / "evil"), "--no-verify")
    assert torchup(*add).code == 0
    assert (work / "__clobbers__").is_dir()
    assert torchup("remove", "-n", "work", "twin", "--no-verify").code == 0
    now = content(work)
    name = (site / "numpy" / "__init__.py").relative_to(work).as_posix()
    assert now[name] == before[name]
    assert not (work / "__clobbers__").exists()


def test_a_clone_is_changed_alone(torchup: Torchup, work: Path) -> None:
    before = content(work)
    assert torchup("clone", "work", "copy").code == 0
    assert torchup("upgrade", "-n", "copy", "foo==2.0", "--no-verify").code == 0
    assert torchup("remove", "-n", "copy", "onlypip", "--no-verify").code == 0
    assert content(work) == before
    copy = torchup.home / "envs" / "copy"
    assert (copy / "bin" / "foo").read_text().endswith(f"2.0 {copy}\n")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_stopped_half_way_it_is_the_old_or_the_new(
    torchup: Torchup, work: Path, how: signal.Signals
) -> None:
    """Nothing of the installer's threads comes afterwards, either."""
    old = content(work)
    chance = random.Random(int(how))
    undone = 0
    for _ in range(4):
        child = torchup.start("upgrade", "-n", "work", "torch==2.13.0", "foo==2.0", "--no-verify")
        until = time.monotonic() + 60
        while not list(torchup.home.glob("snapshots/*")) and child.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.15))
        os.killpg(child.pid, how)
        _, err = child.communicate(timeout=60)
        assert b"Traceback" not in err
        assert torchup("list").code == 0
        now = content(work)
        time.sleep(0.3)
        assert content(work) == now, "something went on writing"
        assert [one for one in torchup.left() if not one.startswith("envs")] == []
        if now == old:
            undone += 1
            continue
        assert records(work)["pytorch"]["version"] == "2.13.0"
        assert torchup("repair", "work", "--dry-run").out.rstrip().endswith("nothing to repair.")
        back = ("upgrade", "-n", "work", "torch==2.12.1", "foo==1.0", "--no-verify")
        assert torchup(*back).code == 0
        old = content(work)
    assert undone, "no run was cut off: the moments need tuning"


def test_a_further_channel_is_kept_on_record(torchup: Torchup, work: Path, tmp_path: Path) -> None:
    """What is there stays with the channel that it came from."""
    other = tmp_path / "bioconda"
    make_package(other, "samtools", "1.0", depends=("libfoo",), files={"share/samtools": "x"})
    make_package(other, "foo", "9.0", files={"bin/foo": "#!/bin/sh\n"})
    index(other)
    before = records(work)
    done = torchup("add", "-n", "work", "samtools", "--channel", str(other), "--no-verify")
    assert done.code == 0, done
    now = records(work)
    assert now.pop("samtools")["channel"].startswith(other.as_uri())
    assert now == before
    assert torchup("add", "-n", "work", "tabulate", "--no-verify").code == 0
    assert {"samtools", "tabulate"} <= records(work).keys()
    one_error(torchup("add", "-n", "work", "bar", "--channel", "/not/there"), 2)


def test_a_lock_brings_both_parts_to_another_environment(torchup: Torchup, work: Path) -> None:
    file = torchup.root / "pylock.toml"
    done = torchup("lock", "work", "--row", "lab=cu129", "--json")
    assert done.code == 0, done
    rows = {one["name"]: one for one in done.document("torchup.lock/v1")["rows"]}
    assert (rows["cpu"]["build"], rows["lab"]["build"]) == ("cpu", "cu129")
    text = file.read_text()
    assert 'name = "onlypip"' in text
    assert "cuda129_generic" in text
    made = torchup("sync", str(file), "-n", "fresh", "--json")
    assert made.code == 0, made
    fresh = torchup.home / "envs" / "fresh"
    assert made.document("torchup.outcome/v1")["lock"]["row"] == "cpu"
    assert records(fresh).keys() == records(work).keys()
    assert torchup("run", "fresh", "--", "python", "-c", "import torch, onlypip").code == 0

    assert torchup("add", "-n", "fresh", "tabulate", "--no-verify").code == 0
    assert torchup("remove", "-n", "fresh", "foo", "onlypip", "--no-verify").code == 0
    (fresh / "lib" / f"python{MINOR}" / "site-packages" / "numpy" / "__init__.py").unlink()
    back = torchup("sync", str(file), "-n", "fresh")
    assert back.code == 0, back
    assert "- tabulate 0.9.0" in back.out
    assert records(fresh).keys() == records(work).keys()
    assert torchup("repair", "fresh", "--dry-run").out.rstrip().endswith("nothing to repair.")
    assert "nothing to do" in torchup("sync", str(file), "-n", "fresh").out
    later = torchup("add", "-n", "fresh", "bar", "--no-verify")
    assert later.code == 0, "its channels are on record"


def test_a_lock_is_refused_where_it_is_not_what_it_says(torchup: Torchup, work: Path) -> None:
    file = torchup.root / "pylock.toml"
    assert torchup("lock", "work").code == 0
    good = file.read_text()
    digest = records(work)["foo"]["sha256"]
    file.write_text(good.replace(digest, "0" * 64))
    assert torchup("sync", str(file), "-n", "other", "--no-verify").code == 3
    file.write_text(good.replace(f'sha256 = "{digest}"', 'sha256 = ""'))
    assert "foo" in one_error(torchup("sync", str(file), "-n", "other"), 2)
    file.write_text(good)
    own = work / ".torchup" / "pylock.toml"
    one_error(torchup("sync", str(own), "-n", "other"), 2)
    assert not (torchup.home / "envs" / "other").exists()
    (work / "bin" / "foo").unlink()
    assert "foo" in one_error(torchup("lock", "work"), 1)


def test_bad_words_change_nothing(torchup: Torchup, work: Path) -> None:
    before = content(work)
    one_error(torchup("add", "-n", "work", "no-such-package-at-all"), 1)
    one_error(torchup("add", "-n", "work", "foo>5"), 1)
    one_error(torchup("add", "-n", "work", "torch==2.13.0"), 1)
    one_error(torchup("remove", "-n", "work", "never-there"), 1)
    one_error(torchup("upgrade", "-n", "work", "never-there"), 1)
    one_error(torchup("add", "-n", "work", "a b"), 2)
    one_error(torchup("toolkit", "add", "-n", "work"), 2)
    assert content(work) == before


def test_a_bare_base_is_conda_without_a_framework(
    torchup: Torchup, world: World, tmp_path: Path
) -> None:
    """The program is a stand-in; where it lies and what it is told are what is looked at."""
    channel = shutil.copytree(world.channel, tmp_path / "forge")
    program = f"#!/bin/sh\n# {PREFIX}\n[ $# = 1 ] && echo conda 24.9.2\n"
    for version in ("24.9.2", "25.1"):
        files = {"bin/conda": program if version != "25.1" else "#!/bin/sh\nexit 3\n"}
        make_package(channel, "conda", version, depends=("python",), files=files)
    index(channel)
    options = ("--backend", "conda", "--channel", str(channel))
    broken = torchup("create", "base", *options, "conda")
    assert broken.code == 1, broken
    assert torchup.left() == []
    done = torchup("create", "base", *options, "conda<25", "--json")
    assert done.code == 0, done
    said = done.document("torchup.outcome/v1")
    assert said["plan"]["stack"]["packages"] == {"conda": "24.9.2"}
    base = torchup.home / "envs" / "base"
    assert records(base).keys() == {"conda", "pip", "python"}
    assert torchup("run", "base", "--", "conda", "--version").out == "conda 24.9.2\n"
    assert channel.as_uri() in (base / ".condarc").read_text()
    assert not (base / "pip.conf").exists()
    assert torchup("create", "base", *options, "conda<25").code == 0
    assert torchup("plan", *options, "conda").code == 0
    assert "base" in torchup("list").out
    one_error(torchup("verify", "base"), 1)
    one_error(torchup("add", "-n", "base", "foo"), 1)
    one_error(torchup("lock", "base"), 1)
    one_error(torchup("create", "other", *options, "conda>99"), 1)
    (base / "bin" / "conda").unlink()
    assert torchup("repair", "base").code == 0
    assert torchup("delete", "base", "--yes").code == 0
    assert torchup.left() == []
