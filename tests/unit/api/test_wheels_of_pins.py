"""For which Pythons a pin has wheels, and which version is the next that has one."""

from __future__ import annotations

from torchup.api.projects.wheels_of_pins import Pin
from torchup.model import WheelFile


def wheel(version: str, *pythons: str, requires: str = "", yanked: bool = False) -> WheelFile:
    return WheelFile(
        filename=f"one-{version}.whl",
        url="",
        version=version,
        pythons=pythons,
        platforms=("any",),
        requires_python=requires,
        yanked=yanked,
    )


def pin(version: str, *files: WheelFile) -> Pin:
    return Pin(line=f"one=={version}", name="one", version=version, known=True, files=files)


def test_a_wheel_for_one_python_serves_no_other() -> None:
    one = pin("1.0", wheel("1.0", "3.8"), wheel("1.0.1", "3.9"))
    assert one.has_wheels
    assert (one.serves("3.8"), one.serves("3.9")) == (True, False)


def test_stable_and_pure_wheels_serve_what_they_say() -> None:
    assert pin("1", wheel("1", "3.7+")).serves("3.12")
    assert pin("1", wheel("1", "any")).serves("3.8")
    assert not pin("1", wheel("1", "any", requires=">=3.9")).serves("3.8")
    assert pin("1", wheel("1", "any", requires=">=2.7.*")).serves("3.8")


def test_the_next_version_is_the_lowest_final_one_with_a_wheel() -> None:
    files = (
        wheel("1.0", "3.8"),
        wheel("1.1rc1", "3.10"),
        wheel("1.2", "3.10", yanked=True),
        wheel("1.10", "3.10"),
        wheel("1.9", "3.10"),
        wheel("0.9", "3.10"),
    )
    assert pin("1.0", *files).next_for("3.10") == "1.9"
    assert pin("1.0", *files).next_for("3.14") == ""


def test_a_version_may_be_written_shorter() -> None:
    assert pin("1.22", wheel("1.22.0", "3.10")).serves("3.10")


def test_a_version_may_be_for_other_pythons_alone() -> None:
    backport = pin("0.8", wheel("0.8", "any", requires=">=3.6, <3.7"))
    assert backport.forbids("3.8")
    assert not backport.forbids("3.6")
    assert not pin("1.0", wheel("1.0", "3.7")).forbids("3.8")  # its sources may do
    assert not pin("2.0", wheel("1.0", "any", requires="<3")).forbids("3.8")
