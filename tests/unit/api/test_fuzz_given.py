"""Whatever a file holds that is given for a machine: read, or refused in words."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.api.machines.given import is_capture, machine_given, text_of
from torchup.api.pasted.machine import machine_in
from torchup.cli.stack import read_stack
from torchup.errors import OutsideError, UsageError
from torchup.facts.bundle import read_bundle
from torchup.model import Machine
from torchup.sources.requirements_file import read_requirements
from torchup.words import load_words
from unit.sources.fakehost import FileHost

PASTED = (
    (
        "+-----------------------------------------------------------------------------+\n"
        "| NVIDIA-SMI 535.183.01   Driver Version: 535.183.01   CUDA Version: 12.2     |\n"
        "|===============================+======================+======================|\n"
        "|   0  NVIDIA GeForce RTX 3090  Off | 00000000:01:00.0 Off |              N/A |\n"
        "| 30%   41C    P8    25W / 350W |      0MiB / 24576MiB |      0%      Default |\n"
    ),
    (
        "01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GA102 [10de:2204] (rev a1)\n"
        "\tSubsystem: ASUSTeK Computer Inc. Device [1043:87b3]\n\tKernel driver in use: nvidia\n"
    ),
    (
        "Graphics/Displays:\n\n    Apple M2 Pro:\n\n      Chipset Model: Apple M2 Pro\n"
        "      Type: GPU\n      Total Number of Cores: 19\n      Metal Support: Metal 3\n"
    ),
    (
        "PyTorch version: 2.4.0\nIs CUDA available: True\nCUDA used to build PyTorch: 12.1\n"
        "OS: Ubuntu 22.04.4 LTS (x86_64)\nPython version: 3.11.9 (64-bit runtime)\n"
        "GPU models and configuration: GPU 0: NVIDIA GeForce RTX 3090\nNvidia driver version: 550\n"
    ),
    "Name=NVIDIA GeForce GTX 1060\nPNPDeviceID=PCI\\VEN_10DE&DEV_1C03&SUBSYS_37021458&REV_A1\n",
)
CAPTURES = (
    (
        '{"schema": "torchup.capture/v1", "system": "linux", "machine": "x86_64",'
        ' "env": {"HOME": "/"}, "files": {"/proc/meminfo": "MemTotal: 1 kB"},'
        ' "folders": {"/": ["proc"]}, "links": {"/a":'
        ' "/a/b"}, "modified": {"/x": [1, 2]}, "rooms": {"/": {"free": 1, "total": 2}}, "ran": '
        '[{"argv": ["sw_vers"], "done": {"code": 0, "out": "x"}}],'
        ' "now": "2025-01-01T00:00:00+00:00"}'
    ),
)
REQUIREMENTS = (
    (
        "--index-url https://a.example/simple\ntorch==2.9.0 ; python_version < '3.13'  # why\n"
        "-r other.txt\nnumpy[x]>=1,<2 --hash=sha256:00\n-e .\n./wheel.whl\ngit+https://a/b.git\n"
    ),
    "torch==2.9.1 --build cu130 --python '3.12' --cpu",
)
TEXTS = spoiled(*PASTED, *CAPTURES, *REQUIREMENTS) | st.text(max_size=200)
DATA = TEXTS.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=200)


@fuzzed
@given(DATA)
def test_a_machine_or_words(data: bytes) -> None:
    try:
        found = machine_given(data, "here")
    except (UsageError, OutsideError) as error:
        assert load_words("en").say(error.code, error.details)  # noqa: PT017 - refusing is right
    else:
        if found is not None:
            assert msgspec.json.decode(msgspec.json.encode(found), type=Machine) == found
    assert is_capture(data) in (True, False)
    assert isinstance(text_of(data), str)


@fuzzed
@given(TEXTS)
def test_pasted_text_is_a_machine_or_none(text: str) -> None:
    found = machine_in(text)
    assert found is None or found.os.system in {"linux", "windows", "macos"}


@fuzzed
@given(DATA)
def test_requirements_are_read_or_refused(data: bytes) -> None:
    host = FileHost(files={"/srv/all.txt": data, "/srv/other.txt": "six\n"}, env={"A": "b"})
    try:
        read_requirements(host, ["/srv/all.txt"])
    except UsageError as error:
        assert error.code.startswith("requirements.")  # noqa: PT017 - refusing is right


@fuzzed
@given(TEXTS)
def test_a_stack_is_read_or_refused(text: str) -> None:
    try:
        read_stack(text)
    except UsageError as error:
        assert error.code.startswith("cli.stack")  # noqa: PT017 - refusing is right


@fuzzed
@given(st.binary(max_size=400) | st.binary(max_size=200).map(b"PK\x03\x04".__add__))
def test_a_bundle_is_read_or_refused(data: bytes) -> None:
    try:
        read_bundle(data, "here")
    except (UsageError, OutsideError) as error:
        assert error.code.startswith("facts.")  # noqa: PT017 - refusing is right
