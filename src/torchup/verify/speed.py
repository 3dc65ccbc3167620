"""What measured figures say: pure, from samples to sentences.

A figure stands for its median. Two are different where their medians differ by more than the
noise of both: three standard errors of a median, taken from the spread between the quartiles,
which single disturbed samples don't move (Tukey's notched box plots: McGill, Tukey and Larsen,
1978: a notch is 1.57 quartile distances by the root of the number of samples).
"""

from __future__ import annotations

from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.model import SpeedChange, Text, text
from torchup.verify.payload.codes import base_of
from torchup.verify.wording import read_detail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from torchup.facts.peaks import PeakRow
    from torchup.model import Check, Figure, VerifyReport

NOTCH: Final = 1.57
LEAST: Final = 0.03
"""A difference below 3 % is nobody's concern: clocks alone change by as much from day to day."""
ENOUGH: Final = 4
HELD_BACK: Final = ("power-cap", "hardware-slowdown", "thermal", "hardware-thermal", "power-brake")
HALF: Final = 0.5
FAR_BELOW: Final = 0.4
"""Of the datasheet. What large products and copies usually reach is told for few cards; torchup's
own rule is that less than this deserves a look."""
LOW: Final = "low"
"""The name of what is said about such a figure."""
TELLING: Final = frozenset({("matmul", "fp16"), ("matmul", "bf16"), ("memory", "copy")})
"""What is asked whether it is far below: the figures that the work of networks depends on."""
KIB: Final = 1024


class Rated(Struct, frozen=True, kw_only=True):
    """A figure in words."""

    name: str
    kind: str
    value: float
    share: float | None
    said: Text


def half_notch(samples: Sequence[float]) -> float:
    """Return how far the true median may lie from that of the samples."""
    if len(samples) < ENOUGH:
        return abs(max(samples) - min(samples)) if samples else 0.0
    low, _, high = quantiles(samples, n=4, method="inclusive")
    return float(NOTCH * (high - low) / len(samples) ** 0.5)


def compare(before: Iterable[Figure], after: Iterable[Figure]) -> tuple[SpeedChange, ...]:
    """Compare what both have, the largest loss first."""
    there = {_key(one): one for one in before if one.samples}
    pairs = [(there[_key(one)], one) for one in after if one.samples and _key(one) in there]
    return tuple(sorted((_change(*pair) for pair in pairs), key=lambda one: one.change))


def measured_on(report: VerifyReport) -> str:
    """Name what the first figures are of: the card by its own name, else the kind of device."""
    number = report.device.partition(":")[2]
    for check in report.checks:
        if check.code == "device" and not number:
            number = read_detail(check.detail)[1].get("first", "")
    index = int(number) if number.isdigit() else 0
    return report.devices[index] if index < len(report.devices) else report.device


def _key(figure: Figure) -> tuple[str, str, int, str]:
    return figure.name, figure.kind, figure.size, figure.device


def _change(before: Figure, after: Figure) -> SpeedChange:
    old, new = median(before.samples), median(after.samples)
    noise = half_notch(before.samples) + half_notch(after.samples)
    part = (new - old) / old if old else 0.0
    faster = -part if after.unit == "s" else part
    return SpeedChange(
        name=after.name,
        kind=after.kind,
        size=after.size,
        device=after.device,
        unit=after.unit,
        before=old,
        after=new,
        change=faster,
        certain=abs(new - old) > noise and abs(part) > LEAST,
    )


def rate(
    figures: Iterable[Figure],
    checks: Iterable[Check],
    values_of: Callable[[Check], dict[str, str]],
    peak: PeakRow | None,
) -> tuple[Rated, ...]:
    """Say what was reached: one figure of each kind, beside what the maker says.

    Args:
        figures: what was measured.
        checks: among them those of the measuring, which tell what held the device back.
        values_of: reads the values of a check's detail.
        peak: the maker's figures of this device.
    """
    chosen: dict[tuple[str, str], Figure] = {}
    for one in figures:
        # Pairs of devices are a table of the page.
        if one.samples and not one.device and one.name != "peer":
            kept = chosen.setdefault((one.name, one.kind), one)
            chosen[one.name, one.kind] = max(kept, one, key=_standing)
    told = [_rated(one, peak) for one in chosen.values()]
    ran = [values_of(check) for check in checks if base_of(check.code) == "bench-matmul"]
    # A slice is compared with the whole card, of which it can't reach much.
    low = [] if any(values.get("mig") == "on" for values in ran) else _far_below(told)
    for values in ran:
        told += _held_back(values)
    return (*told, *low)


def _far_below(told: Iterable[Rated]) -> list[Rated]:
    """Say what is so far below the datasheet that something must hold it back."""
    return [
        Rated(
            name=LOW,
            kind=one.kind,
            value=one.value,
            share=one.share,
            said=text(
                "verify.low",
                what=f"@verify.speed.{one.name}",
                kind=one.kind,
                share=f"{100 * one.share:.0f}",
                least=f"{100 * FAR_BELOW:.0f}",
            ),
        )
        for one in told
        if one.share is not None and (one.name, one.kind) in TELLING and one.share < FAR_BELOW
    ]


def _standing(figure: Figure) -> float:
    """Order the figures of a kind: products by rate, copies by size, for small ones are cached."""
    return median(figure.samples) if figure.name == "matmul" else figure.size


def _rated(figure: Figure, peak: PeakRow | None) -> Rated:
    value = median(figure.samples)
    most = _most(figure, peak)
    share = value / most if most else None
    said = {"what": f"@verify.speed.{figure.name}", "kind": figure.kind, "value": scaled(figure)}
    code = "verify.speed.said" if share is None else "verify.speed.said-share"
    more = {} if share is None else {"share": f"{100 * share:.0f}"}
    return Rated(
        name=figure.name,
        kind=figure.kind,
        value=value,
        share=share,
        said=text(code, **said, **more),
    )


def _most(figure: Figure, peak: PeakRow | None) -> float | None:
    if peak is None:
        return None
    if figure.name == "matmul" and figure.kind in peak.tflops:
        return peak.tflops[figure.kind] * 1e12
    return peak.memory_gbs * 1e9 if figure.name == "memory" else None


def scaled(figure: Figure) -> str:
    """Word what a figure stands for."""
    return scaled_value(median(figure.samples), figure.unit)


def scaled_value(amount: float, unit: str) -> str:
    """Word a value with a prefix: ``770 TFLOP/s``, ``4.1 GB/s``, ``2.5 µs``, ``31 /s``."""
    if unit == "s":
        return f"{amount * 1e6:.1f} µs"
    if unit == "1/s":
        return f"{amount:.3g} /s"
    for prefix in ("", "k", "M", "G", "T"):
        if amount < 1000:  # noqa: PLR2004 - decimal prefixes
            return f"{amount:.3g} {prefix}{unit}"
        amount /= 1000
    return f"{amount:.3g} P{unit}"


def shown_size(name: str, size: int) -> str:
    """Word the size of a figure: the edge of a matrix, the bytes of a copy; a start has none."""
    if name == "launch":
        return ""
    return binary(size) if name in {"memory", "copy", "peer"} else str(size)


def binary(size: float) -> str:
    """Word bytes by powers of two: ``64 MiB``."""
    for unit in ("B", "KiB", "MiB"):
        if size < KIB:
            return f"{size:.0f} {unit}"
        size /= KIB
    return f"{size:.0f} GiB"


def _held_back(values: dict[str, str]) -> list[Rated]:
    """Say how a busy card ran, and what slowed it down: heat, power, a narrow slot, a slice."""
    found: list[Text] = [
        text(f"verify.held.{word}")
        for word in values.get("held_back", "").split(",")
        if word in HELD_BACK
    ]
    width, widest = values.get("pcie_width", ""), values.get("pcie_max_width", "")
    if width.isdigit() and widest.isdigit() and int(width) < int(widest):
        found.append(text("verify.held.pcie", width=width, most=widest))
    busy, power = values.get("sm_mhz", ""), values.get("power_mw", "")
    if busy.isdigit() and power.isdigit():
        found.insert(0, text("verify.held.state", clock=busy, watts=int(power) // 1000))
    if values.get("mig") == "on":
        found.append(text("verify.held.mig"))
    clock, fastest = values.get("sm_mhz", ""), values.get("sm_max_mhz", "")
    if clock.isdigit() and fastest.isdigit() and int(clock) < HALF * int(fastest):
        found.append(text("verify.held.clock", clock=clock, most=fastest))
    return [Rated(name="held", kind=one.code, value=0, share=None, said=one) for one in found]
