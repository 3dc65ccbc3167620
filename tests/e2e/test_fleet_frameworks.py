"""Real TensorFlow, JAX and ONNX Runtime on a host: made, verified there, compared, taken back."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cli.test_fleet_apply import inventory
from cli.world import MINOR
from e2e.test_kernels_real import as_this_machine
from e2e.test_real import FOLDERS, WHEEL
from fleethosts import local, shell
from torchup.errors import EXIT_DONE
from torchup.fleet.parcel import make_parcel
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="tried on Linux"),
    pytest.mark.skipif(not FOLDERS, reason=f"no folder of PIP_FIND_LINKS has {WHEEL}"),
]


def a_host(root: Path, name: str, env: dict[str, str]) -> str:
    """A host with torchup and a home of its own, which reaches what this machine reaches."""
    place = root / name
    digest = make_parcel(RealHost(), root).digest
    program = place / "fleet" / digest / "bin" / "torchup"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m torchup "$@"\n')
    program.chmod(0o755)
    (program.parent.parent / ".done").touch()
    own = {"TORCHUP_FLEET_DIR": str(place / "fleet"), "TORCHUP_HOME": str(place / "home")}
    own |= {key: value for key, value in env.items() if key.startswith(("UV_", "PIP_"))}
    before = "export " + " ".join(f"{key}='{value}'" for key, value in own.items())
    return local(name, shell(place / "ssh", home=place, before=before))


@pytest.mark.parametrize("asked", [("tensorflow",), ("jax", "onnxruntime")])
def test_a_host_gets_verifies_and_gives_back_other_frameworks(
    torchup: Torchup, asked: tuple[str, ...]
) -> None:
    as_this_machine(torchup)
    hosts = ("-i", inventory(torchup, a_host(torchup.root, "one", {**os.environ, **torchup.env})))
    assert torchup("fleet", "probe", *hosts).code == EXIT_DONE

    def state(command: str, *more: str) -> dict[str, Any]:
        done = torchup("fleet", command, "it", *more, *hosts, "--yes", "--json")
        assert done.code == EXIT_DONE, done.out
        (found,) = json.loads(done.out)["hosts"]
        return dict(found)

    options = (*asked, "--python", MINOR)
    made = state("apply", *options)
    assert made["state"] == "done", made
    packages = made["document"]["environment"]["packages"]
    assert packages.keys() >= {*asked}
    assert state("apply", *options)["state"] == "unchanged"
    assert state("verify")["document"]["ok"]
    report = torchup("fleet", "report")
    assert f"{asked[0]} {packages[asked[0]]}" in report.out, report
    checked = torchup("fleet", "check", "it", *hosts)
    assert checked.code == EXIT_DONE, checked
    taken = torchup("fleet", "rollback", "it", *hosts, "--yes", "--json")
    assert taken.code == EXIT_DONE, taken
    assert not (torchup.root / "one" / "home" / "envs" / "it").exists()
