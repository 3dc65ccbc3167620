from __future__ import annotations

import pytest

from torchup.facts.conda import load_conda
from torchup.facts.load import load_catalogue
from torchup.model import (
    Cpu,
    Driver,
    Gpu,
    Listing,
    Machine,
    Os,
    Requirement,
    Source,
    Stack,
    WheelFile,
)
from torchup.resolve.conda import admits, conda_catalogue
from torchup.resolve.conda_listed import with_carried, with_companions_seen
from torchup.resolve.conda_machine import virtual_packages
from torchup.resolve.resolver import Resolver

KNOWN = load_catalogue()
FORGE = conda_catalogue(KNOWN, load_conda("torch"), ("conda-forge",))


def machine(*archs: str, driver: str = "550.54.15", **more: object) -> Machine:
    return Machine(
        os=Os(system="linux", libc="glibc 2.35", kernel="6.8.0-45-generic"),
        arch="x86_64",
        gpus=tuple(
            Gpu(index=at, vendor="nvidia", name=f"card {at}", arch=one, memory_mib=8000)
            for at, one in enumerate(archs)
        ),
        drivers=(Driver(vendor="nvidia", version=driver),) if driver else (),
        **more,  # type: ignore[arg-type]  # fields by name
    )


def choose(there: Machine, *packages: str) -> tuple[str, str]:
    asked = Requirement(packages=packages, today="2026-11-30")
    stack = Resolver(FORGE).resolve(there, asked).stack
    assert stack is not None
    return stack.packages["torch"], stack.build


def test_only_conda_s_own_builds_are_candidates() -> None:
    release = FORGE.release("2.9.1")
    assert release is not None
    here = {one.name for one in release.builds if one.platform == "linux-x86_64"}
    assert here == {"cpu", "cu129"}
    assert FORGE.release("2.15.0") is None, "it is not recorded that conda-forge has it"


def test_a_wheel_gets_its_libraries_where_conda_s_own_builds_are_the_cpu_s() -> None:
    facts = load_conda("tensorflow")
    forge = conda_catalogue(load_catalogue("tensorflow"), facts, ("conda-forge",))
    release = forge.release("2.4.0")
    assert release is not None
    here = {one.name: one for one in release.builds if one.platform == "linux-x86_64"}
    assert set(here) == {"cpu", "cu110"}
    assert here["cu110"].libraries == ("cudatoolkit=11.0", "cudnn=8.0")
    assert "3.6" in here["cu110"].pythons, "those of the wheels"
    own = forge.release("2.12.1")
    assert own is not None
    builds = [one for one in own.builds if one.platform == "linux-x86_64"]
    assert {one.device for one in builds} == {"cpu", "cuda"}
    assert not [one for one in builds if one.libraries], "conda's own brings them"


def test_a_card_is_judged_by_what_conda_forge_compiled() -> None:
    """The wheels' cu129 has no code for sm_61; conda-forge's has some for sm_60."""
    assert choose(machine("sm_61")) == ("2.13.0", "cu129")
    wheels = KNOWN.build("2.9.1", "cu129", "linux-x86_64")
    assert wheels is not None
    assert "sm_60" not in (wheels.archs or ())


def test_the_driver_decides_as_ever() -> None:
    assert choose(machine("sm_86", driver="580.65.06"))[1] == "cu130"
    assert choose(machine("sm_86", driver="550.54.15"))[1] == "cu129"


def test_what_is_inferred_is_said_to_be() -> None:
    asked = Requirement(today="2026-11-30")
    answer = Resolver(FORGE).resolve(machine("sm_86"), asked)
    (said,) = [one for one in answer.reasons if one.code == "facts-uncertain"]
    assert said.fact is not None
    assert said.fact.file == "torch/conda.toml"


def test_the_first_channel_s_build_counts() -> None:
    facts = load_conda("torch")
    makers = conda_catalogue(KNOWN, facts, ("pytorch", "conda-forge"))
    build = makers.build("2.1.0", "cu118", "linux-x86_64")
    assert build is not None
    assert build.channels == ("pytorch",)
    other = makers.build("2.1.0", "cu120", "linux-x86_64")
    assert other is not None
    assert other.channels == ("conda-forge",)


CU129 = Stack(
    python="3.12", packages={"torch": "2.9.1"}, build="cu129", runtime="12.9", device="cuda"
)
ON_CPU = Stack(python="3.12", packages={"torch": "2.9.1"}, build="cpu", runtime="", device="cpu")


def test_the_virtual_packages_are_the_machine_s() -> None:
    cpu = Cpu(features=("cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3", "avx"))
    there = machine("sm_86", "sm_75", driver="580.65.06", cpu=cpu)
    assert virtual_packages(there, CU129, (0, 1), KNOWN) == (
        "__unix=0=0",
        "__linux=6.8.0=0",
        "__glibc=2.35=0",
        "__archspec=1=x86_64_v2",
        "__cuda=13.0=0",
        "__cuda_arch=7.5=0",
    )


def test_cards_that_are_not_served_have_no_say() -> None:
    there = machine("sm_86", "sm_35", driver="580.65.06")
    assert "__cuda_arch=8.6=0" in virtual_packages(there, CU129, (0,), KNOWN)


def test_a_runtime_that_starts_by_compatibility_counts_as_known() -> None:
    there = machine("sm_86", driver="535.54.03")
    assert "__cuda=12.9=0" in virtual_packages(there, CU129, (0,), KNOWN)
    assert "__cuda=12.2=0" in virtual_packages(there, ON_CPU, (), KNOWN)


def test_without_a_driver_there_is_no_cuda() -> None:
    said = virtual_packages(machine(driver=""), ON_CPU, (), KNOWN)
    assert not [one for one in said if "cuda" in one]


@pytest.mark.parametrize(
    ("os", "arch", "wanted"),
    [
        (
            Os(system="windows", version="10.0.22631"),
            "x86_64",
            ("__win=10.0.22631=0", "__archspec=1=x86_64"),
        ),
        (
            Os(system="macos", version="14.5"),
            "arm64",
            ("__unix=0=0", "__osx=14.5=0", "__archspec=1=arm64"),
        ),
        (
            Os(system="linux", libc="musl 1.2.4"),
            "aarch64",
            ("__unix=0=0", "__linux=0=0", "__musl=1.2.4=0", "__archspec=1=aarch64"),
        ),
    ],
)
def test_each_system_has_its_own(os: Os, arch: str, wanted: tuple[str, ...]) -> None:
    there = Machine(os=os, arch=arch, gpus=(), drivers=())  # type: ignore[arg-type]
    assert virtual_packages(there, ON_CPU, (), KNOWN) == wanted


@pytest.mark.parametrize(
    ("spec", "yes", "no"),
    [
        ("pytorch", ("2.9.1",), ()),
        ("pytorch 2.9.* cuda126*", ("2.9.1", "2.9.0"), ("2.10.0", "2.8.0")),
        ("pytorch ==1.10.1", ("1.10.1",), ("1.10.0",)),
        ("pytorch 1.10.1 py3.9_cuda*", ("1.10.1",), ("1.10.2",)),
        ("pytorch >=2.5.1,<2.6.0a0", ("2.5.1",), ("2.6.0", "2.5.0")),
        ("pytorch 2.5.*|2.6.*", ("2.5.1", "2.6.0"), ("2.7.0",)),
        ("pytorch !=2.5.1", ("2.5.0",), ("2.5.1",)),
        ("pytorch =2.5", ("2.5.1",), ("2.50.0",)),
        ("pytorch what-is-this", ("2.5.1",), ()),
    ],
)
def test_what_a_companion_asks_of_the_framework(
    spec: str, yes: tuple[str, ...], no: tuple[str, ...]
) -> None:
    assert all(admits(spec, one) for one in yes)
    assert not any(admits(spec, one) for one in no)


def test_a_companion_that_was_built_for_another_release_is_left_out() -> None:
    """torchaudio 2.11.0 belongs to three releases, and the channel has built it for one."""
    source = Source(id="conda-forge", kind="channel", role="extra", url="file:///c")
    file = WheelFile(
        filename="x", url="x", version="2.11.0", build="cpu", needs=("pytorch 2.13.0.* cpu*",)
    )
    listing = Listing(source=source, project="torchaudio", state="ok", files=(file,))
    found = with_companions_seen(FORGE, (listing,), "pytorch")
    old, new = found.release("2.12.1"), found.release("2.13.0")
    assert old is not None
    assert new is not None
    assert old.companion("torchaudio") is None
    assert old.companion("torchvision") is not None, "of it nothing was seen"
    assert new.companion("torchaudio") is not None


def of_channel(channel: str, project: str, *files: WheelFile) -> Listing:
    source = Source(id=channel, url=f"https://{channel}", role="framework", kind="channel")
    return Listing(source=source, project=project, state="ok", files=files)


def package(version: str, build: str = "", *needs: str) -> WheelFile:
    return WheelFile(
        filename=f"{version}-{build}", url="", version=version, build=build, needs=needs,
        pythons=("3.12",), platforms=("any",),
    )  # fmt: skip


def test_a_carrier_lends_its_builds_to_the_releases_that_ask_for_it_in_its_own_channel() -> None:
    jax = (
        package("0.7.1", "", "python >=3.11", "jaxlib >=0.7.1,<=0.7.1"),
        package("0.7.2", "", "jaxlib >=0.7.2,<=0.7.2"),
    )
    lib = (package("0.7.1", "cpu"), package("0.7.1", "cu129"), package("0.7.1"))
    listings = (
        of_channel("one", "jax", *jax),
        of_channel("one", "jaxlib", *lib),
        of_channel("two", "jax", *jax),
    )
    first, carrier, second = with_carried(listings, "jax", "jaxlib")
    assert [(one.version, one.build) for one in first.files] == [
        ("0.7.1", "cpu"),
        ("0.7.1", "cu129"),
    ]
    assert {one.needs for one in first.files} == {jax[0].needs}
    assert carrier is listings[1]
    assert (second.state, second.files) == ("absent", ()), "no carrier, so nothing to be had"
    assert with_carried(listings, "jax", "") == listings
