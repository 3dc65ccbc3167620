"""Documents that torchup writes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import decode, encode

from torchup.errors import OutsideError
from torchup.facts.load import load_catalogue
from torchup.model import (
    Artifact,
    Cpu,
    Disk,
    Driver,
    Evidence,
    Gpu,
    Interpreter,
    Machine,
    Os,
    Plan,
    Problem,
    Requirement,
)
from torchup.resolve import resolve
from torchup.wire import v1, write
from torchup.wire.read import machines
from torchup.wire.schemas import schemas
from torchup.words import Words

WORDS = Words()
texts = st.text(st.characters(codec="utf-8"), max_size=12)
maybe = st.none() | texts


def some(kind: type, **fields: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | st.lists(st.builds(kind, **fields), max_size=2).map(tuple)


MACHINES = st.builds(
    Machine,
    os=st.builds(
        Os,
        system=st.sampled_from(("linux", "windows", "macos")),
        version=maybe,
        libc=maybe,
        wsl=st.none() | st.integers(0, 2),
    ),
    arch=st.just("x86_64"),
    cpu=st.none() | st.builds(Cpu, model=maybe, cores=st.none() | st.integers(1, 512)),
    memory_mib=st.none() | st.integers(0, 2**40),
    gpus=some(
        Gpu,
        index=st.none() | st.integers(0, 16),
        vendor=st.sampled_from((None, "nvidia", "amd", "intel", "apple")),
        name=maybe,
        arch=maybe,
        uuid=maybe,
    ),
    drivers=some(Driver, vendor=st.just("nvidia"), version=texts, max_runtime=maybe),
    pythons=some(
        Interpreter,
        path=texts,
        version=st.from_regex(r"\A3\.[0-9]{1,2}\.[0-9]\Z"),
        freethreaded=st.booleans(),
        bits=st.sampled_from((32, 64)),
    ),
    disks=some(Disk, path=texts, free_mib=st.integers(0, 2**40)),
    problems=st.just(()) | st.just((Problem(code="from-the-future", args={"a": "b"}),)),
    evidence=st.lists(st.builds(Evidence, source=texts, key=texts, value=texts), max_size=2).map(
        tuple
    ),
)


@settings(max_examples=150, deadline=None)
@given(MACHINES)
def test_machines_come_back_as_they_were(found: Machine) -> None:
    assert machines(encode(write.machine(found, WORDS)), "here") == (found,)


def test_problems_are_worded_where_there_are_words() -> None:
    found = Machine(
        os=Os(system="linux"), arch="x86_64", problems=(Problem(code="from-the-future"),)
    )
    document = write.machine(found, WORDS)
    assert document.problems is not None
    assert [(one.code, one.text) for one in document.problems] == [("from-the-future", "")]


def answer(*packages: str, url: str = "") -> Plan:
    found = Machine(
        os=Os(system="linux", libc="glibc 2.35"),
        arch="x86_64",
        gpus=(Gpu(vendor="nvidia", name="NVIDIA GeForce RTX 4090", arch="sm_89"),),
        drivers=(Driver(vendor="nvidia", version="535.183.01"),),
    )
    requirement = Requirement(packages=packages, today="2026-11-21")
    return Plan(
        resolution=resolve(found, requirement, load_catalogue(), primary_url=url, framework_url=url)
    )


def test_plan_has_the_fields_that_programs_read() -> None:
    document = decode(encode(write.plan(answer(), WORDS)))
    assert document["schema"] == "torchup.plan/v1"
    assert document["outcome"] == "ok"
    assert {*("python", "packages", "build", "runtime", "device", "origin", "index_url")} <= set(
        document["stack"]
    )
    assert (document["serves"], document["leaves_out"]) == ([0], [])
    reason = document["reasons"][0]
    assert {"code", "effect", "subject", "needs", "has", "text", "fact"} <= set(reason)
    assert set(reason["fact"]) == {"file", "key", "url", "checked"}
    assert {"stack", "reasons", "remedy"} <= set(document["near_misses"][0])
    assert decode(encode(write.plan(answer(), WORDS)), type=v1.PlanV1).outcome == "ok"


def test_no_stack_is_null() -> None:
    document = decode(encode(write.plan(answer("torch==9.9"), WORDS)))
    assert (document["outcome"], document["stack"]) == ("none", None)
    assert document["near_misses"]


def test_credentials_stay_here() -> None:
    plan = answer(url="https://me:secret@mirror.test/whl")
    plan = Plan(
        resolution=plan.resolution,
        artifacts=(Artifact(name="a", version="1", url="https://me:secret@mirror.test/a.whl"),),
    )
    text = encode(write.plan(plan, WORDS)).decode()
    assert "secret" not in text
    assert "https://***@mirror.test/whl/cu126" in text
    error = OutsideError("wire.unreadable", where="https://me:secret@x.test", why="no")
    assert "secret" not in write.error(error, WORDS).message


def test_download_size_is_known_only_where_every_file_tells() -> None:
    files = (
        Artifact(name="a", version="1", url="u", size=3),
        Artifact(name="b", version="1", url="u", size=4),
    )
    resolution = answer().resolution
    assert write.plan(Plan(resolution=resolution, artifacts=files), WORDS).download_bytes == 7
    more = (*files, Artifact(name="c", version="1", url="u"))
    assert write.plan(Plan(resolution=resolution, artifacts=more), WORDS).download_bytes is None
    assert write.plan(Plan(resolution=resolution), WORDS).download_bytes is None


def test_every_document_has_a_schema_of_its_name() -> None:
    found = schemas()
    assert len(found) == len(v1.DOCUMENTS)
    assert {"torchup.machine/v1", "torchup.plan/v1", "torchup.error/v1"} <= set(found)
    required = found["torchup.machine/v1"]["$defs"]["ProbedV1"]["required"]
    assert required == ["schema", "os", "arch"]
