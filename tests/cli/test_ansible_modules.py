"""The modules of the Ansible collection, in real playbooks on this machine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from cli.world import MINOR

if TYPE_CHECKING:
    from cli.process import Torchup

COLLECTION: Final = Path(__file__).resolve().parents[2] / "ansible" / "torchup"
NAMES: Final = ("environment", "probe", "verify")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
        reason="the local world has wheels for Linux",
    ),
]


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def collections(root: Path) -> dict[str, str]:
    place = root / "collections" / "ansible_collections" / "torchup"
    place.mkdir(parents=True, exist_ok=True)
    if not (place / "torchup").exists():
        (place / "torchup").symlink_to(COLLECTION)
    return {"ANSIBLE_COLLECTIONS_PATH": str(root / "collections"), "ANSIBLE_NOCOLOR": "1"}


def play(torchup: Torchup, module: str, *options: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    """What a module returns."""
    program = torchup.root / "bin" / "torchup"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m torchup "$@"\n')
    program.chmod(0o755)
    tasks = [{f"torchup.torchup.{module}": {**values, "executable": str(program)}}]
    book = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
    (torchup.root / "book.json").write_text(json.dumps(book))
    env = {**torchup.env, **collections(torchup.root)}
    env |= {"ANSIBLE_CALLBACK_RESULT_FORMAT": "json", "ANSIBLE_LOCALHOST_WARNING": "False"}
    env |= {"ANSIBLE_PYTHON_INTERPRETER": sys.executable, "HOME": os.environ["HOME"]}
    words = [tool("ansible-playbook"), "-i", "localhost,", "-v", *options, "book.json"]
    done = subprocess.run(
        words, capture_output=True, check=False, cwd=torchup.root, env=env, text=True
    )
    start = done.stdout.index("=> {") + 3
    found: dict[str, Any] = json.JSONDecoder().raw_decode(done.stdout[start:])[0]
    return found


def test_the_life_of_an_environment(connected: Torchup) -> None:
    asked = {"name": "demo", "requirements": ["torch==2.13.0"], "python": MINOR}
    would = play(connected, "environment", "--check", "--diff", **asked)
    assert would["changed"]
    assert would["document"]["schema"] == "torchup.plan/v1"
    assert not (connected.home / "envs" / "demo").exists()
    made = play(connected, "environment", **asked)
    assert made["changed"], made
    planned = {
        name: one.partition("+")[0] for name, one in would["document"]["stack"]["packages"].items()
    }
    there = made["document"]["environment"]["packages"]
    assert {name: there[name].partition("+")[0] for name in planned} == planned
    assert not play(connected, "environment", **asked)["changed"]
    assert not play(connected, "environment", "--check", **asked)["changed"]
    assert play(connected, "verify", name="demo", quick=True)["report"]["ok"]
    other = play(connected, "environment", **{**asked, "requirements": ["torch==2.12.1"]})
    assert other["msg"], "one that is there and differs is left alone"
    assert play(connected, "environment", "--check", name="demo", state="absent")["changed"]
    assert play(connected, "environment", name="demo", state="absent")["changed"]
    assert not play(connected, "environment", name="demo", state="absent")["changed"]
    assert not (connected.home / "envs" / "demo").exists()


def test_probe(torchup: Torchup) -> None:
    found = play(torchup, "probe")
    assert not found["changed"]
    assert found["machine"]["schema"] == "torchup.machine/v1"


@pytest.mark.parametrize("name", NAMES)
def test_documentation(tmp_path: Path, name: str) -> None:
    words = [tool("ansible-doc"), "-t", "module", "-j", f"torchup.torchup.{name}"]
    env = {**os.environ, **collections(tmp_path)}
    done = subprocess.run(words, capture_output=True, check=True, env=env, text=True)
    said = json.loads(done.stdout)[f"torchup.torchup.{name}"]
    assert set(said) >= {"doc", "examples", "return"}
    assert "executable" in said["doc"]["options"]
