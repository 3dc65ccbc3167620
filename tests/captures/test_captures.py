"""Machines of many kinds and states, each replayed by the true probe to the whole of what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from captures.registry import (
    DATA,
    DESCRIBED,
    capture_file,
    expected,
    machine_file,
    replayed,
    written,
)
from torchup.api.machines.software import with_software
from torchup.host.capture import CaptureHost, read_capture, write_capture
from torchup.host.recording import RecordingHost
from torchup.probe import probe_machine

if TYPE_CHECKING:
    from torchup.model import Machine

SEEN = sorted(name for name in DESCRIBED if not expected(name).after)


def test_every_machine_has_its_two_files_and_nothing_else_lies_there() -> None:
    files = {file(name) for name in DESCRIBED for file in (capture_file, machine_file)}
    assert set(DATA.iterdir()) == files


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_a_capture_is_what_its_description_makes(name: str) -> None:
    """``python -m tests.captures.expect --captures`` writes them anew."""
    assert capture_file(name).read_bytes() == written(DESCRIBED[name])


@pytest.mark.parametrize("name", SEEN)
def test_a_capture_replays_to_the_whole_machine(name: str) -> None:
    """``python -m tests.captures.expect NAME`` writes a new expectation, to be read in the diff."""
    expectation = expected(name)
    machine, software = replayed(capture_file(name).read_bytes())
    assert tuple(problem.code for problem in machine.problems) == expectation.problems
    assert machine == expectation.machine
    assert software == expectation.software


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_recording_and_redacting_a_replay_keeps_the_machine(name: str) -> None:
    """Nothing in these captures is private, so that redaction must leave every answer whole."""
    host = RecordingHost(CaptureHost(read_capture(capture_file(name).read_bytes())))
    machine = probe_machine(host, None)
    again = probe_machine(CaptureHost(read_capture(write_capture(host.capture()))), None)
    assert msgspec.to_builtins(again) == msgspec.to_builtins(machine)


LIVED_IN = {
    r"(?<=/home/)user\b|(?<=Users/)user\b|(?<=Users\\\\)user\b": "annabel",
    r"GPU-00000000-0000-0000-0000-0000000000": "GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc",
    r"0{30}(?=\d\d\b)": "5c89852cd268c3f31b07005d5ae1dc",
    r"mirror\.example": "annabel:s3cr3t@mirror.example",
}
"""What a machine has of somebody, in place of what these captures have instead."""


def lived_in(text: str) -> str:
    for pattern, private in LIVED_IN.items():
        text = re.sub(pattern, private, text)
    return text


def without_marks(machine: Machine) -> Machine:
    """Leave out what each card's identifier is: redaction counts them in its own order."""
    gpus = machine.gpus and tuple(replace(gpu, uuid=None) for gpu in machine.gpus)
    said = tuple(one for one in machine.evidence if not one.key.endswith("uuid"))
    return replace(machine, gpus=gpus, evidence=said)


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_redacting_somebodys_machine_hides_them_and_keeps_the_machine(name: str) -> None:
    clean = capture_file(name).read_text(encoding="utf-8")
    capture = read_capture(lived_in(clean))
    capture = replace(capture, env={**capture.env, "USER": "annabel", "HOSTNAME": "lab-7"})
    host = RecordingHost(CaptureHost(capture))
    replay_host(host)
    saved = write_capture(host.capture())
    left = [one for one in ("annabel", "5c89852c", "s3cr3t", "lab-7") if one in saved.decode()]
    assert left == []
    machine = probe_machine(CaptureHost(read_capture(saved)), None)
    assert without_marks(machine) == without_marks(
        probe_machine(CaptureHost(read_capture(clean)), None)
    )


def replay_host(host: RecordingHost) -> None:
    """Ask everything that ``torchup probe --save`` asks."""
    with_software(host, None, probe_machine(host, None))
