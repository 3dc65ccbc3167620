"""Hosts without any network but their own: a bundle goes into each site once, and on from there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.process import DEAD
from datacentre import data_centre, possible
from e2e.test_fleet import _BASE, _PYTHONS
from slow.test_bundles_real import WHEELS, bundle  # noqa: F401 - a fixture
from torchup.errors import EXIT_DONE, EXIT_NO

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not possible(), reason="it takes root, network namespaces and sshd"),
    pytest.mark.skipif(not WHEELS, reason="no real wheel in PIP_FIND_LINKS"),
]
ENV = {"PIP_INDEX_URL": f"{DEAD}/simple", "UV_DEFAULT_INDEX": f"{DEAD}/simple"}


def test_one_copy_into_each_site(
    torchup: Torchup,
    bundle: Path,  # noqa: F811 - the fixture
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
        assert centre.sent - before < 2.7 * size
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
