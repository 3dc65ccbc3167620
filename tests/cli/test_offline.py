"""Without a network: nobody is asked, and what is missing is named, with the way to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.fixtures import needs_world
from cli.process import CPU
from torchup.errors import EXIT_DONE, EXIT_OUTSIDE

if TYPE_CHECKING:
    from cli.process import Torchup
    from indexserver import IndexServer


@needs_world
def test_what_is_missing_is_named_with_its_size_and_the_way(
    connected: Torchup, shared_server: IndexServer
) -> None:
    assert connected("create", "demo", *CPU, "--dry-run").code == EXIT_DONE
    asked = len(shared_server.requests)
    done = connected("create", "demo", *CPU, "--offline")
    assert done.code == EXIT_OUTSIDE, done
    assert "torch-2.13.0+cpu-cp3" in done.err, done
    assert " kB" in done.err
    assert "six" not in done.err
    assert "torchup probe --json > this-machine.json" in done.err
    assert "torchup bundle create torch==2.13.0 --cpu --machine this-machine.json" in done.err
    assert "torchup create demo --from demo.torchup" in done.err
    assert not connected.left()
    assert len(shared_server.requests) == asked, "nobody was asked"


@needs_world
def test_only_what_is_missing_is_named(connected: Torchup) -> None:
    assert connected("create", "one", *CPU, "--no-companions").code == EXIT_DONE
    assert connected("create", "two", *CPU, "six", "--dry-run", "--no-companions").code == EXIT_DONE
    said = connected("create", "two", *CPU, "six", "--no-companions", "--offline", "--json").error
    assert said["code"] == "offline.missing"
    assert "six-1.17.0-py3-none-any.whl" in said["message"]
    assert "filelock" not in said["message"]
    assert "torch-" not in said["message"]


def test_where_nothing_is_known_the_way_is_told_all_the_same(torchup: Torchup) -> None:
    done = torchup("create", "demo", "torch==2.13.0", "--cpu", "--offline")
    assert done.code == EXIT_OUTSIDE, done
    assert "torchup bundle create torch==2.13.0 --cpu --machine this-machine.json" in done.out
    assert done.out.splitlines()[-1].strip().startswith("torchup create demo --from demo.torchup")


@needs_world
def test_nobody_is_asked_by_any_command(connected: Torchup, shared_server: IndexServer) -> None:
    """A host of its own counts: whatever asks, asks through it."""
    assert connected("create", "demo", *CPU, "--no-verify").code == EXIT_DONE
    asked = len(shared_server.requests)
    for command in (
        ("plan", "six"),
        ("plan", "--urls", "--cpu", "--os", "windows"),
        ("probe",),
        ("search", "six"),
        ("add", "six", "-n", "demo"),
        ("lock", "demo", "--row", "other=cpu,windows", "--dry-run"),
        ("bundle", "create", "demo", "-o", "lab.torchup"),
        ("facts", "check", "--live"),
        ("start",),
    ):
        done = connected(*command, "--offline")
        assert done.code in {0, 1, 2, 3}, done
        assert len(shared_server.requests) == asked, command
