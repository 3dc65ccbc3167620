from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.api import measurements
from torchup.api.context import Context
from torchup.api.measurements.kept import MOST, of_environment
from torchup.errors import NoAnswerError
from torchup.host.real import RealHost
from torchup.model import Figure, VerifyReport
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(RealHost(), Home(tmp_path / "home"), offline=True)


def report(at: str, value: float = 1e9) -> VerifyReport:
    samples = tuple(value * (1 + n / 1000) for n in range(9))
    figure = Figure(name="matmul", kind="fp32", size=512, unit="FLOP/s", samples=samples)
    return VerifyReport(
        ok=True, device="cpu", packages={"torch": "2.13.0"}, checks=(), at=at, figures=(figure,)
    )


def test_the_oldest_of_an_environment_go(context: Context) -> None:
    measurements.keep(context, "other", report("2026-01-01T00:00:00+00:00"))
    days = [f"2026-11-30T11:00:{second:02}+00:00" for second in range(MOST + 3)]
    *_, called = (measurements.keep(context, "名", report(day)) for day in days)
    found = measurements.listed(context)
    assert len(found) == MOST + 1
    assert (found[0].id, found[0].name) == (called, "名")
    assert found[-1].name == "other"
    assert found[-2].report.at == "2026-11-30T11:00:03+00:00"


def test_a_name_means_its_newest(context: Context) -> None:
    measurements.keep(context, "demo", report("2026-11-30T11:00:00+00:00"))
    newest = measurements.keep(context, "demo", report("2026-11-30T12:00:00+00:00"))
    measurements.keep(context, "demo-2", report("2026-11-30T13:00:00+00:00"))
    assert measurements.find(context, "demo").id == newest
    assert measurements.find(context, newest).id == newest
    for none in ("", "demo-", "../demo", "20261130", f"{newest}.json"):
        with pytest.raises(NoAnswerError):
            measurements.find(context, none)


def test_a_damaged_newest_gives_way_to_the_one_before(context: Context) -> None:
    older = measurements.keep(context, "demo", report("2026-11-30T11:00:00+00:00"))
    newer = measurements.keep(context, "demo", report("2026-11-30T12:00:00+00:00"))
    (context.home.measured / f"{newer}.json").write_bytes(b'{"schema": "torchup.verify/v1"')
    assert measurements.find(context, "demo").id == older
    assert [one.id for one in measurements.listed(context)] == [older]


def test_a_name_counts_however_it_is_spelled(context: Context) -> None:
    days = [f"2026-11-30T11:00:{second:02}+00:00" for second in range(MOST)]
    for day in days:
        measurements.keep(context, "Demo", report(day))
    newest = measurements.keep(context, "demo", report("2026-11-30T12:00:00+00:00"))
    assert len(measurements.listed(context)) == MOST, "one environment, so its oldest went"
    assert measurements.find(context, "DEMO").id == newest
    assert len(of_environment(context, "dEMO")) == MOST
