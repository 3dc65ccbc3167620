"""Builds that are packages of other names, and not versions or extras of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Requirement, Stack
from torchup.plan.pasting import Wanted, pasteable
from torchup.resolve import resolve
from torchup.resolve.resolver import Resolver
from unit.resolve.machinery import PYPI, TODAY, listed, machine, wheel

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue

JAX = load_catalogue("jax")
NAME = "jax-gpu"
VERSION = "0.9.2"
CARD = machine("sm_89", driver="580.65.06")


def renamed() -> Catalogue:
    """JAX, had it a package of another name for CUDA 12, with an extra for its libraries."""
    releases = tuple(
        replace(
            release,
            companions=(),
            builds=tuple(
                replace(one, package=NAME, extra="cuda,cudnn") if one.device == "cuda" else one
                for one in release.builds
                if one.name != "cu13"
            ),
        )
        for release in JAX.releases
    )
    framework = replace(JAX.framework, packages=(NAME,), companions=(), extras={})
    return replace(JAX, framework=framework, releases=releases)


CATALOGUE = renamed()


def chosen(*packages: str, cpu: bool = False) -> Stack:
    asked = Requirement(packages=packages, today=TODAY, cpu=cpu)
    stack = resolve(CARD, asked, CATALOGUE).stack
    assert stack is not None
    return stack


@pytest.mark.parametrize("line", [f"jax=={VERSION}", f"{NAME}=={VERSION}"])
def test_the_package_is_the_machines_whatever_was_named(line: str) -> None:
    stack = chosen(line)
    assert stack.packages == {"jax": VERSION}
    assert stack.installed == {NAME: VERSION}
    assert stack.lines == (f"{NAME}[cuda,cudnn]=={VERSION}",)
    assert chosen(line, cpu=True).lines == (f"jax=={VERSION}",)


def test_nothing_names_it_twice() -> None:
    said = pasteable(
        "uv", Wanted(stack=chosen("jax"), system="linux", rest=("jax", "jax[k8s]", "tqdm"))
    )
    assert "tqdm" in said
    assert " jax" not in said.replace(f" {NAME}", "")


def test_it_is_looked_for_under_its_own_name() -> None:
    def answer(**files: tuple[object, ...]) -> str:
        places = listed(PYPI, **files)  # type: ignore[arg-type]  # wheels
        resolver = Resolver(CATALOGUE, gpus=load_gpus(), listings=places)
        asked = Requirement(packages=(f"jax=={VERSION}",), today=TODAY)
        return resolver.resolve(CARD, asked).outcome

    plain = (wheel("jax", VERSION, "3.13"),)
    assert answer(jax=plain) == "none"
    assert answer(**{"jax": plain, NAME: (wheel(NAME, VERSION, "3.13"),)}) == "ok"
