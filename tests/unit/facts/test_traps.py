"""What is known to trap a picker that looks at the driver's version alone, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from torchup.facts.catalogue import Build, Catalogue

LINUX, ARM, WINDOWS, MAC = "linux-x86_64", "linux-aarch64", "windows-x86_64", "macos-arm64"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def build(version: str, name: str, platform: str = LINUX) -> Build:
    found = load_catalogue().build(version, name, platform)
    assert found is not None
    return found


def archs(version: str, name: str, platform: str = LINUX) -> list[int]:
    found = build(version, name, platform).archs
    assert found is not None
    return [int(arch.removeprefix("sm_").rstrip("a")) for arch in found]


def pypi_build(version: str, platform: str = LINUX) -> str:
    release = load_catalogue().release(version)
    assert release is not None
    return next(b.name for b in release.builds if b.platform == platform and "pypi" in b.channels)


@pytest.mark.parametrize("version", ["2.8.0", "2.9.0", "2.10.0"])
def test_pascal_is_in_cu126_but_not_in_the_default(version: str) -> None:
    assert pypi_build(version) == "cu128"
    assert min(archs(version, "cu128")) == 70
    assert build(version, "cu128").ptx == ()
    assert {50, 60} <= set(archs(version, "cu126"))


def test_volta_appears_and_goes() -> None:
    assert min(archs("2.7.1", "cu128")) == 75
    assert 70 in archs("2.8.0", "cu128")
    assert 70 in archs("2.10.0", "cu128")
    assert min(archs("2.11.0", "cu128")) == 75
    assert 70 in archs("2.14.1", "cu126")


def test_nothing_before_turing_from_2_15_on(catalogue: Catalogue) -> None:
    release = catalogue.release("2.15.0")
    assert release is not None
    cuda = [b for b in release.builds if b.device == "cuda"]
    assert {b.runtime.partition(".")[0] for b in cuda} == {"13"}
    assert all(min(int(a[3:]) for a in b.archs or ()) >= 75 for b in cuda)


def test_the_default_on_pypi_moves() -> None:
    linux = {v: pypi_build(v) for v in ("1.12.1", "2.7.0", "2.10.0", "2.11.0", "2.14.1", "2.15.0")}
    assert list(linux.values()) == ["cu102", "cu126", "cu128", "cu130", "cu130", "cu132"]
    assert pypi_build("2.10.0", ARM) == "cpu"
    assert pypi_build("2.11.0", ARM) == "cu130"
    assert {pypi_build(v, WINDOWS) for v in linux} == {"cpu"}


def test_blackwell_needs_cu128_or_later() -> None:
    release = load_catalogue().release("2.6.0")
    assert release is not None
    assert not any("sm_120" in (b.archs or ()) for b in release.builds)
    assert "sm_120" in (build("2.7.0", "cu128").archs or ())
    assert max(archs("2.14.0", "cu126")) == 90


def test_windows_is_not_linux() -> None:
    assert min(archs("2.8.0", "cu126", WINDOWS)) == 61
    assert min(archs("2.8.0", "cu126")) == 50
    assert min(archs("2.7.1", "cu128", WINDOWS)) == 50


def test_ptx_is_the_exception() -> None:
    assert build("2.7.0", "cu128").ptx == ("sm_120",)
    assert build("1.4.0", "cu101").ptx == ("sm_37",)
    assert build("1.13.1", "cu117").ptx == ()
    assert max(archs("1.13.1", "cu117")) == 86


def test_kepler_ends_with_cu118() -> None:
    assert 37 in archs("2.7.1", "cu118")
    release = load_catalogue().release("2.8.0")
    assert release is not None
    assert not any("sm_37" in (b.archs or ()) for b in release.builds)


def test_aarch64_builds() -> None:
    assert archs("2.6.0", "cu126", ARM) == [90]
    assert 80 not in archs("2.7.0", "cu128", ARM)
    assert not build("2.5.1", "cu124", ARM).tagged
    assert build("2.14.1", "cu126", ARM).tagged


def test_holes_in_the_pythons(catalogue: Catalogue) -> None:
    def pythons(version: str, platform: str) -> tuple[str, ...]:
        release = catalogue.release(version)
        assert release is not None
        return release.pythons[platform]

    assert "3.13" in pythons("2.5.1", LINUX)
    assert "3.13" not in pythons("2.5.1", WINDOWS)
    assert "3.11" in pythons("1.13.1", LINUX)
    assert "3.11" not in pythons("1.13.1", MAC)
    assert "3.10" in pythons("1.10.2", ARM)
    assert "3.10" not in pythons("1.10.2", LINUX)
    assert "3.8" not in pythons("1.7.0", WINDOWS)
    assert {"3.13t", "3.14t"} <= set(pythons("2.10.0", LINUX))
    assert pythons("2.15.0", LINUX) == ("3.11", "3.12", "3.13", "3.14", "3.14t", "3.15", "3.15t")


def test_floors(catalogue: Catalogue) -> None:
    release = catalogue.release("2.10.0")
    assert release is not None
    assert release.floor(LINUX, "3.12") == "glibc 2.28"
    assert release.floor(WINDOWS, "3.12") is None
    assert release.floor(MAC, "3.13") == "macos 11.0"
    assert release.floor(MAC, "3.14") == "macos 14.0"


def test_companions(catalogue: Catalogue) -> None:
    release = catalogue.release("2.5.1")
    assert release is not None
    vision = release.companion("torchvision")
    assert vision is not None
    assert vision.version == "0.20.1"
    assert vision.certainty == "measured"
    assert "3.13" not in vision.pythons[LINUX]
    assert release.companion("nothing") is None


def test_a_companion_of_an_older_release_keeps_its_builds(catalogue: Catalogue) -> None:
    release = catalogue.release("2.15.0")
    assert release is not None
    audio = release.companion("torchaudio")
    assert audio is not None
    assert (audio.version, audio.builds_of, audio.certainty) == ("2.11.0", "2.11.0", "inferred")
    assert "cu130" in audio.builds[LINUX]
    assert "cu132" not in audio.builds[LINUX]
    assert audio.pypi_build[LINUX] == "cu130"
    assert "3.15" not in audio.pythons[LINUX]
    vision = release.companion("torchvision")
    assert vision is not None
    assert vision.pythons[LINUX] == release.pythons[LINUX]
    assert vision.pypi_build[LINUX] == "cu132"


def test_what_was_not_seen_says_so() -> None:
    assert build("2.15.0", "cu134").certainty == "low"
    assert build("2.14.1", "cu126").certainty == "inferred"
    assert build("2.15.0", "cu132").certainty == "measured"
    assert build("1.8.0", "cu111").certainty == "low"


def test_the_apple_gpu_is_served_by_the_cpu_build() -> None:
    assert build("2.14.1", "cpu", MAC).also == ("mps",)
    assert build("1.11.0", "cpu", MAC).also == ()
