"""Indexes that can't be reached, fail, or hand out damaged files."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import CPU, DEAD, Torchup, has_next_step
from indexserver import IndexServer
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_no_index_can_be_reached(torchup: Torchup) -> None:
    planned = torchup("plan", "--cpu", "--json")
    document = planned.document("torchup.plan/v1")
    assert (planned.code, document["outcome"]) == (EXIT_DONE, "ok")
    (reason,) = (one for one in document["reasons"] if one["code"] == "catalogue-alone")
    assert "127.0.0.1:9" in reason["text"]
    done = torchup("create", "demo", "--cpu")
    assert done.code in {EXIT_NO, EXIT_OUTSIDE}
    assert "can't be reached" in done.out + done.err
    assert not torchup.left()


@needs_world
def test_only_the_framework_index_can_be_reached(connected: Torchup) -> None:
    connected.env["UV_DEFAULT_INDEX"] = "http://127.0.0.1:9/simple"
    done = connected("create", "demo", *CPU)
    assert done.code == EXIT_OUTSIDE, done
    assert "127.0.0.1:9" in done.err
    assert has_next_step(done.err.strip())
    assert not connected.left()


FAULTS: Final = [
    ({"torch-2.13.0+cpu": "wrong-hash"}, "torch"),
    ({"files/whl/cpu/torch-2.13.0+cpu": "404"}, "torch"),
    ({"files/whl/cpu/torch-2.13.0+cpu": "500"}, "torch"),
    ({"files/simple/numpy": "truncated"}, "numpy"),
    ({"simple/filelock/": "500"}, "filelock"),
    ({"simple/filelock/": "404"}, "filelock"),
    ({"simple/filelock/": "login"}, "filelock"),
]


@pytest.mark.slow
@needs_world
@pytest.mark.parametrize(("faults", "tells"), FAULTS, ids=str)
def test_sources_that_fail(
    faulty: Callable[..., Torchup], faults: dict[str, str], tells: str
) -> None:
    torchup = faulty(faults=faults)
    done = torchup("create", "demo", *CPU)
    assert done.code in {EXIT_OUTSIDE, EXIT_NO}, done
    assert tells in done.err
    assert has_next_step(done.err.strip()), done.err
    assert not torchup.left()
    listed = torchup("list", "--json")
    assert listed.document("torchup.environments/v1")["environments"] == []
    assert listed.err == "", "nothing was left to clean"


@pytest.mark.slow
@needs_world
@pytest.mark.parametrize("fault", ["404", "403", "500", "503", "login"])
def test_framework_indexes_that_fail(faulty: Callable[..., Torchup], fault: str) -> None:
    torchup = faulty(faults={"/whl/": fault})
    done = torchup("create", "demo", *CPU)
    assert done.code in {EXIT_NO, EXIT_OUTSIDE}, done
    assert "whl/cpu" in done.out + done.err or "2.13.0" in done.out + done.err
    assert not torchup.left()


@pytest.mark.slow
@needs_world
def test_a_corrupted_wheel(wheels: Path, tmp_path: Path) -> None:
    root = tmp_path / "bad"
    shutil.copytree(wheels, root)
    numpy = next((root / "simple").glob("numpy-*.whl"))
    data = bytearray(numpy.read_bytes())
    with IndexServer(root, metadata=True).start() as server:
        torchup = Torchup(tmp_path, **sources_of(server))
        numpy.write_bytes(data[: len(data) // 2])
        done = torchup("create", "demo", *CPU)
        assert done.code in {EXIT_OUTSIDE, EXIT_NO}, done
        assert "numpy" in done.err
        assert not torchup.left()
        numpy.write_bytes(data)
        assert torchup("create", "demo", *CPU).code == EXIT_DONE, "it goes well once it is whole"


@needs_world
def test_offline(connected: Torchup, shared_server: IndexServer) -> None:
    before = len(shared_server.requests)
    done = connected("create", "demo", *CPU, "--offline")
    assert done.code in {EXIT_NO, EXIT_OUTSIDE}
    assert "whl/cpu, which can't be reached" in done.out + done.err
    assert not connected.left()
    assert len(shared_server.requests) == before, "nobody was asked"
    assert connected("create", "demo", *CPU).code == EXIT_DONE
    asked = len(shared_server.requests)
    again = connected("create", "other", *CPU, "--offline")
    assert again.code == EXIT_DONE, again
    assert len(shared_server.requests) == asked


@pytest.mark.parametrize(
    ("offline", "said"), [(("--offline",), "Offline"), ((), f"{DEAD}/whl/cpu can't be reached")]
)
@pytest.mark.parametrize("command", [("plan",), ("why",), ("why", "--not", "torch==2.4.1")])
def test_an_answer_needs_no_network(
    torchup: Torchup, command: tuple[str, ...], offline: tuple[str, ...], said: str
) -> None:
    done = torchup(*command, "--cpu", *offline)
    assert done.code == EXIT_DONE, done
    assert "torch 2." in done.out
    assert said in done.out
    assert "not-listed" not in torchup(*command, "--cpu", *offline, "--json").out


def test_what_needs_files_says_that_there_are_none(torchup: Torchup) -> None:
    for command in (("create", "demo"), ("plan", "--urls")):
        done = torchup(*command, "--cpu", "--offline")
        assert done.code in {EXIT_NO, EXIT_OUTSIDE}
        assert "offline" in done.out
    wheels = torchup.root / "wheels"
    wheels.mkdir()
    (wheels / "six-1.17.0-py3-none-any.whl").touch()
    done = torchup("plan", "--cpu", "--offline", "--wheels", str(wheels))
    assert done.code == EXIT_NO, "the folder has no framework, and nothing else was to be asked"
