"""Machines whose answers are spoiled: whatever a file or a command says, a probe ends."""

from __future__ import annotations

import json

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stubs import machines
from torchup.api.machines.software import with_software
from torchup.host import Completed
from torchup.host.capture import Capture, CaptureHost
from torchup.model import Machine
from torchup.model.software import Software
from torchup.probe import probe_machine

NUMBERS = st.sampled_from(["", "-1", "0xffff", "²", "9" * 40, "1.2.3", "None", "{}", "[]", "\x00"])
TEXTS = st.text(max_size=60) | NUMBERS
VALUES = st.none() | st.integers(-(2**40), 2**40) | TEXTS
NUMBER = st.none() | st.integers(-(2**40), 2**40)
DEVICE = st.fixed_dictionaries(
    {"index": st.integers(-1, 3)},
    optional={
        **dict.fromkeys(("memory", "ecc", "device", "mig", "virtual", "compute"), NUMBER),
        **dict.fromkeys(("bus", "name", "uuid"), st.none() | TEXTS),
        "capability": st.none() | st.tuples(st.integers(-1, 99), st.integers(-1, 99)),
    },
)
FAILURE = st.fixed_dictionaries({"function": TEXTS, "code": NUMBER, "gpu": NUMBER})
JSON = st.fixed_dictionaries(
    {},
    optional={
        "gpus": st.lists(DEVICE, max_size=3),
        "devices": st.lists(DEVICE, max_size=3),
        "failures": st.lists(FAILURE, max_size=2),
        "driver": TEXTS,
        "cuda": NUMBER,
        "init": NUMBER,
        "why": VALUES,
    },
).map(json.dumps)
ENDED = st.builds(
    Completed,
    code=st.sampled_from([0, 1, -11, 127, 0xC0000005]),
    out=TEXTS | JSON,
    err=TEXTS,
    timed_out=st.booleans(),
)


@st.composite
def spoiled(draw: st.DrawFn) -> Capture:
    """A machine with some of its files and answers replaced."""
    capture = machines.ALL[draw(st.sampled_from(sorted(machines.ALL)))]
    files = dict(capture.files)
    for path in draw(st.lists(st.sampled_from(sorted(files)), max_size=4)) if files else ():
        files[path] = draw(TEXTS)
    more = ("/dev/dxg", "/etc/nv_tegra_release", "/proc/device-tree/model", "/.dockerenv")
    for path in draw(st.lists(st.sampled_from(more), max_size=3)):
        files[path] = draw(TEXTS)
    ran = tuple(
        replace(one, done=draw(ENDED)) if draw(st.booleans()) else one for one in capture.ran
    )
    return replace(capture, files=files, ran=ran)


@given(spoiled())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_probe_ends_whatever_it_is_told(capture: Capture) -> None:
    host = CaptureHost(capture)
    machine, software = with_software(host, None, probe_machine(host, None))
    assert msgspec.json.decode(msgspec.json.encode(machine), type=Machine) == machine
    assert msgspec.json.decode(msgspec.json.encode(software), type=Software) == software
