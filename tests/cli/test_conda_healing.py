"""An Anaconda that was broken in the usual ways: listed, diagnosed, healed, and taken back."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from cli.anaconda import GONE, Anaconda

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the layout is a Unix one")

HEALED = {
    "conda-environment-gone",
    "conda-package-corrupted",
    "condarc-malformed",
    "pip-launcher-broken",
}
DAMAGED = {"cut-1.0-0", "grown-1.0-0", "halved-1.0-0", "lost-1.0-0"}


@pytest.fixture
def anaconda(torchup: Torchup) -> Anaconda:
    return Anaconda(torchup.root)


def codes(torchup: Torchup) -> dict[str, list[str]]:
    found = torchup("doctor", "--json").document("torchup.diagnosis/v1")["findings"]
    return {one["code"]: one["because"] for one in found}


def content(root: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in root.rglob("*") if one.is_file()}


def test_a_broken_anaconda_is_listed_diagnosed_and_healed(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    broken = anaconda.break_it()
    anaconda.add_conda()
    listed = torchup("list", "--all", "--json").document("torchup.environments/v1")["environments"]
    assert {one["name"] for one in listed} == {
        *("conda:base", "conda:course", "conda:lab", "conda:plain")
    }
    found = codes(torchup)
    assert found.keys() >= HEALED | {"conda-clobber", "conda-not-initialised"}
    assert {one.partition(":")[0] for one in found["conda-package-corrupted"]} == DAMAGED
    assert found["conda-environment-gone"] == [GONE]
    assert str(anaconda.course) in found["pip-launcher-broken"][0]
    assert any("one, other" in one for one in found["conda-clobber"])
    inside = torchup("doctor", "conda:lab", "--json").document("torchup.diagnosis/v1")["findings"]
    (changed,) = [one for one in inside if one["code"] == "conda-files-changed"]
    assert changed["because"][1:] == ["grown"], "the file in the cache and this one are the same"
    assert "--force-reinstall" in changed["remedies"][0]["commands"][0]

    before = {name: path.read_bytes() for name, path in broken.items() if path.is_file()}
    everything = content(anaconda.base)
    dry = torchup("repair", "--dry-run")
    assert dry.code == 0, dry
    assert content(anaconda.base) == everything
    options = [word for code in sorted(HEALED) for word in ("--finding", code)]
    done = torchup("repair", *options, "--json")
    assert done.code == 0, done
    steps = done.document("torchup.outcome/v1")["steps"]
    assert {one["status"] for one in steps} == {"done"}
    pkgs = broken["pkgs"]
    left = {one.name.removesuffix(".conda") for one in pkgs.iterdir()}
    assert left == {"whole-1.0-0", "unused-1.0-0"}, "only the damaged entries went"
    assert broken["condarc"].read_text().startswith("# mine\n")
    assert "\t" not in broken["condarc"].read_text()
    assert broken["list"].read_text().splitlines() == [str(anaconda.base), str(anaconda.course)]
    ran = torchup("run", "conda:course", "--", str(broken["pip"]))
    assert (ran.code, ran.out) == (0, "pip\n"), ran
    assert not HEALED & codes(torchup).keys()
    assert anaconda.calls == [], "nothing of it needed conda"

    for path in ("condarc", "pip", "list"):
        changes = torchup("undo", "--list", "--json")
        assert changes.code == 0, changes
        assert torchup("undo", "--yes").code == 0, path
    assert {name: broken[name].read_bytes() for name in ("condarc", "pip", "list")} == {
        name: before[name] for name in ("condarc", "pip", "list")
    }


def test_clean_says_what_conda_keeps_for_nobody_and_removes_it_where_asked(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    pkgs = anaconda.break_it()["pkgs"]
    told = torchup("clean", "--yes")
    assert "torchup clean --conda" in told.out
    assert (pkgs / "unused-1.0-0").is_dir()
    dry = torchup("clean", "--conda", "--dry-run", "--json").document("torchup.outcome/v1")
    assert dry["freed"] > 0
    assert (pkgs / "unused-1.0-0").is_dir()
    done = torchup("clean", "--conda", "--yes", "--json").document("torchup.outcome/v1")
    assert {one["id"] for one in done["steps"]} >= {"conda-archives", "conda-unused"}
    assert {one.name for one in pkgs.iterdir() if one.is_dir()} >= {"whole-1.0-0", "grown-1.0-0"}
    assert not (pkgs / "unused-1.0-0").exists()
    assert not list(pkgs.glob("*.conda"))
    assert (anaconda.lab / "lib").is_dir()
    again = torchup("clean", "--conda", "--dry-run", "--json").document("torchup.outcome/v1")
    assert not {"conda-archives", "conda-unused"} & {one["id"] for one in again["steps"]}


def test_the_user_s_own_packages_are_kept_out_of_conda_s_environments(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    site = torchup.root / ".local" / "lib" / f"python{minor}" / "site-packages"
    (site / "torch-1.0.dist-info").mkdir(parents=True)
    (site / "torch-1.0.dist-info" / "METADATA").write_text("Name: torch\nVersion: 1.0\n")
    assert "user-site-leak" in codes(torchup)
    done = torchup("repair", "--finding", "user-site-leak", "--json")
    assert done.code == 0, done
    state = anaconda.lab / "conda-meta" / "state"
    assert json.loads(state.read_text()) == {"env_vars": {"PYTHONNOUSERSITE": "1"}}
    assert torchup("undo", "--yes").code == 0
    assert not state.exists()
