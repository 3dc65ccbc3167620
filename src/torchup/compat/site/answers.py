"""The parts that the pages of cards and of architectures share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.compat.site.frame import build_chip
from torchup.compat.site.html import Html, el, joined, link, table
from torchup.compat.site.names import release_path

if TYPE_CHECKING:
    from torchup.compat.last import Last, Ways
    from torchup.compat.site.content import Content, Line
    from torchup.compat.site.frame import Tongue


def answer(ways: Ways, content: Content, tongue: Tongue) -> Html:
    """The newest release for an architecture on each platform, and why it is."""
    say = tongue.say
    name = content.catalogue.framework.name
    if not ways.ends:
        said = [el("p", tongue.word(one)) for one in (ways.why, ways.instead) if one is not None]
        none = el("p", say("compat.site.none", name=name), class_="big")
        return el("div", none, *said, class_="answer")
    return el("div", *(_end(end, name, tongue) for end in ways.ends), class_="answer")


def _end(end: Last, name: str, tongue: Tongue) -> Html:
    say = tongue.say
    version = end.newest.release.version
    state = say("compat.last.open" if end.current else "compat.last.final")
    head = el(
        "p",
        el("span", f"{end.platform}: ", class_="q"),
        link(f"{name} {version}", f"../{release_path(version)}"),
        " ",
        *(build_chip(row, tongue) for row in (end.newest, *end.also)),
        el("span", state, class_="q"),
        class_="big",
    )
    lines = [el("p", tongue.word(why)) for why in end.why]
    if end.driver_from:
        lines.append(el("p", _drivers(end, tongue), class_="q"))
    return joined((head, *lines))


def _drivers(end: Last, tongue: Tongue) -> str:
    if end.driver_to is None:
        return tongue.say("compat.last.drivers-on", first=end.driver_from)
    return tongue.say("compat.last.drivers", first=end.driver_from, last=end.driver_to)


def commands(ways: Ways, content: Content, tongue: Tongue) -> Html:
    """What to paste: the choice for the machine at hand, and the newest build named."""
    say = tongue.say
    title = el("h2", say("compat.site.paste"))
    if not ways.ends:
        return joined((title, el("pre", el("code", f"torchup create NAME{content.asked} --cpu"))))
    best = ways.ends[0].newest
    pinned = f"{content.catalogue.framework.name}=={best.release.version}"
    return joined(
        (
            title,
            el("p", say("compat.site.paste-here")),
            el("pre", el("code", f"torchup create NAME{content.asked}")),
            el("p", say("compat.site.paste-pinned", platform=best.platform)),
            el("pre", el("code", f"torchup create NAME {pinned} --build {best.build.name}")),
        )
    )


def release_table(lines: tuple[Line, ...], tongue: Tongue) -> Html:
    """Releases, and on each platform the builds with code for the architecture."""
    if not lines:
        return Html()
    say = tongue.say
    platforms = list(dict.fromkeys(name for line in lines for name in line.rows))
    head = [say("compat.column.release"), say("compat.site.date"), *platforms]
    rows = [
        [
            joined((_release_links(line),)),
            el("span", line.date, class_="n"),
            *(
                joined(build_chip(row, tongue) for row in line.rows.get(platform, ()))
                for platform in platforms
            ),
        ]
        for line in lines
    ]
    title = el("h2", say("compat.site.runs"))
    by_name = any(row.build.device == "xpu" for row in lines[0].rows[platforms[0]])
    note = el(
        "p", say("compat.site.runs-named" if by_name else "compat.site.runs-note"), class_="q"
    )
    return joined((title, note, table(head, rows)))


def _release_links(line: Line) -> Html:
    links = [link(version, f"../{release_path(version)}") for version in line.versions[::-1]]
    return el("span", joined(links, " "))
