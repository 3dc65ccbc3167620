"""One release of a framework: its builds, its companions, the Pythons it has wheels for."""

# Annotations are evaluated as they stand, not kept as strings: each string would be compiled again
# when the decoder of these types is made, which takes longer than decoding with it.

from typing import Literal

from msgspec import Struct

Certainty = Literal["measured", "documented", "inferred", "disputed", "low"]
EVERY_BUILD = "*"
"""In the place of one build's name: PyPI's wheels are the same ones for all of them."""


class Build(Struct, frozen=True, array_like=True):
    """One build of a release on one platform.

    Attributes:
        name: the build's name in the framework's own words, such as ``cu126`` or ``cpu``.
        platform: where it runs, such as ``linux-x86_64``.
        device: what it computes on: ``cuda``, ``rocm``, ``xpu``, ``mps``, ``directml``,
            ``openvino`` or ``cpu``.
        runtime: the CUDA or ROCm version it brings along, such as ``12.6``; empty for others.
        channels: where it is published: ``pypi``, or a page of the framework's index, such as
            ``whl/cu126``, relative to the host of the index base.
        archs: what it holds machine code for (``sm_86``, ``gfx90a``); ``sm_52+`` where it
            makes the code on the spot, for that capability and all above. None where that is
            unknown, empty for devices that have no such list.
        ptx: what it holds PTX for, as ``sm_86``.
        certainty: the weaker of what is known of its publication and of ``archs``.
        fact: the row behind ``archs``, or behind its publication where there are none.
        tagged: whether its wheels on the framework's index carry the build's name as a local
            version (``2.14.1+cu126``); those on PyPI never do.
        also: further devices it serves, such as ``mps``.
        publication: what is known of where it is published.
        floor: the least system that its wheels ask for, where that is more than the release's
            others do; empty otherwise.
        extra: the extra of the framework's package that makes it this build (``cuda12`` for
            ``jax[cuda12]``); empty where its wheels are all there is to it.
        libraries: what it needs and its wheels don't bring, as conda's packages are asked for
            (``cudatoolkit=11.2``); empty for most.
        package: the package that is this build, where it is published under a name of its own
            (``onnxruntime-gpu``); empty for the framework's.
        plugins: the packages that make it this build beside the framework's own, each with the
            version that goes with the release (``tensorflow-metal==1.2.0``).
        pythons: the Pythons it can be had for, where they are fewer than the release's; empty
            for all of them.
        asked: it is taken only where it is named: another way is better, or it isn't cared for.
        ended: the day (ISO) of the last release of a package of it that nobody develops any
            further; empty for most.
    """

    name: str
    platform: str
    device: str
    runtime: str
    channels: tuple[str, ...]
    archs: tuple[str, ...] | None
    ptx: tuple[str, ...]
    certainty: Certainty
    fact: int
    tagged: bool = True
    also: tuple[str, ...] = ()
    publication: Certainty = "measured"
    floor: str = ""
    extra: str = ""
    libraries: tuple[str, ...] = ()
    package: str = ""
    plugins: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    asked: bool = False
    ended: str = ""


class Companion(Struct, frozen=True, array_like=True):
    """A package that is released together with the framework.

    Attributes:
        name: the package's name.
        version: the version that belongs to this release of the framework.
        pythons: platform → the Pythons that it has wheels for; an empty tuple where it has
            none, no key where that is unknown.
        builds: platform → the builds that it exists for on the framework's index.
        pypi_build: platform → the build that PyPI serves, :data:`EVERY_BUILD` where it serves
            all of them.
        certainty: ``measured`` where its metadata pins the framework's version.
        fact: the row behind it.
        builds_of: the framework release whose builds these are; an older one where the
            companion was not released again.
        tagged: whether its wheels on the framework's index carry the
            build's name as a local version.
        floors: platform → the least system its wheels ask for, such as ``glibc 2.28``.
    """

    name: str
    version: str
    pythons: dict[str, tuple[str, ...]]
    builds: dict[str, tuple[str, ...]]
    pypi_build: dict[str, str]
    certainty: Certainty
    fact: int
    builds_of: str = ""
    tagged: bool = True
    floors: dict[str, str] = {}

    def on_pypi(self, build: Build) -> bool:
        """Tell whether PyPI's wheels of it belong to a build."""
        return self.pypi_build.get(build.platform) in (build.name, EVERY_BUILD)


class Release(Struct, frozen=True, array_like=True):
    """One release of the framework.

    Attributes:
        version: such as ``2.14.1``.
        date: the day of its release, in ISO form.
        pythons: platform → the Pythons that it has wheels for (``3.13``, ``3.13t``).
        floors: platform → the least system its wheels ask for, such as ``glibc 2.28`` or
            ``macos 11.0``; no key where the tags don't tell.
        builds: every build on every platform.
        companions: what is released together with it, in the framework's order.
        fact: the row behind it.
        raised_floors: platform → Python → floor, for the Pythons whose wheels ask for more.
        note: what else a person should know, in English; empty for most.
    """

    version: str
    date: str
    pythons: dict[str, tuple[str, ...]]
    floors: dict[str, str]
    builds: tuple[Build, ...]
    companions: tuple[Companion, ...]
    fact: int
    raised_floors: dict[str, dict[str, str]] = {}
    note: str = ""

    def floor(self, platform: str, python: str) -> str | None:
        """Return the least system that the wheel for one Python asks for, None if unknown."""
        raised = self.raised_floors.get(platform, {}).get(python)
        return raised or self.floors.get(platform)

    def companion(self, name: str) -> Companion | None:
        """Return the companion of that name."""
        return next((c for c in self.companions if c.name == name), None)
