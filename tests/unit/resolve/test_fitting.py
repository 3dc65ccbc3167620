"""Which wheels of a compiled package go with a stack, by the true table."""

from __future__ import annotations

import pytest

from torchup.facts.load import load_catalogue
from torchup.facts.wheels import load_wheels
from torchup.resolve.fitting import Ground, clash, fits, new_abi, span
from torchup.resolve.fitting_near import beyond, nearest, with_wheels

NAMES = ("flash-attn", "mmcv", "pyg-lib", "torch-scatter", "torchao", "triton-windows", "vllm")
KNOWN = load_wheels((*NAMES, "xformers", "bitsandbytes"), "torch")


def ground(stack: str, python: str = "3.12", platform: str = "linux-x86_64") -> Ground:
    release, _, build = stack.partition("+")
    runtime = f"{build[2:-1]}.{build[-1]}" if build.startswith("cu") else ""
    return Ground(
        release=release,
        build=build,
        runtime=runtime,
        device="cuda" if runtime else "cpu",
        python=python,
        platform=platform,
    )


@pytest.mark.parametrize(
    ("name", "stack", "version"),
    [
        ("flash-attn", "2.6.0+cu124", "2.8.3.post1"),
        ("flash-attn", "2.8.0+cu128", "2.8.3.post1"),
        ("torch-scatter", "2.8.0+cu128", "2.1.2"),
        ("torch-scatter", "2.13.0+cpu", "2.1.2"),
        ("mmcv", "2.4.1+cu121", "2.2.0"),
        ("xformers", "2.4.1+cu121", "0.0.28.post1"),
        ("xformers", "2.9.1+cu128", "0.0.33.post2"),
        ("xformers", "2.13.0+cu128", "0.0.35"),
        ("vllm", "2.8.0+cu128", "0.11.0"),
        ("torchao", "2.8.0+cu128", "0.14.0"),
        ("torchao", "2.6.0+cu124", "0.12.0"),
        ("torchao", "2.13.0+cu130", "0.17.0"),
        ("bitsandbytes", "2.4.1+cu121", "0.50.0"),
    ],
)
def test_the_newest_version_that_belongs_to_a_stack(name: str, stack: str, version: str) -> None:
    assert fits(KNOWN[name], ground(stack), "")[0].version == version


@pytest.mark.parametrize(
    ("name", "stack", "python", "platform"),
    [
        ("flash-attn", "2.9.1+cu128", "3.12", "linux-x86_64"),
        ("flash-attn", "2.8.0+cu128", "3.14", "linux-x86_64"),
        ("flash-attn", "2.8.0+cu128", "3.12", "windows-x86_64"),
        ("flash-attn", "2.13.0+cpu", "3.12", "linux-x86_64"),
        ("torch-scatter", "2.8.0+cu118", "3.12", "linux-x86_64"),
        ("torch-scatter", "2.13.0+cu129", "3.12", "linux-x86_64"),
        ("mmcv", "2.6.0+cu124", "3.12", "linux-x86_64"),
        ("triton-windows", "2.8.0+cu128", "3.12", "linux-x86_64"),
        ("vllm", "2.4.1+cu121", "3.12", "linux-x86_64"),
        ("xformers", "2.4.1+cu121", "3.12", "windows-x86_64"),
    ],
)
def test_no_wheel_goes_with_a_stack(name: str, stack: str, python: str, platform: str) -> None:
    assert not fits(KNOWN[name], ground(stack, python, platform), "")


def test_one_build_stands_in_for_another_of_the_same_cuda_only_where_wheels_lie_together() -> None:
    assert fits(KNOWN["flash-attn"], ground("2.4.1+cu124"), "==2.6.3")[0].builds == ("cu123",)
    assert fits(KNOWN["flash-attn"], ground("2.4.1+cu118"), "==2.6.3")[0].builds == ("cu118",)
    assert not fits(KNOWN["torch-scatter"], ground("2.6.0+cu128"), "")


def test_what_loads_comes_before_what_only_installs() -> None:
    beside_cpu = fits(KNOWN["xformers"], ground("2.13.0+cpu"), "")
    assert [one.loads for one in beside_cpu] == [False]
    other_cuda = fits(KNOWN["xformers"], ground("2.9.0+cu130"), "")
    assert [one.version for one in other_cuda] == ["0.0.33.post1", "0.0.33"]


@pytest.mark.parametrize(
    ("name", "stack", "platform", "found"),
    [
        ("flash-attn", "2.9.1+cu128", "linux-x86_64", ["2.8.0+cu128"]),
        ("xformers", "2.4.1+cu121", "windows-x86_64", ["2.4.0+cu121", "2.6.0+cu126"]),
        ("pyg-lib", "2.5.1+cu124", "linux-x86_64", ["2.2.2+cu121", "2.6.0+cu124"]),
        ("torch-scatter", "2.8.0+cu118", "linux-x86_64", ["2.8.0+cu129"]),
        ("vllm", "2.4.1+cu121", "linux-x86_64", ["2.4.0+cu121", "2.5.1+cu121"]),
    ],
)
def test_the_nearest_stacks_that_have_a_wheel(
    name: str, stack: str, platform: str, found: list[str]
) -> None:
    here = ground(stack, platform=platform)
    near = nearest(KNOWN[name], here, "", load_catalogue())
    assert [f"{one.release}+{one.build}" for one in near] == found


def test_several_packages_meet_in_the_newest_stack_that_has_all_their_wheels() -> None:
    both = [(KNOWN["mmcv"], "", ""), (KNOWN["torch-scatter"], "", "")]
    found = with_wheels(both, ground("2.14.0+cu126"), load_catalogue(), pythons=["3.12"])
    first = next(found)
    assert (first.release, first.build) == ("2.4.1", "cu121")


@pytest.mark.parametrize(
    ("stack", "platform", "new"),
    [
        ("2.5.1+cu124", "linux-x86_64", False),
        ("2.6.0+cu124", "linux-x86_64", False),
        ("2.6.0+cu126", "linux-x86_64", True),
        ("2.6.0+cpu", "linux-aarch64", True),
        ("2.8.0+cu128", "linux-x86_64", True),
        ("2.4.1+cu121", "windows-x86_64", True),
    ],
)
def test_the_abi_of_the_frameworks_own_wheels(stack: str, platform: str, new: bool) -> None:
    assert new_abi(KNOWN["flash-attn"], ground(stack, platform=platform)) == new


@pytest.mark.parametrize(
    ("tag", "stack", "said"),
    [
        ("cu12torch2.8cxx11abitrue", "2.8.0+cu128", ""),
        ("cu12torch2.6cxx11abitrue", "2.8.0+cu128", "torch 2.6"),
        ("cu12torch2.8cxx11abifalse", "2.8.0+cu128", "cxx11abiFALSE"),
        ("cu11torch2.8cxx11abitrue", "2.8.0+cu128", "cu11"),
        ("pt28cu128", "2.8.0+cu128", ""),
        ("pt212cpu", "2.12.1+cpu", ""),
        ("pt26cu124", "2.8.0+cu128", "torch 2.6"),
        ("pt28cu128", "2.8.0+cpu", "cu128"),
        ("cu128", "2.8.0+cpu", ""),
        ("computecanada", "2.8.0+cu128", ""),
        ("", "2.8.0+cu128", ""),
    ],
)
def test_a_wheels_own_name_may_speak_of_another_stack(tag: str, stack: str, said: str) -> None:
    assert clash(tag, ground(stack), new_abi=True) == said


def test_a_release_after_all_that_are_known_is_left_to_the_index() -> None:
    assert beyond(KNOWN["triton-windows"], ground("2.15.0+cu130", platform="windows-x86_64"))
    assert not beyond(KNOWN["triton-windows"], ground("2.14.0+cu130"))


@pytest.mark.parametrize(
    ("name", "stack", "versions"),
    [
        ("xformers", "2.4.1+cu121", ">=0.0.28,<=0.0.28.post1"),
        ("xformers", "2.13.0+cpu", ">=0.0.35"),
        ("torchao", "2.8.0+cu128", ">=0.4.0,<=0.14.0"),
        ("bitsandbytes", "2.8.0+cu128", ">=0.31.8"),
    ],
)
def test_an_older_version_that_goes_with_the_stack_stays_possible(
    name: str, stack: str, versions: str
) -> None:
    assert span(fits(KNOWN[name], ground(stack), "")) == versions
