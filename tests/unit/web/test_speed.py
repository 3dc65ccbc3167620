"""Reports, measurements and their comparison on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import json
from msgspec.structs import replace

from torchup.api import measurements
from torchup.model import Check, Figure, VerifyReport

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from torchup.web.here import Here

HOSTILE = "<script>alert(1)</script>"


def report(at: str, factor: float = 1.0, **more: object) -> VerifyReport:
    figures = [
        Figure(
            name=name,
            kind=kind,
            size=size,
            unit=unit,
            samples=tuple(factor * size * (1 + n / 1000) for n in range(9)),
        )
        for name, kind, unit, sizes in (
            ("matmul", "fp32", "FLOP/s", (256, 512)),
            ("memory", "copy", "B/s", (1 << 20, 1 << 22)),
            ("peer", "0>1", "B/s", (1 << 28,)),
        )
        for size in sizes
    ]
    given = VerifyReport(
        ok=True,
        device="cpu",
        packages={"torch": "2.13.0"},
        checks=(Check(code="matmul", status="pass", took_s=0.1),),
        at=at,
        figures=tuple(figures),
    )
    return replace(given, **more)


@pytest.fixture
def two(here: Here) -> tuple[str, str]:
    """Two measurements of one environment, the second of which is half as fast."""
    context = here.context()
    return (
        measurements.keep(context, "demo", report("2026-11-29T10:00:00+00:00")),
        measurements.keep(context, "demo", report("2026-11-30T10:00:00+00:00", 0.5)),
    )


def test_two_measurements_are_compared_by_choosing_them(
    client: TestClient, two: tuple[str, str]
) -> None:
    page = client.get("/speed").text
    assert f'name="before" value="{two[0]}"' in page
    assert page.count(" checked>") == 2, "the last two are chosen already"
    page = client.get("/speed", params={"before": two[0], "after": two[1]}).text
    assert "5 of 5 measurements became slower" in page
    assert "-50 %" in page
    assert "4 MiB" in page
    found = client.get("/api/bench", params={"before": two[0], "after": two[1]}).json()
    assert (found["schema"], found["ok"]) == ("torchup.bench/v1", False)
    assert [one["id"] for one in client.get("/api/measurements").json()["measurements"]] == [
        two[1], two[0]
    ]  # fmt: skip


def test_a_report_is_that_of_the_command_line(client: TestClient, two: tuple[str, str]) -> None:
    page = client.get(f"/speed/measured/{two[1]}").text
    assert page.count('role="img"') == 3, "products, memory, pairs"
    assert "/report.css" in page
    assert ".report svg" in client.get("/report.css").text
    kept = client.get(f"/speed/measured/{two[1]}/file")
    assert kept.headers["content-disposition"].startswith("attachment")
    assert kept.text.startswith("<!DOCTYPE html>")
    drawn = kept.text.partition("<svg")[2].partition("</svg>")[0]
    assert drawn in page, "nothing is drawn twice"
    assert client.get(f"/api/measurements/{two[1]}").json()["name"] == "demo"


@pytest.mark.parametrize(
    "wrong",
    [
        *("../../etc/passwd", "20261129-100000-demo.json", "20261129", "..%2f..%2fetc%2fpasswd"),
        *("-rf", "%00", "demo%0a", "x" * 3000, HOSTILE),
    ],
)
def test_measurements_that_are_none(wrong: str, client: TestClient, two: tuple[str, str]) -> None:
    for path in (f"/speed/measured/{wrong}", f"/speed/report/{wrong}"):
        answer = client.get(path)
        assert answer.status_code in {400, 404}, path
        assert HOSTILE not in answer.text
    assert client.get("/api/bench", params={"before": wrong, "after": two[0]}).status_code == 404
    page = client.get("/speed", params={"before": wrong, "after": two[0]})
    assert page.status_code == 200
    assert HOSTILE not in page.text
    assert 'role="alert">No measurement' in page.text


def test_no_file_is_read_by_its_path(here: Here, client: TestClient) -> None:
    there = here.home.root / "mine.json"
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes(json.encode({"schema": "torchup.verify/v1"}))
    for word in (str(there), f"{here.home.measured}/../mine.json"):
        given = {"before": word, "after": word}
        assert client.get("/api/bench", params=given).json()["code"] == "bench.unknown"


def test_what_a_receipt_says_is_never_markup(here: Here, client: TestClient) -> None:
    checks = (Check(code=HOSTILE, status="fail", detail=HOSTILE),)
    hostile = report(
        "2026-11-30T10:00:00+00:00",
        packages={HOSTILE: HOSTILE},
        devices=(HOSTILE,),
        libraries=(HOSTILE,),
        checks=checks,
    )
    odd = replace(hostile.figures[0], kind=HOSTILE, device=HOSTILE)
    pair = replace(hostile.figures[-1], kind=f"{HOSTILE}>{HOSTILE}")
    called = measurements.keep(
        here.context(), "demo", replace(hostile, figures=(odd, pair, *hostile.figures))
    )
    for path in (f"/speed/measured/{called}", f"/speed/measured/{called}/file", "/speed"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert HOSTILE not in answer.text


def test_an_environment_that_was_never_verified_says_how(client: TestClient) -> None:
    answer = client.get("/speed/report/nobody")
    assert answer.status_code == 404
    assert "<h1>" in answer.text
