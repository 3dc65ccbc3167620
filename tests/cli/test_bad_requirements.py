"""Requirements that contradict themselves, were never published, or are no requirements."""

from __future__ import annotations

import pytest

from cli.fixtures import needs_world
from cli.process import CPU, Torchup, has_next_step, one_error
from torchup.errors import EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE

CONTRADICTIONS = [
    (("--cpu", "--build", "cu126"), "cu126"),
    (("--cpu", "torch==2.13.0+cu126"), "cu126"),
    (("--build", "cu128", "torch==2.13.0+cu126"), "cu128"),
    (("torch==2.13.0+cu126", "torchvision==0.28.0+cpu"), "cu126"),
    (("--no-companions", "torchvision"), "torchvision"),
    (("--use-gpu", "7", "--cpu"), "7"),
]
GARBAGE = [
    "torch==",
    "torch>=2<3",
    "==2",
    "torch 2.13",
    "-",
    "--extra-index-url=http://evil.example/simple",
    "-r/etc/passwd",
    "-e.",
    "{",
    "a b c",
    "é",
]


@pytest.mark.parametrize(("arguments", "tells"), CONTRADICTIONS, ids=lambda one: str(one)[:30])
def test_contradictions(torchup: Torchup, arguments: tuple[str, ...], tells: str) -> None:
    said = one_error(torchup("create", "demo", *arguments), EXIT_USAGE)
    assert tells in said
    assert has_next_step(said), said
    assert not torchup.left()


def test_contradictions_in_a_plan(torchup: Torchup) -> None:
    for arguments, tells in CONTRADICTIONS[::3]:
        assert tells in one_error(torchup("plan", *arguments), EXIT_USAGE)


@pytest.mark.parametrize("line", GARBAGE, ids=lambda line: line[:12])
def test_garbage_as_requirement(torchup: Torchup, line: str) -> None:
    said = one_error(torchup("create", "demo", "--cpu", "--", line), EXIT_USAGE)
    assert has_next_step(said), said
    assert not torchup.left()


def test_a_very_long_requirement(torchup: Torchup) -> None:
    """A name that nobody has, but a name."""
    done = torchup("create", "demo", "--cpu", "x" * 5000)
    assert done.code in {EXIT_NO, EXIT_OUTSIDE}
    assert not torchup.left()


@needs_world
@pytest.mark.parametrize(
    ("arguments", "tells"),
    [
        (("torch==99.0",), "99.0"),
        (("torch==2.13.99",), "2.13.99"),
        (("torch>3", "torch<3"), "torch"),
        (("--build", "cu999"), "cu999"),
        (("torchvision==99.1",), "99.1"),
        (("torch==2.13.0", "torchvision==0.27.1"), "0.27.1"),
    ],
    ids=str,
)
def test_versions_that_never_existed(
    connected: Torchup, arguments: tuple[str, ...], tells: str
) -> None:
    flags = () if "--build" in arguments else ("--cpu",)
    done = connected("create", "demo", *flags, *arguments)
    assert done.code in {EXIT_NO, EXIT_USAGE}, done
    assert tells in done.out + done.err
    assert not connected.left()


@needs_world
@pytest.mark.parametrize("package", ["no-such-package-anywhere", "numpy==77"])
def test_packages_that_do_not_exist(connected: Torchup, package: str) -> None:
    said = connected("create", "demo", *CPU, package)
    assert said.code == EXIT_NO, said
    assert package.partition("==")[0] in said.out
    assert f"Leave {package} out" in said.out
    assert not connected.left()
