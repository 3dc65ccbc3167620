"""Commands that hang or crash while a machine is looked at."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from stubs import machines
from torchup.api.machines.software import with_software
from torchup.host import Completed
from torchup.host.capture import Capture, CaptureHost, Ran
from torchup.probe import probe_machine
from torchup.probe.watched import watched
from torchup.vendors.windows import QUESTION

HUNG = Completed(code=-15, timed_out=True)


def test_a_question_that_windows_does_not_answer_is_told_of() -> None:
    capture = replace(machines.WINDOWS, ran=(Ran(argv=QUESTION, done=HUNG),))
    machine = probe_machine(CaptureHost(capture), None, pythons=False)
    told = [problem for problem in machine.problems if problem.code == "command-hung"]
    assert [one.args["seconds"] for one in told] == ["10"]
    assert told[0].args["command"].startswith("powershell -NoProfile")


@pytest.mark.parametrize(
    ("done", "code", "key", "value"),
    [
        (HUNG, "command-hung", "seconds", "5"),
        (Completed(code=-11, err="x\nSegmentation fault"), "command-crashed", "why", "-11 Segm"),
        (Completed(code=0xC0000005), "command-crashed", "why", "3221225477"),
    ],
)
def test_a_compiler_that_hangs_or_crashes_is_told_of(
    done: Completed, code: str, key: str, value: str
) -> None:
    gcc = ("/usr/bin/gcc", "--version")
    capture = Capture(
        system="linux",
        machine="x86_64",
        env={"PATH": "/usr/bin"},
        executables=("/usr/bin/gcc",),
        ran=(Ran(argv=gcc, done=done),),
    )
    host = CaptureHost(capture)
    machine, _ = with_software(host, None, probe_machine(host, None, pythons=False))
    (problem,) = machine.problems
    assert (problem.code, problem.args["command"]) == (code, "/usr/bin/gcc --version")
    assert problem.args[key].startswith(value)


def test_a_command_that_fails_or_is_missing_is_no_problem_and_asked_once() -> None:
    real = CaptureHost(replace(machines.NO_GPU, ran=(machines.ran("false", code=1),)))
    host, watch = watched(real)
    for _ in range(2):
        host.run(["false"])
        host.run(["missing"])
    assert watch.problems == ()
    assert real.asked == [("false",), ("missing",)]
