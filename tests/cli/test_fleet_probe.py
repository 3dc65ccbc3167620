"""``torchup fleet probe`` through real Ansible, on hosts that are shells of their own."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from fleethosts import UNREACHABLE, fake_card, local, shell
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ansible has no control node there")


def test_hosts_of_all_kinds(torchup: Torchup) -> None:
    root = torchup.root
    new = fake_card(
        root / "new", "NVIDIA H100 80GB HBM3", driver="580.65.06", cuda="13.0", arch="9.0"
    )
    old = fake_card(
        root / "old", "Tesla V100-SXM2-16GB", driver="535.183.01", cuda="12.2", arch="7.0"
    )
    inventory = root / "hosts.ini"
    lines = (
        local("new", shell(root / "sh-new", new)),
        local("old.lab", shell(root / "sh-old", old, before="echo 'Welcome, {{ guest }}'")),
        local("cut", shell(root / "sh-cut", after="| head -c 900")),
        local("broken", shell(root / "sh-broken", before="exit 1")),
        UNREACHABLE,
    )
    inventory.write_text("[gpu]\n" + "\n".join(lines) + "\n")
    done = torchup("fleet", "probe", "-i", str(inventory), "--json")
    assert done.code == EXIT_OUTSIDE, done
    found = done.document("torchup.fleet-probe/v1")
    states = {one["name"]: one["state"] for one in found["hosts"]}
    assert states == {
        "new": "ok",
        "old.lab": "ok",
        "cut": "failed",
        "broken": "failed",
        "gone": "unreachable",
    }
    why = {one["name"]: one["why"] for one in found["hosts"]}
    assert "broke off" in why["cut"]
    assert "refused" in why["gone"]
    plan = torchup("fleet", "plan", "--json").document("torchup.fleet-plan/v1")
    builds = {one["name"]: one["stack"]["build"] for one in plan["hosts"]}
    assert set(builds) == {"new", "old.lab"}
    assert builds["new"].startswith("cu13")
    assert builds["old.lab"] == "cu126"
    assert plan["shared"][0]["hosts"] == ["new", "old.lab"]

    # What answers again is looked at again; a document stays where a host doesn't answer now.
    shell(
        root / "sh-new",
        fake_card(root / "new", "NVIDIA H100 80GB HBM3", driver="390.157", cuda="9.1", arch="9.0"),
    )
    shell(root / "sh-old", after="| head -c 900")
    again = torchup("fleet", "probe", "-i", str(inventory), "--limit", "new,old.lab")
    assert again.code == EXIT_OUTSIDE
    assert "1 failed: old.lab" in again.out
    assert again.out.rstrip().splitlines()[-2].endswith("--missing")
    done = torchup("fleet", "plan", "--json")
    assert done.code == EXIT_NO
    builds = {o["name"]: o["outcome"] for o in done.document("torchup.fleet-plan/v1")["hosts"]}
    assert builds == {"new": "none", "old.lab": "ok"}
    assert "an earlier look counts" in torchup("fleet", "plan").out

    # The next time goes on with those that have not answered.
    shell(root / "sh-old", old)
    rest = torchup("fleet", "probe", "-i", str(inventory), "--missing", "--json")
    found = rest.document("torchup.fleet-probe/v1")
    assert {one["name"] for one in found["hosts"]} == {"old.lab", "cut", "broken", "gone"}
    assert next(one["state"] for one in found["hosts"] if one["name"] == "old.lab") == "ok"


def test_none_is_missing(torchup: Torchup) -> None:
    inventory = torchup.root / "hosts.ini"
    inventory.write_text(local("one", shell(torchup.root / "sh")) + "\n")
    asked = ("fleet", "probe", "-i", str(inventory))
    assert torchup(*asked).code == EXIT_DONE
    rest = torchup(*asked, "--missing", "--json")
    assert rest.code == EXIT_DONE, rest
    assert rest.document("torchup.fleet-probe/v1")["hosts"] == []
    assert "every host has answered already" in torchup(*asked, "--missing").out
    for wrong in ("--limit", "nosuch"), ("--limit", "nosuch", "--missing"):
        done = torchup(*asked, *wrong, "--json")
        assert (done.code, done.error["code"]) == (EXIT_OUTSIDE, "fleet.no-hosts"), done


def test_wrong_inputs(torchup: Torchup) -> None:
    nobody = torchup.root / "nobody.ini"
    nobody.write_text("[empty]\n")
    cases = {
        (): (EXIT_USAGE, "fleet.no-inventory"),
        ("-i", "nowhere.ini"): (EXIT_USAGE, "fleet.no-such-inventory"),
        ("-i", str(nobody), "torch"): (EXIT_USAGE, "fleet.alone"),
        ("-i", str(nobody), "--forks", "0"): (EXIT_USAGE, "fleet.forks"),
        ("-i", str(nobody), "--ansible", "'"): (EXIT_USAGE, "fleet.options"),
        ("-i", str(nobody)): (EXIT_OUTSIDE, "fleet.no-hosts"),
        ("-i", "a,", "--ansible=--no-such"): (EXIT_OUTSIDE, "fleet.ansible-failed"),
    }
    for arguments, expected in cases.items():
        done = torchup("fleet", "probe", *arguments, "--json")
        assert (done.code, done.error["code"]) == expected, done
    assert torchup("fleet", "plan", "-i", "a,").code == EXIT_USAGE
    assert torchup("--lang", "zh_CN", "fleet", "probe").code == EXIT_USAGE
    assert EXIT_DONE == 0


def test_a_host_that_looks_like_an_option_never_gets_to_ssh(torchup: Torchup) -> None:
    typed = torchup("fleet", "probe", "--inventory=gpu01,-oProxyCommand=true,", "--json")
    assert (typed.code, typed.error["code"]) == (EXIT_USAGE, "fleet.bad-host")
    asked = torchup.root / "asked"
    ssh = torchup.root / "ssh"
    ssh.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>{asked}\nexit 255\n')
    ssh.chmod(0o755)
    inventory = torchup.root / "hosts.yml"
    hosts = ("-oProxyCommand=touch here", "gpu01")
    lines = [f'    "{one}": {{ansible_ssh_executable: {ssh}}}' for one in hosts]
    inventory.write_text("\n".join(("all:", "  hosts:", *lines)) + "\n")
    done = torchup("fleet", "probe", "-i", str(inventory), "--json")
    assert done.code == EXIT_OUTSIDE
    assert [one["name"] for one in done.document("torchup.fleet-probe/v1")["hosts"]] == ["gpu01"]
    assert "ProxyCommand" not in asked.read_text()
