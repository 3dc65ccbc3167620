"""A device that refuses is broken; a release that lacks an operation is not."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from torchup.verify.payload import torch_bench, torch_math, torch_nets

if TYPE_CHECKING:
    from collections.abc import Callable

BROKEN = ("CUDA error: operation not supported", "HIP error: operation not supported")
LACKING = "\"addmm_impl_cpu_\" not implemented for 'Half'"


def raising(said: str) -> Callable[..., None]:
    def run(*_given: object, **_named: object) -> None:
        raise RuntimeError(said)

    return run


@pytest.mark.parametrize("said", BROKEN)
def test_a_device_that_refuses_is_not_skipped(said: str) -> None:
    assert not torch_math._not_made(RuntimeError(said))
    assert torch_math._not_made(RuntimeError(LACKING))


@pytest.mark.parametrize("said", [*BROKEN, LACKING])
def test_attention_on_a_device_that_refuses(said: str) -> None:
    functional = SimpleNamespace(scaled_dot_product_attention=raising(said))
    torch = SimpleNamespace(
        nn=SimpleNamespace(functional=functional), float32=None, bfloat16=None, compile=None
    )
    if said == LACKING:
        assert torch_nets._attend(torch, nullcontext, (), "cpu", None) is None
        return
    with pytest.raises(RuntimeError, match="error"):
        torch_nets._attend(torch, nullcontext, (), "cpu", None)


class Numbers:
    """A stand-in for a tensor: whatever is done to it, it stays itself."""

    def __getattr__(self, _name: str) -> Callable[..., Numbers]:
        return lambda *_given, **_named: self

    def __mul__(self, _other: object) -> Numbers:
        return self

    __sub__ = __mul__


@pytest.mark.parametrize("old", [True, False])
def test_only_an_old_release_may_take_other_arguments(old: bool) -> None:
    def product(*_given: object, **_named: object) -> None:
        raise TypeError("unexpected keyword argument")

    card = SimpleNamespace(get_device_capability=lambda _at: (9, 0))
    made = lambda *_given, **_named: Numbers()  # noqa: E731
    torch = SimpleNamespace(
        version=SimpleNamespace(hip=None),
        cuda=card,
        float8_e4m3fn=None,
        bfloat16=None,
        ones=made,
        rand=made,
        Generator=made,
        _scaled_mm=product,
        **({} if old else {"compile": None}),
    )
    if old:
        assert torch_math.matmul_fp8(torch, "cuda", None)[0] == "skip"
        return
    with pytest.raises(TypeError):
        torch_math.matmul_fp8(torch, "cuda", None)


REFUSED = "CUDA error: CUBLAS_STATUS_NOT_SUPPORTED when calling `cublasGemmEx(handle, CUDA_R_16BF)`"


@pytest.mark.parametrize(
    ("capability", "check", "status"),
    [
        ((6, 0), torch_math.matmul_bf16, "skip"),
        ((7, 5), torch_math.matmul_bf16, "skip"),
        ((8, 0), torch_math.matmul_bf16, "fail"),
        ((6, 1), torch_math.matmul_fp16, "skip"),
        ((7, 0), torch_math.matmul_fp16, "fail"),
    ],
)
def test_only_an_old_card_may_lack_a_type(
    monkeypatch: pytest.MonkeyPatch,
    capability: tuple[int, int],
    check: Callable[..., tuple[str, object]],
    status: str,
) -> None:
    class Refusing(Numbers):
        def __matmul__(self, _other: object) -> Numbers:
            raise RuntimeError(REFUSED)

        def __getitem__(self, _key: object) -> Refusing:
            return self

    monkeypatch.setattr(torch_math, "random", lambda *_given: Refusing())
    cuda = SimpleNamespace(get_device_capability=lambda _at: capability)
    torch = SimpleNamespace(
        cuda=cuda, version=SimpleNamespace(hip=None), float16=None, bfloat16=None
    )
    if status == "skip":
        assert check(torch, "cuda", None)[0] == "skip"
    else:
        with pytest.raises(RuntimeError, match="CUBLAS"):
            check(torch, "cuda", None)


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        ("CUDA error: an illegal memory access was encountered", True),
        ("CUDA error: out of memory", False),
        ("CUDA out of memory. Tried to allocate 1 GiB", False),
        (REFUSED, False),
        (LACKING, False),
    ],
)
def test_measuring_does_not_hide_a_broken_card(said: str, raised: bool) -> None:
    error = RuntimeError(said)
    if raised:
        with pytest.raises(RuntimeError, match="illegal"):
            torch_bench._pass_on(error)
    else:
        torch_bench._pass_on(error)
