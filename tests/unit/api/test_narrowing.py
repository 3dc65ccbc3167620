"""Pins of other packages narrow the choice of a described machine, and the answer names them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from torchup.api.context import Context
from torchup.api.stacks.planning import choose
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.model import Driver, Gpu, Machine, Os, Requirement, Resolution
from torchup.state.home import Home
from unit.sources.fakehost import FileHost

ADA = Machine(
    os=Os(system="linux", libc="glibc 2.39"),
    arch="x86_64",
    gpus=(Gpu(index=0, vendor="nvidia", arch="sm_86"),),
    drivers=(Driver(vendor="nvidia", version="580.65.06"),),
)


NEWEST = load_catalogue().releases[0].version


def chosen(*packages: str, python: str | None = None, build: str | None = None) -> Resolution:
    asked = Requirement(packages=packages, python=python, build=build, today="2026-11-21")
    host = FileHost(env={"HOME": "/home/me"}, files={})
    context = Context(host, Home("/home/me/torchup"))
    return choose(context, ADA, asked, live=False).resolution


def said(answer: Resolution, code: str) -> list[tuple[str, str]]:
    return [(one.subject, one.effect) for one in answer.reasons if one.code == code]


@pytest.mark.parametrize(
    ("packages", "build", "release"),
    [
        (("triton==2.1.0",), None, "2.1.2"),
        (("triton==2.1.0", "torch>=2"), "cu121", "2.1.2"),
        (("triton<3.3",), None, "2.6.0"),
        (("torchtext==0.18.0",), None, "2.3.1"),
        (("basicsr",), None, "2.1.2"),
        (("transformers==4.0.0",), None, NEWEST),
    ],
)
def test_the_release_follows_the_pin(
    packages: tuple[str, ...], build: str | None, release: str
) -> None:
    answer = chosen(*packages, build=build)
    assert answer.stack is not None
    assert answer.stack.packages["torch"] == release
    assert not [one for one in answer.reasons if one.code.startswith("trap-asked")]


def on_blackwell(*packages: str) -> Resolution:
    card = replace(ADA, gpus=(Gpu(index=0, vendor="nvidia", name="RTX 5090", arch="sm_120"),))
    asked = Requirement(packages=packages, today="2026-11-21")
    context = Context(FileHost(env={"HOME": "/home/me"}, files={}), Home("/home/me/torchup"))
    return choose(context, card, asked, live=False).resolution


def test_what_works_with_older_releases_alone_is_said_where_none_runs() -> None:
    answer = on_blackwell("basicsr>=1.4.2")
    assert answer.stack is not None
    assert answer.stack.packages["torch"] == NEWEST
    assert said(answer, "works-with-older") == [("basicsr 1.4.2", "warn")]


def test_a_pin_of_another_package_is_not_worth_ptx_alone() -> None:
    answer = on_blackwell("basicsr==1.4.2")
    assert answer.outcome == "none"
    assert [one.code for one in answer.reasons if one.effect == "reject"] == ["pinned-by"]
    assert {one.code for one in answer.reasons} == {"pinned-by", "arch-ptx-only"}
    named = on_blackwell("torch==1.4.0", "numpy<2")
    assert named.stack is not None
    assert named.stack.packages["torch"] == "1.4.0"


@pytest.mark.parametrize(
    ("line", "python"),
    [("numpy==1.19.5", "3.9"), ("fairseq==0.12.2", "3.10"), ("numpy<2", "3.12")],
)
def test_the_python_follows_the_pin(line: str, python: str) -> None:
    answer = chosen(line)
    assert answer.stack is not None
    assert answer.stack.python == python
    told = said(answer, "pinned-python") + said(answer, "pinned-python-through")
    assert told == [(line, "prefer")]
    assert said(answer, "python-asked") == []


def test_a_python_that_was_asked_for_is_obeyed_with_a_warning() -> None:
    answer = chosen("numpy==1.19.5", python="3.12")
    assert answer.stack is not None
    assert answer.stack.python == "3.12"
    assert said(answer, "pinned-python-unmet") == [("numpy==1.19.5", "warn")]


def test_a_release_that_was_asked_for_is_obeyed_with_a_warning() -> None:
    answer = chosen("numpy==1.19.5", "torch==2.15.0")
    assert answer.stack is not None
    assert said(answer, "pinned-python-unmet") == [("numpy==1.19.5", "warn")]


def test_a_package_that_goes_with_everything_changes_nothing() -> None:
    with_it, without = chosen("numpy").stack, chosen().stack
    assert with_it is not None
    assert without is not None
    assert (with_it.pins, with_it.python) == (without.pins, without.python)


@pytest.mark.parametrize("python", [None, "3.10"])
def test_the_newest_version_of_a_package_moves_no_python(python: str | None) -> None:
    for release in ("torch==2.15.0", "torch==2.2.2", "torch==1.13.1"):
        if (release, python) == ("torch==2.15.0", "3.10"):
            continue  # it has no wheel for that
        with_it = chosen("numpy", release, python=python)
        without = chosen(release, python=python)
        assert with_it.stack is not None
        assert without.stack is not None
        assert with_it.stack.python == without.stack.python
        assert not [one for one in with_it.reasons if one.code.startswith("pinned-python")]


def test_two_pins_of_which_leaving_one_out_is_enough() -> None:
    answer = chosen("xformers==0.0.28", "vllm==0.6.3")
    assert answer.outcome == "none"
    offered = [
        (near.remedy.args["pin"], near.stack.packages["torch"]) for near in answer.near_misses
    ]
    assert offered == [("xformers==0.0.28", "2.4.0"), ("vllm==0.6.3", "2.4.1")]
    for left in ("xformers==0.0.28", "vllm==0.6.3"):
        assert chosen(left).outcome == "ok"


def test_a_floor_that_the_asked_release_is_below() -> None:
    answer = chosen("transformers==5.20.0", "torch==2.2.2")
    assert answer.outcome == "none"
    assert said(answer, "pin-conflict") == [("transformers==5.20.0", "reject")]


@pytest.mark.parametrize("name", ["pytorch", "PyTorch==2.4.1"])
def test_the_framework_by_a_name_that_is_no_package(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(name)
    assert (caught.value.code, caught.value.details["framework"]) == ("ask.misnamed", "torch")
