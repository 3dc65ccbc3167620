"""A verification as one page of HTML, with nothing from outside: pure, from report to text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from torchup.verify.drawings import drawings
from torchup.verify.wording import describe, explain

if TYPE_CHECKING:
    from torchup.model import VerifyReport
    from torchup.verify.speed import Rated
    from torchup.words import Words

MARKS: Final = {"pass": "✓", "fail": "✗", "skip": "○"}
_BASE: Final = """
:root{--paper:#fff}@media(prefers-color-scheme:dark){:root{--paper:#15181d}}
body{font:15px/1.55 system-ui,"Segoe UI","Noto Sans CJK SC","Microsoft YaHei",sans-serif;
background:var(--paper);max-width:46rem;margin:2.5rem auto;padding:0 1rem}
"""
_PARTS: Final = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#596473;--rule:#d8dde4;
--yes:#1a7f4b;--bad:#b42318;--c0:#2563eb;--c1:#c2410c;--c2:#0f766e;--c3:#7e22ce;--c4:#96590a}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#a0abb8;--rule:#343b46;
--yes:#4cc38a;--bad:#ff7b6e;--c0:#7aa7ff;--c1:#fb923c;--c2:#4fd1c5;--c3:#c792ea;--c4:#e3b341}}
.report{color:var(--ink)}
.report h1{font-size:1.5rem;margin:0 0 .3rem}.report h2{font-size:1.05rem;margin:2rem 0 .5rem}
.report p.sum{margin:.2rem 0;color:var(--soft)}.report p.verdict{font-size:1.1rem;font-weight:600}
.report .pass{color:var(--yes)}.report .fail{color:var(--bad)}.report .skip{color:var(--soft)}
.report table{border-collapse:collapse;width:100%}.report td,.report th{padding:.28rem .5rem;
border-bottom:1px solid var(--rule);text-align:left;vertical-align:top;overflow-wrap:anywhere}
.report th{font-weight:600;color:var(--soft)}.report td.n,.report th.n{text-align:right;
font-variant-numeric:tabular-nums;white-space:nowrap}.report td.m{width:1.2rem}
.report td.m+td{overflow-wrap:break-word;min-width:6rem}
.report pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--rule);border-radius:6px;
padding:.6rem .8rem;font-size:13px;margin:0}.report .wide{overflow-x:auto}
.report details{margin-top:.5rem}.report summary{cursor:pointer}
.report svg{width:100%;height:auto;max-width:46rem}.report svg.pairs{width:auto;max-width:100%}
.report svg text{font-size:11px;fill:var(--soft)}.report svg text.value{fill:var(--ink);font-weight:600;font-size:13px}
.report svg text.unit{fill:var(--ink)}.report svg text.name{font-weight:600;font-size:12px}.report svg .grid{stroke:var(--rule)}
.report svg polyline{fill:none;stroke-width:2}.report svg line{stroke-width:1.5}
.report svg rect.c0{fill:var(--c0)}.report svg rect.none{fill:none;stroke:var(--rule)}
"""
STYLE: Final = _PARTS + "".join(
    f".report svg polyline.c{n},.report svg line.c{n}{{stroke:var(--c{n})}}"
    f".report svg circle.c{n},.report svg text.c{n}{{fill:var(--c{n})}}"
    for n in range(5)
)
"""How the parts of a page look, wherever they stand (:func:`body`)."""


def devices(report: VerifyReport) -> str:
    """Name what was computed on: ``2 x NVIDIA H100 80GB HBM3``; ``CPU``."""
    counts = {name: report.devices.count(name) for name in report.devices}
    said = [f"{count} x {name}" if count > 1 else name for name, count in counts.items()]
    return "; ".join(said) or report.device.upper()


def badge(name: str, report: VerifyReport, words: Words) -> str:
    """Put a verification into one line, as it goes into a report of a bug."""
    packages = " · ".join(f"{package} {version}" for package, version in report.packages.items())
    passed = sum(check.status == "pass" for check in report.checks)
    failed = ", ".join(report.failed)
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
    """Write the page, which asks for nothing outside itself."""
    language = "zh-CN" if words.language == "zh_CN" else "en"
    title = escape(words.say("verify.page.title", {"name": name}))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_BASE}{STYLE}</style></head>\n"
        f'<body>\n<main class="report">\n{body(name, report, rated, words)}\n</main>\n</body></html>\n'
    )


def body(name: str, report: VerifyReport, rated: tuple[Rated, ...], words: Words) -> str:
    """Write what stands on the page, to be shown inside another one of the class ``report``.

    Args:
        name: what was verified.
        report: the verification.
        rated: its figures in words.
        words: the language.
    """
    verdict = "verify.page.ok" if report.ok else "verify.page.not-ok"
    tone = "pass" if report.ok else "fail"
    parts = [
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
    return "\n".join(parts)


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
    for one in drawings(report, words):
        parts.append(f"<h2>{escape(one.title)}</h2>{one.svg}")
        if one.rows:
            parts.append(_numbers(one.rows, words))
    return parts


def _numbers(rows: tuple[tuple[str, ...], ...], words: Words) -> str:
    """The numbers of a drawing, folded: whoever can't see it reads them here."""
    head, *others = rows
    cells = "".join(f'<th scope="col" class="n">{escape(one)}</th>' for one in head)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f'<td class="n">{escape(one)}</td>' for one in rest)
        + "</tr>"
        for first, *rest in others
    )
    said = escape(words.say("verify.page.numbers"))
    table = f'<div class="wide" tabindex="0" role="region" aria-label="{said}"><table><tr>{cells}</tr>{body}</table></div>'
    return f"<details><summary>{said}</summary>{table}</details>"
