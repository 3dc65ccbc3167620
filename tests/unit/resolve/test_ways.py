"""Ways beside a maker's own: DirectML, OpenVINO, Metal; and what is taken only by name."""

from __future__ import annotations

from typing import Any

import pytest

from torchup.errors import UsageError
from torchup.facts.frameworks import FRAMEWORKS
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Driver, Gpu, Machine, Os, Requirement, Resolution, WheelFile
from torchup.resolve import resolve
from unit.resolve.machinery import PYPI, listed

TODAY = "2026-11-30"
RADEON = Gpu(index=0, vendor="amd", name="AMD Radeon RX 7800 XT", arch="gfx1101")
ADA = Gpu(index=0, vendor="nvidia", name="NVIDIA GeForce RTX 4090", arch="sm_89")
UHD = Gpu(index=1, vendor="intel", name="Intel UHD Graphics 620", pci_id="8086:5917")
ARC = Gpu(index=0, vendor="intel", name="Intel Arc A770 Graphics", arch="dg2")
APPLE = Gpu(index=0, vendor="apple", name="Apple M2")


def windows(*gpus: Gpu, driver: str = "") -> Machine:
    drivers = (Driver(vendor="nvidia", version=driver),) if driver else ()
    return Machine(os=Os(system="windows", version="11"), arch="x86_64", gpus=gpus, drivers=drivers)


def mac(version: str = "15.3") -> Machine:
    return Machine(os=Os(system="macos", version=version), arch="arm64", gpus=(APPLE,))


def ask(machine: Machine, *packages: str, **more: Any) -> Resolution:  # noqa: ANN401 - any field of a requirement
    name = packages[0].partition("=")[0].partition("-")[0]
    listings = more.pop("listings", None)
    asked = Requirement(packages=packages, today=TODAY, **more)
    return resolve(machine, asked, load_catalogue(name), gpus=load_gpus(), listings=listings)


def codes(found: Resolution) -> set[str]:
    return {one.code for one in found.reasons}


def lines(found: Resolution) -> tuple[str, ...]:
    assert found.stack is not None, found.reasons
    return found.stack.lines


def test_the_package_of_the_build_is_what_gets_installed() -> None:
    found = ask(windows(RADEON), "onnxruntime")
    assert lines(found) == ("onnxruntime-directml==1.24.4",)
    assert found.stack is not None
    assert (found.stack.device, found.serves) == ("directml", (0,))


def test_cuda_comes_before_directml_where_it_serves() -> None:
    found = ask(windows(ADA, driver="581.57"), "onnxruntime")
    assert found.stack is not None
    assert found.stack.device == "cuda"


def test_a_driver_that_is_too_old_is_no_reason_to_take_another_way_silently() -> None:
    found = ask(windows(ADA, driver="472.12"), "onnxruntime")
    assert found.outcome == "none"
    assert "driver-too-old-for-card" in codes(found)
    remedies = [one.remedy.code for one in found.near_misses]
    assert remedies[-1] == "remedy.named-build"
    assert "remedy.driver" in remedies
    named = ask(windows(ADA, driver="472.12"), "onnxruntime", build="directml")
    assert named.serves == (0,)


def test_an_integrated_card_is_not_served_in_a_better_ones_place() -> None:
    """DirectML would serve both, so it isn't taken for the lesser card alone."""
    pascal = Gpu(index=0, vendor="nvidia", name="NVIDIA GeForce GTX 1060", arch="sm_61")
    found = ask(windows(UHD, pascal, driver="442.19"), "onnxruntime")
    assert found.outcome == "none"
    remedies = [one.remedy.code for one in found.near_misses]
    assert remedies == ["remedy.cpu", "remedy.driver", "remedy.named-build"]
    named = ask(windows(UHD, pascal, driver="442.19"), "onnxruntime", build="directml")
    assert named.serves == (0, 1)


def test_no_build_is_said_to_serve_one_kind_alone_where_directml_serves_both() -> None:
    found = ask(windows(UHD, ADA, driver="581.57"), "onnxruntime")
    assert found.serves == (1,)
    assert "gpu-of-other-kind" not in codes(found)
    said = next(one for one in found.reasons if one.code == "gpu-through-other")
    assert (said.subject, said.needs) == (UHD.name, "DirectML")


def test_two_makers_cards_share_directml() -> None:
    assert ask(windows(RADEON, UHD), "onnxruntime").serves == (0, 1)


def test_a_plugin_comes_with_the_release_it_was_made_for() -> None:
    found = ask(windows(RADEON), "tensorflow", build="directml")
    assert lines(found) == (
        "tensorflow-cpu==2.10.0",
        "tensorflow-directml-plugin==0.4.0.dev230202",
    )
    ended = next(one for one in found.reasons if one.code == "build-ended")
    assert (ended.needs, ended.has) == ("2023-02-02", "directml")


@pytest.mark.parametrize(
    ("machine", "name", "package"),
    [
        (windows(RADEON), "tensorflow", "tensorflow-directml-plugin"),
        (mac(), "tensorflow", "tensorflow-metal"),
        (mac(), "jax", "jax-metal"),
    ],
)
def test_what_is_not_cared_for_is_offered_and_never_taken_silently(
    machine: Machine, name: str, package: str
) -> None:
    found = ask(machine, name)
    assert found.stack is not None
    assert found.stack.device == "cpu"
    assert "gpu-on-request" in codes(found)
    assert [one.needs for one in found.reasons if one.code == "gpu-on-request"] == [package]
    assert ask(machine, package).serves == (0,)
    (near,) = found.near_misses
    assert near.remedy.code == "remedy.named-build"
    taken = ask(machine, name, build=near.remedy.args["build"])
    assert taken.serves == (0,)
    assert "build-ended" in codes(taken)


def test_a_build_is_no_other_way_beside_itself() -> None:
    def others(found: Resolution) -> list[str]:
        return [one.has for one in found.reasons if one.code == "maker-has-builds"]

    assert "--build directml" in others(ask(windows(ADA, driver="581.57"), "tensorflow"))
    kepler = windows(Gpu(index=0, vendor="nvidia", name="GTX 680", arch="sm_30"), driver="472.12")
    assert others(ask(kepler, "tensorflow")) == ["WSL 2"]
    assert others(ask(kepler, "tensorflow", build="directml")) == ["WSL 2"]


@pytest.mark.parametrize(
    ("card", "build"), [(ADA, "directml"), (ARC, "openvino"), (RADEON, "directml")]
)
def test_no_release_is_the_last_for_a_card_that_a_newer_one_reaches_by_another_way(
    card: Gpu, build: str
) -> None:
    found = ask(windows(card, driver="581.57"), "onnxruntime", build=build)
    assert found.serves == (0,)
    assert ("device-ended" in codes(found)) == (card is RADEON)


def test_the_plugins_name_means_the_build_and_its_version_the_release() -> None:
    found = ask(mac(), "tensorflow-metal==1.1.0")
    assert lines(found) == ("tensorflow==2.17.1", "tensorflow-metal==1.1.0")
    none = ask(mac(), "tensorflow==2.18.0", "tensorflow-metal==1.1.0")
    assert none.outcome == "none"


def test_a_plugin_that_leads_nowhere_here_is_answered_as_its_build_is() -> None:
    """No build for another maker's cards is named in its place: the CPU's comes first."""
    linux = Machine(
        os=Os(system="linux", libc="glibc 2.35"), arch="x86_64", gpus=(RADEON,), drivers=()
    )
    by_package = ask(linux, "tensorflow-directml-plugin")
    by_build = ask(linux, "tensorflow", build="directml")
    assert by_package.near_misses == by_build.near_misses
    assert by_package.near_misses[0].stack.build == "cpu"


@pytest.mark.parametrize(
    ("machine", "asked", "first", "last"),
    [
        (
            windows(RADEON), "tensorflow-directml-plugin<0.4",
            "0.4.0.dev230202", "0.4.0.dev230202",
        ),
        (mac(), "tensorflow-metal==9", "1.0.1", "1.2.0"),
        (mac(), "jax-metal==0.0.5", "0.1.1", "0.1.1"),
    ],
)  # fmt: skip
def test_a_plugin_that_never_was_is_named_as_it_was_written(
    machine: Machine, asked: str, first: str, last: str
) -> None:
    found = ask(machine, asked)
    (said,) = [one for one in found.reasons if one.code == "never-published"]
    assert (said.subject, said.needs, said.has) == (asked, first, last)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_build_that_a_package_stands_for_has_that_package(name: str) -> None:
    catalogue = load_catalogue(name)
    for package, named in catalogue.framework.stands_for.items():
        builds = [one for it in catalogue.releases for one in it.builds if one.name == named]
        assert builds
        for one in builds:
            assert package in (one.package, *(it.partition("==")[0] for it in one.plugins))


def test_a_package_of_one_build_and_another_build_contradict_each_other() -> None:
    with pytest.raises(UsageError, match=r"ask\.two-builds"):
        ask(windows(RADEON), "onnxruntime-directml", build="cu12")


def test_the_plugin_narrows_the_pythons_and_the_system() -> None:
    found = ask(mac(), "tensorflow==2.16.2", build="metal")
    assert found.stack is not None
    assert found.stack.python == "3.11"  # tensorflow 2.16 has wheels for 3.12, the plugin hasn't
    assert ask(mac(), "tensorflow==2.16.2", build="metal", python="3.12").outcome == "none"
    assert "libc-too-old" in codes(ask(mac("12.0"), "tensorflow", build="metal"))


def test_live_listings_are_narrowed_by_the_plugin_too() -> None:
    there = WheelFile(
        filename="tensorflow.whl",
        url="",
        version="2.16.2",
        pythons=("3.10", "3.11", "3.12"),
        platforms=("macos-arm64",),
        floor="macos 12.0",
    )
    places = listed(PYPI, tensorflow=(there,))
    found = ask(mac(), "tensorflow", build="metal", listings=places)
    assert found.stack is not None
    assert found.stack.python == "3.11"
    old = ask(mac("12.0"), "tensorflow", build="metal", listings=places)
    assert "macos 12.1" in [one.remedy.args.get("needs") for one in old.near_misses]


def test_there_is_no_directml_outside_of_windows() -> None:
    linux = Machine(
        os=Os(system="linux", libc="glibc 2.35"), arch="x86_64", gpus=(RADEON,), drivers=()
    )
    assert ask(linux, "tensorflow", build="directml").outcome == "none"
    wsl = Machine(
        os=Os(system="linux", libc="glibc 2.35", wsl=2), arch="x86_64", gpus=(RADEON,), drivers=()
    )
    assert ask(wsl, "tensorflow", build="directml").serves == (0,)


def test_wsl_1_is_offered_nothing_that_needs_a_card() -> None:
    machine = Machine(
        os=Os(system="linux", libc="glibc 2.35", wsl=1), arch="x86_64", gpus=(RADEON,), drivers=()
    )
    assert ask(machine, "tensorflow").near_misses == ()


def test_a_plugin_for_another_system_is_not_asked_for_here() -> None:
    lines = ("tensorflow", "tensorflow-metal; sys_platform == 'darwin'")
    assert codes(ask(windows(RADEON), *lines)) >= {"gpu-on-request"}
    assert ask(mac(), *lines).serves == (0,)
