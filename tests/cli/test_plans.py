"""The answers that the command line gives for described machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from torchup.errors import EXIT_DONE, EXIT_NO

if TYPE_CHECKING:
    from cli.process import Torchup


def machine(*gpus: dict[str, Any], driver: str | None = None) -> str:
    document: dict[str, Any] = {
        "schema": "torchup.machine/v1",
        "os": {"system": "linux", "distro": "ubuntu", "version": "22.04", "libc": "glibc 2.35"},
        "arch": "x86_64",
        "gpus": gpus,
    }
    if driver:
        document["drivers"] = [{"vendor": "nvidia", "version": driver}]
    return json.dumps(document)


GTX_1080 = machine({"vendor": "nvidia", "name": "NVIDIA GeForce GTX 1080"}, driver="580.65.06")
RTX_5090 = machine({"vendor": "nvidia", "name": "NVIDIA GeForce RTX 5090"}, driver="580.65.06")
V100 = machine({"vendor": "nvidia", "name": "Tesla V100-SXM2-16GB"}, driver="580.65.06")
LAPTOP = machine(
    {"vendor": "nvidia", "name": "NVIDIA GeForce RTX 3060 Laptop GPU"}, driver="470.256.02"
)
BARE = machine()


def plan(torchup: Torchup, text: str, *arguments: str, code: int = EXIT_DONE) -> Any:  # noqa: ANN401  # a document
    file = torchup.root / "machine.json"
    file.write_text(text)
    done = torchup("plan", *arguments, "--machine", str(file), "--json")
    assert done.code == code, done
    return done.document("torchup.plan/v1")


def stack(found: Any) -> tuple[tuple[int, ...], str]:  # noqa: ANN401  # a document
    """The framework's version as numbers, and the build."""
    version = found["stack"]["packages"]["torch"]
    return tuple(int(part) for part in version.split(".")), found["stack"]["build"]


def test_gtx_1080_gets_a_build_with_its_code(torchup: Torchup) -> None:
    found = plan(torchup, GTX_1080)
    version, build = stack(found)
    assert build == "cu126"
    assert version >= (2, 8, 0)
    assert (found["stack"]["device"], found["serves"]) == ("cuda", [0])
    assert "arch-covered" in {one["code"] for one in found["reasons"]}


def test_rtx_5090_with_a_torch_that_is_too_old(torchup: Torchup) -> None:
    found = plan(torchup, RTX_5090, "torch==2.4.1", code=EXIT_NO)
    assert (found["outcome"], found["stack"]) == ("none", None)
    assert "arch-missing" in {one["code"] for one in found["reasons"]}
    near = [(stack(one), one["remedy"]) for one in found["near_misses"]]
    assert any(version >= (2, 7, 0) and build == "cu128" for (version, build), _ in near), near
    assert all(remedy for _, remedy in near)


def test_v100_is_not_given_cuda_13(torchup: Torchup) -> None:
    found = plan(torchup, V100)
    _, build = stack(found)
    assert build.startswith("cu12")
    assert found["serves"] == [0]


def test_an_old_driver_is_no_reason_for_the_cpu(torchup: Torchup) -> None:
    found = plan(torchup, LAPTOP)
    _, build = stack(found)
    assert build.startswith("cu11")
    assert found["stack"]["device"] == "cuda"
    newer = plan(torchup, LAPTOP, "torch==2.13.0", code=EXIT_NO)
    assert any("driver" in one["remedy"].lower() for one in newer["near_misses"]), newer


def test_no_gpu_is_the_cpu(torchup: Torchup) -> None:
    found = plan(torchup, BARE)
    assert stack(found)[1] == "cpu"
    assert found["stack"]["device"] == "cpu"


def test_two_cards_and_a_choice(torchup: Torchup) -> None:
    two = machine(
        {"index": 0, "vendor": "nvidia", "name": "NVIDIA GeForce GTX 1080"},
        {"index": 1, "vendor": "nvidia", "name": "NVIDIA GeForce RTX 4090"},
        driver="580.65.06",
    )
    assert plan(torchup, two)["serves"] == [0, 1]
    assert plan(torchup, two, "--use-gpu", "1")["serves"] == [1]


@pytest.mark.parametrize("text", [GTX_1080, BARE])
def test_words_for_people(torchup: Torchup, text: str) -> None:
    done = torchup("plan", "--machine", "-", stdin=text)
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert done.out.splitlines()[0].startswith("Looking ")
    assert done.out.splitlines()[1].startswith("Choosing ")
    assert done.out.splitlines()[-1].startswith("Next ")
    chinese = torchup("plan", "--machine", "-", "--lang", "zh_CN", stdin=text)
    assert chinese.code == EXIT_DONE
    assert chinese.out != done.out


def test_why(torchup: Torchup) -> None:
    done = torchup("why", "--machine", "-", stdin=GTX_1080)
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert "sm_61" in done.out
    assert "fact: " in done.out
    assert "checked 20" in done.out


def test_why_not(torchup: Torchup) -> None:
    done = torchup("why", "--not", "torch==2.4.1", "--machine", "-", stdin=RTX_5090)
    assert (done.code, done.err) == (EXIT_NO, "")
    assert "sm_120" in done.out
    assert "2.4.1" in done.out
