"""``--backend conda``, with the real rattler and channels of this machine."""

from __future__ import annotations

import errno
import json
import os
import platform
import shutil
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import as_root
from cli.process import CPU, has_next_step, one_error
from condachannels import SUBDIR, add_jax, add_tensorflow, add_torch, make_forge, make_makers
from condamaker import MINOR, index, make_real_python
from indexserver import IndexServer
from madeenvironments import make_environment
from stubs.nvml import NO_COMPILER, library
from torchup.backends.conda_records import drop_damaged_records
from torchup.model.conda_locked import Locked
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.process import Torchup

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
        reason="the local channels have packages for Linux",
    ),
]

CARD = "gpu0.name=NVIDIA GeForce RTX 3090\ngpu0.cc=8.6\ngpu0.mem=25769803776\n"


@pytest.fixture(scope="module")
def channels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("channels")
    make_forge(root)
    make_makers(root)
    return root


@pytest.fixture
def forge(channels: Path) -> tuple[str, ...]:
    return ("--backend", "conda", "--channel", str(channels / "conda-forge"))


@pytest.fixture
def card(tmp_path: Path) -> dict[str, str]:
    """The variables that give this machine a card, with a driver for CUDA 12."""
    folder = library()
    if folder is None:
        pytest.skip(NO_COMPILER)
    answers = tmp_path / "nvml.cfg"
    answers.write_text(f"driver=550.54.15\ncuda=12040\n{CARD}")
    return {"LD_LIBRARY_PATH": str(folder), "FAKENVML": str(answers)}


def listed(torchup: Torchup) -> list[str]:
    file = torchup.root / ".conda" / "environments.txt"
    return file.read_text().splitlines() if file.exists() else []


def records(torchup: Torchup, name: str = "work") -> dict[str, dict[str, Any]]:
    folder = torchup.home / "envs" / name / "conda-meta"
    found = [json.loads(file.read_text()) for file in folder.glob("*.json")]
    return {one["name"]: one for one in found}


def test_an_environment_is_made_verified_listed_and_deleted(
    torchup: Torchup, forge: tuple[str, ...]
) -> None:
    done = torchup("create", "work", *forge, "--json")
    assert done.code == 0, done
    said = done.document("torchup.outcome/v1")
    assert [one["status"] for one in said["steps"]] == ["done"] * 3
    made = said["environment"]
    assert made["backend"] == "conda"
    assert said["plan"]["stack"]["origin"] == "conda"
    assert made["packages"]["torch"] == "2.13.0+cpu"
    assert listed(torchup) == [made["path"]]
    shown = torchup("list", "--json").document("torchup.environments/v1")
    (one,) = shown["environments"]
    assert (one["backend"], one["state"], one["build"]) == ("conda", "ok", "cpu")
    assert torchup("run", "work", "--", "python", "-c", "import torch, torchvision").code == 0
    again = torchup("create", "work", *forge)
    assert again.code == 0, again
    assert torchup("create", "work", *forge, "torch==2.12.1").code == 1
    assert torchup("delete", "work").code == 0
    assert listed(torchup) == []
    assert torchup.left() == []


def test_it_is_an_environment_to_conda(torchup: Torchup, forge: tuple[str, ...]) -> None:
    """Field by field, as conda's documentation and its own records have them."""
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    path = torchup.home / "envs" / "work"
    history = (path / "conda-meta" / "history").read_text().splitlines()
    assert history[0].startswith("==> ")
    assert history[0].endswith(" <==")
    dists = [line for line in history if line.startswith("+")]
    assert len(dists) == len(records(torchup)) == 7
    assert any(line.endswith(f"{SUBDIR}::numpy-1.26.9-{numpy()}") for line in dists)
    specs = history[-1].removeprefix("# update specs: ")
    assert "'pytorch ==2.13.0 cpu*'" in specs
    assert not any("conda version" in line for line in history)
    assert (path / "conda-meta" / "pinned").read_text() == "pytorch ==2.13.0 cpu*\n"
    torch = records(torchup)["pytorch"]
    assert torch["requested_spec"] == "pytorch ==2.13.0 cpu*"
    assert torch["fn"] == f"pytorch-2.13.0-{torch['build']}.conda"
    assert torch["url"].endswith(f"conda-forge/{SUBDIR}/{torch['fn']}")
    assert torch["channel"].endswith(f"conda-forge/{SUBDIR}")
    assert len(torch["md5"]) == 32
    assert len(torch["sha256"]) == 64
    assert torch["depends"][0] == f"python >={MINOR},<{_next()}"
    assert torch["link"]["type"] == 1, "hard links to the cache"
    assert {one["_path"] for one in torch["paths_data"]["paths"]} == set(torch["files"])
    for file in torch["files"]:
        assert (path / file).is_file()
    # Somebody else asked for none of these.
    assert records(torchup)["python_abi"]["requested_specs"] == []
    program = (path / "bin" / "python").read_text()
    assert f'"{path}/bin/python"' in program, "the prefix was put in its place"


def numpy() -> str:
    return f"py{sys.version_info[0]}{sys.version_info[1]}h2_0"


def _next() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1] + 1}.0a0"


def test_modules_for_any_python_get_their_programs(
    torchup: Torchup, forge: tuple[str, ...]
) -> None:
    assert torchup("create", "work", "tabulate", *forge, "--no-verify").code == 0
    said = torchup("run", "work", "--", "tabulate")
    assert (said.code, said.out) == (0, "a table\n")
    files = records(torchup)["tabulate"]["files"]
    assert f"lib/python{MINOR}/site-packages/tabulate.py" in files
    assert "bin/tabulate" in files


def test_cleaning_leaves_the_environment_whole(torchup: Torchup, forge: tuple[str, ...]) -> None:
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    cache = torchup.home / "cache" / "conda" / "pkgs"
    assert list(cache.iterdir())
    assert torchup("clean", "--all", "--yes").code == 0
    assert not cache.exists()
    assert torchup("verify", "work", "--quick").code == 0
    assert torchup("create", "again", *forge, "--no-verify").code == 0


def test_the_card_gets_the_build_for_its_driver(
    torchup: Torchup, forge: tuple[str, ...], card: dict[str, str]
) -> None:
    done = torchup("create", "work", *forge, "--no-verify", "--json", **card)
    assert done.code == 0, done
    assert records(torchup)["pytorch"]["build"].startswith("cuda129_")
    reasons = {one["code"] for one in done.document("torchup.outcome/v1")["plan"]["reasons"]}
    assert "conda-uncertain" in reasons


def test_the_cpu_s_build_is_for_who_asks_for_it(
    torchup: Torchup, forge: tuple[str, ...], card: dict[str, str]
) -> None:
    """A solver alone would take the CUDA build, whose number is higher."""
    assert torchup("create", "work", *forge, "--cpu", "--no-verify", **card).code == 0
    assert records(torchup)["pytorch"]["build"].startswith("cpu_")


def test_never_the_cpu_s_build_by_accident(
    torchup: Torchup, tmp_path: Path, card: dict[str, str]
) -> None:
    """A channel that has nothing for the card: the answer is no, and what to do."""
    make_forge(tmp_path / "c")
    here = tmp_path / "c" / "conda-forge"
    for file in here.glob(f"{SUBDIR}/pytorch-*cuda*"):
        file.unlink()
    index(here)
    done = torchup("create", "work", "--backend", "conda", "--channel", str(here), **card)
    assert done.code == 1, done
    assert "2.13.0" in done.out
    assert torchup.left() == []


def test_what_no_channel_has_comes_by_pip_afterwards(
    torchup: Torchup, forge: tuple[str, ...], tmp_path: Path
) -> None:
    """Conda's numpy serves the wheel that asks for one; pip's part is locked with conda's."""
    wheels = tmp_path / "wheels"
    make_wheel(wheels, "onlypip", "1.0", requires=("numpy>=1.20", "six"))
    make_wheel(wheels, "six", "1.17.0")
    with IndexServer(tmp_path).start() as server:
        options = (*forge, "--no-verify", "--json")
        index_of = {"UV_DEFAULT_INDEX": server.index("wheels")}
        done = torchup("create", "work", "tabulate", "onlypip", *options, **index_of)
    assert done.code == 0, done
    made = done.document("torchup.outcome/v1")["environment"]
    assert made["packages"]["onlypip"] == "1.0"
    assert made["packages"]["numpy"] == "1.26.9"
    assert "tabulate" in records(torchup)
    assert "six" in made["packages"]
    lock = (torchup.home / "envs" / "work" / ".torchup" / "pylock.toml").read_text()
    assert "stubs" not in lock
    assert 'name = "onlypip"' in lock
    assert 'name = "tabulate"' in lock
    found = torchup("packages", "-n", "work", "--json").document("torchup.packages/v1")["packages"]
    by = {one["name"]: one["by"] for one in found}
    assert (by["numpy"], by["tabulate"], by["onlypip"]) == ("conda", "conda", "uv")


def test_with_a_python_of_its_own(torchup: Torchup, tmp_path: Path) -> None:
    """No virtual environment: its prefix is its base, as in every environment of conda's."""
    make_forge(tmp_path)
    channel = tmp_path / "conda-forge"
    next(channel.glob(f"{SUBDIR}/python-*")).unlink()
    make_real_python(channel, SUBDIR)
    index(channel)
    make_wheel(tmp_path / "wheels", "onlypip", "1.0")
    options = ("--backend", "conda", "--channel", str(channel), "--quick", "onlypip")
    with IndexServer(tmp_path).start() as server:
        done = torchup("create", "work", *options, UV_DEFAULT_INDEX=server.index("wheels"))
    code = "import sys, onlypip, torch; print(sys.prefix, sys.base_prefix)"
    said = torchup("run", "work", "--", "python", "-c", code)
    if "No module named 'encodings'" in said.err or "error while loading" in said.err:
        pytest.skip("the Python of these tests can't be moved")
    path = torchup.home / "envs" / "work"
    assert (said.code, said.out.split()) == (0, [str(path), str(path)]), said
    assert done.code == 0, done


def test_an_environment_yml_keeps_its_order(
    torchup: Torchup, forge: tuple[str, ...], tmp_path: Path
) -> None:
    """Conda's packages from the channel, pip's section by pip; an unbuilt companion is left out."""
    make_wheel(tmp_path / "wheels", "onlypip", "1.0")
    project = tmp_path / "project"
    project.mkdir()
    (project / "environment.yml").write_text(
        f"name: x\ndependencies:\n  - python={MINOR}\n  - pytorch=2.12.1\n  - numpy\n"
        "  - tabulate\n  - pip:\n    - onlypip\n"
    )
    with IndexServer(tmp_path).start() as server:
        index_of = {"UV_DEFAULT_INDEX": server.index("wheels")}
        options = (*forge, "--no-verify", "--project", str(project), "--json")
        done = torchup("create", "work", *options, **index_of)
    assert done.code == 0, done
    assert {"numpy", "tabulate", "torchvision"} <= records(torchup).keys()
    assert "torchaudio" not in records(torchup), "it was built for another torch"
    assert done.document("torchup.outcome/v1")["environment"]["packages"]["onlypip"] == "1.0"
    said = torchup("packages", "-n", "work", "--json").document("torchup.packages/v1")
    assert all(one["locked"] for one in said["packages"] if one["name"] != "pytorch"), said


def test_what_pip_s_part_asks_of_conda_s_is_weighed(
    torchup: Torchup, forge: tuple[str, ...], tmp_path: Path
) -> None:
    make_wheel(tmp_path / "wheels", "onlypip", "1.0", requires=("numpy>=2",))
    with IndexServer(tmp_path).start() as server:
        index_of = {"UV_DEFAULT_INDEX": server.index("wheels")}
        done = torchup("create", "work", "onlypip", *forge, **index_of)
    assert done.code == 1, done
    assert "numpy" in done.err
    assert torchup.left() == []


def test_a_clone_has_a_path_of_its_own(torchup: Torchup, forge: tuple[str, ...]) -> None:
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    mine = torchup.home / "envs" / "work" / "notes.txt"
    mine.write_text("mine")
    assert torchup("clone", "work", "copy").code == 0
    copy = torchup.home / "envs" / "copy"
    assert (copy / "notes.txt").read_text() == "mine"
    assert f'"{copy}/bin/python"' in (copy / "bin" / "python").read_text()
    assert torchup("verify", "copy", "--quick").code == 0
    assert listed(torchup) == [str(mine.parent), str(copy)]
    assert torchup("rename", "copy", "other").code == 0
    assert listed(torchup) == [str(mine.parent), str(copy.with_name("other"))]
    same = torchup("compare", "work", "other", "--json").document("torchup.comparison/v1")
    assert same["equal"] is True


def test_conda_knows_where_it_went(torchup: Torchup, forge: tuple[str, ...]) -> None:
    torchup.env.pop("TORCHUP_HOME")
    first, second, away = (torchup.root / name for name in ("first", "second", "away"))
    assert torchup("config", "set", "home", str(first)).code == 0
    for name in ("work", "other"):
        assert torchup("create", name, *forge, "--no-verify").code == 0
    assert torchup("move", "other", "--to", str(away)).code == 0
    assert sorted(listed(torchup)) == [str(away / "other"), str(first / "envs" / "work")]
    assert torchup("config", "set", "home", str(second)).code == 0
    assert sorted(listed(torchup)) == [str(away / "other"), str(second / "envs" / "work")]


def test_it_is_compared_with_wheels_by_the_names_that_python_has(
    torchup: Torchup, forge: tuple[str, ...]
) -> None:
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    make_environment(torchup.home, "wheels")
    found = torchup("compare", "work", "wheels", "--json").document("torchup.comparison/v1")
    differing = {one["name"] for one in found["packages"]}
    assert "python-abi" in differing
    assert not differing & {"torch", "pytorch"}, "both have the same one"


def test_the_doctor_looks_at_it(torchup: Torchup, forge: tuple[str, ...]) -> None:
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    done = torchup("doctor", "work", "--json")
    found = done.document("torchup.diagnosis/v1")["findings"]
    assert "environment-not-verified" in {one["code"] for one in found}, done


def test_what_needs_wheels_says_that_it_is_condas(torchup: Torchup, forge: tuple[str, ...]) -> None:
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    assert "--format environment" in one_error(torchup("export", "work"), 2)
    lock = torchup.root / "pylock.toml"
    assert torchup("export", "work", "--format", "pylock", "-o", str(lock)).code == 0
    assert "torchup lock" in one_error(torchup("sync", str(lock), "-n", "new"), 2)
    url = "https://a.test/torch-2.13.0+cpu-py3-none-any.whl"
    wheel = f'{{url = "{url}", hashes = {{sha256 = "{"0" * 64}"}}}}'
    packages = f'[[packages]]\nname = "torch"\nversion = "2.13.0+cpu"\nwheels = [{wheel}]\n'
    lock.write_text(f'lock-version = "1.0"\ncreated-by = "another"\n{packages}')
    assert "two kinds" in one_error(torchup("sync", str(lock), "-n", "work"), 2)


def test_a_clone_does_not_take_a_package_that_was_changed_since(
    torchup: Torchup, tmp_path: Path
) -> None:
    make_forge(tmp_path)
    own = tmp_path / "conda-forge"
    options = ("--backend", "conda", "--channel", str(own), "--no-verify")
    assert torchup("create", "work", *options).code == 0
    assert torchup("clean", "--all", "--yes").code == 0
    assert torchup("clone", "work", "first").code == 0, "from the channel, as it was"
    assert torchup("clean", "--all", "--yes").code == 0
    add_torch(own, "2.13.0", "cpu", broken=True)
    said = one_error(torchup("clone", "work", "second"), 3)
    assert "pytorch" in said
    assert sorted(one.name for one in (torchup.home / "envs").iterdir()) == ["first", "work"]


def test_an_environment_of_conda_s_is_cloned_into_one_of_torchup_s(
    torchup: Torchup, forge: tuple[str, ...], tmp_path: Path
) -> None:
    """What another home's torchup made is, without its marker, what conda would have made."""
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    theirs = tmp_path / "theirs"
    assert torchup("move", "work", "--to", str(tmp_path / "out")).code == 0
    shutil.copytree(tmp_path / "out" / "work", theirs, symlinks=True)
    shutil.rmtree(theirs / ".torchup")
    (theirs / "envs").mkdir()
    before = sorted(theirs.rglob("*"))
    assert torchup("clone", str(theirs), "copy", "--dry-run").code == 0
    done = torchup("clone", str(theirs), "copy", "--json")
    assert done.code == 0, done
    made = done.document("torchup.outcome/v1")["environment"]
    assert (made["state"], made["build"], made["backend"]) == ("ok", "cpu", "conda")
    copy = torchup.home / "envs" / "copy"
    assert f'"{copy}/bin/python"' in (copy / "bin" / "python").read_text()
    assert not (copy / "envs").exists()
    assert torchup("verify", "copy", "--quick").code == 0
    assert sorted(theirs.rglob("*")) == before


def test_an_old_version_comes_from_the_retired_channel_and_it_is_said(
    torchup: Torchup, channels: Path
) -> None:
    settings = torchup.root / ".condarc"
    settings.write_text(f"channel_alias: {channels.as_uri()}\n")
    done = torchup("create", "old", "torch==1.10.1", "--backend", "conda", "--cpu", "--json",
                   "--no-verify")  # fmt: skip
    assert done.code == 0, done
    plan = done.document("torchup.outcome/v1")["plan"]
    (said,) = [one for one in plan["reasons"] if one["code"] == "channel-retired"]
    assert "2.5.1" in said["text"]
    found = records(torchup, "old")
    assert found["pytorch"]["build"] == f"py{MINOR}_cpu_0"
    assert found["pytorch-mutex"]["build"] == "cpu"


def test_a_mirror_in_condarc_is_used(torchup: Torchup, channels: Path) -> None:
    (torchup.root / ".condarc").write_text(
        f"custom_channels:\n  conda-forge: {channels.as_uri()}\n"
    )
    done = torchup("create", "work", "--backend", "conda", "--dry-run", "--json")
    assert done.code == 0, done
    plan = done.document("torchup.plan/v1")
    assert plan["stack"]["index_url"] == f"{channels.as_uri()}/conda-forge"
    assert all(one["sha256"] for one in plan["artifacts"])
    assert torchup.left() == []


def test_one_of_uv_s_is_not_taken_for_conda_s(connected: Torchup, forge: tuple[str, ...]) -> None:
    assert connected("create", "work", *CPU, "--no-verify").code == 0
    assert connected("create", "work", *CPU).code == 0
    other = connected("create", "work", "--cpu", "torch==2.13.0", *forge)
    assert other.code == 1, other
    assert "conda" in other.out


@pytest.fixture
def served(channels: Path, tmp_path: Path) -> Iterator[tuple[Path, IndexServer]]:
    """A copy of the channel behind HTTP, and its server."""
    root = tmp_path / "served"
    shutil.copytree(channels, root)
    with IndexServer(root).start() as server:
        yield root, server


def url_of(server: IndexServer) -> str:
    return f"{server.url}/files/conda-forge"


def test_over_http_and_then_without_a_network(
    torchup: Torchup, served: tuple[Path, IndexServer]
) -> None:
    _, server = served
    options = ("--backend", "conda", "--channel", url_of(server), "--no-verify")
    missing = torchup("create", "work", *options, "--offline")
    assert missing.code == 3, missing
    assert url_of(server) in missing.out
    assert torchup("create", "work", *options).code == 0
    asked = len(server.asked())
    assert torchup("create", "again", *options, "--offline").code == 0
    assert len(server.asked()) == asked


def test_a_login_is_used_and_never_shown_or_kept(
    torchup: Torchup, served: tuple[Path, IndexServer]
) -> None:
    _, server = served
    server.login = "me:hush-hush"
    bare = url_of(server)
    options = ("--backend", "conda", "--no-verify")
    refused = torchup("create", "work", *options, "--channel", bare)
    assert refused.code == 3, refused
    assert "401" in refused.out
    url = bare.replace("://", "://me:hush-hush@")
    wrong = torchup("create", "work", *options, "--channel", url.replace("me:", "you:"))
    assert wrong.code == 3, wrong
    assert "hush" not in wrong.out + wrong.err
    done = torchup("create", "work", *options, "--channel", url, "--json")
    assert done.code == 0, done
    assert "hush" not in done.out + done.err
    shown = torchup("show", "work", "--json")
    assert "hush" not in shown.out
    more = ("add", "-n", "work", "tabulate", "--no-verify")
    bare_again = torchup(*more)
    assert bare_again.code == 3, bare_again
    assert torchup(*more, "--channel", url).code == 0
    kept = [one for one in (torchup.home / "envs").rglob("*") if one.is_file()]
    assert not [one for one in kept if b"hush" in one.read_bytes()]


def test_a_package_that_is_not_the_listed_one_is_refused(
    torchup: Torchup, served: tuple[Path, IndexServer]
) -> None:
    root, server = served
    add_torch(root / "conda-forge", "2.13.0", "cpu", broken=True)
    done = torchup("create", "work", "--backend", "conda", "--channel", url_of(server))
    assert done.code == 3, done
    # all three of its packages are other ones than listed: whichever came first is named
    assert any(name in done.err for name in ("pytorch", "torchvision", "torchaudio"))
    assert has_next_step(done.err.strip())
    assert torchup.left() == []
    assert listed(torchup) == []


def test_a_channel_that_answers_half_is_named(
    torchup: Torchup, served: tuple[Path, IndexServer]
) -> None:
    root, server = served
    whole = root / "conda-forge" / SUBDIR / "repodata.json"
    whole.write_bytes(whole.read_bytes()[:2000])
    done = torchup("create", "work", "--backend", "conda", "--channel", url_of(server))
    assert done.code == 3, done
    assert url_of(server) in done.out + done.err
    assert torchup.left() == []


@as_root
@pytest.mark.parametrize(
    "size", ["size=120k", "size=160k", "size=4m,nr_inodes=40", "size=4m,nr_inodes=90"]
)
def test_a_full_disk_leaves_nothing(
    torchup: Torchup, forge: tuple[str, ...], tmpfs: Callable[[str], Path], size: str
) -> None:
    disk = tmpfs(size)
    torchup.home = disk / "torchup"
    home = {"TORCHUP_HOME": str(torchup.home)}
    done = torchup("create", "work", *forge, "--no-verify", **home)
    assert done.code == 3, done
    assert has_next_step(done.err.strip())
    assert "space" in done.err or str(disk) in done.err
    assert not list(torchup.home.glob("envs/*"))
    assert listed(torchup) == []


def stopped_at(torchup: Torchup, forge: tuple[str, ...], place: str, how: int) -> tuple[int, str]:
    """Make an environment, and stop it as soon as something is there; tell how it ended."""
    child = torchup.start("create", "work", *forge, "--no-verify")
    until = time.monotonic() + 60
    while not list(torchup.home.glob(place)) and child.poll() is None:
        assert time.monotonic() < until, place
        time.sleep(0.002)
    os.killpg(child.pid, how)
    _, err = child.communicate(timeout=60)
    return child.returncode, err.decode()


PLACES = (
    "journal/*.json",
    "cache/conda/pkgs/*/info",
    "envs/work/conda-meta",
    "envs/work/lib/*/*/*",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_creation_is_cleaned_up(
    torchup: Torchup, forge: tuple[str, ...], place: str
) -> None:
    stopped_at(torchup, forge, place, signal.SIGKILL)
    shown = torchup("list", "--json").document("torchup.environments/v1")
    there = [one["path"] for one in shown["environments"]]
    assert listed(torchup) == there
    assert [one for one in torchup.left() if not one.startswith("envs")] == []
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    assert torchup("verify", "work", "--quick").code == 0
    assert listed(torchup) == [str(torchup.home / "envs" / "work")]


@pytest.mark.parametrize("place", PLACES)
def test_an_interrupted_creation_leaves_nothing(
    torchup: Torchup, forge: tuple[str, ...], place: str
) -> None:
    code, err = stopped_at(torchup, forge, place, signal.SIGINT)
    assert "Traceback" not in err
    if code == 0:  # it was whole before the signal came
        assert listed(torchup) == [str(torchup.home / "envs" / "work")]
        return
    assert code == 130, err
    assert torchup.left() == []
    assert listed(torchup) == []
    time.sleep(0.3)
    assert torchup.left() == [], "something went on writing"


def test_a_pipe_in_the_cache_stops_nobody(torchup: Torchup, forge: tuple[str, ...]) -> None:
    """Rattler opens an entry's records without a look, and would wait for ever."""
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    cache = torchup.home / "cache" / "conda" / "pkgs"
    for record in [*cache.glob("*/info/paths.json"), *cache.glob("*.lock")]:
        record.unlink()
        os.mkfifo(record)
    assert torchup("create", "more", *forge, "--no-verify").code == 0
    assert torchup("clone", "work", "third").code == 0
    assert torchup("verify", "more", "--quick").code == 0
    assert all(one.is_file() for one in cache.glob("*/info/paths.json"))


@pytest.mark.parametrize("what", ["null", "{}", "folder", "loop", "pipe"])
def test_a_damaged_record_is_told_and_repaired(
    torchup: Torchup, forge: tuple[str, ...], what: str
) -> None:
    """Rattler stops at records that it can't read, and waits for a pipe for ever."""
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    (record,) = (torchup.home / "envs" / "work" / "conda-meta").glob("numpy-*.json")
    record.unlink()
    if what == "folder":
        record.mkdir()
    elif what == "loop":
        record.symlink_to(record.name)
    elif what == "pipe":
        os.mkfifo(record)
    else:
        record.write_text(what)
    said = one_error(torchup("clone", "work", "third"), 3)
    assert str(record) in said
    assert "torchup repair work" in said
    assert torchup("repair", "work", "--yes").code == 0
    assert torchup("clone", "work", "third").code == 0
    assert torchup("verify", "work", "--quick").code == 0


def test_a_damaged_record_of_what_is_not_locked_is_left(
    torchup: Torchup, forge: tuple[str, ...]
) -> None:
    """Without it nobody would know which files are whose."""
    assert torchup("create", "work", *forge, "--no-verify").code == 0
    meta = torchup.home / "envs" / "work" / "conda-meta"
    (meta / "numpy-1.0-0.json").write_text('{"na')
    assert "numpy-1.0-0.json" in one_error(torchup("clone", "work", "third"), 3)
    (record,) = meta.glob("numpy-1.2*.json")
    record.unlink()
    done = torchup("repair", "work", "--yes")
    assert (done.code, "numpy-1.0-0.json" in done.err) == (3, True)
    assert (meta / "numpy-1.0-0.json").read_text() == '{"na'
    assert not record.exists()


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO, errno.ESTALE, errno.EACCES])
def test_a_record_that_cannot_be_read_just_now_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    import rattler

    one = Locked(
        name="a", version="1", build="0", build_number=0, subdir="noarch",
        fn="a", url="u", channel="c",
    )  # fmt: skip
    (tmp_path / "a-1-0.json").write_text("{}")

    def refuse(_: object) -> bytes:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr("torchup.backends.conda_records.read_file", refuse)
        with pytest.raises(OSError, match=os.strerror(number)):
            drop_damaged_records(rattler, tmp_path, [one], "work")
    assert (tmp_path / "a-1-0.json").exists()
    drop_damaged_records(rattler, tmp_path, [one], "work")
    assert not (tmp_path / "a-1-0.json").exists()


def test_bad_words_are_told(torchup: Torchup, channels: Path) -> None:
    conda = ("--backend", "conda")
    assert "conda, uv" in one_error(torchup("create", "w", "--backend", "mamba"), 2)
    assert "--backend conda" in one_error(torchup("create", "w", "--channel", "x"), 2)
    one_error(torchup("create", "w", *conda, "--channel", "/not/there"), 2)
    one_error(torchup("create", "w", *conda, "--channel", "a b"), 2)
    one_error(torchup("create", "w", *conda, "--nightly"), 2)
    one_error(torchup("create", "w", *conda, "--python", sys.executable), 2)
    empty = channels.parent / "nothing"
    empty.mkdir(exist_ok=True)
    done = torchup("create", "w", *conda, "--channel", str(empty))
    assert done.code == 3, done
    assert str(empty) in done.out
    assert torchup.left() == []


def test_a_channel_of_which_nothing_is_recorded(
    torchup: Torchup, tmp_path: Path, card: dict[str, str]
) -> None:
    """What its builds were compiled for is not known, and that is said; a wrong platform is no."""
    make_forge(tmp_path)
    own = (tmp_path / "conda-forge").rename(tmp_path / "ours")
    options = ("--backend", "conda", "--channel", str(own), "--no-verify", "--json")
    done = torchup("create", "work", *options, **card)
    assert done.code == 0, done
    reasons = {one["code"] for one in done.document("torchup.outcome/v1")["plan"]["reasons"]}
    assert "arch-unknown" in reasons
    assert records(torchup)["pytorch"]["build"].startswith("cuda129_")
    for file in own.glob(f"{SUBDIR}/pytorch-2*"):
        file.unlink()
    index(own)
    nothing = torchup("plan", "--backend", "conda", "--channel", str(own))
    assert nothing.code == 1, nothing
    assert str(own) in nothing.out


@pytest.mark.skipif(sys.version_info > (3, 12), reason="this release has none for such a Python")
def test_tensorflow_brings_its_cuda_and_cudnn(
    torchup: Torchup, tmp_path: Path, card: dict[str, str]
) -> None:
    """Its wheels of before 2.14 bring neither; conda's packages ask for both."""
    make_forge(tmp_path)
    channel = tmp_path / "conda-forge"
    for build in ("cpu", "cu112"):
        add_tensorflow(channel, "2.12.1", build)
    index(channel)
    options = ("tensorflow==2.12.1", "--backend", "conda", "--channel", str(channel))
    done = torchup("create", "tf", *options, "--no-verify", "--json", **card)
    assert done.code == 0, done
    made = done.document("torchup.outcome/v1")["environment"]
    assert made["packages"]["tensorflow"] == "2.12.1+cu112"
    there = records(torchup, "tf")
    assert {"cudatoolkit", "cudnn", "tensorflow"} <= set(there)
    assert there["tensorflow"]["build"].startswith("cuda112")
    assert torchup("run", "tf", "--", "python", "-c", "import tensorflow").code == 0
    shown = torchup("show", "tf", "--json").document("torchup.environment/v1")
    assert (shown["state"], shown["packages"]["tensorflow"]) == ("ok", "2.12.1+cu112")
    plain = torchup("plan", *options, "--print", "conda", **card)
    assert f"--channel file://{channel}" in plain.out
    assert "tensorflow ==2.12.1 *cuda112*" in plain.out
    wheels = torchup("plan", *options, "--print", "pip", **card)
    assert "can't install conda's packages" in one_error(wheels, 2)


def test_tensorflow_of_a_described_machine(torchup: Torchup) -> None:
    card = ("--gpu", "RTX 3090", "--driver", "550", "--backend", "conda", "--json")
    old = torchup("plan", "tensorflow==2.10", *card).document("torchup.plan/v1")
    assert (old["stack"]["build"], old["stack"]["origin"]) == ("cu112", "conda")
    assert "libraries-elsewhere" not in {one["code"] for one in old["reasons"]}
    hopper = torchup("plan", "tensorflow==2.10", "--gpu", "H100", *card[2:])
    said = {one["code"]: one["effect"] for one in hopper.document("torchup.plan/v1")["reasons"]}
    assert said["arch-ptx-only"] == "warn", "built with CUDA 11.2, which doesn't know sm_90"
    unknown = torchup("plan", "onnxruntime", *card[:-1])
    assert "ONNX Runtime" in one_error(unknown, 2)


def test_the_build_of_jax_is_the_one_of_the_package_that_it_brings(
    torchup: Torchup, tmp_path: Path, card: dict[str, str]
) -> None:
    """Its own package is the same for every CUDA; without the companion's pin a solver mixes."""
    make_forge(tmp_path)
    channel = tmp_path / "conda-forge"
    add_jax(channel, "0.7.1", ("cpu", "cu129"))
    add_jax(channel, "0.7.2", ("cpu",))
    index(channel)
    options = ("--backend", "conda", "--channel", str(channel))
    done = torchup("create", "j", "jax==0.7.1", *options, "--no-verify", "--json", **card)
    assert done.code == 0, done
    made = done.document("torchup.outcome/v1")["environment"]
    assert made["packages"] == made["packages"] | {"jax": "0.7.1", "jaxlib": "0.7.1+cu129"}
    there = records(torchup, "j")
    assert there["jaxlib"]["build"].startswith("cuda129_")
    assert torchup("run", "j", "--", "python", "-c", "import jax").code == 0
    plain = torchup("plan", "jax==0.7.1", *options, "--print", "conda", **card)
    assert "jax ==0.7.1" in plain.out
    assert "jaxlib ==0.7.1 *cuda129*" in plain.out
    alone = torchup("plan", "jax==0.7.1", *options, "--no-companions", "--print", "conda", **card)
    assert "jaxlib * *cuda129*" in alone.out
    newest = torchup("plan", "jax", *options, "--json", **card).document("torchup.plan/v1")
    assert newest["stack"]["packages"]["jax"] == "0.7.1", "0.7.2 was not built for the card"
    on_cpu = torchup("create", "c", "jax", *options, "--cpu", "--no-verify", "--json", **card)
    assert on_cpu.code == 0, on_cpu
    assert records(torchup, "c")["jaxlib"]["build"].startswith("cpu_")
    assert torchup("clone", "j", "again").code == 0
    assert torchup("add", "-n", "j", "tabulate", "--no-verify").code == 0
    assert records(torchup, "j")["jaxlib"]["build"].startswith("cuda129_")


def test_several_frameworks_from_conda_in_one_environment(
    torchup: Torchup, tmp_path: Path, card: dict[str, str]
) -> None:
    """Each has its own build of the same CUDA; of what the channel lacks none is chosen."""
    make_forge(tmp_path)
    channel = tmp_path / "conda-forge"
    add_jax(channel, "0.7.1", ("cpu", "cu129"))
    index(channel)
    options = ("--backend", "conda", "--channel", str(channel))
    done = torchup("create", "both", "torch", "jax", *options, "--no-verify", "--json", **card)
    assert done.code == 0, done
    made = done.document("torchup.outcome/v1")["environment"]["packages"]
    assert made == made | {"torch": "2.13.0+cu129", "jax": "0.7.1", "jaxlib": "0.7.1+cu129"}
    shown = torchup("show", "both", "--json").document("torchup.environment/v1")
    assert shown["state"] == "ok", shown
    said = torchup("run", "both", "--", "python", "-c", "import torch, jaxlib; print(jaxlib.build)")
    assert said.out.strip() == "cu129", said
    assert torchup("add", "-n", "both", "tabulate", "--no-verify", **card).code == 0
    there = records(torchup, "both")
    assert there["jaxlib"]["build"].startswith("cuda129_")
    assert there["pytorch"]["build"].startswith("cuda129_")
    assert torchup("clone", "both", "copy").code == 0
    lock = str(torchup.root / "pylock.toml")
    assert torchup("lock", "both", "-o", lock, **card).code == 0
    synced = torchup("sync", lock, "-n", "synced", "--no-verify", **card)
    assert synced.code == 0, synced
    assert records(torchup, "synced").keys() == there.keys()
    on_cpu = torchup("create", "c", "torch", "jax", *options, "--cpu", "--no-verify", **card)
    assert on_cpu.code == 0, on_cpu
    assert records(torchup, "c")["jaxlib"]["build"].startswith("cpu_")


def test_jax_of_a_described_machine(torchup: Torchup) -> None:
    card = ("--driver", "550", "--backend", "conda", "--json")
    new = torchup("plan", "jax", "--gpu", "RTX 3090", *card).document("torchup.plan/v1")
    assert (new["stack"]["build"], new["stack"]["origin"]) == ("cu129", "conda")
    assert new["stack"]["packages"].keys() == {"jax", "jaxlib"}
    blackwell = ("--gpu", "RTX 5090", "--driver", "575", *card[2:])
    found = torchup("plan", "jax==0.4.31", *blackwell)
    said = {one["code"]: one["effect"] for one in found.document("torchup.plan/v1")["reasons"]}
    assert said["arch-ptx-only"] == "warn", "built with CUDA 12.0, which doesn't know sm_120"


def test_a_card_that_only_wheels_serve_is_no_reason_for_the_cpu_s_build(
    torchup: Torchup, forge: tuple[str, ...]
) -> None:
    amd = ("--gpu", "RX 7900 XTX", "--backend", "conda")
    none = torchup("plan", *amd)
    assert none.code == 1, none
    assert "--backend conda out" in none.out
    assert torchup("plan", *amd, "--cpu").code == 0
    assert torchup("plan", *forge).code == 0


@pytest.mark.parametrize("card", [("--cpu",), ("--gpu", "RX 580")])
@pytest.mark.parametrize("framework", ["tensorflow", "jax"])
def test_what_no_channel_has_at_all_is_had_from_wheels(
    torchup: Torchup, framework: str, card: tuple[str, ...]
) -> None:
    asked = ("plan", framework, "--os", "windows", *card)
    none = torchup(*asked, "--backend", "conda")
    assert none.code == 1, none
    wheels = torchup(*asked, "--json").document("torchup.plan/v1")["stack"]
    label = f"{wheels['packages'][framework]}+{wheels['build']}"
    assert f"The wheels have {label}: leave --backend conda out." in none.out
    assert "Name the card" not in none.out


def test_who_named_the_card_is_not_told_to_name_it(torchup: Torchup) -> None:
    asked = ("plan", "tensorflow", "--backend", "conda", "--os", "windows")
    unknown = torchup(*asked)
    assert (unknown.code, "Name the card" in unknown.out) == (1, True)
    apart = torchup(*asked, "torch", "--gpu", "RTX 4090", "--driver", "580")
    assert (apart.code, "Name the card" in apart.out) == (1, False)
    assert "Make an environment for each" in apart.out


def test_a_framework_that_conda_is_not_known_to_have_is_not_the_only_one_named(
    torchup: Torchup,
) -> None:
    said = one_error(torchup("plan", "torch", "onnxruntime", "--backend", "conda", "--cpu"), 2)
    assert "Leave --backend conda out of the command" in said
    assert "create NAME" not in said, "that would drop torch"


def test_a_described_machine_is_answered_from_what_is_recorded(torchup: Torchup) -> None:
    """The retired channel's too, without any network."""
    card = ("--gpu", "RTX 3090", "--driver", "550", "--backend", "conda", "--json")
    old = torchup("plan", "torch==2.0.1", *card).document("torchup.plan/v1")
    assert old["stack"]["index_url"].endswith("/pytorch")
    assert "channel-retired" in {one["code"] for one in old["reasons"]}
    new = torchup("plan", *card).document("torchup.plan/v1")
    assert (new["stack"]["build"], new["stack"]["origin"]) == ("cu129", "conda")
    (fact,) = [one["fact"] for one in new["reasons"] if one["code"] == "conda-uncertain"]
    assert "pytorch-cpu-feedstock" in fact["url"]


def test_what_can_t_be_solved_is_explained(torchup: Torchup, forge: tuple[str, ...]) -> None:
    said = torchup("create", "work", "numpy>5", *forge)
    assert said.code == 1, said
    assert "numpy" in said.err
    assert torchup.left() == []


def test_a_chosen_mirror_serves_channels_and_what_it_lacks_comes_from_elsewhere(
    torchup: Torchup, channels: Path, tmp_path: Path
) -> None:
    settings = torchup.root / ".condarc"
    settings.write_text(f"channel_alias: {channels.as_uri()}\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    torchup("mirror", "use", empty.as_uri(), "--kind", "conda")
    done = torchup("plan", "--cpu", "--backend", "conda", "--json")
    assert done.code == 0, done
    assert done.document("torchup.plan/v1")["stack"]["index_url"].startswith(channels.as_uri())
    settings.unlink()
    torchup("mirror", "use", empty.as_uri(), channels.as_uri(), "--kind", "conda")
    done = torchup("plan", "--cpu", "--backend", "conda", "--json")
    assert done.code == 0, done
    assert done.document("torchup.plan/v1")["stack"]["index_url"].startswith(channels.as_uri())
