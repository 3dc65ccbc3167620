"""What a release must have is missed; what it is too old for is not. Compilers are asked alike."""

from __future__ import annotations

import platform
import sys
from types import SimpleNamespace

import pytest

from torchup.verify.payload import torch_checks, torch_compile, torch_queues
from torchup.verify.payload.torch_features import SINCE, lacking


@pytest.mark.parametrize(
    ("version", "feature", "lost"),
    [
        ("1.7.1+cpu", "fft.rfft", False),
        ("1.8.0", "fft.rfft", True),
        ("1.8.0a0+git1234567", "fft.rfft", False),
        ("2.0.0.dev20230101", "compile", False),
        ("2.13.0+cu130", "compile", True),
        ("3.0.0", "float8_e4m3fn", True),
        ("2.13.0", "_scaled_mm", False),
        ("", "fft.rfft", False),
        ("nightly", "fft.rfft", False),
    ],
)
def test_a_feature_is_lost_where_the_release_has_it(version: str, feature: str, lost: bool) -> None:
    status, values = lacking(SimpleNamespace(__version__=version), feature)
    assert (status, values["reason"]) == (
        ("fail", "lost-feature") if lost else ("skip", "no-feature")
    )


def test_every_feature_is_asked_for_somewhere() -> None:
    asked = {path for _, needed in torch_checks.CHECKS.values() for path in needed}
    assert set(SINCE) <= asked | {"compile", "cuda.CUDAGraph"}


def test_a_build_for_cards_without_graphs_is_damaged() -> None:
    torch = SimpleNamespace(__version__="2.13.0+cu130", cuda=SimpleNamespace())
    assert torch_queues.graphs(torch, "cuda", None)[0] == "fail"
    torch.__version__ = "1.9.0"
    assert torch_queues.graphs(torch, "cuda", None)[0] == "skip"


def test_a_release_without_its_compiler_is_damaged() -> None:
    status, values = torch_compile.compile_function(
        SimpleNamespace(__version__="2.1.0"), "cpu", SimpleNamespace(level="standard")
    )
    assert (status, values["feature"]) == ("fail", "compile")


@pytest.mark.parametrize("level", ["standard", "full"])
@pytest.mark.parametrize(
    ("system", "reason", "mendable"),
    [
        ("linux", "no-compiler", True),
        ("win32", "no-compiler", True),
        ("linux", "no-python-headers", True),
        ("linux", "no-triton", True),
        ("win32", "no-triton", False),
        ("linux", "compile-unsupported", False),
    ],
)
def test_a_missing_compiler_fails_where_everything_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, level: str, system: str, reason: str, mendable: bool
) -> None:
    monkeypatch.setattr(torch_compile, "_obstacle", lambda _target: {"reason": reason})
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    torch = SimpleNamespace(__version__="2.13.0", compile=None)
    status, _ = torch_compile.compile_function(torch, "cpu", SimpleNamespace(level=level))
    assert status == ("fail" if mendable and level == "full" else "skip")
