"""Numbers: element-wise, products in every type, Fourier transform, linear systems, sparse."""

import re

from .torch_base import (
    ALLOWED,
    ALLOWED_FP8,
    ALLOWED_TF32,
    SIZE,
    UNIT_BF16,
    UNIT_FP16,
    compare,
    kind_of,
    narrow,
    not_here,
    of_device,
    place,
    random,
    refuses_type,
    with_tf32,
    worst,
)

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

VOLTA = (7, 0)
AMPERE = (8, 0)
FP8_FROM = (8, 9)


def elementwise(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Add, multiply and take a sine, each number by itself."""
    a, b = random(torch, SIZE, 8), random(torch, SIZE, 9)[:, :8]
    x, y = a.to(place(torch, wanted)), b.to(place(torch, wanted))
    return compare(torch, x.sin() * y + x, a.double().sin() * b.double() + a.double())


def matmul(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Multiply two float32 matrices on the device."""
    a, b = random(torch, SIZE, SIZE), random(torch, SIZE, SIZE + 1)
    got = a.to(place(torch, wanted)) @ b.to(place(torch, wanted))
    return compare(torch, got, a.double() @ b.double())


def matmul_tf32(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Multiply in TF32, where the card has it (compute capability 8.0)."""
    if not _capable(torch, wanted, AMPERE):
        return not_here(wanted)
    with with_tf32(torch):
        a, b = random(torch, SIZE, SIZE), random(torch, SIZE, SIZE)
        got = a.to(place(torch, wanted)) @ b.to(place(torch, wanted))
        return compare(torch, got, a.double() @ b.double(), ALLOWED_TF32)


def matmul_fp16(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Multiply float16 matrices."""
    return _narrow(torch, wanted, torch.float16, narrow(torch, UNIT_FP16), VOLTA)


def matmul_bf16(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Multiply bfloat16 matrices."""
    return _narrow(torch, wanted, torch.bfloat16, narrow(torch, UNIT_BF16), AMPERE)


def _narrow(
    torch: "Any", wanted: str, dtype: "Any", allowed: float, since: "tuple[int, int]"
) -> "Found":
    """Multiply; cards from ``since`` on have tensor cores for the type and must."""
    a = random(torch, SIZE, SIZE).to(dtype)
    b = random(torch, SIZE, SIZE + 1)[:, :SIZE].to(dtype)
    try:
        got = a.to(place(torch, wanted)) @ b.to(place(torch, wanted))
    except (RuntimeError, TypeError) as error:
        older = refuses_type(error) and not _capable(torch, wanted, since)
        if older or _not_made(error):
            return "skip", {"reason": "no-kernel", "why": str(error).splitlines()[0]}
        raise
    return compare(torch, got, a.double() @ b.double(), allowed)


def matmul_fp8(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Multiply float8 matrices with tensor cores (capability 8.9; on AMD gfx94 and newer)."""
    if not _capable(torch, wanted, FP8_FROM) and not _new_amd(torch, wanted):
        return not_here(wanted)
    at = place(torch, wanted)
    a, b = random(torch, SIZE, SIZE), random(torch, SIZE, SIZE)
    dtype = torch.float8_e4m3fn
    # The second matrix lies column by column, as cuBLASLt wants it.
    x, y = a.to(at).to(dtype), b.t().contiguous().to(at).to(dtype).t()
    one = torch.ones((), device=at)
    try:
        got = torch._scaled_mm(x, y, scale_a=one, scale_b=one, out_dtype=torch.bfloat16)
    except (RuntimeError, TypeError) as error:
        # What is not public yet may take other arguments; one that has settled may not.
        older = isinstance(error, TypeError) and not hasattr(torch, "compile")
        if older or _not_made(error):
            return "skip", {"reason": "no-kernel", "why": str(error).splitlines()[0]}
        raise
    got = got[0] if isinstance(got, tuple) else got  # before 2.5 there was a second result
    reference = x.cpu().float().double() @ y.cpu().float().double()
    return compare(torch, got, reference, ALLOWED_FP8)


def _new_amd(torch: "Any", wanted: str) -> bool:
    if not getattr(torch.version, "hip", None) or kind_of(torch, wanted) != "cuda":
        return False
    name = getattr(torch.cuda.get_device_properties(place(torch, wanted)), "gcnArchName", "")
    return bool(re.match(r"gfx9[5-9]|gfx12", str(name)))


def _capable(torch: "Any", wanted: str, least: "tuple[int, int]") -> bool:
    if kind_of(torch, wanted) != "cuda" or getattr(torch.version, "hip", None):
        return False
    return tuple(torch.cuda.get_device_capability(place(torch, wanted))) >= least


def _not_made(error: BaseException) -> bool:
    """Tell whether a release has no such operation on this device, which is no fault of it."""
    said = str(error)
    return not of_device(error) and any(
        part in said
        for part in ("not implemented for", "not supported", "only supported", "not currently")
    )


def fft(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Transform and transform back; the spectrum against one of float64 from the CPU."""
    signal = random(torch, 8, 512)
    there = torch.fft.rfft(signal.to(place(torch, wanted)))
    exact = torch.fft.rfft(signal.double())
    back = torch.fft.irfft(there, n=512)
    return worst(
        [
            compare(torch, torch.view_as_real(there), torch.view_as_real(exact)),
            compare(torch, back, signal.double()),
        ]
    )


def solve(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Solve linear equations whose matrix is far from singular: its diagonal outweighs the rest."""
    a = random(torch, 64, 64) + torch.eye(64) * 64
    b = random(torch, 64, 4)
    exact = torch.linalg.solve(a.double(), b.double())
    got = torch.linalg.solve(a.to(place(torch, wanted)), b.to(place(torch, wanted)))
    return compare(torch, got, exact)


def sparse(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Multiply a sparse matrix, of which one number in eight is there, by a dense one."""
    if kind_of(torch, wanted) == "mps":
        return not_here(wanted)
    dense = random(torch, 64, 96) * (random(torch, 64, 97)[:, :96] > 0.75).float()
    other = random(torch, 96, 32)
    got = torch.sparse.mm(
        dense.to_sparse().to(place(torch, wanted)), other.to(place(torch, wanted))
    )
    return compare(torch, got, dense.double() @ other.double(), ALLOWED)
