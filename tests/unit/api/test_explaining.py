"""The words of a stack as people write them."""

from __future__ import annotations

import pytest

from torchup.api.stacks.explaining import as_meant, in_place_of, narrows
from torchup.errors import UsageError
from torchup.model import Requirement


def meant(*words: str, build: str | None = None) -> tuple[tuple[str, ...], str | None]:
    found = as_meant(Requirement(packages=words, build=build))
    return found.packages, found.build


@pytest.mark.parametrize(
    ("words", "packages", "build"),
    [
        (("cu130",), (), "cu130"),
        (("cpu",), (), "cpu"),
        (("2.9.1",), ("torch==2.9.1",), None),
        (("2.9",), ("torch==2.9.*",), None),
        (("2",), ("torch==2.*",), None),
        (("torch 2.9.1",), ("torch==2.9.1",), None),
        (("torch", "2.9.1"), ("torch==2.9.1",), None),
        (("torch 2.9.1 cu128",), ("torch==2.9.1",), "cu128"),
        (("torchvision", "0.24"), ("torchvision==0.24.*",), None),
        (("2.9.1+cu128",), ("torch==2.9.1+cu128",), None),
        (("torch == 2.9.1",), ("torch == 2.9.1",), None),
        (("a<2; python_version>'3'",), ("a<2; python_version>'3'",), None),
        (("a==1 b==2",), ("a==1", "b==2"), None),
        (("a==1", "2.9.1"), ("a==1", "torch==2.9.1"), None),
    ],
    ids=str,
)
def test_words(words: tuple[str, ...], packages: tuple[str, ...], build: str | None) -> None:
    assert meant(*words) == (packages, build)


def test_what_is_none() -> None:
    with pytest.raises(UsageError, match=r"ask\.not-a-requirement"):
        meant("torch=2.9.1")
    with pytest.raises(UsageError, match=r"ask\.two-builds"):
        meant("cu126 cu128")
    with pytest.raises(UsageError, match=r"ask\.two-builds"):
        meant("cu126", build="cu128")


@pytest.mark.parametrize("words", [("torch==2.9",), ("xformers<1",), ("torchaudio",), ("cu130",)])
def test_what_a_choice_depends_on(words: tuple[str, ...]) -> None:
    assert narrows(as_meant(Requirement(packages=words)))


@pytest.mark.parametrize("words", [(), ("numpy",), ("torch",)])
def test_what_no_choice_depends_on(words: tuple[str, ...]) -> None:
    assert not narrows(as_meant(Requirement(packages=words)))


def test_a_release_takes_the_place_of_a_nightly() -> None:
    nightly = Requirement(nightly=True)
    assert not in_place_of(nightly, Requirement(packages=("torch==2.15.0",))).nightly
    assert not in_place_of(nightly, Requirement(packages=("torchvision<1",))).nightly
    assert in_place_of(nightly, Requirement(packages=("torch", "numpy<2"), build="cu130")).nightly
