"""What networks are made of: convolution, attention, gradients, mixed precision, repeating."""

import importlib
from contextlib import contextmanager

from .torch_base import (
    ALLOWED,
    SIZE,
    UNIT_BF16,
    compare,
    kind_of,
    narrow,
    of_device,
    place,
    random,
    worst,
)

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Found = tuple[str, dict[str, object]]

BACKENDS = ("MATH", "FLASH_ATTENTION", "EFFICIENT_ATTENTION", "CUDNN_ATTENTION")
ABSENT = ("No available kernel", "No viable backend", "not implemented", "not supported")


def conv(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Convolve float32 images on the device: 16 channels of 3 x 3 are 144 terms."""
    run = torch.nn.functional.conv2d
    images, kernels = random(torch, 2, 16, 32, 32), random(torch, 8, 16, 3, 3)
    at = place(torch, wanted)
    got = run(images.to(at), kernels.to(at), padding=1)
    return compare(torch, got, run(images.double(), kernels.double(), padding=1))


def conv_backward(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Take both gradients of a convolution."""
    images, kernels = random(torch, 2, 16, 32, 32), random(torch, 8, 16, 3, 3)
    at = place(torch, wanted)
    got = _conv_gradients(torch, images.to(at), kernels.to(at))
    exact = _conv_gradients(torch, images.double(), kernels.double())
    return worst([compare(torch, one, other) for one, other in zip(got, exact)])


def _conv_gradients(torch: "Any", images: "Any", kernels: "Any") -> "tuple[Any, Any]":
    x, w = images.detach().requires_grad_(), kernels.detach().requires_grad_()
    (torch.nn.functional.conv2d(x, w, padding=1) ** 2).mean().backward()
    return x.grad, w.grad


def autograd(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Take a gradient whose value is known: d/dx sum(x**3 + sin x) = 3 x**2 + cos x."""
    values = random(torch, SIZE)
    x = values.to(place(torch, wanted)).requires_grad_()
    (x**3 + x.sin()).sum().backward()
    reference = values.double()
    return compare(torch, x.grad, 3 * reference**2 + reference.cos())


def attention(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Attend with the backend that PyTorch takes by itself, and with each that can be had."""
    at = place(torch, wanted)
    q, k, v = (random(torch, 2, 4, 64, extra)[..., :32] for extra in (32, 33, 34))
    scores = (q.double() @ k.double().transpose(-1, -2)) / 32**0.5
    exact = scores.softmax(dim=-1) @ v.double()
    run = torch.nn.functional.scaled_dot_product_attention
    results = [compare(torch, run(q.to(at), k.to(at), v.to(at)), exact)]
    names = ["usual"]
    for name in BACKENDS:
        kernel = _backend(name)
        if kernel is None:
            continue
        found = _attend(torch, kernel, (q, k, v), at, exact)
        if found is not None:
            names.append(name.partition("_")[0].lower())
            results.append(found)
            if found[0] != "pass":
                return found[0], dict(found[1], backend=name)
    status, values = worst(results)
    return status, dict(values, backends=",".join(names))


def _backend(name: str) -> "Any":
    """Return what chooses one backend alone; None where a release can't (before 2.3)."""
    try:
        attention = importlib.import_module("torch.nn.attention")
        return lambda: attention.sdpa_kernel(getattr(attention.SDPBackend, name))
    except (ImportError, AttributeError):
        return None


def _attend(
    torch: "Any", kernel: "Any", tensors: "tuple[Any, ...]", at: str, exact: "Any"
) -> "Found | None":
    """Attend with one backend, in float32 and else in bfloat16; None where there is none."""
    run = torch.nn.functional.scaled_dot_product_attention
    for dtype, allowed in ((torch.float32, ALLOWED), (torch.bfloat16, narrow(torch, UNIT_BF16))):
        try:
            with kernel():
                got = run(*(one.to(at).to(dtype) for one in tensors))
        except AttributeError:
            return None
        except RuntimeError as error:
            if not of_device(error) and any(said in str(error) for said in ABSENT):
                continue
            raise
        return compare(torch, got, exact, allowed)
    return None


def amp(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Train one step in mixed precision; the gradient against one of float64."""
    kind = kind_of(torch, wanted)
    dtype = torch.float16 if kind == "cuda" else torch.bfloat16
    weights, inputs = random(torch, 32, 64), random(torch, 16, 64)
    w = weights.clone().to(place(torch, wanted)).requires_grad_()
    try:
        with torch.autocast(kind, dtype=dtype):
            out = inputs.to(place(torch, wanted)) @ w.t()
            found = out.dtype
            loss = (out.float() ** 2).mean()
    except (RuntimeError, ValueError) as error:
        if "autocast" in str(error).lower() and not of_device(
            error
        ):  # a release that has none for this device
            return "skip", {"reason": "no-kernel", "why": str(error).splitlines()[0]}
        raise
    if found != dtype:
        return "fail", {"reason": "wrong-result", "expected": dtype, "found": found}
    if kind == "cuda":
        scaler = _scaler(torch)
        scaler.scale(loss).backward()
        w.grad.div_(scaler.get_scale())
    else:
        loss.backward()
    exact = weights.double().requires_grad_()
    ((inputs.double() @ exact.t()) ** 2).mean().backward()
    return compare(torch, w.grad, exact.grad, 2 * narrow(torch, UNIT_BF16))


def _scaler(torch: "Any") -> "Any":
    made = getattr(getattr(torch, "amp", None), "GradScaler", None)  # since 2.3
    return made("cuda") if made is not None else torch.cuda.amp.GradScaler()


def repeat(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Compute the same twice with the switches for it on; every bit must agree."""
    at = place(torch, wanted)
    with _repeatable(torch):
        runs = [_once(torch, at) for _ in range(2)]
    for name, first, second in zip(("product", "images", "kernels"), *runs):
        if not torch.equal(first, second):
            return "fail", {"reason": "not-repeatable", "what": name}
    return "pass", {"runs": 2}


@contextmanager
def _repeatable(torch: "Any") -> "Iterator[None]":
    """Choose repeatable convolutions; for products the workspace does it (see ``prepare``).

    ``use_deterministic_algorithms`` would import the compiler, which takes seconds.
    """
    cudnn = getattr(getattr(torch, "backends", None), "cudnn", None)
    before = getattr(cudnn, "deterministic", False)
    if cudnn is not None:
        cudnn.deterministic = True
    try:
        yield
    finally:
        if cudnn is not None:
            cudnn.deterministic = before


def _once(torch: "Any", at: str) -> "tuple[Any, Any, Any]":
    a, b = random(torch, SIZE, SIZE), random(torch, SIZE, SIZE + 1)
    images, kernels = random(torch, 2, 16, 32, 32), random(torch, 8, 16, 3, 3)
    gradients = _conv_gradients(torch, images.to(at), kernels.to(at))
    return (a.to(at) @ b.to(at), *gradients)
