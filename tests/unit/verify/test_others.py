"""The payloads of the frameworks that NumPy judges, and several of them in one report."""

from __future__ import annotations

import importlib
import sys

import pytest

from torchup.facts.frameworks import DEFAULT, FRAMEWORKS
from torchup.model import Check, Figure, VerifyReport
from torchup.verify import Expected, describe
from torchup.verify.payload import codes
from torchup.verify.together import joined
from torchup.words import Words

OTHERS = [name for name in FRAMEWORKS if name != DEFAULT]
OWN = {"import", "version", "shadow", "numpy", "libraries"}
"""What the worker itself does for every framework."""


@pytest.mark.parametrize("framework", OTHERS)
@pytest.mark.parametrize("level", codes.LEVELS)
def test_every_planned_check_is_there(framework: str, level: str) -> None:
    checks = importlib.import_module(f"torchup.verify.payload.{framework}_checks")
    assert set(codes.all_codes(level, (), framework)) - OWN <= set(checks.CHECKS)
    assert framework not in sys.modules


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_measurement_is_there(framework: str) -> None:
    checks = importlib.import_module(f"torchup.verify.payload.{framework}_checks")
    own = codes.own_of(framework).BENCH
    assert own
    assert set(own) <= set(checks.CHECKS)
    assert set(own) <= set(codes.BENCH) & codes.ON_EACH


@pytest.mark.parametrize("framework", OTHERS)
def test_every_check_has_a_name(framework: str) -> None:
    for code in codes.all_codes("full", ("jaxlib",), framework):
        said = Words().text(describe(Check(code=code, status="pass", detail="", took_s=0.0)))
        assert said != code


def test_a_report_of_two_names_the_second_one() -> None:
    def report(*, ok: bool, package: str) -> VerifyReport:
        check = Check(code="matmul", status="pass" if ok else "fail", detail="", took_s=0.1)
        figure = Figure(name="matmul", kind="fp32", size=256, unit="FLOP/s", samples=(1.0, 2.0))
        return VerifyReport(
            ok=ok,
            device="cpu",
            packages={package: "1"},
            checks=(check,),
            at="",
            python="3.12",
            figures=(figure,),
        )

    whole = joined(report(ok=True, package="torch"), "jax", report(ok=False, package="jax"))
    assert not whole.ok
    assert [one.code for one in whole.checks] == ["matmul", "jax:matmul"]
    assert whole.packages == {"torch": "1", "jax": "1"}
    assert [one.kind for one in whole.figures] == ["fp32", "jax fp32"]
    assert Words().text(describe(whole.checks[1])) == "Matrix product in jax"


def test_what_is_expected_follows_the_framework() -> None:
    assert "threads" in Expected(framework="torch").codes("quick")
    assert "threads" not in Expected(framework="jax").codes("quick")
    assert "tensorboard" in Expected(framework="tensorflow").codes("standard")
