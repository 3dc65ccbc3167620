"""One operation of each companion that has compiled code of its own.

They run on the planned device where it is the CPU or a CUDA one, else on the CPU.
"""

import importlib

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

EXACT = 1e-5
"""Averages of a handful of float32 numbers below 10."""
RIPPLE = 1e-2
"""What a resampling filter may leave on a constant signal, away from its ends."""


def torchvision(torch: "Any", module: "Any", at: str) -> "Found":
    """Suppress overlapping boxes, and average regions, with compiled operators."""
    found = _suppressed(torch, module, at)
    if found[0] != "pass" or not hasattr(module.ops, "roi_align"):
        return found
    return _averaged(torch, module, at)


def _suppressed(torch: "Any", module: "Any", at: str) -> "Found":
    """Suppress overlapping boxes; compare with plain Python."""
    boxes = [(0, 0, 10, 10), (1, 1, 11, 11), (20, 20, 30, 30), (21, 20, 31, 30), (50, 0, 60, 10)]
    scores = [0.9, 0.8, 0.3, 0.7, 0.5]
    given = (torch.tensor(boxes, dtype=torch.float32), torch.tensor(scores))
    if at != "cpu":
        given = (given[0].to(at), given[1].to(at))
    got = module.ops.nms(*given, 0.5)
    expected = _plain_nms(boxes, scores, 0.5)
    if got.tolist() != expected:
        return "fail", {"reason": "wrong-result", "expected": expected, "found": got.tolist()}
    return "pass", {"operation": "nms"}


def _averaged(torch: "Any", module: "Any", at: str) -> "Found":
    """Average regions of an image that grows evenly: each part is the value at its middle.

    The region from 2 to 6 in two parts has its middles at 3 and 5, where the image has these values
    (without ``aligned``, which came with 0.6, a pixel's middle lies at its number).
    """
    image = torch.arange(8).float().repeat(8, 1).reshape(1, 1, 8, 8).to(at)
    boxes = torch.tensor([[0.0, 2.0, 2.0, 6.0, 6.0]]).to(at)
    got = module.ops.roi_align(image, boxes, (2, 2), 1.0, 2).cpu().reshape(-1).tolist()
    expected = [3.0, 5.0, 3.0, 5.0]
    if any(abs(one - other) > EXACT for one, other in zip(got, expected)):
        return "fail", {"reason": "wrong-result", "expected": expected, "found": got}
    return "pass", {"operation": "nms, roi_align"}


def _plain_nms(
    boxes: "list[tuple[int, int, int, int]]", scores: "list[float]", limit: float
) -> "list[int]":
    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(_overlap(boxes[index], boxes[other]) <= limit for other in kept):
            kept.append(index)
    return kept


def _overlap(a: "tuple[int, int, int, int]", b: "tuple[int, int, int, int]") -> float:
    """Divide the area that two boxes share by the area that they cover."""
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


def torchaudio(torch: "Any", module: "Any", _at: str) -> "Found":
    """Halve the rate of a constant signal; away from its ends it stays constant."""
    functional = importlib.import_module(f"{module.__name__}.functional")
    signal = torch.ones(1, 1600)
    if hasattr(functional, "resample"):
        got = functional.resample(signal, 16000, 8000)
    else:  # before 0.8 it was a transform alone
        transforms = importlib.import_module(f"{module.__name__}.transforms")
        got = transforms.Resample(16000, 8000)(signal)
    if tuple(got.shape) != (1, 800) or float((got[0, 50:-50] - 1).abs().max()) > RIPPLE:
        return "fail", {"reason": "wrong-result", "expected": "1 x 800 of 1.0", "found": got.shape}
    return "pass", {"operation": "resample"}


OPERATIONS = {"torchvision": torchvision, "torchaudio": torchaudio}
