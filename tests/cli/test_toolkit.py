"""toolkit: what compiles CUDA code in an environment."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup, has_next_step, one_error
from cli.test_documents import read
from cli.world import add_toolkit, add_torch
from madeenvironments import make_environment
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from torchup.wire.toolkits import ToolkitsV1
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

pytestmark = needs_world

NAMED = ("-n", "demo", "--no-verify")
CUDA = ("--cuda", "13.0")


def make(torchup: Torchup, build: str, *more: str, name: str = "demo") -> None:
    asked = ("torch==2.13.0", "--build", build, "--no-companions", "--no-verify")
    done = torchup("create", name, *asked, *more)
    assert done.code == EXIT_DONE, done


@pytest.fixture
def world(own: IndexServer, tmp_path: Path) -> Torchup:
    """Sources with a CUDA 13.0 toolkit in two updates, and a torch that pins the first."""
    root = tmp_path / "world"
    for update in ("13.0.2", "13.0.3"):
        add_toolkit(root, update)
    add_torch(root, "2.13.0", "cu130", requires=("filelock", "cuda-toolkit[cudart]==13.0.2"))
    return Torchup(tmp_path, **sources_of(own))


def shown(torchup: Torchup, name: str = "demo") -> Any:  # noqa: ANN401  # a document
    return torchup("show", name, "--json").document("torchup.environment/v1")


def home_of(torchup: Torchup, name: str = "demo") -> Path:
    return torchup.home / "envs" / name / ".torchup" / "cuda"


def inside(torchup: Torchup, name: str = "demo", **more: str) -> list[str]:
    """What a program sees: CUDA_HOME, and what nvcc says."""
    done = torchup("run", name, "--", "sh", "-c", 'echo "${CUDA_HOME-unset}"; nvcc || true', **more)
    return done.out.splitlines()


def test_a_toolkit_that_fits_comes_and_goes(world: Torchup) -> None:
    make(world, "cu130")
    before = shown(world)["packages"]
    assert before["nvidia-cuda-runtime"] == "13.0.82"
    done = world("toolkit", "add", *NAMED, "--json")
    outcome = done.document("torchup.outcome/v1")
    assert (done.code, outcome["command"], outcome["ok"]) == (EXIT_DONE, "toolkit add", True), done
    steps = {one["id"]: one["status"] for one in outcome["steps"]}
    assert steps["toolkit"] == "done"
    assert "compiler" in steps
    own = outcome["environment"]["toolkit"]
    assert own == {"source": "pypi", "runtime": "13.0", "home": ".torchup/cuda"}
    after = shown(world)["packages"]
    assert {name: after[name] for name in before} == before, "nothing that was there is replaced"
    assert after["nvidia-cuda-nvcc"] == "13.0.82", "of the update that torch pins, not the newest"
    assert {"ninja", "nvidia-cublas", "nvidia-curand"} <= after.keys()
    home = home_of(world)
    assert inside(world) == [str(home), f"13.0.82 {home}/bin/nvcc"]
    again = world("toolkit", "add", *NAMED)
    assert (again.code, again.err) == (EXIT_DONE, "")
    gone = world("toolkit", "remove", *NAMED, "--json").document("torchup.outcome/v1")
    assert gone["environment"]["toolkit"] is None
    assert shown(world)["packages"] == before
    assert not home.exists()
    assert str(home) not in inside(world)


def test_a_lock_holds_the_toolkit_too(world: Torchup) -> None:
    make(world, "cpu")
    plain, lock = str(world.root / "pylock.plain.toml"), str(world.root / "pylock.kit.toml")
    assert world("lock", "demo", "-o", plain).code == EXIT_DONE
    assert world("toolkit", "add", *NAMED, *CUDA).code == EXIT_DONE
    assert world("lock", "demo", "-o", lock).code == EXIT_DONE
    assert world("sync", lock, "-n", "new", "--no-verify").code == EXIT_DONE
    home = home_of(world, "new")
    assert inside(world, "new") == [str(home), f"13.0.83 {home}/bin/nvcc"]
    assert world("sync", plain, "-n", "new", "--no-verify", "--yes").code == EXIT_DONE
    assert inside(world, "new")[0] == "unset"
    assert world("sync", lock, "-n", "new", "--no-verify").code == EXIT_DONE
    assert inside(world, "new") == [str(home), f"13.0.83 {home}/bin/nvcc"]


def test_cuda_home_is_set_there_and_nowhere_else(world: Torchup) -> None:
    make(world, "cpu")
    make(world, "cpu", name="other")
    assert world("toolkit", "add", *NAMED, *CUDA).code == EXIT_DONE
    home = str(home_of(world))
    theirs = "/usr/local/cuda-12.6"
    assert inside(world, CUDA_HOME=theirs)[0] == home
    assert inside(world, "other", CUDA_HOME=theirs)[0] == theirs
    active = {"VIRTUAL_ENV": str(world.home / "envs" / "demo"), "CUDA_HOME": home}
    assert inside(world, "other", **active)[0] == "unset", "an active environment's own stays there"
    lines = world("activate", "demo", "--shell", "bash").out
    assert f"CUDA_HOME='{home}'" in lines
    assert f"{home}/bin" in lines
    assert "CUDA_HOME" not in world("activate", "other", "--shell", "bash").out
    path = f"{home}/bin:/usr/bin"
    out = world("deactivate", "--shell", "bash", **active, PATH=path + ":" + world.env["PATH"]).out
    assert "CUDA_HOME" in out
    assert f"{home}/bin" not in out
    kept = world("deactivate", "--shell", "bash", **(active | {"CUDA_HOME": theirs})).out
    assert "CUDA_HOME" not in kept, "the user's own is no business of ours"


def test_it_lives_through_every_other_change(world: Torchup) -> None:
    make(world, "cu130")
    assert world("toolkit", "add", *NAMED).code == EXIT_DONE
    for change in (
        ("add", "six"),
        ("upgrade", "filelock"),
        ("upgrade", "--all"),
        ("remove", "six"),
    ):
        done = world(*change, *NAMED)
        assert done.code == EXIT_DONE, done
        assert inside(world)[0] == str(home_of(world)), change
    assert world("clone", "demo", "copy").code == EXIT_DONE
    assert inside(world, "copy") == [
        str(home_of(world, "copy")),
        f"13.0.82 {home_of(world, 'copy')}/bin/nvcc",
    ]
    assert world("rename", "copy", "moved").code == EXIT_DONE
    assert world("delete", "demo", "--yes").code == EXIT_DONE
    assert inside(world, "moved")[1] == f"13.0.82 {home_of(world, 'moved')}/bin/nvcc"
    exported = world("export", "moved", "--format", "requirements").out
    assert "nvidia-cuda-nvcc==13.0.82" in exported
    assert world("export", "moved", "--format", "pylock").code == EXIT_DONE
    refused = one_error(world("remove", "ninja", "-n", "moved"), EXIT_NO)
    assert "torchup toolkit remove -n moved" in refused


def test_what_is_lost_of_it_is_repaired(world: Torchup) -> None:
    make(world, "cpu")
    assert world("toolkit", "add", *NAMED, *CUDA).code == EXIT_DONE
    home = home_of(world)
    (home / "lib64" / "libcudart.so").unlink()
    looked = world("repair", "demo", "--dry-run", "--json").document("torchup.outcome/v1")
    assert [one["id"] for one in looked["steps"]] == ["toolkit"]
    done = world("repair", "demo", "--no-verify")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert (home / "lib64" / "libcudart.so").exists()
    shutil.rmtree(home)
    found = world("doctor", "demo", "--json").document("torchup.diagnosis/v1")["findings"]
    (broken,) = (one for one in found if one["code"] == "environment-broken")
    assert f"CUDA_HOME: {home}" in str(broken["because"]), broken
    assert "torchup repair demo" in world("toolkit", "list", "-n", "demo").out
    assert world("repair", "demo", "--no-verify").code == EXIT_DONE
    assert inside(world)[1] == f"13.0.83 {home}/bin/nvcc"


def test_a_dry_run_and_a_failure_change_nothing(own: IndexServer, tmp_path: Path) -> None:
    torchup = Torchup(tmp_path, **sources_of(own))
    add_toolkit(tmp_path / "world", nvcc=False)
    make(torchup, "cpu")
    before = shown(torchup)
    dry = torchup("toolkit", "add", *NAMED, *CUDA, "--dry-run")
    assert dry.code == EXIT_DONE
    assert "nvidia-cuda-nvcc" in dry.out
    assert "CUDA_HOME" in dry.out
    assert shown(torchup) == before
    failed = torchup("toolkit", "add", *NAMED, *CUDA, "--json")
    assert (failed.code, failed.error["code"]) == (EXIT_OUTSIDE, "toolkit.incomplete")
    assert shown(torchup)["packages"] == before["packages"]
    assert not home_of(torchup).exists()
    assert inside(torchup)[0] == "unset"


def killed_half_way(torchup: Torchup) -> bool:
    """Kill an addition as soon as it begins to change things; it may have been quicker."""
    kept = torchup.home / "snapshots" / "demo"
    child = torchup.start("toolkit", "add", *NAMED, *CUDA)
    while not kept.exists() and child.poll() is None:
        time.sleep(0.001)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
    return (torchup.home / "journal" / "demo.json").exists() and kept.exists()


def test_a_killed_one_is_undone(own: IndexServer, tmp_path: Path) -> None:
    torchup = Torchup(tmp_path, **sources_of(own))
    add_toolkit(tmp_path / "world")
    make(torchup, "cpu")
    before = shown(torchup)
    while not killed_half_way(torchup):
        assert torchup("toolkit", "remove", *NAMED).code == EXIT_DONE
    assert torchup("list").code == EXIT_DONE
    assert shown(torchup) == before
    assert torchup.left() == ["envs/demo"]
    assert torchup("toolkit", "add", *NAMED, *CUDA).code == EXIT_DONE
    assert inside(torchup)[1] == f"13.0.83 {home_of(torchup)}/bin/nvcc"


def test_the_cpu_build_has_no_cuda_to_match(world: Torchup) -> None:
    make(world, "cpu")
    said = one_error(world("toolkit", "add", *NAMED), EXIT_NO)
    assert "--cuda" in said
    assert has_next_step(said)
    wrong = one_error(world("toolkit", "add", *NAMED, "--cuda", "thirteen"), EXIT_USAGE)
    assert "thirteen" in wrong
    assert world("toolkit", "add", *NAMED, *CUDA).code == EXIT_DONE
    assert "nvidia-cublas" not in shown(world)["packages"], "no framework includes its headers"


def test_another_version_than_the_frameworks_is_refused(world: Torchup) -> None:
    make(world, "cu130")
    said = one_error(world("toolkit", "add", *NAMED, "--cuda", "12.6"), EXIT_USAGE)
    assert "13.0" in said
    assert world("toolkit", "add", *NAMED, *CUDA, "--dry-run").code == EXIT_DONE


def installed(folder: Path, number: int) -> Path:
    """A toolkit as its installer leaves it."""
    (folder / "include" / "crt").mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "include" / "cuda.h").write_text(f"#define CUDA_VERSION {number}\n")
    (folder / "include" / "cuda_runtime.h").write_text("")
    (folder / "include" / "crt" / "host_config.h").write_text("#if __GNUC__ > 2\n#error no\n")
    (folder / "bin" / "nvcc").write_text('#!/bin/sh\necho "installed $0"\n')
    (folder / "bin" / "nvcc").chmod(0o755)
    return folder


def test_what_no_source_has_is_named_with_the_way_to_get_it(connected: Torchup) -> None:
    make(connected, "cpu")
    old = (*NAMED, "--cuda", "11.1")
    said = one_error(connected("toolkit", "add", *old), EXIT_NO)
    for part in ("11.1", "cuda-11-1-1-download-archive", "--use DIR"):
        assert part in said
    assert "conda create" not in said, "no channel has it"
    assert connected("toolkit", "add", *old, "--json").error["code"] == "toolkit.nowhere"


def test_one_that_is_installed_is_taken(world: Torchup, tmp_path: Path) -> None:
    make(world, "cu126")
    folder = installed(tmp_path / "cuda 12.6 ü", 12060)
    done = world("toolkit", "add", *NAMED, "--use", str(folder))
    assert (done.code, done.err) == (EXIT_DONE, ""), done
    assert inside(world) == [str(folder), f"installed {folder}/bin/nvcc"]
    assert "ninja" in shown(world)["packages"]
    assert world("toolkit", "remove", *NAMED).code == EXIT_DONE
    assert folder.is_dir()
    # CUDA_HOME in the user's own shell leads to it as well.
    assert world("toolkit", "add", *NAMED, CUDA_HOME=str(folder)).code == EXIT_DONE
    assert shown(world)["toolkit"] == {
        "source": "installed",
        "runtime": "12.6",
        "home": str(folder),
    }


@pytest.mark.parametrize("number", [11080, 13000])
def test_one_of_another_major_version_is_refused(
    world: Torchup, tmp_path: Path, number: int
) -> None:
    make(world, "cu126")
    folder = installed(tmp_path / "other", number)
    said = one_error(world("toolkit", "add", *NAMED, "--use", str(folder)), EXIT_NO)
    assert str(folder) in said
    (world.root / ".condarc").write_text(f"channel_alias: {(tmp_path / 'nothing').as_uri()}\n")
    done = world("toolkit", "add", *NAMED, "--json", CUDA_HOME=str(folder))
    assert (done.code, done.error["code"]) == (EXIT_OUTSIDE, "toolkit.not-in-channels")


def test_a_folder_that_is_no_toolkit(world: Torchup, tmp_path: Path) -> None:
    make(world, "cu126")
    for path in (tmp_path, tmp_path / "gone", tmp_path / "world"):
        said = one_error(world("toolkit", "add", *NAMED, "--use", str(path)), EXIT_USAGE)
        assert str(path) in said


def test_packages_that_no_source_has(connected: Torchup, tmp_path: Path) -> None:
    make(connected, "cpu")
    later = ("toolkit", "add", *NAMED, "--cuda", "14.0")  # on no machine yet
    nearly = installed(tmp_path / "nearly", 14010)
    done = connected(*later, "--json", CUDA_HOME=str(nearly))
    assert (done.code, done.error["code"]) == (EXIT_OUTSIDE, "toolkit.not-to-be-had")
    assert "cuda-toolkit" in done.error["message"]
    assert "cuda-14-0-0-download-archive" in done.error["hint"]
    folder = installed(tmp_path / "cuda", 14000)
    fallen = connected(*later, CUDA_HOME=str(folder))
    assert fallen.code == EXIT_DONE, "an installed one does"
    assert inside(connected)[0] == str(folder)


def test_the_list_names_what_a_build_would_take(world: Torchup, tmp_path: Path) -> None:
    make(world, "cu130")
    folder = installed(tmp_path / "cuda", 12080)

    def listed(*more: str, **env: str) -> Any:  # noqa: ANN401  # a document
        return read(world("toolkit", *more, "--json", **env), ToolkitsV1, "torchup.toolkits/v1")

    found = listed("list", "-n", "demo", CUDA_HOME=str(folder))
    assert str(folder) in {one.path for one in found.toolkits}
    assert (found.build.by, found.build.path, found.build.version) == (
        "CUDA_HOME",
        str(folder),
        "12.8",
    )
    assert (found.build.fit, found.build.runtime) == ("no", "13.0")
    assert found.compiler.verdict in {"too-new", "missing"}, "it takes GCC 2"
    said = world("toolkit", "list", "-n", "demo", CUDA_HOME=str(folder))
    assert (said.code, said.err) == (EXIT_DONE, "")
    assert "CUDA_HOME" in said.out
    assert world("toolkit", "add", *NAMED).code == EXIT_DONE
    found = listed("-n", "demo", CUDA_HOME=str(folder))
    assert (found.build.by, found.build.fit) == ("environment", "yes")
    own = [one for one in found.toolkits if one.environment == "demo"]
    assert [(one.name, one.version, one.path) for one in own] == [
        ("cuda", "13.0", str(home_of(world)))
    ]
    assert listed().build is None, "no environment counts here"


def test_cudnn_of_an_environment_is_listed(torchup: Torchup) -> None:
    packages = {"torch": "2.13.0+cpu", "nvidia-cudnn-cu13": "9.24.0.43", "nvidia-nccl-cu13": "2.30"}
    make_environment(torchup.home, "demo", packages)
    found = read(torchup("toolkit", "--json"), ToolkitsV1, "torchup.toolkits/v1")
    libraries = [(o.name, o.version) for o in found.libraries if o.environment == "demo"]
    assert libraries == [("cudnn", "9.24.0.43"), ("nccl", "2.30")]


def test_headers_that_came_otherwise_stay(world: Torchup, tmp_path: Path) -> None:
    newer = {"nvidia/cu13/include/cccl/cub/cub.cuh": "newer"}
    make_wheel(tmp_path / "world" / "simple", "nvidia-cuda-cccl", "13.3.5", files=newer)
    make(world, "cu130", "nvidia-cuda-cccl")
    for _ in range(2):
        assert world("toolkit", "add", *NAMED).code == EXIT_DONE
        assert shown(world)["packages"]["nvidia-cuda-cccl"] == "13.3.5"
    assert "already" in world("toolkit", "add", *NAMED).out
    assert world("toolkit", "remove", *NAMED).code == EXIT_DONE
    assert shown(world)["packages"]["nvidia-cuda-cccl"] == "13.3.5"


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--cuda", "13.0"),
        ("remove", "--use", "/usr/local/cuda"),
        ("list", "--dry-run"),
        ("mend",),
    ],
)
def test_what_does_not_belong_together(torchup: Torchup, arguments: tuple[str, ...]) -> None:
    assert has_next_step(one_error(torchup("toolkit", *arguments), EXIT_USAGE))


def test_there_has_to_be_one_to_remove(connected: Torchup) -> None:
    make(connected, "cpu")
    assert has_next_step(one_error(connected("toolkit", "remove", *NAMED), EXIT_NO))
    assert has_next_step(one_error(connected("toolkit", "add", "-n", "nobody"), EXIT_NO))
