"""How work gets to a device: recorded graphs, streams, copies that don't wait."""

from .torch_base import compare, family_of, kind_of, not_here, place, random, wait, worst
from .torch_features import lacking

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]


def graphs(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Record work once, replay it on other numbers (CUDA graphs; also in ROCm builds)."""
    if kind_of(torch, wanted) != "cuda":
        return not_here(wanted)
    if not hasattr(torch.cuda, "CUDAGraph"):
        return lacking(torch, "cuda.CUDAGraph")
    at = place(torch, wanted)
    with torch.cuda.device(at):
        first, second = random(torch, 128, 128), random(torch, 128, 129)[:, :128]
        held = first.to(at)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):  # libraries set themselves up before anything is recorded
            for _ in range(2):
                held @ held
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            out = held @ held + 1
        held.copy_(second.to(at))
        graph.replay()
        wait(torch, wanted)
        return compare(torch, out, second.double() @ second.double() + 1)


def streams(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Compute in two streams, one waiting for the other."""
    family = family_of(torch, wanted)
    if kind_of(torch, wanted) not in ("cuda", "xpu") or not hasattr(family, "Stream"):
        return not_here(wanted)
    at = place(torch, wanted)
    with family.device(at):
        source = random(torch, 256, 256)
        x = source.to(at)
        wait(torch, wanted)
        one, two = family.Stream(), family.Stream()
        with family.stream(one):
            y = x @ x
            done = one.record_event()
        with family.stream(two):
            two.wait_event(done)
            z = y + x
        wait(torch, wanted)
        exact = source.double()
        return compare(torch, z, exact @ exact + exact)


def pinned(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Copy from and to pinned memory without waiting; nothing may change on the way."""
    if kind_of(torch, wanted) not in ("cuda", "xpu"):
        return not_here(wanted)
    at = place(torch, wanted)
    sent = random(torch, 1024, 256).pin_memory()
    there = sent.to(at, non_blocking=True)
    back = torch.empty(sent.shape, dtype=sent.dtype).pin_memory()
    back.copy_(there, non_blocking=True)
    wait(torch, wanted)
    if not sent.is_pinned():
        return "fail", {"reason": "wrong-result", "expected": "pinned", "found": "pageable"}
    exact = sent.double()
    return worst([compare(torch, there, exact, 0.0), compare(torch, back, exact, 0.0)])
