"""Rows of a lock as people ask for them."""

from __future__ import annotations

import pytest

from torchup.api.locks.rows import Recipe, machine_of, merged, recipe_of
from torchup.api.machines.described import Described
from torchup.errors import UsageError
from torchup.model import Interpreter, Machine, Os

LINUX = Machine(
    os=Os(system="linux", distro="ubuntu", version="22.04", libc="glibc 2.35", container="docker"),
    arch="x86_64",
    gpus=(),
    pythons=(Interpreter(path="/p", version="3.12.1", implementation="CPython"),),
)
MAC = Machine(os=Os(system="macos", version="14.5"), arch="arm64")
NONE = ("none",)


@pytest.mark.parametrize(
    ("said", "recipe"),
    [
        (
            "lab=cu126",
            Recipe(name="lab", words="cu126", build="cu126", described=Described(gpus=NONE)),
        ),
        ("rocm6.3", Recipe(name="rocm6-3", words="rocm6.3", build="rocm6.3")),
        ("m=mps", Recipe(name="m", words="mps", described=Described(system="macos"))),
        (
            "win=cu130, windows,python=3.11",
            Recipe(name="win", words="cu130,windows,python=3.11", build="cu130", python="3.11"),
        ),
        (
            "old=gpu=GTX 1080,gpu=K80,driver=470",
            Recipe(
                name="old",
                words="gpu=GTX 1080,gpu=K80,driver=470",
                described=Described(gpus=("GTX 1080", "K80"), driver="470"),
            ),
        ),
        ("c=lab.json", Recipe(name="c", words="lab.json", file="lab.json")),
        ("c=../m/lab", Recipe(name="c", words="../m/lab", file="../m/lab")),
        ("c=C:\\m\\lab", Recipe(name="c", words="C:\\m\\lab", file="C:\\m\\lab")),
        ("me=here", Recipe(name="me", words="here")),
        (
            "t=cpu,torch==2.7.1,numpy<2",
            Recipe(
                name="t",
                words="cpu,torch==2.7.1,numpy<2",
                build="cpu",
                packages=("torch==2.7.1", "numpy<2"),
            ),
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_words(said: str, recipe: Recipe) -> None:
    found = recipe_of(said)
    for field in ("name", "words", "build", "file", "python", "packages"):
        assert getattr(found, field) == getattr(recipe, field)
    if recipe.described != Described():
        assert found.described == recipe.described


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("lab=", "lock.row-unreadable"),
        ("=cu126", "lock.row-name"),
        ("", "lock.row-name"),
        ("Lab=cu126", "lock.row-name"),
        ("my lab=cu126", "lock.row-name"),
        ("lab-=cu126", "lock.row-name"),
        ("lab=cu126,cu128", "lock.row-unreadable"),
        ("lab=cu126,,linux", "lock.row-unreadable"),
        ("lab=linux,windows", "lock.row-unreadable"),
        ("lab=here,linux", "lock.row-unreadable"),
        ("lab=driver=1,driver=2", "lock.row-unreadable"),
        ("lab=machine=x", "lock.row-unreadable"),
        ("torch==2.7.1", "lock.row-unreadable"),
        ("python=3.11", "lock.row-unreadable"),
        ("c=lab.json,linux", "lock.row-unreadable"),
    ],
)
def test_what_is_no_row(said: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        recipe_of(said)
    assert caught.value.code == code


def test_a_build_is_for_the_same_system_without_what_only_this_machine_has() -> None:
    found = machine_of(recipe_of("ci=cpu"), LINUX)
    assert (found.platform, found.gpus) == ("linux-x86_64", ())
    assert (found.os.libc, found.os.container, found.pythons) == (None, None, None)


def test_systems_follow_from_builds() -> None:
    laptop = machine_of(recipe_of("m=mps"), LINUX)
    assert laptop.platform == "macos-arm64"
    assert [gpu.vendor for gpu in laptop.gpus or ()] == ["apple"]
    assert machine_of(recipe_of("lab=cu126"), MAC).platform == "linux-x86_64"
    assert machine_of(recipe_of("ci=cpu"), MAC).platform == "macos-arm64"
    assert machine_of(recipe_of("w=cu126,windows"), LINUX).platform == "windows-x86_64"
    assert machine_of(recipe_of("g=cu130,aarch64"), LINUX).platform == "linux-aarch64"


def test_a_card_and_a_driver() -> None:
    found = machine_of(recipe_of("old=gpu=GTX 1080,driver=535"), LINUX)
    assert [gpu.arch for gpu in found.gpus or ()] == ["sm_61"]
    assert [one.version for one in found.drivers or ()] == ["535"]
    with pytest.raises(UsageError, match=r"describe\.unknown-gpu"):
        machine_of(recipe_of("old=gpu=no such card"), LINUX)


def test_rows_before_stay_unless_they_are_asked_for_anew() -> None:
    found = merged(["lab=cu126", "ci=cpu"], ["lab=cu130", "m=mps"])
    assert [(one.name, one.words) for one in found] == [
        ("lab", "cu130"),
        ("ci", "cpu"),
        ("m", "mps"),
    ]
    with pytest.raises(UsageError, match=r"lock\.row-twice"):
        merged([], ["a=cpu", "a=mps"])
