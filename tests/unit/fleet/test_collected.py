"""The shell script that asks a host, and what is made of its answer."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleethosts import fake_card, shell
from torchup.api.fleet.collected import (
    IncompleteError,
    OtherSystemError,
    read_collected,
    script,
)
from torchup.api.machines.machine import replay_hardware
from torchup.host.real import RealHost
from torchup.probe import probe_machine

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import Machine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the script asks Linux alone")


@cache
def asked(*argv: str) -> str:
    """What the script prints in a shell."""
    done = subprocess.run(
        [*argv, "-c", script()],
        capture_output=True,
        check=True,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert not done.stderr
    return done.stdout


def test_it_finds_what_the_probe_finds_here() -> None:
    found: Machine = replay_hardware(read_collected(asked("sh")))
    here = probe_machine(RealHost(), None)
    for name in ("os", "arch", "cpu", "memory_mib", "gpus", "drivers", "toolkits", "pythons"):
        assert getattr(found, name) == getattr(here, name), name
    assert {one.path for one in found.disks or ()} == {one.path for one in here.disks or ()}


@pytest.mark.parametrize("arch", ["8.6", ""])
def test_a_card_by_its_program(tmp_path: Path, arch: str) -> None:
    card = fake_card(
        tmp_path / "bin", "NVIDIA GeForce RTX 3090", driver="470.256.02", cuda="11.4", arch=arch
    )
    found = replay_hardware(read_collected(asked(str(shell(tmp_path / "sh", card)))))
    (gpu,) = found.gpus or ()
    assert (gpu.name, gpu.pci_id, gpu.memory_mib) == ("NVIDIA GeForce RTX 3090", "10de:2204", 24576)
    assert gpu.arch == "sm_86", "by the id where the program is too old to say"
    (driver,) = found.drivers or ()
    assert (driver.version, driver.max_runtime) == ("470.256.02", "11.4")


def test_banners_and_a_terminals_line_ends_are_passed_over() -> None:
    text = asked("sh")
    around = f"Welcome to the cluster!\n{text}\nlogout\n".replace("\n", "\r\n")
    assert replay_hardware(read_collected(around)) == replay_hardware(read_collected(text))


def test_half_an_answer_is_none() -> None:
    text = asked("sh")
    for cut in ("", "bash: syntax error", text[: len(text) // 2], text[text.index("file") :]):
        with pytest.raises(IncompleteError):
            read_collected(cut)


def test_another_system() -> None:
    text = "@torchup@ begin 1\n\n@torchup@ system Darwin arm64\n\n@torchup@ end\n"
    with pytest.raises(OtherSystemError, match="Darwin"):
        read_collected(text)


@given(st.text(max_size=400))
def test_any_records_are_stood(text: str) -> None:
    whole = f"\n@torchup@ begin 1\n@torchup@ system Linux x86_64\n{text}\n@torchup@ end\n"
    found = read_collected(whole)
    assert found.machine == "x86_64"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("file", "env", "link", "room", "ran", "folder", "now", "libc", "x")),
            st.text(alphabet="/a1 -", max_size=12),
            st.text(alphabet="ab1 \n|%", max_size=30),
        )
    )
)
def test_any_values_are_stood(records: list[tuple[str, str, str]]) -> None:
    text = "".join(f"\n@torchup@ {kind} {head}\n{body}" for kind, head, body in records)
    whole = f"\n@torchup@ begin 1\n@torchup@ system Linux x86_64{text}\n@torchup@ end\n"
    assert replay_hardware(read_collected(whole)).arch == "x86_64"
