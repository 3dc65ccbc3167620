"""The ways to a toolkit, and to a compiler for it."""

from __future__ import annotations

import pytest

from torchup.facts.load import load_catalogue
from torchup.facts.toolkits import compiler_command, load_toolkits, ways_to


def test_the_newest_update_is_named() -> None:
    ways = ways_to("12.6", "ubuntu")
    assert "nvidia/label/cuda-12.6.3 " in ways.conda
    assert ways.page.endswith("/cuda-12-6-3-download-archive")
    assert ways.command == "sudo apt install cuda-toolkit-12-6"


def test_a_system_without_a_way_of_its_own() -> None:
    assert ways_to("11.8", None).command == ""
    assert compiler_command("nobody-knows", "12") == ""


@pytest.mark.parametrize("runtime", [one.name for one in load_catalogue().runtimes])
def test_every_runtime_has_one_newest_update(runtime: str) -> None:
    known = [v for v in load_toolkits().newest.versions if v.startswith(f"{runtime}.")]
    assert len(known) == 1


def test_a_compiler_of_the_systems_own_or_an_older_one() -> None:
    assert compiler_command("debian") == "sudo apt install g++"
    assert compiler_command("fedora", "14") == "sudo dnf install gcc14-c++"
