"""How explaining a log grows with the log: the error is in its last lines, as in real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.measure import Growth, grow

if TYPE_CHECKING:
    from pathlib import Path

    from bench.sides import Bench

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
_END: Final = """Traceback (most recent call last):
  File "train.py", line 3, in <module>
    import torchvision
  File "/home/me/env/lib/python3.11/site-packages/torchvision/_meta_registrations.py", line 164
    def meta_nms(dets, scores, iou_threshold):
RuntimeError: operator torchvision::nms does not exist
"""


def explaining(bench: Bench) -> list[Growth]:
    """Explain logs of 1 kB to 100 MB from a file."""
    sizes = bench.sizes(SIZES)
    for size in sizes:
        write_log(_log(bench, size), size)

    def once(size: int) -> float:
        return bench.ours_or_no("explain", str(_log(bench, size)), "--offline").processor

    return [grow("`torchup explain FILE`", "bytes", sizes, once, runs=bench.runs)]


def write_log(path: Path, size: int) -> None:
    """Write a training log of about so many bytes that ends in an error."""
    written = 0
    with path.open("w", encoding="utf-8") as stream:
        for step in range(size):
            if written >= size - len(_END):
                break
            written += stream.write(
                f"epoch {step // 500:3} step {step:9,} loss {1 / (step + 1):.6f} lr 3.0e-04 "
                f"grad {(step * 7919) % 1000 / 1000:.3f} {step % 97 + 800} img/s\n"
            )
        stream.write(_END)


def _log(bench: Bench, size: int) -> Path:
    return bench.folder / f"train-{size}.log"
