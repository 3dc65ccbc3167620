"""Releases and builds that only a listing knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.resolve.numbers import dotted
from torchup.resolve.unlisted import offered_by_name, unlisted, with_unlisted
from unit.resolve.machinery import CATALOGUE, LINKS, PYPI, choose, listed, machine, page, wheel

if TYPE_CHECKING:
    from torchup.facts.catalogue import Build, Release
    from torchup.model import Listing

PLATFORM = "linux-x86_64"
NEWEST = CATALOGUE.latest().version
NEXT = f"{dotted(NEWEST)[0]}.{dotted(NEWEST)[1] + 1}.0"


def torch(source: object, *versions: str, **more: object) -> tuple[Listing, ...]:
    files = tuple(wheel("torch", version, "3.13", **more) for version in versions)
    return listed(source, torch=files)  # type: ignore[arg-type]  # a Source


def new_builds(release: Release) -> dict[str, Build]:
    return {one.name: one for one in release.builds if one.fact >= CATALOGUE.row_count}


def test_what_is_known_is_nothing_new() -> None:
    build = next(one for one in CATALOGUE.latest().builds if one.platform == PLATFORM)
    places = torch(PYPI, NEWEST) + torch(page(build.name), f"{NEWEST}+{build.name}")
    assert unlisted(places, CATALOGUE, PLATFORM) == ()


def test_a_new_release_by_its_wheels_names() -> None:
    places = torch(page("cpu"), f"{NEXT}+cpu") + torch(page("cu140"), f"{NEXT}+cu140")
    (found,) = unlisted(places, CATALOGUE, PLATFORM)
    assert (found.version, found.pythons, found.floors) == (
        NEXT,
        {PLATFORM: ("3.13",)},
        {PLATFORM: "glibc 2.28"},
    )
    builds = new_builds(found)
    assert list(builds) == ["cpu", "cu140"]
    assert (builds["cpu"].device, builds["cpu"].archs) == ("cpu", ())
    cuda = builds["cu140"]
    assert (cuda.device, cuda.runtime, cuda.archs, cuda.certainty) == ("cuda", "14.0", None, "low")


def test_pypi_is_guessed_to_serve_the_build_it_served_last() -> None:
    (found,) = unlisted(torch(PYPI, NEXT), CATALOGUE, PLATFORM)
    served = next(
        one
        for one in CATALOGUE.latest().builds
        if one.platform == PLATFORM and "pypi" in one.channels
    )
    (build,) = found.builds
    assert (build.name, build.runtime, build.tagged) == (served.name, served.runtime, False)
    assert "pypi" in build.channels


def test_a_new_build_of_a_known_release_comes_beside_its_known_ones() -> None:
    (found,) = unlisted(torch(LINKS, f"{NEWEST}+cu140"), CATALOGUE, PLATFORM)
    known = CATALOGUE.latest()
    assert found.builds[: len(known.builds)] == known.builds
    assert list(new_builds(found)) == ["cu140"]
    assert found.companions == known.companions


@pytest.mark.parametrize(
    ("version", "more"),
    [
        (f"{NEXT}rc1+cu130", {}),
        (f"{NEXT}.dev20261101+cu130", {}),
        (f"{NEXT}.post1+cu130", {}),
        ("1.0.0+cu100", {}),
        (f"{NEXT}+nv25.4", {}),
        (f"{NEWEST}+cpu.cxx11.abi", {}),
        (f"{NEXT}+cu130", {"yanked": True}),
        (f"{NEXT}+cu130", {"platforms": ("windows-x86_64",)}),
        (f"{NEXT}+cu130", {"platforms": ("any",)}),
    ],
)
def test_what_doesnt_count(version: str, more: dict[str, object]) -> None:
    assert unlisted(torch(LINKS, version, **more), CATALOGUE, PLATFORM) == ()


def test_a_missing_patch_between_known_ones_counts() -> None:
    (found,) = unlisted(torch(LINKS, "2.9.77+cu126"), CATALOGUE, PLATFORM)
    joined = with_unlisted(CATALOGUE, (found,))
    versions = [dotted(one.version) for one in joined.releases]
    assert versions == sorted(versions, reverse=True)
    assert (2, 9, 77) in versions


def test_a_build_that_has_dropped_all_cards_is_left_out() -> None:
    places = torch(page("cu130"), f"{NEXT}+cu130")
    assert unlisted(places, CATALOGUE, PLATFORM, cards=("sm_61",)) == ()
    assert unlisted(places, CATALOGUE, PLATFORM, cards=("sm_61", "sm_120"))
    assert unlisted(places, CATALOGUE, PLATFORM, cards=("gfx1030",))
    assert unlisted(torch(page("cu140"), f"{NEXT}+cu140"), CATALOGUE, PLATFORM, cards=("sm_61",))


def test_every_row_leads_to_the_place_that_lists_it() -> None:
    hidden = page("cu140")
    places = torch(hidden, f"{NEXT}+cu140", f"{NEWEST}+cu140") + torch(PYPI, NEXT)
    joined = with_unlisted(CATALOGUE, unlisted(places, CATALOGUE, PLATFORM), today="2026-12-24")
    rows = {
        f"{release.version}+{build.name}": joined.fact(build.fact)
        for release in joined.releases
        for build in release.builds
        if build.fact >= CATALOGUE.row_count
    }
    assert len(rows) == 3
    for key, row in rows.items():
        assert (row.key, row.checked) == (key, "2026-12-24")
        assert row.url == (hidden.url if key.endswith("cu140") else PYPI.url)
    old = CATALOGUE.runtimes[0].fact
    assert joined.fact(old) == CATALOGUE.fact(old)


def test_an_unknown_cuda_needs_at_least_the_newest_known_drivers() -> None:
    releases = unlisted(torch(page("cu140"), f"{NEXT}+cu140"), CATALOGUE, PLATFORM)
    found = with_unlisted(CATALOGUE, releases).runtime("14.0")
    newest = max(CATALOGUE.runtimes, key=lambda one: dotted(one.name))
    assert found is not None
    assert found.floor == found.native == newest.native
    same = unlisted(torch(page("cu139"), f"{NEXT}+cu139"), CATALOGUE, PLATFORM)
    minor = with_unlisted(CATALOGUE, same).runtime("13.9")
    major = CATALOGUE.runtime("13.0")
    assert minor is not None
    assert major is not None
    assert (minor.floor, minor.native) == (major.floor, newest.native)


def test_they_are_offered_by_name_where_they_are_newer() -> None:
    places = torch(page("cu140"), f"{NEXT}+cu140", f"{NEWEST}+cu140", "2.9.77+cu140")
    releases = unlisted(places, CATALOGUE, PLATFORM)
    said = offered_by_name(releases, CATALOGUE, NEWEST)
    assert [(one.code, one.effect, one.subject, one.has) for one in said] == [
        ("release-unmeasured", "prefer", NEXT, "cu140"),
        ("build-unmeasured", "prefer", f"{NEWEST}+cu140", "cu140"),
    ]
    assert len(offered_by_name(releases, CATALOGUE)) == 3


def test_a_pinned_one_is_chosen_with_a_warning_and_a_missing_driver_is_still_told() -> None:
    places = torch(page("cu130"), f"{NEXT}+cu130")
    wider = with_unlisted(CATALOGUE, unlisted(places, CATALOGUE, PLATFORM))
    here = machine("sm_90", driver="580.65.06")
    known = choose(here, f"torch=={NEXT}", listings=places)
    assert known.outcome == "none"
    found = choose(here, f"torch=={NEXT}", catalogue=wider, listings=places)
    assert found.stack is not None
    assert found.stack.packages == {"torch": NEXT}
    assert found.stack.pins == {"torch": f"{NEXT}+cu130"}
    warned = {one.code for one in found.reasons if one.effect == "warn"}
    assert {"arch-unknown", "facts-uncertain"} <= warned
    for driver in ("", "535.183.01"):
        other = machine("sm_90", driver=driver)
        assert choose(other, f"torch=={NEXT}", catalogue=wider, listings=places).stack is None


@pytest.mark.parametrize(("driver", "taken"), [("580.65.06", False), ("999.1", True)])
def test_an_unknown_cuda_is_taken_only_with_a_driver_that_may_do(
    driver: str, *, taken: bool
) -> None:
    places = torch(page("cu140"), f"{NEXT}+cu140")
    wider = with_unlisted(CATALOGUE, unlisted(places, CATALOGUE, PLATFORM))
    here = machine("sm_90", driver=driver)
    found = choose(here, f"torch=={NEXT}", catalogue=wider, listings=places)
    assert (found.stack is not None) is taken
