"""Measuring frameworks whose tensors become NumPy arrays, with NumPy itself as the framework."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from torchup.verify.payload import array_bench
from torchup.verify.payload.array_bench import ArrayBench
from torchup.verify.payload.arrays import Ops

np = pytest.importorskip("numpy")

if TYPE_CHECKING:
    from collections.abc import Callable


class Arrays(Ops):
    """NumPy's operations, counted."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.waited = 0

    def put(self, _framework: object, _wanted: str, array: Any) -> Any:  # noqa: ANN401 - as it is
        return array

    def on(self, _framework: object, _wanted: str) -> Any:  # noqa: ANN401 - a context
        return nullcontext()

    def wait(self, framework: object, value: Any) -> None:  # noqa: ANN401 - as it is
        self.waited += 1
        super().wait(framework, value)

    def matmul(self, _framework: object, a: Any, b: Any) -> Any:  # noqa: ANN401 - as it is
        self.ran.append("fp32")
        return a @ b

    def matmul_in(self, _framework: object, name: str, a: Any, b: Any) -> Any:  # noqa: ANN401
        self.ran.append(name)
        return a @ b

    def stepper(self, _framework: object, rate: float) -> Callable[..., Any]:
        return lambda data, weights: tuple(one - rate * data[0].mean() for one in weights)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_bench, "SIZES", (8, 16))
    monkeypatch.setattr(array_bench, "SIZES_ELSE", (8,))
    monkeypatch.setattr(array_bench, "SAMPLE_S", 0.0005)


def bench(kind: str = "cpu") -> tuple[Arrays, ArrayBench]:
    ops = Arrays()
    return ops, ArrayBench(ops, lambda _framework, _wanted: kind)


def figures(found: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    assert found[0] == "pass", found
    told: list[dict[str, Any]] = found[1]["figures"]
    return told


def test_products_of_each_size_are_rates() -> None:
    _, made = bench()
    told = figures(made.matmul(None, "cpu", None))
    assert [(one["name"], one["type"], one["size"]) for one in told] == [
        ("matmul", "fp32", 8),
        ("matmul", "fp32", 16),
    ]
    for one in told:
        assert one["unit"] == "FLOP/s"
        assert len(one["samples"]) == array_bench.SAMPLES
        assert min(one["samples"]) > 0


def test_a_card_is_asked_in_its_narrow_type_too() -> None:
    ops, made = bench("cuda")
    assert [one["type"] for one in figures(made.matmul(None, "cuda", None))] == ["fp32", "fp16"]
    assert set(ops.ran) == {"fp32", "float16"}


def test_each_sample_waits_once_for_many_runs() -> None:
    ops, made = bench()
    (told,) = figures(made.launch(None, "cpu", None))
    assert told["unit"] == "s"
    assert ops.waited == 3 + array_bench.SAMPLES
    assert len(ops.ran) > ops.waited


def test_a_training_step_is_made_once() -> None:
    _, made = bench()
    (told,) = figures(made.train(None, "cpu", None))
    assert (told["name"], told["unit"]) == ("train", "1/s")


def test_what_takes_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_bench, "LONGEST_S", 0.0)
    _, made = bench()
    assert made.matmul(None, "cpu", None) == ("skip", {"reason": "too-slow"})
    assert made.launch(None, "cpu", None)[0] == "skip"
    assert made.train(None, "cpu", None)[0] == "skip"
