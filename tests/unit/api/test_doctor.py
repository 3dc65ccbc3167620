"""The whole chain judged, and findings made of it."""

from __future__ import annotations

from msgspec.structs import replace

from torchup.api.doctor import examine, of_environment, together
from torchup.model import (
    Environment,
    EnvRecord,
    Gpu,
    Machine,
    Os,
    Problem,
    Requirement,
    Resolution,
    Stack,
    text,
)
from torchup.model.finding import Finding
from torchup.model.software import Answering, Software
from torchup.words import Words

WORDS = Words()
STACK = Stack(
    python="3.12",
    packages={"torch": "2.9.0"},
    build="cpu",
    runtime="",
    device="cpu",
    index_url="https://index.test",
)
FITS = Resolution(outcome="ok", requirement=Requirement(), stack=STACK, reasons=())
MACHINE = Machine(os=Os(system="linux"), arch="x86_64", gpus=(), drivers=())
RECORD = EnvRecord(
    name="demo",
    path="/h/envs/demo",
    backend="uv",
    created="2026-01-01",
    stack=STACK,
    requirement=Requirement(),
)
GOOD = Environment(record=RECORD, state="ok", packages={}, verified="2026-01-01")


def test_a_machine_that_is_well_has_no_findings() -> None:
    examined = examine(MACHINE, FITS, (GOOD,))
    assert examined.findings == ()
    assert not [one for one in examined.links if one.state == "stops"]


def test_problems_are_findings_the_gravest_first() -> None:
    problems = (
        Problem(code="pythonpath-set", args={"value": "/x"}),
        Problem(code="nvidia-nouveau", args={"card": "01:00.0"}),
    )
    machine = replace(
        MACHINE,
        os=Os(system="linux", distro="ubuntu"),
        gpus=(Gpu(index=0, vendor="nvidia"),),
        problems=problems,
    )
    first, second = examine(machine, FITS).findings
    assert (first.code, first.severity) == ("nvidia-nouveau", "error")
    assert (second.code, second.severity) == ("pythonpath-set", "warning")
    assert first.remedies[0].commands  # the distribution's own way to a driver
    assert all(WORDS.text(one.title) for one in (first, second))


def test_no_stack_is_an_error() -> None:
    none = Resolution(outcome="none", requirement=Requirement(), stack=None, reasons=())
    assert [one.code for one in examine(MACHINE, none).findings] == ["no-stack"]


def test_environments_and_sources_are_looked_at() -> None:
    broken = replace(
        GOOD, state="broken", problem=text("environment.no-record", name="a", path="b")
    )
    source = Answering(id="primary", url="https://index.test", why=text("network.timeout"))
    found = examine(MACHINE, FITS, (broken,), Software(), (source,)).findings
    assert [one.code for one in found] == [
        "environment-broken",
        "source-unreachable",
    ]
    assert found[0].remedies[0].commands == (("torchup", "repair", "demo"),)


def test_what_torchup_did_not_make_is_not_repaired() -> None:
    adopted = replace(GOOD, state="broken", record=replace(RECORD, backend="conda"))
    (found,) = of_environment(adopted)
    assert ("torchup", "repair", "demo") not in found.remedies[0].commands


def test_one_that_was_never_verified_is_told() -> None:
    (found,) = of_environment(replace(GOOD, verified=None))
    assert (found.code, found.severity) == ("environment-not-verified", "info")


def test_what_is_said_more_closely_is_said_once_and_the_gravest_comes_first() -> None:
    def broken(*because: str) -> Finding:
        title = text("doctor.broken", name=because[0])
        return Finding(code="environment-broken", severity="error", title=title, because=because)

    quiet = Finding(code="no-stack", severity="warning", title=text("doctor.no-stack"))
    shortly, closely = broken("a: /h/envs/a"), broken("a: /h/envs/a", "numpy: gone")
    other = broken("b: /h/envs/b")
    assert together([quiet, shortly, other], [closely], [quiet]) == (other, closely, quiet)


def test_packages_that_leak_in_are_told_once() -> None:
    def found(code: str, environment: str) -> Finding:
        return Finding(
            code=code,
            severity="warning",
            title=text("doctor.no-stack"),
            because=(environment,),
            facts={"environment": environment},
        )

    leak = found("user-site-leak", "/h/envs/demo")
    other = found("framework-from-user-site", "/usr")
    same = found("framework-from-user-site", "/h/envs/demo")
    assert together([], [leak], [same, other]) == (leak, other)
    assert together([], [], [same]) == (same,)
