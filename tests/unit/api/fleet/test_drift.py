from __future__ import annotations

import pytest
from msgspec.structs import replace

from torchup.api.fleet.drift import drift
from torchup.model.fleet import Applied, Seen
from torchup.words import load_words

SEEN = Seen(
    packages={"torch": "2.9.1+cu126", "torchvision": "0.24.1+cu126"},
    build="cu126",
    python="3.12",
    state="ok",
)
THEN = Applied(
    at="2026-11-21T10:00:00+00:00", asked=("create",), ok=True, seen=SEEN, driver="550.54.15"
)


def packages(**changed: str) -> Seen:
    return replace(SEEN, packages={**SEEN.packages, **changed})


@pytest.mark.parametrize(
    ("now", "driver", "codes"),
    [
        (SEEN, "550.54.15", []),
        (SEEN, "535.183.01", ["driver"]),
        (SEEN, "", ["no-driver"]),
        (None, "550.54.15", ["gone"]),
        (None, "535.183.01", ["driver", "gone"]),
        (packages(torch="2.9.1+cpu"), "550.54.15", ["build"]),
        (packages(torch="2.10.0+cu126"), "550.54.15", ["package"]),
        (replace(SEEN, packages={"torch": "2.9.1+cu126"}), "550.54.15", ["package-gone"]),
        (replace(SEEN, python="3.13"), "550.54.15", ["python"]),
        (replace(SEEN, state="broken", why="no interpreter"), "550.54.15", ["broken"]),
    ],
)
def test_each_difference(now: Seen | None, driver: str, codes: list[str]) -> None:
    found = drift(THEN, now, driver)
    assert [one.code.removeprefix("fleet.drift-") for one in found] == codes
    assert all(load_words(lang).text(one) for lang in ("en", "zh_CN") for one in found)


def test_what_was_not_known_is_no_difference() -> None:
    unknown = replace(THEN, driver="", seen=None)
    assert drift(unknown, SEEN, "550.54.15") == ()
