"""Write the pages of the causes that ``explain`` knows, from its rules, words and transcripts.

``python tools/build_error_pages.py`` writes ``docs/errors/README.md`` and ``docs/errors/CODE.md``,
English and Chinese on the same page. With ``--check`` nothing is written, and the exit status is 1
when something would be.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from torchup.api.explain.causes import about_cause
from torchup.diagnose.rules import GROUPS
from torchup.plan.quoting import command_line
from torchup.words import LANGUAGES, load_words

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.model.finding import Remedy

ROOT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = ROOT / "docs" / "errors"
TRANSCRIPTS: Final = ROOT / "tests" / "unit" / "diagnose" / "transcripts"
TITLES: Final = {
    "gpu": ("Card and driver", "显卡与驱动"),
    "container": ("Containers, WSL, Alpine", "容器、WSL、Alpine"),
    "libraries": ("Compiled libraries", "编译的库"),
    "windows": ("Windows' libraries", "Windows 的库"),
    "pip": ("pip and uv", "pip 与 uv"),
    "conda": ("conda and mamba", "conda 与 mamba"),
    "python": ("Python environments", "Python 环境"),
    "build": ("Compilers and toolkits", "编译器与工具包"),
    "frameworks": ("TensorFlow, JAX, ONNX Runtime", "TensorFlow、JAX、ONNX Runtime"),
    "other": ("Several machines, Apple, AMD, and no fault", "多机、Apple、AMD 与非故障"),
}
"""The modules of the rules, and what each is called."""
_SHOWN: Final = 3
"""Transcripts on a page."""


class Page(NamedTuple):
    """One cause: its code, its module, and what programs print."""

    code: str
    group: str
    looks: tuple[str, ...]


def pages() -> tuple[Page, ...]:
    """Collect every cause in the order of the rules."""
    found: list[Page] = []
    for group, rules in GROUPS.items():
        shown = tomllib.loads((TRANSCRIPTS / f"{group}.toml").read_text(encoding="utf-8"))
        looks: dict[str, list[str]] = {}
        for one in shown["transcript"]:
            looks.setdefault(one["cause"], []).append(_with_facts(one))
        found += [Page(rule.code, group, tuple(looks.get(rule.code, ()))) for rule in rules]
    return tuple(found)


def _with_facts(one: dict[str, Any]) -> str:
    facts = ", ".join(f"{name}: {said}" for name, said in one.get("facts", {}).items())
    return f"# {facts}\n{one['text'].strip()}" if facts else one["text"].strip()


def files() -> dict[str, str]:
    """Return every page by its name under ``docs/errors``."""
    known = pages()
    made = {f"{page.code}.md": "\n".join(_page(page)).rstrip() + "\n" for page in known}
    made["README.md"] = "\n".join(_index(known)) + "\n"
    return made


def _page(page: Page) -> Iterator[str]:
    english, chinese = load_words("en"), load_words("zh_CN")
    yield "<!-- Made by tools/build_error_pages.py. -->"
    yield f"# {english.say(f'cause.{page.code}')}"
    yield ""
    yield chinese.say(f"cause.{page.code}")
    yield ""
    yield f"`{page.code}` · {' · '.join(TITLES[page.group])} · [all causes · 所有原因](README.md)"
    yield ""
    yield "## What it looks like · 现象"
    for look in page.looks[:_SHOWN]:
        yield f"\n```text\n{look}\n```"
    for part, title in (
        ("why", "Why it happens · 原因"),
        ("sure", "How to be sure · 如何确认"),
    ):
        yield f"\n## {title}\n"
        said = (one.say(f"cause.{page.code}.{part}") for one in (english, chinese))
        yield "\n\n".join(dict.fromkeys(said))
    remedies = about_cause(page.code).remedies
    if remedies:
        yield "\n## How to mend it · 如何修复\n"
        windows = about_cause(page.code, "windows").remedies
        for remedy, there in zip(remedies, windows, strict=True):
            yield from _remedy(remedy, there)
            yield ""


def _remedy(remedy: Remedy, there: Remedy) -> Iterator[str]:
    words = [load_words(language) for language in LANGUAGES]
    title = " · ".join(dict.fromkeys(one.text(remedy.title) for one in words))
    safety = " · ".join(dict.fromkeys(one.say(f"finding.{remedy.safety}") for one in words))
    yield f"- {title} ({safety})"
    if remedy.commands:
        yield _commands("sh", remedy)
    if remedy.commands != there.commands:
        yield _commands("powershell", there)


def _commands(shell: str, remedy: Remedy) -> str:
    windows = shell == "powershell"
    whole = (
        one[0] if len(one) == 1 else command_line(*one, windows=windows) for one in remedy.commands
    )
    lines = "\n".join(f"  {one}" for one in whole)
    return f"\n  ```{shell}\n{lines}\n  ```"


def _index(known: tuple[Page, ...]) -> Iterator[str]:
    english, chinese = load_words("en"), load_words("zh_CN")
    yield "<!-- Made by tools/build_error_pages.py. -->"
    yield "# Causes that torchup knows · torchup 认识的原因"
    yield ""
    yield (
        "`torchup explain build.log` finds them in a log; `torchup explain --list WORDS` searches "
        "them. How often it is right: [figures](../explain.md)."
    )
    yield ""
    yield "- `torchup explain build.log` 在日志中查找它们"
    yield "- `torchup explain --list WORDS` 按词语搜索它们"
    for group, titles in TITLES.items():
        yield f"\n## {' · '.join(titles)}\n"
        yield "| | English | 中文 |"
        yield "|---|---|---|"
        for page in known:
            if page.group == group:
                said = (one.say(f"cause.{page.code}") for one in (english, chinese))
                yield f"| [{page.code}]({page.code}.md) | {' | '.join(said)} |"


def main() -> int:
    """Write the pages, or tell which would change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    checking = parser.parse_args().check
    made = files()
    PAGES.mkdir(exist_ok=True)
    gone = [one for one in PAGES.glob("*.md") if one.name not in made]
    changed = [name for name, text in made.items() if not _same(PAGES / name, text)]
    for name in [*changed, *(one.name for one in gone)]:
        print(name)
    if checking:
        return 1 if changed or gone else 0
    for name in changed:
        (PAGES / name).write_text(made[name], encoding="utf-8", newline="\n")
    for one in gone:
        one.unlink()
    return 0


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
