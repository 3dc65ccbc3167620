from __future__ import annotations

from torchup.backends.uv_progress import Meter
from torchup.model import Artifact

MIB = 2**20


def test_bytes_add_up_to_what_uv_named() -> None:
    told: list[tuple[str, int, int]] = []
    torch = Artifact(name="torch", version="2", url="", size=191794682)
    meter = Meter([torch], lambda *what: told.append(what))
    for line in (
        "Downloading torch (182.9MiB)",
        "Downloading sympy (6.0 MiB)",
        " Downloaded sympy",
        " Downloaded torch",
        "Prepared 2 packages in 3.10s",
        "Installed 2 packages in 90ms",
        " + torch==2.13.0+cpu",
        "warning: Failed to hardlink files; falling back to full copy.",
    ):
        meter.line(line)
    whole = torch.size or 0
    assert told[:4] == [
        ("torch", 0, whole),
        ("sympy", 0, whole + 6 * MIB),
        ("sympy", 6 * MIB, whole + 6 * MIB),
        ("torch", whole + 6 * MIB, whole + 6 * MIB),
    ]
    assert told[-1] == ("", whole + 6 * MIB, whole + 6 * MIB)


def test_a_download_without_a_size_counts_nothing() -> None:
    told: list[tuple[str, int, int]] = []
    meter = Meter([], lambda *what: told.append(what))
    meter.line("Downloading odd")
    meter.line(" Downloaded odd")
    meter.line(" Downloaded never-started")
    assert told == [("odd", 0, 0), ("odd", 0, 0)]
