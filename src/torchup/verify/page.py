"""A verification as one page of HTML, with nothing from outside: pure, from report to text."""

from __future__ import annotations

from html import escape
from statistics import median
from typing import TYPE_CHECKING, Final

from torchup.verify.plots import Series, lines
from torchup.verify.speed import scaled, scaled_value
from torchup.verify.wording import describe, explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.model import Figure, VerifyReport
    from torchup.verify.speed import Rated
    from torchup.words import Words

MARKS: Final = {"pass": "✓", "fail": "✗", "skip": "○"}
KIB: Final = 1024
STYLE: Final = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#667085;--line:#d8dde4;--paper:#fff;
--good:#1a7f4b;--bad:#c0362c;--c0:#2563eb;--c1:#c2410c;--c2:#0f766e;--c3:#7e22ce;--c4:#a16207}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#98a2b3;--line:#343b46;--paper:#15181d;
--good:#4cc38a;--bad:#ff7b6e;--c0:#7aa7ff;--c1:#fb923c;--c2:#4fd1c5;--c3:#c792ea;--c4:#e3b341}}
body{font:15px/1.55 system-ui,"Segoe UI","Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:var(--ink);
background:var(--paper);max-width:46rem;margin:2.5rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}
p.sum{margin:.2rem 0;color:var(--soft)}p.verdict{font-size:1.1rem;font-weight:600}
.pass{color:var(--good)}.fail{color:var(--bad)}.skip{color:var(--soft)}
table{border-collapse:collapse;width:100%}td,th{padding:.28rem .5rem;border-bottom:1px solid var(--line);
text-align:left;vertical-align:top}th{font-weight:600;color:var(--soft)}td.n,th.n{text-align:right;
font-variant-numeric:tabular-nums;white-space:nowrap}td.m{width:1.2rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;font-size:13px}
details{margin-top:.5rem}svg{width:100%;height:auto}svg text{font-size:11px;fill:var(--soft)}
svg text.name{font-weight:600;font-size:12px}svg .grid{stroke:var(--line)}
svg polyline{fill:none;stroke-width:2}svg line{stroke-width:1.5}
"""
_COLOURS: Final = "".join(
    f"svg polyline.c{n},svg line.c{n}{{stroke:var(--c{n})}}svg circle.c{n},svg text.c{n}{{fill:var(--c{n})}}"
    for n in range(5)
)


def devices(report: VerifyReport) -> str:
    """Name what was computed on: ``2 x NVIDIA H100 80GB HBM3``; ``CPU``."""
    counts = {name: report.devices.count(name) for name in report.devices}
    said = [f"{count} x {name}" if count > 1 else name for name, count in counts.items()]
    return "; ".join(said) or report.device.upper()


def badge(name: str, report: VerifyReport, words: Words) -> str:
    """Put a verification into one line, as it goes into a report of a bug."""
    packages = " · ".join(f"{package} {version}" for package, version in report.packages.items())
    passed = sum(check.status == "pass" for check in report.checks)
    failed = ", ".join(check.code for check in report.checks if check.status == "fail")
    device = devices(report)
    code = "verify.badge.failed" if failed or not report.ok else "verify.badge.passed"
    return words.say(
        code,
        {
            "name": name,
            "packages": packages,
            "python": report.python,
            "device": device,
            "passed": str(passed),
            "failed": failed or "-",
            "day": report.at[:10],
        },
    )


def page(name: str, report: VerifyReport, rated: tuple[Rated, ...], words: Words) -> str:
    """Write the page."""
    verdict = "verify.page.ok" if report.ok else "verify.page.not-ok"
    tone = "pass" if report.ok else "fail"
    body = [
        f"<h1>{escape(words.say('verify.page.title', {'name': name}))}</h1>",
        f'<p class="verdict {tone}">{escape(words.say(verdict))}</p>',
        f'<p class="sum">{escape(_summary(report))}</p>',
        _heading("verify.page.badge", words),
        f"<pre>{escape(badge(name, report, words))}</pre>",
        *_speed(report, rated, words),
        _heading("verify.page.checks", words),
        _checks(report, words),
        *_libraries(report, words),
    ]
    language = "zh-CN" if words.language == "zh_CN" else "en"
    title = escape(words.say("verify.page.title", {"name": name}))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}{_COLOURS}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _heading(code: str, words: Words) -> str:
    return f"<h2>{escape(words.say(code))}</h2>"


def _summary(report: VerifyReport) -> str:
    packages = [f"{name} {version}" for name, version in report.packages.items()]
    device = [devices(report)]
    return " · ".join(
        [*packages, f"Python {report.python}", *device, report.at[:16].replace("T", " ")]
    )


def _checks(report: VerifyReport, words: Words) -> str:
    rows = []
    for check in report.checks:
        why = explain(check)
        said = words.text(why) if why is not None else check.detail
        took = f"{check.took_s:.2f} s" if check.took_s else ""
        rows.append(
            f'<tr><td class="m {check.status}">{MARKS[check.status]}</td>'
            f"<td>{escape(words.text(describe(check)))}</td><td>{escape(said)}</td>"
            f'<td class="n">{took}</td></tr>'
        )
    return f"<table>{''.join(rows)}</table>"


def _libraries(report: VerifyReport, words: Words) -> list[str]:
    if not report.libraries:
        return []
    said = escape(words.say("verify.page.libraries", {"count": str(len(report.libraries))}))
    paths = escape("\n".join(sorted(report.libraries)))
    return [f"<details><summary>{said}</summary><pre>{paths}</pre></details>"]


def _speed(report: VerifyReport, rated: tuple[Rated, ...], words: Words) -> list[str]:
    if not report.figures:
        return []
    said = "".join(f"<li>{escape(words.text(one.said))}</li>" for one in rated)
    parts = [_heading("verify.page.speed", words), f"<ul>{said}</ul>"]
    for device in dict.fromkeys(figure.device for figure in report.figures):
        own = [one for one in report.figures if one.device == device]
        for name, x_of in (("matmul", _edge), ("memory", _bytes), ("copy", _bytes)):
            drawn = _plot([one for one in own if one.name == name], name, x_of, words)
            if drawn:
                parts.append(
                    f"<h2>{escape(' '.join(filter(None, (drawn[0], device))))}</h2>{drawn[1]}"
                )
    return [*parts, *_pairs(report, words)]


def _plot(
    figures: list[Figure], name: str, x_of: Callable[[float], str], words: Words
) -> tuple[str, str] | None:
    kinds = dict.fromkeys(one.kind for one in figures)
    series = [
        Series(
            name=kind,
            points=tuple(
                (one.size, median(one.samples), min(one.samples), max(one.samples))
                for one in figures
                if one.kind == kind and one.samples
            ),
        )
        for kind in kinds
    ]
    series = [one for one in series if one.points]
    if not series:
        return None
    unit = figures[0].unit
    title = words.say(f"verify.page.plot.{name}")
    drawn = lines(series, x_of=x_of, y_of=lambda value: scaled_value(value, unit), title=title)
    return title, drawn


def _edge(size: float) -> str:
    return f"{size:.0f}"


def _bytes(size: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size < KIB:
            return f"{size:.0f} {unit}"
        size /= KIB
    return f"{size:.0f} GiB"


def _pairs(report: VerifyReport, words: Words) -> list[str]:
    """Show what each pair of devices reaches, as a table of who sends and who receives."""
    rates = {one.kind: one for one in report.figures if one.name == "peer" and one.samples}
    if not rates:
        return []
    ends = sorted({end for pair in rates for end in pair.split(">")}, key=int)
    head = "".join(f'<th class="n">{escape(end)}</th>' for end in ends)
    rows = "".join(
        f"<tr><th>{escape(one)}</th>"
        + "".join(
            f'<td class="n">{escape(scaled(rates[pair])) if (pair := f"{one}>{other}") in rates else ""}</td>'
            for other in ends
        )
        + "</tr>"
        for one in ends
    )
    return [_heading("verify.page.pairs", words), f"<table><tr><th></th>{head}</tr>{rows}</table>"]
