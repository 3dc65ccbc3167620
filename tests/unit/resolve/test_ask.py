"""Reading what is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from torchup.errors import UsageError
from torchup.model import Interpreter, Machine, Requirement
from torchup.resolve.ask import Asked, read_requirement
from torchup.words import Words
from unit.resolve.machinery import CATALOGUE, WINDOWS, machine

HERE = machine(
    pythons=(
        Interpreter(path="/usr/bin/python3", version="3.12.3"),
        Interpreter(path="/usr/bin/pypy", version="3.10.1", implementation="PyPy"),
        Interpreter(path="/opt/old/python", version="3.11.0", bits=32),
        Interpreter(path="/opt/t/python", version="3.14.0", freethreaded=True),
    )
)


def read(*packages: str, found: Machine = HERE, **asked: object) -> Asked:
    from msgspec import convert

    fields = {"packages": packages, "today": "2026-11-21"} | asked
    return read_requirement(convert(fields, Requirement), CATALOGUE.framework, found)


def test_versions_builds_and_the_rest() -> None:
    asked = read("torch==2.4.0+cu118", "Torch_Vision", "numpy<2", "torchaudio>=2")
    assert (asked.build, asked.named) == ("cu118", ("torchaudio",))
    assert asked.others == ("Torch_Vision", "numpy<2")
    assert asked.allows("torch", "2.4.0")
    assert not asked.allows("torch", "2.4.1")
    assert asked.pins("torchaudio")
    assert not asked.pins("torchvision")


def test_several_lines_about_one_package_add_up() -> None:
    asked = read("torch>=2.1", "torch<2.3")
    assert [asked.allows("torch", one) for one in ("2.0.1", "2.2.2", "2.3.0")] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("3.11", "3.11"),
        ("3.11.7", "3.11"),
        ("python3.11", "3.11"),
        ("cpython@3.12", "3.12"),
        ("3.14t", "3.14t"),
        ("/usr/bin/python3", "3.12"),
        ("/opt/t/python", "3.14t"),
    ],
)
def test_python(wanted: str, line: str) -> None:
    assert read(python=wanted).python == line


@pytest.mark.parametrize(
    ("code", "packages", "more"),
    [
        ("ask.cpu-and-build", (), {"cpu": True, "build": "cu126"}),
        ("ask.cpu-and-build", ("torch==2.4.0+cu118",), {"cpu": True}),
        ("ask.named-and-no-companions", ("torchvision",), {"companions": False}),
        ("ask.bare-version", ("2.4.1",), {}),
        ("ask.not-a-requirement", ("torch=2.4",), {}),
        ("ask.not-a-requirement", ("",), {}),
        ("ask.url", ("torch @ https://x.test/torch.whl",), {}),
        ("ask.two-builds", ("torch==2.4.0+cu118", "torchvision==0.19.0+cu121"), {}),
        ("ask.two-builds", ("torch==2.4.0+cu118",), {"build": "cu126"}),
        ("ask.not-that-build", ("torch!=2.4.0+cu118",), {}),
        ("ask.python-not-found", (), {"python": "/no/python"}),
        ("ask.not-cpython", (), {"python": "/usr/bin/pypy"}),
        ("ask.not-cpython", (), {"python": "pypy3.10"}),
        ("ask.not-64-bit", (), {"python": "/opt/old/python"}),
        ("ask.not-a-python", (), {"python": "3"}),
        ("ask.not-a-python", (), {"python": "three.eleven"}),
    ],
)
def test_what_cannot_be(code: str, packages: tuple[str, ...], more: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        read(*packages, **more)
    assert caught.value.code == code
    words = Words()
    assert words.say(code, caught.value.details)
    assert words.say(f"{code}.hint", caught.value.details)


def test_cpu_as_a_build_is_cpu() -> None:
    assert read(build="cpu").cpu
    assert read("torch==2.4.0+cpu").cpu


def test_markers_are_about_the_machine_that_is_asked_about() -> None:
    line = "torch==2.4.1; sys_platform == 'win32'"
    assert not read(line).pins("torch")
    assert read(line, found=machine(os=WINDOWS)).pins("torch")
    old = "torch==2.4.1; python_version < '3.9'"
    assert read(old, python="3.8").pins("torch")
    assert not read(old, python="3.12").pins("torch")
