"""The pages of cards, architectures and releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.compat.short import short_archs, short_pythons
from torchup.compat.site.answers import answer, commands, release_table
from torchup.compat.site.frame import Page, build_chip, source_list
from torchup.compat.site.html import Html, el, facts, joined, link, table
from torchup.compat.site.names import arch_path, release_path

if TYPE_CHECKING:
    from torchup.compat.rows import Row
    from torchup.compat.site.content import Content
    from torchup.compat.site.frame import Tongue
    from torchup.facts.catalogue import Arch, Release
    from torchup.facts.gpus import GpuFact
    from torchup.model import FactRef

MAKERS = {"nvidia": "NVIDIA", "amd": "AMD"}
"""The makers, as they write themselves."""


def card_page(path: str, card: GpuFact, content: Content, tongue: Tongue) -> Page:
    """The page of one card."""
    say = tongue.say
    about = [
        (say("compat.site.maker"), MAKERS.get(card.vendor, card.vendor)),
        (
            say("compat.site.arch"),
            joined((link(arch, f"../{arch_path(arch)}") for arch in card.archs), ", "),
        ),
        (say("compat.site.family"), _family(card.archs, content)),
        (say("compat.site.chip"), card.chip),
        (say("compat.site.pci"), ", ".join(card.pci_ids)),
        (say("compat.site.drivers"), _branches(content.catalogue.arch(card.archs[0]), tongue)),
        (say("compat.site.note"), card.note),
    ]
    namesakes = [
        link(f"{other.name} ({', '.join(other.archs)})", f"../{where}")
        for where, other in content.cards
        if other.name == card.name and where != path
    ]
    same = el("p", say("compat.site.namesakes"), " ", joined(namesakes, ", "))
    known = [content.gpus.fact(card.fact)]
    parts: list[Html] = [el("h1", card.name), same if namesakes else Html(), facts(about)]
    for arch in card.archs:
        parts += _about_arch(arch, content, tongue)
        known += _facts(arch, content)
    parts.append(source_list(known, tongue))
    return Page(path=path, title=_title(card.name, content, tongue), body=joined(parts))


def arch_page(arch: str, content: Content, tongue: Tongue) -> Page:
    """The page of one architecture: its cards, and what runs on them."""
    say = tongue.say
    known = content.catalogue.arch(arch)
    about = [
        (say("compat.site.family"), known.family if known else ""),
        (say("compat.site.drivers"), _branches(known, tongue)),
    ]
    cards = [el("li", link(card.name, f"../{path}")) for path, card in content.of_arch(arch)]
    parts: list[Html] = [el("h1", arch), facts(about), *_about_arch(arch, content, tongue)]
    if cards:
        title = el("h2", say("compat.site.cards-of", arch=arch))
        parts += [title, el("ul", *cards, class_="list")]
    parts.append(source_list(_facts(arch, content), tongue))
    return Page(path=arch_path(arch), title=_title(arch, content, tongue), body=joined(parts))


def release_page(release: Release, content: Content, tongue: Tongue) -> Page:
    """The page of one release: builds, Pythons, companions, sources."""
    say = tongue.say
    catalogue = content.catalogue
    name = f"{catalogue.framework.name} {release.version}"
    rows = [row for row in content.rows if row.release is release]
    head = [
        say("compat.column.platform"),
        say("compat.column.python"),
        say("compat.site.system-floor"),
    ]
    pythons = [
        [platform, short_pythons(lines), release.floors.get(platform, "")]
        for platform, lines in release.pythons.items()
    ]
    command = f"torchup create NAME {catalogue.framework.name}=={release.version}"
    known = [catalogue.fact(release.fact)]
    known += [catalogue.fact(row.build.fact) for row in rows]
    known += [catalogue.fact(one.fact) for one in release.companions]
    parts = [
        el("h1", name),
        facts([(say("compat.site.date"), release.date), (say("compat.site.note"), release.note)]),
        _neighbours(release, content),
        el("pre", el("code", command)),
        el("h2", say("compat.site.builds")),
        _builds(rows, tongue),
        el("h2", say("compat.column.python")),
        table(head, pythons),
        _companions(release, tongue),
        source_list(known, tongue),
    ]
    return Page(path=release_path(release.version), title=name, body=joined(parts))


def _builds(rows: list[Row], tongue: Tongue) -> Html:
    say = tongue.say
    head = [
        say("compat.column.platform"),
        say("compat.column.build"),
        say("compat.column.archs"),
        say("compat.column.driver"),
        say("compat.site.native"),
        say("compat.site.channels"),
        say("compat.site.certainty"),
    ]
    lines = []
    for row in rows:
        build = row.build
        archs = short_archs(build.archs or ())
        if build.ptx:
            archs = f"{archs} +PTX {short_archs(build.ptx)}"
        if build.archs is None:
            archs = say("compat.cover.unknown")
        lines.append(
            [
                el("span", row.platform, class_="n"),
                build_chip(row, tongue),
                archs,
                row.driver_floor,
                row.driver_native,
                ", ".join(build.channels),
                _certainty(build.certainty, tongue),
            ]
        )
    return table(head, lines)


def _companions(release: Release, tongue: Tongue) -> Html:
    say = tongue.say
    if not release.companions:
        return Html()
    head = [
        say("compat.site.companions"),
        say("compat.column.python"),
        say("compat.site.certainty"),
    ]
    lines = []
    for one in release.companions:
        groups: dict[str, list[str]] = {}
        for platform, pythons in one.pythons.items():
            groups.setdefault(short_pythons(pythons) or "-", []).append(platform)
        shown = [el("div", f"{said} ({', '.join(names)})") for said, names in groups.items()]
        lines.append(
            [f"{one.name} {one.version}", joined(shown), _certainty(one.certainty, tongue)]
        )
    return joined((el("h2", say("compat.site.companions")), table(head, lines)))


def _certainty(certainty: str, tongue: Tongue) -> str:
    words = {
        "measured": "compat.certainty.measured",
        "documented": "compat.certainty.documented",
        "inferred": "compat.certainty.inferred",
        "disputed": "compat.certainty.disputed",
        "low": "compat.certainty.low",
    }
    return tongue.say(words[certainty])


def _neighbours(release: Release, content: Content) -> Html:
    every = content.catalogue.releases
    at = every.index(release)
    links = [
        link(f"{arrow} {every[other].version}", f"{every[other].version}.html")
        for other, arrow in ((at + 1, "←"), (at - 1, "→"))
        if 0 <= other < len(every)
    ]
    return el("p", joined(links, "  "))


def _about_arch(arch: str, content: Content, tongue: Tongue) -> list[Html]:
    ways = content.ways(arch)
    name = content.catalogue.framework.name
    return [
        el("h2", tongue.say("compat.site.newest", name=name)),
        answer(ways, content, tongue),
        commands(ways, content, tongue),
        release_table(content.lines(arch), tongue),
    ]


def _facts(arch: str, content: Content) -> list[FactRef]:
    known = content.arch_fact(arch)
    return ([known] if known else []) + [end.fact for end in content.ways(arch).ends]


def _family(archs: tuple[str, ...], content: Content) -> str:
    known = [content.catalogue.arch(arch) for arch in archs]
    return ", ".join(dict.fromkeys(one.family for one in known if one))


def _branches(arch: Arch | None, tongue: Tongue) -> str:
    if arch is None:
        return ""
    first, last = arch.first_branch, arch.last_branch
    if arch.embedded:
        return tongue.say("compat.branches-on", first=first)
    if last is None:
        return tongue.say("compat.site.branches-on", first=first)
    return tongue.say("compat.site.branches", first=first, last=last)


def _title(subject: str, content: Content, tongue: Tongue) -> str:
    name = content.catalogue.framework.name
    return tongue.say("compat.site.page-title", subject=subject, name=name)
