from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from stubs import machines
from torchup.errors import OutsideError, UsageError
from torchup.host.capture import (
    Capture,
    CaptureHost,
    portable,
    read_capture,
    write_capture,
)
from torchup.host.privacy import Redactor
from torchup.host.real import RealHost
from torchup.host.recording import RecordingHost
from torchup.probe import probe_machine
from torchup.vendors.nvidia.nvml import ask_nvml

if TYPE_CHECKING:
    from torchup.model import Machine

REAL_UUID = "GPU-5f3cde12-9a0b-4c1d-8e2f-0123456789ab"
OTHER_UUID = "GPU-6f3cde12-9a0b-4c1d-8e2f-0123456789ab"


def as_replayed(machine: Machine) -> Machine:
    """Leave out what a redacted capture must not say in the same words."""
    return msgspec.structs.replace(machine, pythons=None, disks=None, evidence=(), gpus=None)


@pytest.mark.parametrize("name", sorted(machines.ALL))
def test_a_recorded_probe_replays_to_the_same_machine(name: str) -> None:
    recording = RecordingHost(CaptureHost(machines.ALL[name]))
    machine = probe_machine(recording, None)
    capture = read_capture(write_capture(recording.capture()))
    replayed = probe_machine(CaptureHost(capture), None)
    assert as_replayed(replayed) == as_replayed(machine)
    assert [gpu.arch for gpu in replayed.gpus or ()] == [gpu.arch for gpu in machine.gpus or ()]
    assert len(replayed.pythons or ()) == len(machine.pythons or ())


def test_this_machine_replays() -> None:
    recording = RecordingHost(RealHost())
    machine = probe_machine(recording, None)
    replayed = probe_machine(CaptureHost(recording.capture()), None)
    assert as_replayed(replayed) == as_replayed(machine)
    assert [one.version for one in replayed.pythons or ()] == [
        one.version for one in machine.pythons or ()
    ]


def test_of_the_kernels_log_only_the_drivers_lines_are_kept() -> None:
    log = "usb 1-2: SerialNumber: X1\nNVRM: Xid (PCI:0000:01:00): 79, fallen off the bus.\n"
    recording = RecordingHost(CaptureHost(machines.linux(ran=(machines.ran("dmesg", out=log),))))
    assert recording.run(("dmesg",)).out == log
    (kept,) = recording.capture().ran
    assert kept.done.out == "NVRM: Xid (PCI:0000:01:00): 79, fallen off the bus."


def test_nothing_private_is_left() -> None:
    capture = machines.linux(
        files={
            "/etc/hostname": "lab-server-7\n",
            "/home/alice/.config/pip/pip.conf": (
                "[global]\nindex-url = https://alice:s3cret@pypi.example/simple\n"
                "extra = hf_abcdefghijklmnop\napi_key = 0123456789\n"
            ),
            "/proc/x": f"on lab-server-7: {REAL_UUID} {OTHER_UUID} {REAL_UUID}\n"
            "Serial Number : 0324516012345\n",
        },
        env={
            "HOME": "/home/alice",
            "USER": "alice",
            "HF_TOKEN": "plain-words",
            "PIP_INDEX_URL": "https://bob:pw@mirror.example/simple",
        },
    )
    host = RecordingHost(CaptureHost(capture))
    for path in ("/home/alice/.config/pip/pip.conf", "/proc/x", "/etc/hostname"):
        host.read(path)
    for name in ("HOME", "USER", "HF_TOKEN", "PIP_INDEX_URL"):
        host.env(name)
    host.listdir("/home")
    text = write_capture(host.capture()).decode()
    secrets = ["alice", "s3cret", "hf_abc", "0123456789", "lab-server", "plain-words", "bob"]
    assert [one for one in [*secrets, "5f3cde12", "6f3cde12", "0324516012345"] if one in text] == []
    cleaned = read_capture(text)
    first, second = (f"GPU-00000000-0000-0000-0000-00000000000{i}" for i in (1, 2))
    assert f"on host: {first} {second} {first}" in cleaned.files["/proc/x"]
    assert cleaned.env["HOME"] == "/home/user"
    assert "/home/user/.config/pip/pip.conf" in cleaned.files


def test_the_original_host_is_not_redacted() -> None:
    capture = machines.linux(env={"USER": "alice"}, files={"/x": "alice"})
    host = RecordingHost(CaptureHost(capture))
    assert (host.env("USER"), host.read("/x")) == ("alice", b"alice")


def test_windows_home_is_redacted() -> None:
    redactor = Redactor("C:\\Users\\Li Wei", {"Li Wei": "user"})
    assert redactor.clean("C:\\Users\\Li Wei\\AppData") == "C:\\Users\\user\\AppData"


def test_secrets_are_hidden_however_they_are_written() -> None:
    clean = Redactor("/home/x", {}).clean
    kernel = '{"env": {"API_KEY": "ab\\"c, d", "tokens": ["hf_"], "N": "1"}}'
    assert json.loads(clean(kernel)) == {"env": {"API_KEY": "***", "tokens": ["hf_"], "N": "1"}}
    assert clean("proxy = me:pw@proxy:3128\n") == "proxy = ***@proxy:3128\n"
    assert clean("HTTPS_PROXY=me:pw@proxy:3128") == "HTTPS_PROXY=***@proxy:3128"
    assert clean("http://me:pw@proxy:3128/x") == "http://***@proxy:3128/x"
    assert clean("password: secret") == "password: ***"
    assert clean("- https://c.example/t/tk-1-2/lab\n") == "- https://c.example/t/***/lab\n"
    harmless = "git@github.com:a/b torch @ https://a.example/x.whl 12:30@noon"
    assert clean(harmless).startswith("git@github.com:a/b torch @ https://a.example/x.whl")


def test_a_name_inside_a_word_stays() -> None:
    redactor = Redactor("/root", {"ann": "user", "root": "user"})
    assert redactor.clean("planned by ann in /rootfs and /root/x") == (
        "planned by user in /rootfs and /home/user/x"
    )


def test_own_files_are_named_the_same_on_every_machine() -> None:
    host = CaptureHost(Capture(system="linux", machine="x86_64"))
    ask_nvml(host)
    assert host.asked == [machines.PAYLOAD]
    assert portable([sys.executable, "-c", "x"]) == (sys.executable, "-c", "x")


def test_what_was_not_captured_is_not_there() -> None:
    host = CaptureHost(Capture(system="linux", machine="x86_64"))
    assert host.run(["true"]).code == 127
    assert (host.read("/etc/passwd"), host.listdir("/"), host.which("ls")) == (None, (), None)
    assert (host.room("/"), host.env("HOME"), host.modified("/")) == (None, None, None)
    assert not host.is_dir("/usr")
    assert host.attach(["true"]) == 127
    lines: list[str] = []
    assert host.stream(["true"], on_line=lines.append).code == 127
    with pytest.raises(OutsideError) as caught:
        host.fetch("https://pypi.org/simple/")
    assert caught.value.code == "network.unreachable"


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b"\xff", json.dumps({"schema": "other/v9", "system": "linux", "machine": "x"})],
)
def test_a_malformed_capture_is_an_error(document: bytes | str) -> None:
    with pytest.raises(UsageError) as caught:
        read_capture(document)
    assert caught.value.code == "capture.malformed"
