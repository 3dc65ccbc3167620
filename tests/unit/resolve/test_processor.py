"""What releases ask of the processor: refused, warned of, and never where it isn't known."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from torchup.model import Cpu, Machine, Reason, Resolution, text
from torchup.resolve.processor import lacking
from torchup.resolve.traps import constraints_for
from torchup.words import load_words
from unit.resolve.machinery import CATALOGUE, WINDOWS, choose, machine

CORE_2 = ("fpu", "sse", "sse2", "pni", "ssse3", "cx16", "lahf_lm")
NEHALEM = (*CORE_2, "sse4_1", "sse4_2", "popcnt")
HASWELL = (*NEHALEM, "avx", "f16c", "fma", "avx2")
CORTEX_A72 = ("fp", "asimd", "evtstrm", "aes", "pmull", "sha1", "sha2", "crc32", "cpuid")
CORTEX_A76 = (*CORTEX_A72, "atomics", "fphp", "asimdhp", "asimdrdm", "asimddp")


def on(features: tuple[str, ...] | None, arch: str = "x86_64") -> Machine:
    return replace(machine(driver=""), arch=arch, cpu=Cpu(features=features))


def about_processor(found: Resolution) -> list[Reason]:
    return [one for one in found.reasons if one.code.startswith("processor-")]


@pytest.mark.parametrize(
    ("features", "arch", "pin", "code"),
    [
        (CORE_2, "x86_64", "2.1.2", "processor-too-old"),
        (CORE_2, "x86_64", "2.2.0", "processor-too-old"),
        (NEHALEM, "x86_64", "1.6.0", "processor-too-old"),
        (CORTEX_A72, "aarch64", "2.0.0", "processor-too-old"),
        (CORTEX_A72, "aarch64", "2.10.0", "processor-too-old"),
    ],
)
def test_a_release_that_would_stop_is_refused(
    features: tuple[str, ...], arch: str, pin: str, code: str
) -> None:
    found = choose(on(features, arch), f"torch=={pin}")
    assert found.outcome == "none"
    (reason,) = about_processor(found)
    assert (reason.code, reason.effect, reason.subject) == (code, "reject", pin)
    assert reason.fact is not None
    assert reason.fact.file == "torch/processors.toml"
    said = load_words("en").text(text(f"reason.{code}", subject=pin, needs=reason.needs))
    assert "Illegal instruction" in said
    assert found.near_misses, "another release runs there"


@pytest.mark.parametrize(
    ("features", "arch", "pin"),
    [
        (CORE_2, "x86_64", "2.2.1"),
        (NEHALEM, "x86_64", "2.1.2"),
        (CORTEX_A72, "aarch64", "2.0.1"),
        (CORTEX_A72, "aarch64", "2.11.0"),
        (CORTEX_A76, "aarch64", "2.10.0"),
        (None, "aarch64", "2.10.0"),
        (("asimd",), "aarch64", "2.10.0"),
        (("sse2",), "x86_64", "2.1.2"),
        ((), "x86_64", "2.1.2"),
        (("fpu", "sse2", "pni", "avx2"), "x86_64", "2.1.2"),
    ],
    ids=str,
)
def test_others_are_taken(features: tuple[str, ...] | None, arch: str, pin: str) -> None:
    """Also where the list names only some: no list, a shortened one, one that implies the rest."""
    assert choose(on(features, arch), f"torch=={pin}").outcome == "ok"


def test_what_runs_without_a_part_is_taken_with_a_warning() -> None:
    found = choose(on(NEHALEM))
    assert found.outcome == "ok"
    (reason,) = about_processor(found)
    assert (reason.code, reason.effect, reason.needs) == ("processor-partly", "warn", "AVX2")
    assert about_processor(choose(on(HASWELL))) == []


def test_a_row_is_for_its_platforms_alone() -> None:
    old = replace(on(CORE_2), os=WINDOWS)
    assert choose(old, "torch==2.1.2").outcome == "ok"


def test_numpy_is_held_back_where_its_newer_wheels_stop() -> None:
    for features, held in ((CORE_2, True), (NEHALEM, False), (None, False)):
        lacks = lacking(on(features), CATALOGUE)
        found = constraints_for(CATALOGUE, {"torch": "2.15.0"}, "linux", "3.13", lacks)
        assert ("numpy<2.4" in {one.requirement for one in found}) is held
