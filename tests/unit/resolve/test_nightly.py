"""Nightly builds: what a listing tells of them, and which one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from torchup.errors import UsageError
from torchup.model import Requirement, Source
from torchup.resolve.ask import read_requirement
from torchup.resolve.nightly import (
    absent,
    check_nightly,
    day_of,
    is_nightly,
    meant,
    nightlies,
    told,
    with_known_archs,
)
from torchup.resolve.numbers import dotted
from torchup.resolve.unlisted import with_unlisted
from unit.resolve.machinery import CATALOGUE, LINKS, TODAY, choose, down, listed, machine, wheel

if TYPE_CHECKING:
    from torchup.model import Listing, Machine, Resolution

PLATFORM = "linux-x86_64"
NEWEST = CATALOGUE.latest()
NEXT = f"{dotted(NEWEST.version)[0]}.{dotted(NEWEST.version)[1] + 1}.0"
LATER = f"{dotted(NEWEST.version)[0]}.{dotted(NEWEST.version)[1] + 2}.0"
CUDA = max(
    (one for one in NEWEST.builds if one.device == "cuda" and one.platform == PLATFORM),
    key=lambda one: dotted(one.runtime),
)
CARD = "sm_90"
DRIVER = "999.1"


def nightly(day: int, build: str = CUDA.name, base: str = NEXT) -> str:
    return f"{base}.dev202611{day:02}+{build}"


def page(build: str) -> Source:
    return Source(
        id=f"nightly-{build}",
        kind="index",
        role="framework",
        url=f"https://framework.test/whl/nightly/{build}",
        build=build,
    )


def torch(source: Source, *versions: str, **projects: str) -> tuple[Listing, ...]:
    files = tuple(wheel("torch", one, "3.13") for one in versions)
    others = {name: (wheel(name, one, "3.13"),) for name, one in projects.items()}
    return listed(source, torch=files, **others)


def choice(here: Machine, places: tuple[Listing, ...], *packages: str, **asked: Any) -> Resolution:  # noqa: ANN401 - any field of a requirement
    wider = with_unlisted(CATALOGUE, nightlies(places, CATALOGUE, PLATFORM), today=TODAY)
    found = choose(here, *packages, catalogue=wider, listings=places, nightly=True, **asked)
    return told(found, CATALOGUE, PLATFORM)


def versions_of(answer: Resolution) -> dict[str, str]:
    return answer.stack.packages if answer.stack else {}


@pytest.mark.parametrize(
    ("version", "day"),
    [
        ("2.16.0.dev20261120+cu132", "20261120"),
        ("2.16.0.dev20261120", "20261120"),
        ("2.16.0", ""),
        ("2.16.0rc1", ""),
        ("2.16.0.dev1", ""),
        ("2.16.0+cpu.dev20261120", ""),
    ],
)
def test_the_day_in_a_version(version: str, day: str) -> None:
    assert (day_of(version), is_nightly(version)) == (day, bool(day))


def test_a_build_has_the_architectures_of_its_precursor() -> None:
    places = torch(page(CUDA.name), nightly(20)) + torch(page("cu149"), nightly(20, "cu149"))
    (found,) = nightlies(places, CATALOGUE, PLATFORM)
    known, unknown = found.builds
    assert (known.archs, known.ptx, known.runtime) == (CUDA.archs, CUDA.ptx, CUDA.runtime)
    assert known.certainty == unknown.certainty == "low"
    assert unknown.archs is None
    (kept,) = with_known_archs([found])
    assert kept.builds == (known,)


def test_a_build_that_only_older_releases_had_is_known_by_the_newest_of_them() -> None:
    last = next(
        (release, build)
        for release in CATALOGUE.releases
        for build in release.builds
        if (build.name, build.platform) == ("cu118", PLATFORM)
    )
    (found,) = nightlies(torch(page("cu118"), nightly(20, "cu118")), CATALOGUE, PLATFORM)
    assert found.builds[0].archs == last[1].archs
    answer = choice(machine("sm_86", driver=DRIVER), torch(page("cu118"), nightly(20, "cu118")))
    (said,) = [one for one in answer.reasons if one.code == "nightly-unmeasured"]
    assert said.has == last[0].version


def test_only_nightlies_of_this_system_count() -> None:
    others = (
        wheel("torch", nightly(20), "3.13", platforms=("windows-x86_64",)),
        wheel("torch", nightly(21), "3.13", yanked=True),
        wheel("torch", f"{NEXT}+{CUDA.name}", "3.13"),
        wheel("torch", f"{NEXT}rc1+{CUDA.name}", "3.13"),
        wheel("torch", "0.4.0.dev20181120+cu92", "3.13"),
    )
    assert nightlies(listed(page(CUDA.name), torch=others), CATALOGUE, PLATFORM) == ()
    bare = nightly(20).partition("+")[0]
    assert nightlies(torch(LINKS, bare), CATALOGUE, PLATFORM) == ()
    (untagged,) = nightlies(torch(page("cpu"), bare), CATALOGUE, PLATFORM)
    assert [one.name for one in untagged.builds] == ["cpu"]


def test_the_newest_day_of_the_newest_line_comes_first() -> None:
    names = (nightly(9), nightly(20), nightly(10), nightly(8, base=LATER))
    found = nightlies(torch(page(CUDA.name), *names), CATALOGUE, PLATFORM)
    want = [nightly(8, base=LATER), nightly(20), nightly(10), nightly(9)]
    assert [f"{one.version}+{CUDA.name}" for one in found] == want


def test_the_newest_is_chosen_with_companions_of_its_day_and_a_warning() -> None:
    places = torch(
        page(CUDA.name),
        nightly(19),
        nightly(20),
        torchvision=nightly(20, base="0.99.0"),
        torchaudio=nightly(19, base="2.99.0"),
    )
    answer = choice(machine(CARD, driver=DRIVER), places)
    assert answer.stack is not None
    assert answer.stack.pins == {"torch": nightly(20), "torchvision": nightly(20, base="0.99.0")}
    assert (answer.stack.device, answer.serves) == ("cuda", (0,))
    (left,) = answer.companions_left_out
    assert (left.subject, left.reason.code) == ("torchaudio", "nightly-companion-none")
    (said,) = [one for one in answer.reasons if one.code == "nightly-unmeasured"]
    assert (said.effect, said.subject, said.has) == ("warn", nightly(20), NEWEST.version)
    assert said.fact is not None
    assert "facts-uncertain" not in {one.code for one in answer.reasons}


def test_a_companion_that_is_asked_for_by_name_decides_the_day() -> None:
    places = torch(page(CUDA.name), nightly(19), nightly(20), torchaudio=nightly(19, base="2.99.0"))
    answer = choice(machine(CARD, driver=DRIVER), places, "torchaudio")
    assert versions_of(answer) == {
        "torch": nightly(19).partition("+")[0],
        "torchaudio": "2.99.0.dev20261119",
    }


def test_the_newest_day_comes_before_the_newest_cuda() -> None:
    older = next(
        one
        for one in NEWEST.builds
        if one.platform == PLATFORM and one.device == "cuda" and one.name != CUDA.name
    )
    same = torch(page(CUDA.name), nightly(20)) + torch(page(older.name), nightly(20, older.name))
    here = machine(CARD, driver=DRIVER)
    found = choice(here, same).stack
    assert found is not None
    assert found.build == CUDA.name
    newer = torch(page(CUDA.name), nightly(19)) + torch(page(older.name), nightly(20, older.name))
    found = choice(here, newer).stack
    assert found is not None
    assert found.build == older.name


def test_a_card_that_the_precursor_lacks_is_no_reason_for_the_cpu() -> None:
    places = torch(page(CUDA.name), nightly(20)) + torch(page("cpu"), nightly(20, "cpu"))
    answer = choice(machine("sm_61", driver="580.65.06"), places)
    assert answer.outcome == "none"
    assert {one.code for one in answer.reasons if one.effect == "reject"} & {
        "arch-missing",
        "driver-too-old",
    }


def test_an_old_driver_is_told() -> None:
    answer = choice(machine(CARD, driver="470.256.02"), torch(page(CUDA.name), nightly(20)))
    assert answer.outcome == "none"
    assert "driver-too-old" in {one.code for one in answer.reasons}


def test_a_release_is_never_chosen_in_place_of_a_nightly_nor_the_other_way_round() -> None:
    both = torch(page(CUDA.name), f"{NEWEST.version}+{CUDA.name}")
    here = machine(CARD, driver=DRIVER)
    assert choice(here, both).outcome == "none"
    both = torch(page(CUDA.name), f"{NEWEST.version}+{CUDA.name}", nightly(20))
    assert versions_of(choice(here, both)) == {"torch": nightly(20).partition("+")[0]}
    assert versions_of(choose(here, listings=both))["torch"] == NEWEST.version


def test_one_of_an_earlier_day_can_be_pinned() -> None:
    places = torch(page(CUDA.name), nightly(19), nightly(20))
    here = machine(CARD, driver=DRIVER)
    answer = choice(here, places, f"torch=={nightly(19)}")
    assert answer.stack is not None
    assert answer.stack.pins == {"torch": nightly(19)}


@pytest.mark.parametrize(
    ("packages", "fits"),
    [((), True), ((f"torch>={NEWEST.version}",), True), (("torch<2.0",), False)],
)
def test_what_was_meant(packages: tuple[str, ...], *, fits: bool) -> None:
    found = nightlies(torch(page(CUDA.name), nightly(20)), CATALOGUE, PLATFORM)
    wanted = Requirement(packages=packages, nightly=True)
    asked = read_requirement(wanted, CATALOGUE.framework, machine())
    assert meant(found, asked, "torch") is fits


def test_a_place_that_is_down_is_the_reason() -> None:
    wanted = Requirement(nightly=True)
    asked = read_requirement(wanted, CATALOGUE.framework, machine())
    places = torch(page("cpu")) + down(page(CUDA.name))
    (said,) = absent(wanted, asked, "torch", places, None).reasons
    assert (said.code, said.needs) == ("source-unreachable", page(CUDA.name).url)
    (said,) = absent(wanted, asked, "torch", torch(page("cpu")), None).reasons
    assert (said.code, said.needs) == ("nightly-absent", page("cpu").url)


@pytest.mark.parametrize(
    ("code", "packages", "asked"),
    [
        ("ask.nightly-and-pin", ("torch==2.14.1",), {"nightly": True}),
        ("ask.nightly-and-pin", ("torchvision===0.20.0",), {"nightly": True}),
        ("ask.nightly-and-pin", ("torch==2.16.0rc1",), {"nightly": True}),
        ("ask.nightly-and-day", (), {"nightly": True, "as_of": "2026-01-01"}),
        ("ask.nightly-by-pin", ("torch==2.16.0.dev20261120+cpu",), {}),
        ("", ("torch==2.16.*", "numpy==1.26.4"), {"nightly": True}),
        ("", ("torch>=2.14", "torch!=2.14.1"), {"nightly": True}),
        ("", ("torch==2.16.0.dev20261120+cpu",), {"nightly": True}),
        ("", ("torch==2.14.1",), {}),
    ],
)
def test_contradictions(code: str, packages: tuple[str, ...], asked: dict[str, Any]) -> None:
    wanted = Requirement(packages=packages, **asked)
    read = read_requirement(wanted, CATALOGUE.framework, machine())
    if not code:
        check_nightly(read)
        return
    with pytest.raises(UsageError) as caught:
        check_nightly(read)
    assert caught.value.code == code
