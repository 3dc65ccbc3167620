"""A small data centre with real connections, and the real framework on two of its hosts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from importlib.metadata import requires
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from cli.world import MINOR
from datacentre import data_centre, possible
from e2e.test_real import FOLDERS, WHEEL
from fleethosts import fake_card
from indexserver import IndexServer
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not possible(), reason="it takes root, network namespaces and sshd"),
]
_PYTHONS: Final = tuple(
    str(one)
    for folder in ("/usr/bin", "/usr/local/bin")
    for one in sorted(Path(folder).glob("python3*"))
    if one.is_file() and not one.is_symlink()
)
_BASE: Final = str(Path(sys.executable).resolve().parent)


def test_hosts_of_every_kind_are_probed_and_planned_for(torchup: Torchup) -> None:
    root = torchup.root
    with data_centre(root / "dc") as centre:
        cards = {
            "hopper": ("NVIDIA H100 80GB HBM3", "580.65.06", "13.0", "9.0"),
            "volta": ("Tesla V100-SXM2-16GB", "535.183.01", "12.2", "7.0"),
            "old": ("NVIDIA TITAN Xp", "390.48", "9.1", ""),
        }
        for name, (card, driver, cuda, arch) in cards.items():
            pci = {"old": "0x1B0210DE"}.get(name, "0x0")
            programs = fake_card(
                root / f"{name}-bin", card, driver=driver, cuda=cuda, arch=arch, pci=pci
            )
            centre.add(name, programs=programs)
        centre.add("bare", hide=[*_PYTHONS, str(Path(_BASE).parent.parent)])
        centre.add("full", room="16k")
        centre.add("slow", command='sleep 3; eval "$SSH_ORIGINAL_COMMAND"')
        centre.add("cut", command='eval "$SSH_ORIGINAL_COMMAND" | head -c 700')
        centre.lost("gone")
        inventory = str(centre.inventory())
        done = torchup("fleet", "probe", "-i", inventory, "--json")
        assert done.code == EXIT_OUTSIDE, done
        hosts = {o["name"]: o for o in done.document("torchup.fleet-probe/v1")["hosts"]}
        assert {name: one["state"] for name, one in hosts.items()} == {
            **dict.fromkeys((*cards, "bare", "full", "slow"), "ok"),
            "cut": "failed",
            "gone": "unreachable",
        }, done
        assert hosts["bare"]["machine"]["pythons"] == []
        assert hosts["hopper"]["machine"]["gpus"][0]["arch"] == "sm_90"
        plan = torchup("fleet", "plan", "--json")
        assert plan.code == EXIT_NO
        found = {o["name"]: o for o in plan.document("torchup.fleet-plan/v1")["hosts"]}
        assert found["volta"]["stack"]["build"] == "cu126"
        assert found["hopper"]["stack"]["build"].startswith("cu13")
        assert found["bare"]["stack"]["build"] == "cpu"
        assert "driver" in found["old"]["why"][0].lower()


def fetched(root: Path) -> Path:
    """An index with the real framework, what it needs, and what torchup needs."""
    simple, whl = root / "index" / "simple", root / "index" / "whl" / "cpu"
    whl.mkdir(parents=True)
    needed = [one for one in requires("torchup") or () if "extra ==" not in one]
    words = [sys.executable, "-m", "pip", "download", "-q", "-d", str(simple)]
    subprocess.run([*words, "torch==2.13.0", "numpy", "pip", *needed], check=True)
    wheel = simple / WHEEL
    wheel.rename(whl / WHEEL)
    return root / "index"


@pytest.mark.skipif(not FOLDERS, reason="no folder of PIP_FIND_LINKS has the wheel")
def test_the_real_framework_on_two_hosts_that_compute_together(torchup: Torchup) -> None:
    torchup.timeout = 800
    index = fetched(torchup.root)
    with data_centre(torchup.root / "dc") as centre, ExitStack() as stack:
        server = stack.enter_context(IndexServer(index).start(centre.gateway))
        env = {
            "PATH": f"{_BASE}:/usr/bin:/bin",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": server.index("simple"),
            "PIP_TRUSTED_HOST": centre.gateway,
            "UV_DEFAULT_INDEX": server.index("simple"),
            "TORCHUP_FRAMEWORK_INDEX": server.index("whl"),
            "UV_NO_CONFIG": "1",
        }
        homes = [
            centre.add("a", env=env),
            centre.add("b", env=env, names="127.0.1.1"),
        ]
        inventory = str(centre.inventory())
        assert torchup("fleet", "probe", "-i", inventory).code == EXIT_DONE
        asked = ("torch==2.13.0", "--no-companions", "--cpu", "--python", MINOR)
        words = ("demo", *asked, "-i", inventory, "--yes", "--quick")
        made = torchup("fleet", "apply", *words, "--json")
        assert made.code == EXIT_DONE, made
        for one in made.document("torchup.fleet-outcome/v1")["hosts"]:
            assert one["state"] == "done"
            assert one["document"]["verify"]["ok"]
            assert one["document"]["environment"]["packages"]["torch"] == "2.13.0+cpu"
        assert all((home / ".local/share/torchup-fleet").is_dir() for home in homes)
        again = torchup("fleet", "apply", *words, "--again", "--json")
        states = {o["state"] for o in again.document("torchup.fleet-outcome/v1")["hosts"]}
        assert (again.code, states) == (EXIT_DONE, {"unchanged"})
        assert torchup("fleet", "check", "demo", "-i", inventory).code == EXIT_DONE

        together = torchup("fleet", "verify", "demo", "--together", "-i", inventory, "--json")
        found = together.document("torchup.fleet-together/v1")
        assert together.code == EXIT_DONE, together
        assert (found["ok"], found["backend"], found["hosts"]) == (True, "gloo", ["a", "b"])
        assert found["gb_s"] > 0
        assert [pair[:2] for pair in found["pairs"]] == [["a", "b"]]
        assert [one["code"] for one in found["troubles"]] == ["loopback"]
        assert found["troubles"][0]["args"]["interface"] == "eth0"

        centre.cut("a", "b")
        began = time.monotonic()
        cut = torchup("fleet", "verify", "demo", "--together", "-i", inventory, "--json")
        found = cut.document("torchup.fleet-together/v1")
        assert (cut.code, found["ok"]) == (EXIT_NO, False)
        assert time.monotonic() - began < 90
        assert {one["code"] for one in found["troubles"] if one["stops"]} & {"silent", "no-way"}
