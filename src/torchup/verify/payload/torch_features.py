"""What a release must have: where that is gone, the environment is damaged and not old.

The releases are those of PyTorch's release notes: TF32's switch 1.7, ``torch.fft`` (imported by
itself) and ``torch.linalg`` 1.8, ``torch.autocast`` and CUDA graphs 1.10, ``torch.compile`` and
attention 2.0, float8 2.1. Private names stand nowhere here: they may go as they came.
"""

import re

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

SINCE = {
    "backends.cuda.matmul": (1, 7),
    "fft.rfft": (1, 8),
    "linalg.solve": (1, 8),
    "autocast": (1, 10),
    "cuda.CUDAGraph": (1, 10),
    "compile": (2, 0),
    "nn.functional.scaled_dot_product_attention": (2, 0),
    "float8_e4m3fn": (2, 1),
}
VERSION = re.compile(r"(\d+)\.(\d+)(?:\.\d+)*(a|b|rc|\.dev)?")


def lacking(torch: "Any", feature: str) -> "Found":
    """Judge that something is not there: a release before it is no fault, one since then is."""
    since = SINCE.get(feature)
    if since is None or not _has_come(str(getattr(torch, "__version__", "")), since):
        return "skip", {"reason": "no-feature", "feature": feature}
    first = ".".join(map(str, since))
    return "fail", {"reason": "lost-feature", "feature": feature, "since": first}


def _has_come(version: str, since: "tuple[int, int]") -> bool:
    """Compare; what came before a release may not have all of it yet (2.0.0a0, 2.0.0.dev)."""
    found = VERSION.match(version)
    if found is None:
        return False
    release = (int(found.group(1)), int(found.group(2)))
    return release > since or (release == since and not found.group(3))
