"""What a short command loads: modules are most of the time that it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from cli.test_plans import GTX_1080

if TYPE_CHECKING:
    from cli.process import Torchup

_ASK = """
import json, os, sys

def tell(code, end=os._exit):
    sys.stderr.write(json.dumps([code, sorted(sys.modules)]))
    sys.stderr.flush()
    end(0)

os._exit = tell
from torchup.__main__ import main
tell(main())
"""
DEAR = {
    *("platformdirs", "rich", "packaging", "urllib3", "tomlkit", "uv", "pynvml"),
    *("pathlib", "shutil", "tempfile", "subprocess", "configparser", "hashlib"),
}
"""Modules that take milliseconds to load."""


def loaded(torchup: Torchup, *arguments: str) -> set[str]:
    """The modules that are there after a command that succeeds."""
    kept = {"TORCHUP_FRAMEWORK_INDEX"}  # where it is set, the machine's sources are wanted
    done = subprocess.run(
        [sys.executable, "-c", _ASK, *arguments],
        capture_output=True,
        check=True,
        env={name: value for name, value in torchup.env.items() if name not in kept},
        cwd=torchup.root,
        timeout=torchup.timeout,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done
    return set(modules)


def test_a_plan_for_a_described_machine_loads_what_it_needs(torchup: Torchup) -> None:
    file = torchup.root / "machine.json"
    file.write_text(GTX_1080)
    found = loaded(torchup, "plan", "--machine", str(file))
    assert not found & DEAR
    needless = {
        *("argparse", "locale"),
        "torchup.backends.uv",
        "torchup.plan.pasting",
        "torchup.probe",
        "torchup.sources.configured",
        "torchup.wire.v1",
    }
    assert not found & needless
    assert "torchup.resolve.resolver" in found


def test_a_list_doesnt_load_what_chooses(torchup: Torchup) -> None:
    found = loaded(torchup, "list")
    needless = {"torchup.resolve", "torchup.wire.v1", "torchup.verify", "shutil", "rich"}
    assert not found & {*needless, "argparse"}
    assert "torchup.apply" in found


def test_a_status_loads_no_library_for_a_small_part_of_it(torchup: Torchup) -> None:
    found = loaded(torchup, "--offline")
    assert not found & {"hashlib", "shutil", "difflib", "urllib3", "torchup.facts.mirrors"}
    assert {"torchup.sources.cache", "torchup.vendors.pci"} <= found


def test_settings_are_read_without_what_writes_them(torchup: Torchup) -> None:
    torchup.config.parent.mkdir(parents=True, exist_ok=True)
    torchup.config.write_text('# mine\nlang = "zh_CN"\n', "utf-8")
    found = loaded(torchup, "list")
    assert "gettext" in found
    assert "tomlkit" not in found


def test_the_version_is_told_before_anything_is_loaded(torchup: Torchup) -> None:
    found = loaded(torchup, "--version")
    assert {name for name in found if name.startswith("torchup")} <= {"torchup", "torchup.__main__"}


def test_making_an_environment_draws_no_page(torchup: Torchup) -> None:
    found = loaded(torchup, "create", "--help")
    assert "torchup.api.environments.creation" in found
    assert not {"torchup.verify.page", "torchup.verify.plots"} & found
