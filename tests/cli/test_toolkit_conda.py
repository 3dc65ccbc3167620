"""toolkit add, out of conda's packages: the real rattler, and a channel of small ones."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup, has_next_step, one_error
from condachannels import SUBDIR
from condamaker import PREFIX, index, make_package
from torchup.errors import EXIT_DONE, EXIT_OUTSIDE, EXIT_USAGE
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

pytestmark = [needs_world, pytest.mark.slow]

NAMED = ("-n", "demo", "--no-verify")
TARGET = "targets/x86_64-linux"
NVCC = '#!/bin/sh\necho "{version} $0"\n'
LIBRARIES = ("cublas", "cufft", "curand", "cusolver", "cusparse")


def add_cuda(channel: Path, runtime: str, *, nvcc: bool = True) -> None:
    """Add a toolkit as conda-forge lays it out, in small: its nvcc says where it was started."""
    version = f"{runtime}.85"
    major, minor = map(int, runtime.split("."))
    number = major * 1000 + minor * 10
    held = (f"cuda-version >={runtime},<{runtime}1",)
    make_package(channel, "cuda-version", runtime, "h4_3", constrains=("__cuda >=99",))
    header = {
        f"{TARGET}/include/cuda.h": f"#define CUDA_VERSION {number}\n",
        f"{TARGET}/include/cuda_runtime.h": "",
        f"{TARGET}/lib/libcudart.so.12": version,
        "lib/pkgconfig/cudart.pc": f"prefix={PREFIX}\n",
    }
    program = {"bin/nvcc": NVCC.format(version=version)} if nvcc else {"bin/ptxas": ""}
    contents: dict[str, dict[str, str | bytes]] = {
        "cuda-nvcc-impl": {
            **program,
            "bin/cudafe++": b"\0" * 64,
            f"{TARGET}/include/crt/host_config.h": "#if __GNUC__ > 99\n#error -- no\n",
        },
        "cuda-cudart-dev": {**header},
        "cuda-cccl": {f"{TARGET}/include/cub/cub.cuh": ""},
        "cuda-driver-dev": {f"{TARGET}/lib/stubs/libcuda.so": ""},
        "cuda-nvml-dev": {f"{TARGET}/include/nvml.h": ""},
        "cuda-profiler-api": {f"{TARGET}/include/cuda_profiler_api.h": ""},
        **{f"lib{one}-dev": {f"{TARGET}/lib/lib{one}.so.12": ""} for one in LIBRARIES},
    }
    for name, files in contents.items():
        make_package(channel, name, version, "h1_0", subdir=SUBDIR, depends=held, files=files)


@pytest.fixture
def channel(tmp_path: Path) -> Path:
    """A channel like conda-forge with two releases of CUDA."""
    root = tmp_path / "channels" / "conda-forge"
    for runtime in ("12.6", "12.8"):
        add_cuda(root, runtime)
    index(root)
    return root


@pytest.fixture
def made(own: IndexServer, tmp_path: Path, channel: Path) -> Torchup:
    """A torchup with an environment for CUDA 12.6, whose conda finds the channel."""
    for name in ("ninja", "setuptools"):
        make_wheel(tmp_path / "world" / "simple", name, "80.0")
    connected = Torchup(tmp_path, **sources_of(own))
    (connected.root / ".condarc").write_text(f"channel_alias: {channel.parent.as_uri()}\n")
    asked = ("torch==2.13.0", "--build", "cu126", "--no-companions", "--no-verify")
    done = connected("create", "demo", *asked)
    assert done.code == EXIT_DONE, done
    return connected


def shown(torchup: Torchup, name: str = "demo") -> Any:  # noqa: ANN401  # a document
    return torchup("show", name, "--json").document("torchup.environment/v1")


def records(torchup: Torchup, name: str = "demo") -> Path:
    return torchup.home / "envs" / name / ".torchup"


def inside(torchup: Torchup, name: str = "demo") -> list[str]:
    """What a program sees: CUDA_HOME, and what nvcc says."""
    said = 'echo "${CUDA_HOME-unset}"; nvcc 2>/dev/null || true'
    return torchup("run", name, "--", "sh", "-c", said).out.splitlines()


def works(torchup: Torchup, name: str = "demo", version: str = "12.6.85") -> None:
    home = records(torchup, name) / "cuda"
    assert inside(torchup, name) == [str(home), f"{version} {home}/bin/nvcc"]
    assert (home / "include" / "crt" / "host_config.h").is_file()
    assert (home / "lib64" / "libcudart.so").read_text() == version


def test_a_toolkit_that_no_wheel_has_comes_and_goes(made: Torchup) -> None:
    before = shown(made)["packages"]
    dry = made("toolkit", "add", *NAMED, "--dry-run")
    assert (dry.code, dry.err) == (EXIT_DONE, ""), dry
    assert "CUDA_HOME" in dry.out
    assert "12 packages of conda's" in dry.out
    assert not (records(made) / "cuda-packages").exists()
    done = made("toolkit", "add", *NAMED, "--json")
    assert done.code == EXIT_DONE, done
    outcome = done.document("torchup.outcome/v1")
    own = outcome["environment"]["toolkit"]
    assert own == {"source": "conda", "runtime": "12.6", "home": ".torchup/cuda"}
    works(made)
    after = shown(made)["packages"]
    assert {name: after[name] for name in before} == before
    assert (records(made) / "cuda" / "lib64" / "libcublas.so").exists()
    listed = made("toolkit", "list", *NAMED[:2], "--json").document("torchup.toolkits/v1")
    assert (listed["build"]["version"], listed["build"]["fit"]) == ("12.6", "yes")
    assert not (made.root / ".conda").exists(), "it is no environment to conda"
    again = made("toolkit", "add", *NAMED)
    assert (again.code, again.err) == (EXIT_DONE, "")
    assert made("toolkit", "remove", *NAMED).code == EXIT_DONE
    assert shown(made)["packages"] == before
    assert not [one.name for one in records(made).iterdir() if one.name.startswith("cuda")]


def test_it_lives_through_every_other_change(made: Torchup) -> None:
    assert made("toolkit", "add", *NAMED).code == EXIT_DONE
    packages = records(made) / "cuda-packages"
    for change in (("add", "six"), ("upgrade", "filelock"), ("remove", "six")):
        assert made(*change, *NAMED).code == EXIT_DONE, change
        works(made)
    binary = (packages / "bin" / "cudafe++").stat().st_ino
    assert made("clone", "demo", "copy").code == EXIT_DONE
    works(made, "copy")
    copy = records(made, "copy") / "cuda-packages"
    assert (copy / "bin" / "cudafe++").stat().st_ino == binary, "gigabytes are shared"
    assert (copy / "lib/pkgconfig/cudart.pc").read_text() == f"prefix={copy}\n"
    assert (packages / "lib/pkgconfig/cudart.pc").read_text() == f"prefix={packages}\n"
    assert made("rename", "copy", "moved").code == EXIT_DONE
    assert made("move", "moved", "--to", str(made.root / "disk")).code == EXIT_DONE
    assert made("delete", "demo", "--yes").code == EXIT_DONE
    place = made.root / "disk" / "moved" / ".torchup"
    said = inside(made, "moved")
    assert said == [str(place / "cuda"), f"12.6.85 {place}/cuda/bin/nvcc"]


def test_what_is_lost_of_it_is_repaired_without_the_channel(made: Torchup, channel: Path) -> None:
    assert made("toolkit", "add", *NAMED).code == EXIT_DONE
    shutil.rmtree(channel)
    packages = records(made) / "cuda-packages"
    (packages / TARGET / "include" / "nvml.h").unlink()
    looked = made("repair", "demo", "--dry-run", "--json").document("torchup.outcome/v1")
    assert [one["id"] for one in looked["steps"]] == ["toolkit"]
    assert made("repair", "demo", "--no-verify").code == EXIT_DONE
    assert (packages / TARGET / "include" / "nvml.h").exists()
    shutil.rmtree(packages)
    assert made("repair", "demo", "--no-verify").code == EXIT_DONE
    works(made)


def test_a_failure_changes_nothing(made: Torchup, channel: Path) -> None:
    shutil.rmtree(channel)
    add_cuda(channel, "12.6", nvcc=False)
    index(channel)
    before = shown(made)["packages"]
    failed = made("toolkit", "add", *NAMED, "--json")
    assert (failed.code, failed.error["code"]) == (EXIT_OUTSIDE, "toolkit.incomplete")
    assert shown(made)["packages"] == before
    assert not [one.name for one in records(made).iterdir() if one.name.startswith("cuda")]
    assert inside(made)[0] == "unset"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_one_is_undone(made: Torchup) -> None:
    before = shown(made)
    kept = made.home / "snapshots" / "demo"
    child = made.start("toolkit", "add", *NAMED)
    while not kept.exists() and child.poll() is None:
        time.sleep(0.001)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
    assert made("list").code == EXIT_DONE
    if shown(made)["toolkit"] is None:  # else it was whole before it was killed
        assert shown(made) == before
        assert not (records(made) / "cuda-packages").exists()
    assert made("toolkit", "add", *NAMED).code == EXIT_DONE
    works(made)


def test_a_channel_that_lacks_it_or_can_t_be_reached_is_named(made: Torchup, channel: Path) -> None:
    assert made("toolkit", "add", *NAMED).code == EXIT_DONE
    assert made("toolkit", "remove", *NAMED).code == EXIT_DONE
    nowhere = ("--channel", "https://nowhere.invalid/x")
    offline = made("toolkit", "add", *NAMED, *nowhere, "--offline")
    said = one_error(offline, EXIT_OUTSIDE)
    for part in (nowhere[1], "conda create", "cuda-12-6-3-download", "--channel"):
        assert part in said
    assert has_next_step(said)
    empty = channel.parent / "empty"
    empty.mkdir()
    index(empty)
    lacking = made("toolkit", "add", *NAMED, "--channel", str(empty), "--json")
    assert (lacking.code, lacking.error["code"]) == (EXIT_OUTSIDE, "toolkit.not-in-channels")
    assert str(empty) in lacking.error["message"]
    assert (
        "cuda-nvcc-impl" in lacking.error["message"] or "cuda-version" in lacking.error["message"]
    )
    one_error(made("toolkit", "add", *NAMED, "--channel", "a b"), EXIT_USAGE)
    both = ("--channel", str(channel), "--use", "/usr/local/cuda")
    assert has_next_step(one_error(made("toolkit", "add", *NAMED, *both), EXIT_USAGE))


def test_a_channel_that_is_named_is_asked_first(made: Torchup, channel: Path) -> None:
    assert made("toolkit", "add", *NAMED).code == EXIT_DONE
    other = channel.rename(channel.with_name("mine"))
    stray = records(made) / "cuda-packages" / "stray"
    stray.write_text("")
    relative = os.path.relpath(other, made.root)
    done = made("toolkit", "add", *NAMED, "--channel", f"./{relative}")
    assert (done.code, done.err) == (EXIT_DONE, ""), done
    works(made)
    assert not stray.exists(), "the packages were put there anew"
    lock = (records(made) / "cuda-packages.toml").read_text()
    assert other.as_uri() in lock
    assert channel.as_uri() not in lock


def test_a_damaged_package_leaves_what_was_there(made: Torchup, channel: Path) -> None:
    assert made("toolkit", "add", *NAMED).code == EXIT_DONE
    before = shown(made)
    damaged = channel.rename(channel.with_name("damaged"))
    add_cuda(damaged, "12.6", nvcc=False)  # other bytes than the index says
    assert made("clean", "--all", "--yes").code == EXIT_DONE
    failed = made("toolkit", "add", *NAMED, "--channel", str(damaged), "--json")
    assert (failed.code, failed.error["code"]) == (EXIT_OUTSIDE, "conda.bad-file"), failed
    assert str(damaged) in failed.error["message"]
    assert shown(made) == before
    works(made)


def test_an_old_one_comes_from_the_label_of_its_release(made: Torchup, channel: Path) -> None:
    """Its packages lay headers and libraries out without a folder for the kind of machine."""
    label = channel.parent / "nvidia" / "label" / "cuda-11.8.0"
    files = {
        "bin/nvcc": NVCC.format(version="11.8.89"),
        "include/cuda.h": "#define CUDA_VERSION 11080\n",
        "include/cuda_runtime.h": "",
        "include/crt/host_config.h": "",
        "lib/libcudart.so.11.0": "11.8.89",
    }
    make_package(label, "cuda-nvcc", "11.8.89", subdir=SUBDIR, files=files, ending=".tar.bz2")
    needs = {"cuda-compiler": ("cuda-nvcc 11.8.89",), "cuda-libraries-dev": ()}
    for name, depends in needs.items():
        make_package(label, name, "11.8.0", subdir=SUBDIR, depends=depends, ending=".tar.bz2")
    index(label)
    options = ("--build", "cpu", "--no-companions", "--no-verify")
    assert made("create", "old", "torch==2.13.0", *options).code == EXIT_DONE
    done = made("toolkit", "add", "-n", "old", "--no-verify", "--cuda", "11.8")
    assert (done.code, done.err) == (EXIT_DONE, ""), done
    works(made, "old", "11.8.89")
