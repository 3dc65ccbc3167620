"""Draws machines and wishes: likely ones, and every corner that the rules mention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.facts.load import load_gpus
from unit.resolve.brute.masks import embedded
from unit.resolve.brute.scene import BRANCH_OF, Box, Card, Driver, Python, Wish
from unit.resolve.brute.table import CATALOGUE, NAME, table

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from typing import TypeVar

    T = TypeVar("T")

DRIVERS: Final = (
    *("384.81", "390.157", "396.37", "410.48", "415.27", "418.40.04", "430.50", "435.21"),
    *("440.33.01", "450.51.06", "450.80.02", "452.06", "452.39", "455.45.01", "460.27.04"),
    *("465.31", "470.256.02", "472.12", "495.44", "510.39.01", "515.105.01", "520.61.05"),
    *("522.06", "525.60.13", "527.41", "528.02", "528.33", "530.41.03", "535.183.01"),
    *("537.70", "545.29.06", "546.33", "550.54.15", "555.58.02", "560.35.03", "560.94"),
    *("565.57.01", "566.36", "570.86.15", "572.83", "575.51.03", "576.02", "579.99"),
    *("580.65.06", "580", "581.57", "582.28", "590.44.01", "591.44", "595.45.04", "610.43.02"),
    *("615.71.09", "620.70.06"),
)
"""Of every branch since R384, on both sides of each floor."""

ODD_DRIVERS: Final = ("304.137", "361.42", "unknown", "700.10")
CAPABILITIES: Final = tuple(one.name for one in CATALOGUE.archs if not embedded(one.name))
TEGRA: Final = tuple(one.name for one in CATALOGUE.archs if embedded(one.name))
RADEONS: Final = tuple(
    sorted(
        {
            arch
            for release in CATALOGUE.releases
            for build in release.builds
            if build.device == "rocm"
            for arch in build.archs or ()
        }
        | {"gfx803", "gfx902", "gfx90c", "gfx1010", "gfx1012", "gfx1032", "gfx1036"}
    )
)
SERVER_ARM: Final = ("sm_70", "sm_75", "sm_80", "sm_90", "sm_100", "sm_103", "sm_121")
MEMORY: Final = (2048, 8192, 12288, 24576, 81920)
GLIBC: Final = ("2.12", "2.17", "2.26", "2.27", "2.28", "2.31", "2.35", "2.36", "2.39", "2.41")
MACOS: Final = ("10.13", "10.15.7", "11.7", "12.6", "13.6", "14.0", "15.3", "26.1")
INSTALLED: Final = (
    *("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.14t"),
    "3.15",
)
PROCESSORS: Final = {
    "x86_64": (
        ("fpu", "sse2", "pni", "ssse3"),
        ("fpu", "sse2", "pni", "ssse3", "sse4_1", "sse4_2"),
        ("fpu", "sse2", "pni", "ssse3", "sse4_1", "sse4_2", "avx", "avx2"),
        ("avx2",),
        None,
    ),
    "aarch64": (
        ("fp", "asimd", "evtstrm", "crc32"),
        ("fp", "asimd", "evtstrm", "crc32", "atomics", "asimdrdm"),
        ("asimd",),
        None,
    ),
    "arm64": (None,),
}
"""Old ones, newer ones, a shortened list, and none."""
DAYS: Final = ("2026-11-21", "2026-11-21", "2026-11-21", "2025-10-08", "2026-10-07", "2024-12-01")
BUILDS: Final = tuple(
    sorted({build.name for release in CATALOGUE.releases for build in release.builds} - {"cpu"})
)
SOLD: Final = {
    arch: tuple(
        card
        for card in load_gpus().cards
        if card.archs == (arch,)
        and card.pci_ids
        and "/" not in card.pci_ids[0]
        and {one.archs for one in load_gpus().by_name(card.name)} == {(arch,)}
    )
    for arch in (*CAPABILITIES, *RADEONS)
}
"""Cards on sale by architecture, those whose name and PCI id leave no doubt."""


def draw_box(chance: random.Random) -> Box:
    """Draw a machine."""
    system, arch = chance.choices(
        (
            ("linux", "x86_64"),
            ("linux", "aarch64"),
            ("windows", "x86_64"),
            ("windows", "arm64"),
            ("macos", "arm64"),
            ("macos", "x86_64"),
        ),
        weights=(58, 12, 18, 2, 5, 5),
    )[0]
    within = (system, arch) == ("linux", "x86_64") and chance.random() < 0.12
    wsl = chance.choice((2, 2, 2, 2, 1)) if within else None
    cards = _cards(chance, system, arch)
    return Box(
        system,
        arch,
        libc=_libc(chance) if system == "linux" else None,
        version=chance.choice((*MACOS, None)) if system == "macos" else "11",
        wsl=wsl,
        cards=cards,
        drivers=_drivers(chance, cards or ()),
        pythons=_pythons(chance),
        flags=chance.choice(PROCESSORS[arch]),
    )


def draw_wish(chance: random.Random, box: Box) -> Wish:
    """Draw what is asked for on a machine: often nothing, seldom several things at once."""
    companions = chance.random() > 0.08
    build = _build(chance, box)
    packages = _packages(chance, companions=companions, build=build)
    return Wish(
        packages=packages,
        python=_one_of(chance, 0.15, (*INSTALLED, "3.5", "3.13t", "3.16")),
        build=build,
        cpu=build is None and not any("+" in one for one in packages) and chance.random() < 0.07,
        companions=companions,
        use_gpus=_use(chance, box.cards or ()),
        today=chance.choice(DAYS),
        obtainable=_one_of(chance, 0.15, ((), ("3.12",), ("3.9", "3.10", "3.11", "3.12", "3.13"))),
    )


def _build(chance: random.Random, box: Box) -> str | None:
    """Mostly one that the platform has."""
    kind = chance.random()
    there = [row.build.name for row in table(box.platform).rows if row.build.name != "cpu"]
    if kind < 0.10 and there:
        return chance.choice(there)
    return chance.choice(BUILDS) if kind > 0.98 else None


def _one_of(chance: random.Random, share: float, values: Sequence[T]) -> T | None:
    return chance.choice(values) if chance.random() < share else None


def _libc(chance: random.Random) -> str | None:
    if chance.random() < 0.06:
        return chance.choice((None, None, "glibc", "musl 1.2.5", "musl"))
    return f"glibc {chance.choice(GLIBC if chance.random() < 0.4 else GLIBC[4:])}"


def _cards(chance: random.Random, system: str, arch: str) -> tuple[Card, ...] | None:
    if chance.random() < 0.02:
        return None
    if system == "macos":
        return _mac_cards(chance, arch)
    count = chance.choice((0, 1, 1, 1, 1, 2, 2, 3))
    return tuple(_card(chance, system, arch, at) for at in range(count))


def _mac_cards(chance: random.Random, arch: str) -> tuple[Card, ...]:
    if arch == "arm64":
        return (Card("apple", "mps", told=("vendor",), name="Apple M2"),)
    if chance.random() < 0.5:
        return ()
    return (Card("amd", "gfx1012", told=("vendor",), name="Radeon Pro 5500M"),)


def _card(chance: random.Random, system: str, arch: str, at: int) -> Card:
    kind = chance.random()
    memory = chance.choice(MEMORY)
    uuid = f"GPU-{at}"
    if kind < 0.03:
        return Card("intel", "", told=("pci",), name="UHD Graphics 620", pci_id="8086:5917")
    if kind < 0.05:
        return Card("nvidia", "", told=("name",), name="NVIDIA Prototype", uuid=uuid)
    if kind < 0.06:
        return Card("aspeed", "", told=("pci",), name="AST2500", pci_id="1a03:2000")
    vendor = "amd" if kind < 0.18 else "nvidia"
    family = RADEONS if vendor == "amd" else CAPABILITIES
    if vendor == "nvidia" and (system, arch) == ("linux", "aarch64"):
        family = SERVER_ARM if chance.random() < 0.8 else TEGRA
    code = chance.choice(family)
    sold = SOLD.get(code, ())
    if not sold or chance.random() < 0.7:
        return Card(vendor, code, memory, name=f"card {code}", uuid=uuid)
    one = chance.choice(sold)
    told = chance.choice((("name",), ("pci",), ("name", "pci"), ("name", "pci", "arch")))
    return Card(vendor, code, memory, told, one.name, one.pci_ids[0], uuid)


def _drivers(chance: random.Random, cards: tuple[Card, ...]) -> tuple[Driver, ...] | None:
    kind = chance.random()
    if kind < 0.05:
        return None
    if kind < 0.12:
        return ()
    found: list[Driver] = []
    if any(card.vendor == "nvidia" for card in cards):
        odd = chance.random() < 0.03
        version = chance.choice(ODD_DRIVERS if odd else DRIVERS)
        branch = [one for one in CATALOGUE.branches if version.startswith(f"{one.number}.")]
        knows = branch[0].max_runtime if branch and chance.random() < 0.3 else ""
        if knows and chance.random() < 0.1:
            knows = chance.choice(("11.4", "12.4", "12.8"))
        if version == "unknown" and chance.random() < 0.5:
            knows = chance.choice(tuple(BRANCH_OF))
        found.append(Driver("nvidia", version, knows))
    if any(card.vendor == "amd" for card in cards) and chance.random() < 0.7:
        found.append(Driver("amd", chance.choice(("5.15.0", "6.12.12"))))
    return tuple(found)


def _pythons(chance: random.Random) -> tuple[Python, ...] | None:
    if chance.random() < 0.1:
        return None
    lines = chance.sample(INSTALLED, chance.choice((0, 1, 1, 2, 3)))
    odd = chance.random() < 0.05
    more = (Python("3.12", "PyPy"), Python("3.11", bits=32)) if odd else ()
    return (*(Python(line) for line in lines), *more)


def _packages(chance: random.Random, *, companions: bool, build: str | None) -> tuple[str, ...]:
    kind = chance.random()
    release = chance.choice(CATALOGUE.releases)
    pin = chance.choice(("==", "==", "~=", ">=", "<", "<=", "!="))
    mine = f"{NAME}{pin}{release.version}"
    if kind < 0.55:
        return ()
    if kind < 0.75:
        return (mine,)
    if kind < 0.79 and build is None:
        return (f"{NAME}=={release.version}+{chance.choice(release.builds).name}",)
    if kind < 0.83:
        return (f"{NAME}>={release.version},<{_next_minor(release.version)}", "numpy")
    if not companions or not release.companions:
        return (NAME, "transformers")
    other = chance.choice(release.companions)
    if kind < 0.89:
        return (f"{other.name}=={other.version}",)
    if kind < 0.94:
        return (other.name,)
    if kind < 0.97:
        return (f"{NAME}=={release.version}", *(one.name for one in release.companions))
    return (mine, f"{other.name}>={other.version}")


def _next_minor(version: str) -> str:
    major, minor = version.split(".")[:2]
    return f"{major}.{int(minor) + 2}"


def _use(chance: random.Random, cards: tuple[Card, ...]) -> tuple[str, ...]:
    if not cards or chance.random() > 0.1:
        return ()
    at = chance.randrange(len(cards))
    named = cards[at].uuid
    return (named if named and chance.random() < 0.4 else str(at),)
