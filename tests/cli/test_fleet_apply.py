"""``torchup fleet apply`` through real Ansible, on hosts with torchup, a home and a fate each."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.process import DEAD
from cli.world import MINOR
from fleethosts import UNREACHABLE, local, shell
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from torchup.fleet.kept import HostState, write_state
from torchup.fleet.parcel import make_parcel
from torchup.host.real import RealHost
from torchup.model.fleet import Applied
from torchup.state.home import Home

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
    reason="the local world has wheels for Linux",
)
ASKED = ("torch==2.13.0", "--python", MINOR)


@pytest.fixture(scope="session")
def digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_parcel(RealHost(), tmp_path_factory.mktemp("parcel")).digest


def a_host(root: Path, name: str, digest: str, *, before: str = "") -> str:
    """A host that has torchup already, and a home of its own."""
    place = root / name
    program = place / "fleet" / digest / "bin" / "torchup"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m torchup "$@"\n')
    program.chmod(0o755)
    (program.parent.parent / ".done").touch()
    own = f"export TORCHUP_FLEET_DIR={place / 'fleet'} TORCHUP_HOME={place / 'home'}"
    own += f" PIP_INDEX_URL={DEAD}/simple PIP_RETRIES=0"
    return local(name, shell(place / "ssh", home=place, before=f"{own}\n{before}"))


def inventory(torchup: Torchup, *lines: str) -> str:
    file = torchup.root / "hosts.ini"
    file.write_text("\n".join(lines) + "\n")
    return str(file)


def apply(torchup: Torchup, hosts: str, *more: str, code: int = EXIT_DONE) -> dict[str, Any]:
    done = torchup("fleet", "apply", "demo", *ASKED, "-i", hosts, "--yes", "--json", *more)
    assert done.code == code, done
    found: dict[str, Any] = done.document("torchup.fleet-outcome/v1")
    return {one["name"]: one for one in found["hosts"]}


def states(found: dict[str, Any]) -> dict[str, str]:
    return {name: one["state"] for name, one in found.items()}


@pytest.mark.slow
def test_apply_again_and_with_a_host_that_was_away(connected: Torchup, digest: str) -> None:
    root = connected.root
    hosts = inventory(connected, a_host(root, "one", digest), a_host(root, "two", digest))
    assert connected("fleet", "probe", "-i", hosts).code == EXIT_DONE
    dry = apply(connected, hosts, "--dry-run")
    assert states(dry) == {"one": "done", "two": "done"}
    assert not (root / "one" / "home" / "envs" / "demo").exists()

    # One is away: it is the second of its kind, so that the first is not held up by it.
    ssh = (root / "two" / "ssh").read_text()
    (root / "two" / "ssh").write_text("#!/bin/sh\nexit 255\n")
    found = apply(connected, hosts, "--max-fail", "0", code=EXIT_OUTSIDE)
    assert states(found) == {"one": "done", "two": "unreachable"}
    made = found["one"]["document"]["environment"]
    assert (made["packages"]["torch"], made["build"]) == ("2.13.0+cpu", "cpu")
    assert (root / "one" / "home" / "envs" / "demo").is_dir()

    # The next time goes on where it stopped, and the one after that changes nothing.
    (root / "two" / "ssh").write_text(ssh)
    (root / "one" / "ssh").rename(root / "one" / "kept")
    found = apply(connected, hosts)
    assert states(found) == {"one": "unchanged", "two": "done"}
    (root / "one" / "kept").rename(root / "one" / "ssh")
    assert states(apply(connected, hosts)) == {"one": "unchanged", "two": "unchanged"}
    asked = apply(connected, hosts, "--again")
    assert states(asked) == {"one": "unchanged", "two": "unchanged"}
    assert asked["one"]["document"]["schema"] == "torchup.outcome/v1", "the host was asked"


@pytest.mark.slow
def test_a_canary_that_fails_keeps_the_others_untouched(connected: Torchup, digest: str) -> None:
    root = connected.root
    names = ("a", "b", "c")
    hosts = inventory(connected, *(a_host(root, name, digest) for name in names), UNREACHABLE)
    assert connected("fleet", "probe", "-i", hosts).code == EXIT_OUTSIDE
    program = root / "a" / "fleet" / digest / "bin" / "torchup"
    program.write_text("#!/bin/sh\nexit 3\n")
    found = apply(connected, hosts, code=EXIT_NO)
    assert states(found) == {"a": "failed", "b": "waiting", "c": "waiting"}
    assert not (root / "b" / "home").exists()
    shown = connected("fleet", "apply", "demo", *ASKED, "-i", hosts, "--yes", "--lang", "zh_CN")
    assert shown.code == EXIT_NO
    assert "已停止" in shown.out
    found = apply(connected, hosts, "--canary", "0", "--max-fail", "50", code=EXIT_NO)
    assert states(found) == {"a": "failed", "b": "done", "c": "done"}


@pytest.mark.slow
def test_a_host_where_torchup_can_not_be_put(connected: Torchup, digest: str) -> None:
    root = connected.root
    line = a_host(root, "bare", digest)
    hosts = inventory(connected, line)
    assert connected("fleet", "probe", "-i", hosts).code == EXIT_DONE
    tool = root / "bare" / "fleet" / digest
    (tool / ".done").unlink()
    # No index can be reached: its own dependencies are not to be had.
    found = apply(connected, hosts, code=EXIT_NO)
    assert found["bare"]["state"] == "failed"
    assert "could not be installed there" in found["bare"]["why"]
    assert not (tool / ".done").exists()
    assert not list((root / "bare" / "fleet").glob(".*")), "what was unpacked is gone"


@pytest.mark.slow
def test_a_host_without_a_python_is_sent_uv(connected: Torchup, digest: str) -> None:
    root = connected.root
    hosts = inventory(connected, a_host(root, "bare", digest))
    assert connected("fleet", "probe", "-i", hosts).code == EXIT_DONE
    (root / "bare" / "fleet" / digest / ".done").unlink()
    tools = root / "tools"
    tools.mkdir()
    for one in Path("/usr/bin").iterdir():
        if not one.name.startswith(("py", "uv")):
            (tools / one.name).symlink_to(one)
    ssh = root / "bare" / "ssh"
    ssh.write_text(ssh.read_text().replace("PATH=/usr/bin:/bin", f"PATH={tools}"))
    found = apply(connected, hosts, code=EXIT_NO)
    # uv has come, and finds no place to fetch a Python from.
    assert "no environment for torchup itself could be made" in found["bare"]["why"], found


def test_wrong_inputs(torchup: Torchup) -> None:
    lab = torchup.root / "lab"
    lab.mkdir()
    document = {
        "schema": "torchup.machine/v1",
        "os": {"system": "linux"},
        "arch": "x86_64",
        "gpus": [],
    }
    (lab / "a.json").write_text(json.dumps(document))
    known = ("-i", "a,", "--machines", str(lab))
    cases = {
        ("apply",): "fleet.no-name",
        ("apply", "demo"): "fleet.no-inventory",
        ("apply", "de/mo", *known): "apply.name-slash",
        ("apply", "demo", "-i", "a,"): "fleet.nothing-probed",
        ("apply", "demo", "torch==", *known): "ask.not-a-requirement",
        ("apply", "demo", *known, "--max-fail", "101"): "fleet.number",
        ("apply", "demo", *known, "--limit", "gpu"): "fleet.host-instead",
        ("verify", "demo", "more", "-i", "a,"): "fleet.name-alone",
        ("apply", "demo", *known, "--together"): "fleet.together-only",
        ("plan", "--machines", str(lab), "--missing"): "fleet.missing-only",
    }
    for arguments, code in cases.items():
        done = torchup("fleet", *arguments, "--json")
        assert (done.code, done.error["code"]) == (EXIT_USAGE, code), done


def test_nothing_is_taken_back_from_hosts_on_which_nothing_was_made(torchup: Torchup) -> None:
    found_there = Applied(at="2026-01-01T00:00:00", asked=("create", "demo"), ok=True)
    write_state(Home(torchup.home), HostState(host="one", environments={"demo": found_there}))
    done = torchup("fleet", "rollback", "demo", "-i", "one,two,", "--yes", "--json")
    assert (done.code, done.error["code"]) == (EXIT_NO, "fleet.not-applied"), done


def test_each_gets_its_own_and_one_that_gets_none_is_named(torchup: Torchup) -> None:
    lab = torchup.root / "lab"
    lab.mkdir()
    gpu = {"vendor": "nvidia", "name": "NVIDIA TITAN Xp"}
    base = {"schema": "torchup.machine/v1", "os": {"system": "linux"}, "arch": "x86_64"}
    driver = {"vendor": "nvidia", "version": "390.48"}
    (lab / "a.json").write_text(json.dumps({**base, "gpus": []}))
    (lab / "b.json").write_text(json.dumps({**base, "gpus": [gpu], "drivers": [driver]}))
    done = torchup(
        "fleet", "apply", "demo", "-i", "a,", "--machines", str(lab), "--dry-run", "--json"
    )
    found = done.document("torchup.fleet-outcome/v1")
    assert found["left_out"] == ["b"]
    assert [one["name"] for one in found["hosts"]] == ["a"]


@pytest.mark.slow
def test_afterwards(connected: Torchup, digest: str) -> None:
    root = connected.root
    hosts = inventory(connected, *(a_host(root, name, digest) for name in ("one", "two")))
    assert connected("fleet", "probe", "-i", hosts).code == EXIT_DONE
    assert connected("fleet", "verify", "demo", "-i", hosts).code == EXIT_NO, "not made yet"
    assert states(apply(connected, hosts)) == {"one": "done", "two": "done"}

    verified = connected("fleet", "verify", "demo", "-i", hosts, "--json")
    assert verified.code == EXIT_DONE, verified
    for one in verified.document("torchup.fleet-outcome/v1")["hosts"]:
        assert one["document"]["schema"] == "torchup.verify/v1"
        assert one["document"]["ok"]
    same = connected("fleet", "check", "demo", "-i", hosts, "--json")
    assert same.code == EXIT_DONE, same
    assert {o["state"] for o in same.document("torchup.fleet-check/v1")["hosts"]} == {"same"}

    (package,) = (root / "one" / "home" / "envs" / "demo").rglob("torch-2.13.0+cpu.dist-info")
    metadata = package / "METADATA"
    metadata.write_text(metadata.read_text().replace("2.13.0+cpu", "2.13.0+cu126"))
    package.rename(package.with_name("torch-2.13.0+cu126.dist-info"))
    program = root / "two" / "fleet" / digest / "bin" / "torchup"
    env = {"TORCHUP_HOME": str(root / "two" / "home")}
    assert connected("delete", "demo", "--yes", **env).code == EXIT_DONE
    assert program.exists()
    drifted = connected("fleet", "check", "demo", "-i", hosts, "--json")
    assert drifted.code == EXIT_NO
    found = {o["name"]: o for o in drifted.document("torchup.fleet-check/v1")["hosts"]}
    assert found["one"]["drift"][0]["code"] == "build"
    assert found["one"]["drift"][0]["now"] == "2.13.0+cu126"
    assert [one["code"] for one in found["two"]["drift"]] == ["gone"]

    page = root / "fleet.html"
    assert connected("fleet", "report", "--html", str(page)).code == EXIT_DONE
    assert "demo: torch 2.13.0+cpu" in page.read_text()
    rows = connected("fleet", "report", "--json").document("torchup.fleet-report/v1")["hosts"]
    assert [one["name"] for one in rows] == ["one", "two"]
    assert connected("fleet", "report", "--csv", "--lang", "zh_CN").out.startswith("主机,状态,")

    tried = connected("fleet", "rollback", "demo", "-i", hosts, "--dry-run")
    assert [line.split(maxsplit=1) for line in sorted(tried.out.splitlines())][2:] == [
        ["one", "would change"],
        ["two", "unchanged"],
    ]
    assert tried.out.splitlines()[-1].endswith(f"torchup fleet rollback demo -i {hosts}")
    back = connected("fleet", "rollback", "demo", "-i", hosts, "--yes", "--json")
    assert back.code == EXIT_DONE, back
    assert states({o["name"]: o for o in back.document("torchup.fleet-outcome/v1")["hosts"]}) == {
        "one": "done",
        "two": "unchanged",
    }
    assert not (root / "one" / "home" / "envs" / "demo").exists()
    assert connected("fleet", "rollback", "demo", "-i", hosts, "--yes").code == EXIT_NO
