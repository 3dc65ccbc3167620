from __future__ import annotations

import random
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.api.verifying import shares
from torchup.facts.peaks import PEAKS_FILE, PeaksFile, peak_of
from torchup.facts.seldom import read_seldom
from torchup.model import Check, Figure, VerifyReport
from torchup.verify.drawings import drawings
from torchup.verify.matrix import matrix
from torchup.verify.page import badge, page
from torchup.verify.plots import Series, lines
from torchup.verify.speed import compare, measured_on, rate, scaled_value
from torchup.verify.wording import read_detail
from torchup.wire.write import verify
from torchup.words import Words, load_words


def figure(name: str = "matmul", **more: object) -> Figure:
    given: dict[str, Any] = {"kind": "bf16", "size": 8192, "unit": "FLOP/s", "samples": (1e12,)}
    return Figure(name=name, **(given | more))


def noisy(seed: int, middle: float, part: float) -> tuple[float, ...]:
    chance = random.Random(seed)
    return tuple(middle * (1 + chance.uniform(-part, part)) for _ in range(9))


def test_noise_is_no_change() -> None:
    before = [figure(samples=noisy(1, 100.0, 0.1))]
    after = [figure(samples=noisy(2, 98.0, 0.1))]
    (found,) = compare(before, after)
    assert not found.certain


def test_what_is_beyond_noise_is() -> None:
    before = [figure(samples=noisy(1, 100.0, 0.02))]
    after = [figure(samples=noisy(2, 80.0, 0.02))]
    (found,) = compare(before, after)
    assert found.certain
    assert found.change == pytest.approx(-0.2, abs=0.05)


def test_seconds_are_better_when_fewer() -> None:
    before = [figure("launch", unit="s", samples=(2e-6,) * 9)]
    after = [figure("launch", unit="s", samples=(4e-6,) * 9)]
    (found,) = compare(before, after)
    assert (found.certain, found.change) == (True, -1.0)


def test_the_largest_loss_is_first_and_strangers_are_left_out() -> None:
    before = [figure(size=1), figure(size=2), figure(size=3)]
    after = [figure(size=2, samples=(9e11,)), figure(size=1), figure(size=9)]
    assert [one.size for one in compare(before, after)] == [2, 1]


@given(st.lists(st.floats(1, 1e15), min_size=1, max_size=12))
def test_nothing_changes_against_itself(samples: list[float]) -> None:
    one = [figure(samples=tuple(samples))]
    (found,) = compare(one, one)
    assert not found.certain
    assert found.change == 0


def test_peaks_are_those_of_the_named_card() -> None:
    row = peak_of("NVIDIA H200")
    assert row is not None
    figures = [
        figure(samples=(700e12,) * 3, size=16384),
        figure(samples=(770e12,) * 3),
        figure("memory", kind="copy", unit="B/s", size=1, samples=(9e12,)),
        figure("memory", kind="copy", unit="B/s", size=1 << 30, samples=(4.1e12,)),
    ]
    said = [Words().text(one.said) for one in rate(figures, (), lambda _: {}, row)]
    assert said == [
        "matrix product (bf16): 770 TFLOP/s, 78 % of the datasheet",
        "memory (copy): 4.1 TB/s, 85 % of the datasheet",
    ]


@pytest.mark.parametrize(
    ("reached", "detail", "low"),
    [(300e12, "", True), (300e12, "mig=on", False), (420e12, "", False)],
)
def test_what_is_far_below_the_datasheet_is_said(reached: float, detail: str, low: bool) -> None:
    check = Check(code="bench-matmul", status="pass", detail=detail)
    figures = [figure(samples=(reached,)), figure(kind="fp32", samples=(1e12,))]
    row = peak_of("NVIDIA H200")
    found = rate(figures, (check,), lambda one: read_detail(one.detail)[1], row)
    said = [Words().text(one.said) for one in found if one.name == "low"]
    start = "matrix product (bf16) reaches 30 % of the datasheet. Below 40 % "
    assert [one.startswith(start) for one in said] == [True] * low
    assert set(shares(found)) == {"matmul bf16", "matmul fp32"}
    written = verify(report(), shares=shares(found)).of_datasheet
    assert written["matmul bf16"] == round(reached / 989.5e12, 3)


@pytest.mark.parametrize(
    ("device", "detail", "name"),
    [
        ("cuda", "count=2", "A"),
        ("cuda", "count=2 first=1", "B"),
        ("cuda:1", "count=2", "B"),
        ("cuda:0", "count=2 first=1", "A"),
        ("cuda:7", "", "cuda:7"),
    ],
)
def test_figures_are_of_the_card_that_was_computed_on(device: str, detail: str, name: str) -> None:
    checks = (Check(code="device", status="pass", detail=detail),)
    assert measured_on(report(device=device, devices=("A", "B"), checks=checks)) == name
    assert measured_on(report(device="cpu", devices=(), checks=checks)) == "cpu"


def test_no_peak_of_what_nobody_knows() -> None:
    assert peak_of("A card that nobody sold") is None
    (one,) = rate([figure()], (), lambda _: {}, None)
    assert Words().text(one.said) == "matrix product (bf16): 1 TFLOP/s"


def test_every_peak_has_its_source() -> None:
    file = read_seldom(PEAKS_FILE, PeaksFile)
    names = [name for row in file.peaks for name in row.names]
    assert len(set(names)) == len(names)
    for row in file.peaks:
        assert set(row.source) <= set(file.sources)
        assert row.tflops.get("fp32", 0) <= row.tflops["fp16"]
        assert row.tflops.get("bf16", row.tflops["fp16"]) == row.tflops["fp16"]


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("held_back=thermal", "temperature"),
        ("held_back=no pcie_width=4 pcie_max_width=16", "4 PCIe lanes of 16"),
        ("mig=on", "MIG"),
        ("sm_mhz=1755 power_mw=612345", "1755 MHz and 612 W"),
        ("sm_mhz=300 sm_max_mhz=2100", "300 MHz of 2100"),
    ],
)
def test_what_holds_a_card_back_is_said(detail: str, said: str) -> None:
    check = Check(code="bench-matmul", status="pass", detail=detail)
    (found,) = rate((), (check,), lambda one: read_detail(one.detail)[1], None)
    assert said in Words().text(found.said)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (770e12, "FLOP/s", "770 TFLOP/s"),
        (4.1e9, "B/s", "4.1 GB/s"),
        (1.3e15, "FLOP/s", "1.3 PFLOP/s"),
        (2.5e-6, "s", "2.5 µs"),
        (31, "1/s", "31 /s"),
        (0, "B/s", "0 B/s"),
    ],
)
def test_values_have_prefixes(value: float, unit: str, said: str) -> None:
    assert scaled_value(value, unit) == said


class Seen(HTMLParser):
    """Sees that what is opened is closed, and what is asked for from outside."""

    VOID = frozenset({"meta", "line", "circle", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.outside += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def report(**more: object) -> VerifyReport:
    given: dict[str, Any] = {
        "ok": True,
        "device": "cuda",
        "devices": ("NVIDIA H100 80GB HBM3",) * 2,
        "packages": {"torch": "2.13.0+cu126"},
        "python": "3.13.1",
        "at": "2026-11-30T11:00:00+00:00",
        "checks": (
            Check(code="matmul", status="pass", detail="max_error=3e-07 allowed=1e-04"),
            Check(code="conv@cuda:1", status="fail", detail="error error=<b> message='a & b'"),
        ),
        "libraries": ("/env/lib/<odd>/libcudart.so.12",),
        "figures": (
            *(figure(size=size, samples=(size * 1e9, size * 2e9)) for size in (512, 1024, 8192)),
            figure(kind="fp32", size=512),
            figure("memory", kind="copy", unit="B/s", size=1 << 20),
            figure("peer", kind="0>1", unit="B/s", size=1 << 28),
            figure("peer", kind="1>0", unit="B/s", size=1 << 28),
        ),
    }
    return VerifyReport(**(given | more))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_page_is_whole_and_asks_for_nothing(language: str) -> None:
    words = load_words(language)
    text = page("my <env>", report(), rate(report().figures, (), lambda _: {}, None), words)
    seen = Seen()
    seen.feed(text)
    assert seen.open == []
    assert seen.outside == []
    assert "http" not in text
    shown = "".join(seen.text)
    assert "my <env>" in shown
    assert "a & b" in shown
    assert text.count("<svg") == 3
    assert not re.search(r"nan|inf", text)


def test_the_badge_is_one_line() -> None:
    said = badge("demo", report(ok=False), Words())
    assert said == (
        "torch 2.13.0+cu126 · Python 3.13.1 · 2 x NVIDIA H100 80GB HBM3"
        " · verified by torchup 2026-11-30, failed: conv@cuda:1"
    )


@given(st.lists(st.tuples(st.integers(1, 1 << 34), st.floats(1e-9, 1e18)), min_size=1, max_size=8))
def test_any_points_can_be_drawn(points: list[tuple[int, float]]) -> None:
    series = Series(name="a", points=tuple((s, v, v * 0.9, v * 1.1) for s, v in points))
    text = lines([series], x_of=str, y_of=str, title="t")
    places = [float(found) for found in re.findall(r'cy="([^"]+)"', text)]
    assert all(0 <= place <= 260 for place in places)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("0123456789<"), st.sampled_from("0123456789<")),
        st.floats(0, 1e15),
        max_size=20,
    )
)
def test_any_pairs_can_be_drawn(values: dict[tuple[str, str], float]) -> None:
    ends = sorted({end for pair in values for end in pair})
    text = matrix(ends, values, value_of=lambda v: f"{v:.3g} B/s", row="a", column="b", title="<")
    assert text.count("<rect") == len(ends) ** 2
    assert text.count('class="c0"') == len(values)
    assert all(0 < float(one) <= 0.5 for one in re.findall(r'fill-opacity="([^"]+)"', text))
    assert "><<" not in text


def test_the_faster_pair_is_coloured_more_strongly() -> None:
    figures = (
        figure("peer", kind="0>1", unit="B/s", samples=(50e9,)),
        figure("peer", kind="1>0", unit="B/s", samples=(25e9,)),
        figure("peer", kind="0>10", unit="B/s", samples=(5e9,)),
    )
    (drawn,) = drawings(report(figures=figures), load_words("en"))
    strong = [float(one) for one in re.findall(r'fill-opacity="([^"]+)"', drawn.svg)]
    assert strong[0] > strong[2] > strong[1]
    assert drawn.rows[0] == ("", "0", "1", "10")
    assert drawn.rows[1] == ("0", "-", "50 GB/s", "5 GB/s")
