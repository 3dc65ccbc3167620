"""Captured machines whose files and programs say anything at all: there is a machine, always."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from captures.parts import DEBIAN_12, env, file, machine
from captures.registry import DESCRIBED
from fuzzing import fuzzed_for_all
from spoiledtexts import spoiled
from torchup.api.machines.machine import replay
from torchup.api.machines.software import inventory
from torchup.errors import OutsideError, UsageError
from torchup.host.capture import Capture, CaptureHost, Ran, read_capture, write_capture
from torchup.host.recording import RecordingHost
from torchup.model import Machine
from torchup.probe import probe_machine
from torchup.words import load_words

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

_HOME = "/home/user"
CONFIGURED = machine(
    DEBIAN_12,
    env(PIP_INDEX_URL="https://a.example/simple", UV_INDEX="b=https://b.example", PATH="/usr/bin"),
    env(CONDA_CHANNELS="a,b", CUDA_VISIBLE_DEVICES="0,GPU-1", JUPYTER_PATH="/usr/share/jupyter"),
    file("/etc/pip.conf", "[global]\nindex-url = https://c.example\n[install]\nno-index = true\n"),
    file("/etc/uv/uv.toml", '[[index]]\nname = "x"\nurl = "https://d.example"\ndefault = true\n'),
    file(f"{_HOME}/.config/uv/uv.toml", 'link-mode = "copy"\n[pip]\nindex-url = "https://e"\n'),
    file(f"{_HOME}/.condarc", "channels:\n  - defaults\nproxy_servers:\n  http: http://p:1\n"),
    file(f"{_HOME}/.conda/environments.txt", f"{_HOME}/miniconda3\n/opt/envs/a\n"),
    file(f"{_HOME}/miniconda3/conda-meta/conda-24.5.0-py312_0.json", "{}"),
    file("/opt/envs/a/conda-meta/pytorch-2.4.0-py3.10_cuda12.1_0.json", "{}"),
    file("/usr/share/jupyter/kernels/k/kernel.json", '{"argv": ["python3"], "display_name": "K"}'),
    file("/usr/share/code/resources/app/package.json", '{"version": "1.95.3"}'),
    file("/opt/pycharm/product-info.json", '{"version": "2024.3"}'),
    file("/usr/local/cuda-12.4/version.json", '{"cuda": {"version": "12.4.1"}}'),
    file("/usr/local/cuda-10.2/version.txt", "CUDA Version 10.2.89"),
    file("/usr/include/cudnn_version.h", "#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 1\n"),
    file("/opt/rocm/.info/version", "6.4.1\n"),
    file("/proc/1/cgroup", "0::/\n"),
    file("/proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\n"),
)
CAPTURES = (*(one.capture for one in DESCRIBED.values()), CONFIGURED)
ODD = ("", "{}", "[]", "null", "0", "\0", "\ufeff", "-1", "9" * 400, "NaN", '{"gpus": [{}]}')


def anything(text: str) -> st.SearchStrategy[str]:
    """The text spoiled, or another one."""
    return spoiled(text) | st.sampled_from(ODD) | st.text(max_size=40)


@st.composite
def spoiled_captures(draw: DrawFn, captures: tuple[Capture, ...] = CAPTURES) -> Capture:
    """A captured machine some of whose answers are spoiled."""
    capture = draw(st.sampled_from(captures))
    changed = partial(_changed, draw)
    return replace(
        capture,
        files={at: changed(text) for at, text in capture.files.items()},
        env={name: changed(value) for name, value in capture.env.items()},
        links={at: changed(to) for at, to in capture.links.items()},
        ran=tuple(map(partial(_run, draw), capture.ran)),
        libc=draw(st.sampled_from((capture.libc, None, "", "musl", "glibc x"))),
    )


def _changed(draw: DrawFn, text: str) -> str:
    return draw(anything(text)) if draw(st.integers(0, 3)) == 0 else text


def _run(draw: DrawFn, one: Ran) -> Ran:
    out, err = _changed(draw, one.done.out), _changed(draw, one.done.err)
    code = draw(st.sampled_from((one.done.code, one.done.code, 0, 1, 127, -11)))
    late = draw(st.integers(0, 9)) == 0 or one.done.timed_out
    return replace(one, done=replace(one.done, out=out, err=err, code=code, timed_out=late))


@fuzzed_for_all
@given(spoiled_captures())
def test_a_machine_comes_of_any_answers(capture: Capture) -> None:
    machine, software = replay(capture)
    assert msgspec.json.decode(msgspec.json.encode(machine), type=Machine) == machine
    assert msgspec.json.encode(software)
    words = load_words("en")
    for problem in machine.problems:
        assert words.say(f"problem.{problem.code}", problem.args)


@fuzzed_for_all
@given(spoiled_captures((CONFIGURED,)))
def test_pip_uv_conda_jupyter_and_editors_may_be_set_to_anything(capture: Capture) -> None:
    software = inventory(CaptureHost(capture), None)
    assert msgspec.json.encode(software)


@fuzzed_for_all
@given(spoiled_captures())
def test_any_machine_is_recorded_redacted_and_replayed(capture: Capture) -> None:
    """What decides about a machine is in its capture, and a capture of a capture loses nothing."""
    host = RecordingHost(CaptureHost(capture))
    first = probe_machine(host, None)
    saved = read_capture(write_capture(host.capture()))
    again = RecordingHost(CaptureHost(saved))
    replayed = probe_machine(again, None)
    assert shape_of(replayed) == shape_of(first)
    saved_again = read_capture(write_capture(again.capture()))
    assert probe_machine(CaptureHost(saved_again), None) == replayed


def shape_of(machine: Machine) -> tuple[object, ...]:
    """What no identifier is part of, so that redacting changes none of it."""
    gpus = [(one.vendor, one.arch, one.memory_mib, one.index) for one in machine.gpus or ()]
    problems = [one.code for one in machine.problems]
    pythons = None if machine.pythons is None else [one.version for one in machine.pythons]
    return machine.os.system, machine.arch, machine.gpus is None, gpus, problems, pythons


@fuzzed_for_all
@given(
    st.sampled_from(CAPTURES).flatmap(lambda one: spoiled(write_capture(one).decode()))
    | st.text(max_size=100)
)
def test_a_spoiled_capture_is_read_or_refused(text: str) -> None:
    try:
        replay(read_capture(text.encode("utf-8", "replace")))
    except UsageError as error:
        assert error.code == "capture.malformed"  # noqa: PT017 - refusing is right
    except OutsideError as error:
        assert error.code == "probe.unsupported-arch"  # noqa: PT017 - refusing is right
