"""Hosts without any network but their own: a bundle goes into each site once, and on from there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.fixtures import needs_world
from cli.process import DEAD, Torchup
from cli.world import MINOR
from datacentre import data_centre, possible
from e2e.test_fleet import _BASE, _PYTHONS
from launchers import pack_python
from torchup.errors import EXIT_DONE, EXIT_NO

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not possible(), reason="it takes root, network namespaces and sshd"),
    needs_world,
]
ENV = {"PIP_INDEX_URL": f"{DEAD}/simple", "UV_DEFAULT_INDEX": f"{DEAD}/simple"}


@pytest.fixture
def bundle(tmp_path: Path, wheels: Path) -> Path:
    """A small framework, and with it a real Python, uv and torchup from the index that is set."""
    (tmp_path / "maker").mkdir()
    made = Torchup(tmp_path / "maker")
    made.timeout = 240
    for name in ("UV_DEFAULT_INDEX", "UV_PYTHON_INSTALL_MIRROR"):
        made.env.pop(name, None)
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if name in os.environ:
            made.env[name] = os.environ[name]
    words = ("torch==2.13.0", "--no-companions", "--cpu", "--python", MINOR)
    done = made(
        *("bundle", "create", *words, "--wheels", str(wheels / "whl" / "cpu")),
        *("-o", "lab.torchup", "--progress", "none"),
        UV_PYTHON_DOWNLOADS_JSON_URL=str(pack_python(tmp_path / "pythons")),
    )
    assert done.code == EXIT_DONE, done
    return made.root / "lab.torchup"


def test_one_copy_into_each_site(
    torchup: Torchup,
    bundle: Path,
    tmp_path: Path,
) -> None:
    torchup.timeout = 600
    size = bundle.stat().st_size
    with data_centre(tmp_path / "dc") as centre:
        bare = [*_PYTHONS, str(Path(_BASE).parent.parent)]
        north, south = "torchup_site=north", "torchup_site=south torchup_port=8770"
        homes = {
            "n1": centre.add("n1", env=ENV, variables=north, hide=bare),
            "n2": centre.add("n2", env=ENV, variables=north, hide=["/usr/bin/curl"]),
            "s1": centre.add("s1", env=ENV, variables=south),
        }
        inventory = str(centre.inventory())
        assert torchup("fleet", "probe", "-i", inventory).code == EXIT_DONE
        words = ("fleet", "apply", "demo", "--from", str(bundle), "-i", inventory, "--yes")
        before = centre.sent
        made = torchup(*words, "--canary", "0")
        assert made.code == EXIT_DONE, made
        assert "from here to n1, s1" in made.out
        assert "from a host of the same site to n2" in made.out
        # Once for each of the two sites, and torchup itself; not once for each host.
        assert centre.sent - before < 2.7 * size, size
        kept = {
            name: list(home.glob(".local/share/torchup-fleet/bundles/*/*"))
            for name, home in homes.items()
        }
        assert {name: len(files) for name, files in kept.items()} == {"n1": 1, "n2": 0, "s1": 1}
        again = torchup(*words, "--json")
        states = {o["state"] for o in again.document("torchup.fleet-outcome/v1")["hosts"]}
        assert (again.code, states) == (EXIT_DONE, {"unchanged"})

        # Somebody swaps the build on one host, as pip does: the same version from elsewhere.
        site = next(homes["n2"].glob(".local/share/torchup/envs/demo/lib/python*/site-packages"))
        info = site / "torch-2.13.0+cpu.dist-info"
        text = (info / "METADATA").read_text()
        (info / "METADATA").write_text(text.replace("Version: 2.13.0+cpu", "Version: 2.13.0+cu126"))
        info.rename(site / "torch-2.13.0+cu126.dist-info")
        checked = torchup("fleet", "check", "demo", "-i", inventory, "--json")
        found = {o["name"]: o for o in checked.document("torchup.fleet-check/v1")["hosts"]}
        assert checked.code == EXIT_NO
        assert {name: one["state"] for name, one in found.items()} == {
            "n1": "same",
            "n2": "drifted",
            "s1": "same",
        }, checked
        drift = found["n2"]["drift"][0]
        assert (drift["code"], drift["was"], drift["now"]) == (
            "build",
            "2.13.0+cpu",
            "2.13.0+cu126",
        )
