"""Frameworks in environments of other tools, under whatever name they were installed."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from torchup.api.environments.adopting import record_of
from torchup.api.environments.recognised import on_apple, recognised
from torchup.facts.load import load_catalogue
from torchup.model.software import FoundEnvironment

WINDOWS, MAC = "windows-x86_64", "macos-arm64"


@pytest.mark.parametrize(
    ("framework", "platform", "packages", "expected"),
    [
        ("onnxruntime", WINDOWS, {"onnxruntime-directml": "1.24.4"}, "directml"),
        ("onnxruntime", WINDOWS, {"onnxruntime-gpu": "1.11.0"}, "cu114"),
        ("onnxruntime", WINDOWS, {"onnxruntime-directml": "9.9.9"}, "directml"),
        ("onnxruntime", WINDOWS, {"onnxruntime-gpu": "9.9.9"}, ""),
        ("onnxruntime", WINDOWS, {"onnxruntime": "1.24.4"}, ""),
        ("tensorflow", WINDOWS, {"tensorflow-cpu": "2.10.0"}, "cpu"),
        (
            "tensorflow",
            WINDOWS,
            {"tensorflow-cpu": "2.10.0", "tensorflow-directml-plugin": "0.4.0.dev230202"},
            "directml",
        ),
        ("tensorflow", MAC, {"tensorflow": "2.18.1", "tensorflow-metal": "1.2.0"}, "metal"),
        ("tensorflow", MAC, {"tensorflow": "2.18.1"}, ""),
        ("jax", MAC, {"jax": "0.4.34", "jaxlib": "0.4.34", "jax-metal": "0.1.1"}, "metal"),
        ("jax", "linux-x86_64", {"jax": "0.10.2", "jax-cuda12-plugin": "0.10.2"}, "cu12"),
        ("torch", "linux-x86_64", {"torch": "2.7.1+cu126"}, "cu126"),
    ],
)
def test_the_build_is_told_by_the_packages(
    framework: str, platform: str, packages: dict[str, str], expected: str
) -> None:
    found = recognised(packages, load_catalogue(framework), platform)
    assert found.build == expected
    assert found.distribution == next(iter(packages))
    assert found.version == packages[found.distribution]


def test_without_the_framework_there_is_nothing() -> None:
    assert recognised({"jaxlib": "0.4.34"}, load_catalogue("jax"), MAC) == ("", "", "")


def test_the_framework_itself_counts_before_other_names_of_it() -> None:
    both = {"tensorflow-cpu": "2.9.0", "tensorflow": "2.10.0"}
    assert recognised(both, load_catalogue("tensorflow"), WINDOWS).distribution == "tensorflow"


def test_what_computes_on_apples_gpu() -> None:
    assert on_apple(load_catalogue("torch"), MAC, "")
    assert not on_apple(load_catalogue("tensorflow"), MAC, "")
    assert on_apple(load_catalogue("tensorflow"), MAC, "metal")


@pytest.mark.parametrize("machine", ["AMD64", "x86_64"])
def test_a_system_may_name_the_processor_in_its_own_way(machine: str) -> None:
    now = datetime(2026, 11, 30, tzinfo=timezone.utc)
    host = SimpleNamespace(system="windows", machine=machine, now=lambda: now)
    context: Any = SimpleNamespace(host=host)
    found = FoundEnvironment(path="C:/e", kind="venv", packages={"onnxruntime-gpu": "1.22.0"})
    stack = record_of(context, "e", Path("e"), found, kind="venv").stack
    assert (stack.build, stack.device) == ("cu122", "cuda")
