"""The chain from the card to the notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from torchup.api.chain.links import chain
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import (
    Driver,
    Environment,
    EnvRecord,
    Evidence,
    Gpu,
    Interpreter,
    Machine,
    Os,
    Problem,
    Requirement,
    Size,
    Stack,
    Toolkit,
    text,
)
from torchup.model.software import Editor, FoundEnvironment, Notebook, Software
from torchup.resolve import resolve

if TYPE_CHECKING:
    from torchup.api.chain.link import Link

ADA = Machine(
    os=Os(system="linux", libc="glibc 2.39"),
    arch="x86_64",
    gpus=(Gpu(index=0, vendor="nvidia", name="RTX 4090", arch="sm_89"),),
    drivers=(Driver(vendor="nvidia", version="580.65.06", max_runtime="13.0"),),
    toolkits=(Toolkit(name="CUDA", version="12.4", path="/usr/local/cuda-12.4"),),
    pythons=(Interpreter(path="/usr/bin/python3.13", version="3.13.1"),),
)


def links(machine: Machine, *made: Environment, software: Software | None = None) -> list[Link]:
    answer = resolve(machine, Requirement(today="2026-11-21"), load_catalogue(), gpus=load_gpus())
    return list(chain(machine, answer, made, software))


def states(found: list[Link]) -> list[tuple[str, str]]:
    return [(one.what, one.state) for one in found]


def environment(name: str, **fields: object) -> Environment:
    stack = Stack(python="3.13", packages={}, build="", runtime="", device="cpu")
    record = EnvRecord(
        name=name,
        path=f"/home/me/envs/{name}",
        backend="uv",
        created="",
        stack=stack,
        requirement=Requirement(),
    )
    plain: dict[str, object] = {"state": "ok", "packages": {}, "verified": None, "size": Size()}
    return Environment(record=record, **(plain | fields))  # type: ignore[arg-type]


def test_a_chain_that_holds() -> None:
    kernel = Notebook(
        name="demo",
        title="Python (demo)",
        path="/home/me/.local/share/jupyter/kernels/demo",
        interpreter="/home/me/envs/demo/bin/python",
        exists=True,
    )
    other = Notebook(
        name="old",
        title="old",
        path="/k",
        interpreter="/home/me/envs/demo2/bin/python",
        exists=True,
    )
    software = Software(notebooks=(kernel, other))
    found = links(ADA, environment("demo", verified="2026-11-21"), software=software)
    assert states(found) == [
        ("card", "good"),
        ("driver", "good"),
        ("runtime", "good"),
        ("build", "good"),
        ("python", "quiet"),
        ("environment", "good"),
        ("notebook", "good"),
    ]
    assert found[2].why.args["toolkits"] == "12.4"
    assert found[6].why.args["name"] == "demo"


def test_a_driver_that_is_missing_or_too_old() -> None:
    bare = Machine(os=ADA.os, arch="x86_64", gpus=ADA.gpus, drivers=())
    found = links(bare)
    assert states(found)[:3] == [("card", "costs"), ("driver", "stops"), ("build", "stops")]
    reason = found[2].reason
    assert reason is not None
    assert reason.code == "driver-missing"
    old = Driver(vendor="nvidia", version="550.54.15", max_runtime="12.4")
    held = links(Machine(os=ADA.os, arch="x86_64", gpus=ADA.gpus, drivers=(old,)))
    assert states(held)[:4] == [
        ("card", "good"),
        ("driver", "costs"),
        ("runtime", "costs"),
        ("build", "good"),
    ]


def test_without_a_card_nothing_is_wrong() -> None:
    found = links(Machine(os=ADA.os, arch="x86_64", gpus=()), software=Software())
    assert states(found) == [
        ("card", "quiet"),
        ("build", "quiet"),
        ("python", "quiet"),
        ("environment", "quiet"),
        ("notebook", "quiet"),
    ]
    assert links(Machine(os=ADA.os, arch="x86_64"))[0].state == "stops"


def test_environments_and_what_is_wrong_with_them() -> None:
    broken = environment("b", state="broken", problem=text("environment.moved", was="x", path="y"))
    found = [one for one in links(ADA, environment("a"), broken) if one.what == "environment"]
    assert [(one.shown, one.state) for one in found] == [("a", "costs"), ("b", "stops")]
    assert found[1].why.code == "environment.moved"


def test_what_keeps_programs_from_an_amd_card_stands_at_its_driver() -> None:
    radeon = Gpu(vendor="amd", name="RX 6800", arch="gfx1030")
    refused = Machine(
        os=ADA.os, arch="x86_64", gpus=(radeon,), problems=(Problem(code="amd-kfd-refused"),)
    )
    (driver,) = (one for one in links(refused) if one.what == "driver")
    assert (driver.shown, driver.state, driver.why.code) == (
        "amdgpu",
        "stops",
        "problem.amd-kfd-refused",
    )
    whole = msgspec.structs.replace(
        refused, drivers=(Driver(vendor="amd", version="6.8.5"),), problems=()
    )
    (driver,) = (one for one in links(whole) if one.what == "driver")
    assert (driver.shown, driver.state) == ("amdgpu 6.8.5", "good")
    elsewhere = msgspec.structs.replace(whole, os=Os(system="windows"))
    (driver,) = (one for one in links(elsewhere) if one.what == "driver")
    assert (driver.shown, driver.why.code) == ("AMD 6.8.5", "chain.driver-amd-windows")


def test_what_is_odd_about_a_driver_that_answers_costs() -> None:
    said = Problem(code="nvidia-ecc-errors", args={"card": "RTX 4090", "index": "0", "count": "3"})
    found = links(msgspec.structs.replace(ADA, problems=(said,)))
    (driver,) = (one for one in found if one.what == "driver")
    assert (driver.state, driver.why.code) == ("costs", "problem.nvidia-ecc-errors")


@pytest.mark.parametrize(
    ("gpus", "drivers", "code"),
    [
        ((), (Driver(vendor="nvidia", version="580.65.06"),), "nvidia-no-gpu"),
        (None, (), "nvidia-wsl-libraries"),
        (ADA.gpus, ADA.drivers, "nvidia-cuda-hung"),
        (ADA.gpus, (), "nvidia-container-no-driver"),
    ],
)
def test_a_driver_on_which_nothing_computes_is_never_good(
    gpus: tuple[Gpu, ...] | None, drivers: tuple[Driver, ...], code: str
) -> None:
    odd = Problem(code=code, args={"version": "580.65.06", "why": "x", "seconds": "15"})
    machine = msgspec.structs.replace(ADA, gpus=gpus, drivers=drivers, problems=(odd,))
    by_what = {one.what: one for one in links(machine)}
    assert (by_what["driver"].state, by_what["driver"].why.code) == ("stops", f"problem.{code}")
    assert by_what["card"].state == (
        "good" if gpus and drivers else "stops" if not gpus else "costs"
    )
    later = [by_what[what] for what in ("runtime", "build") if what in by_what]
    assert later
    assert all(one.state != "good" for one in later)


def test_the_problem_that_stops_is_told_before_one_that_costs() -> None:
    odd = tuple(
        Problem(code=code, args={"card": "RTX 4090", "index": "0", "count": "3", "why": "-6"})
        for code in ("nvidia-ecc-errors", "nvidia-cuda-crashed")
    )
    (driver,) = (
        one for one in links(msgspec.structs.replace(ADA, problems=odd)) if one.what == "driver"
    )
    assert (driver.state, driver.why.code) == ("stops", "problem.nvidia-cuda-crashed")


@pytest.mark.parametrize(
    ("hidden", "states"), [("1", ("costs", "good")), ("2", ("stops", "stops"))]
)
def test_hiding_one_card_is_not_hiding_all(hidden: str, states: tuple[str, str]) -> None:
    args = {"value": "1", "hidden": hidden, "total": "2"}
    machine = msgspec.structs.replace(ADA, problems=(Problem(code="nvidia-hidden", args=args),))
    found = {one.what: one.state for one in links(machine)}
    assert (found["driver"], found["runtime"]) == states


@pytest.mark.parametrize(("started", "state"), [("0", "costs"), ("999", "stops"), (None, "stops")])
def test_a_library_that_failed_costs_nothing_where_cuda_starts(
    started: str | None, state: str
) -> None:
    odd = Problem(code="nvidia-nvml-failed", args={"function": "nvmlInit", "why": "Unknown Error"})
    seen = (Evidence(source="libcuda", key="cuInit", value=started),) if started else ()
    machine = msgspec.structs.replace(ADA, problems=(odd,), evidence=seen)
    assert {one.what: one.state for one in links(machine)}["driver"] == state


def test_what_others_made_and_ides_belong_to_the_chain() -> None:
    software = Software(
        environments=(
            FoundEnvironment(path="/a", kind="venv", packages={"torch": "2.4.1+cu121"}),
            FoundEnvironment(path="/b", kind="venv", packages={"torch": "2.4.1+cpu"}),
            FoundEnvironment(path="/c", kind="conda", packages={"torch": "2.13.0+cu130"}),
        ),
        notebooks=(
            Notebook(name="a", title="A", path="/k", interpreter="/a/bin/python", exists=True),
            Notebook(name="x", title="X", path="/l", interpreter="/x/bin/python", exists=False),
            Notebook(name="s", title="S", path="/m", interpreter="python3", exists=True),
        ),
        editors=(Editor(name="VS Code", path="/usr/share/code", version="1.99.0"),),
    )
    old = Driver(vendor="nvidia", version="550.54.15", max_runtime="12.4")
    machine = msgspec.structs.replace(ADA, drivers=(old,))
    found = [(one.what, one.state, one.why.code) for one in links(machine, software=software)]
    assert found[-6:] == [
        ("elsewhere", "costs", "chain.elsewhere"),
        ("elsewhere", "costs", "chain.elsewhere-cpu"),
        ("elsewhere", "stops", "chain.elsewhere-too-new"),
        ("notebook", "good", "chain.notebook"),
        ("notebook", "stops", "chain.notebook-gone"),
        ("editor", "good", "chain.editor"),
    ]
    waits = links(ADA, software=Software(editors=software.editors))[-1]
    assert (waits.shown, waits.state) == ("VS Code 1.99.0", "quiet")


def test_a_card_with_a_problem_of_its_own_is_the_one_that_is_red() -> None:
    cards = tuple(
        Gpu(index=at, vendor="nvidia", name="RTX 3090", arch="sm_86", pci_address=slot)
        for at, slot in enumerate(("0000:01:00.0", "0000:02:00.0"))
    )
    lost = Problem(code="nvidia-gpu-lost", args={"card": "0000:02:00.0", "why": "Xid 79"})
    errors = Problem(
        code="nvidia-ecc-errors", args={"index": "0", "card": "RTX 3090", "count": "3"}
    )
    driver = Driver(vendor="nvidia", version="580.65.06")
    for problems, expected in (
        ((lost,), ["good", "stops"]),
        ((lost, errors), ["costs", "stops"]),
        ((), ["good", "good"]),
    ):
        here = Machine(
            os=Os(system="linux", libc="glibc 2.35"),
            arch="x86_64",
            gpus=cards,
            drivers=(driver,),
            problems=problems,
        )
        assert [one.state for one in links(here) if one.what == "card"] == expected
