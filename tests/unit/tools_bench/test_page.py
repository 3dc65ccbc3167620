"""What was measured, as figures and as a page."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec
import pytest
from bench import record
from bench.__main__ import main
from bench.cases import CASES
from bench.measure import Figure, Growth, Pair, Share, Spread, Took, compare, grow
from bench.page import page

if TYPE_CHECKING:
    from pathlib import Path


def figure(*ratios: float, goal: float = 0) -> Figure:
    """Pairs of these ratios; each pair ran on a machine that was slower than before."""
    pairs = tuple(
        Pair(Took(ratio * slow, ratio * slow), Took(slow, slow))
        for slow, ratio in enumerate(ratios, 1)
    )
    return Figure(name="`ours`, a / `theirs`", pairs=pairs, goal=goal)


def a_case(*lines: Figure | Growth | Share) -> record.Case:
    return record.Case(
        date="2026-12-01",
        where="2 cores, Linux, CPython 3.11.7",
        versions={"torchup": "0.1"},
        rounds=3,
        load=(0.5, 2.0),
        lines=lines,
    )


def test_the_ratio_is_that_of_each_pair() -> None:
    found = figure(2, 1, 3)
    assert found.ratio == Spread(2, 1, 3)
    assert found.sides == ("`ours`, a", "`theirs`")
    assert found.walls == (2, 2)  # of unlike pairs, so that their quotient is not the ratio


def test_the_steepest_step_is_a_power_of_the_size() -> None:
    sizes = (1, 10, 100)

    def growing(*seconds: float) -> float:
        each = tuple((one,) for one in seconds)
        return Growth(name="n", unit="machines", sizes=sizes, seconds=each).steepest

    assert growing(1, 10, 100) == pytest.approx(1)
    assert growing(1, 1, 100) == pytest.approx(2)
    assert growing(5, 5, 5) == 0


def test_both_sides_take_turns_and_the_first_pair_does_not_count() -> None:
    order: list[str] = []

    def side(name: str) -> Took:
        order.append(name)
        return Took(len(order), len(order))

    found = compare("a / b", lambda: side("a"), lambda: side("b"), runs=2)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found.pairs == (Pair(Took(4, 4), Took(3, 3)), Pair(Took(5, 5), Took(6, 6)))


def test_every_size_has_its_turn_before_the_next_round() -> None:
    order: list[int] = []

    def once(size: int) -> float:
        order.append(size)
        return float(len(order))

    found = grow("n", "bytes", (1, 10), once, runs=2)
    assert order == [1, 10, 1, 10]
    assert found.seconds == ((1, 3), (2, 4))


def test_a_page_names_median_spread_goal_and_load() -> None:
    growth = Growth(name="`list`", unit="environments", sizes=(1, 1000), seconds=((1.0,), (2.0,)))
    share = Share(name="disk that a clone takes", part=1_000_000, whole=100_000_000, goal=0.05)
    text = page({"life": a_case(figure(2, 1, 3, goal=1.5), growth, share)})
    assert (
        "| `ours`, a | `theirs` | 2.0 / 2.0 | 2.00 [1.00, 3.00] | 2.00 [1.00, 3.00] | 1.5 ✗ |"
        in (text)
    )
    assert "| 1,000 | 2.0 [2.0, 2.0] | 2 ms |" in text
    assert "Disk that a clone takes: 1.0 of 100 MB, 1.0% (goal: 5 % ✓)." in text
    assert "load 0.5 to 2" in text
    assert "(benchmarks/life.svg)" in text
    assert "(benchmarks/life-growth.svg)" in text
    assert CASES["startup"].title not in text  # never measured


def test_what_was_measured_is_read_back(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    share = Share(name="disk", part=1, whole=2)
    results = {"life": a_case(figure(2, goal=1.5), share)}
    record.write(results, kept)
    assert record.read(kept) == results
    assert record.read(tmp_path / "none.json") == {}


def test_what_was_measured_has_a_page_that_follows() -> None:
    assert record.read(), "bench/results.json"
    assert main(["--check"]) == 0


def test_a_case_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["startupp"])
    assert "there is no case startupp" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a script for the shell")
def test_versions_are_those_beside_the_torchup_that_was_measured(tmp_path: Path) -> None:
    for name, version in (("torchup", "9.8.7"), ("uv", "6.5.4"), ("pip", "1.2.3")):
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
    python = tmp_path / "python"  # what lies beside it is all that is installed
    python.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "sys.path[:] = [one for one in sys.path if not one.endswith('site-packages')]\n"
        "exec(sys.argv[3])\n"
    )
    python.chmod(0o755)
    ours = msgspec.structs.replace(figure(1.0), name="`create` / `uv venv`")
    found = record.case([ours], 3, 0.1, python=str(python), peers={"rustup": "1"})
    assert found.versions == {"torchup": "9.8.7", "uv": "6.5.4", "rustup": "1"}
