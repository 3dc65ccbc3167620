"""Check that every message is used, worded in full, and translated.

A code stands in one place. A message is used when its code stands as a literal string in the
source, or when its family is listed in FAMILIES. A translation must exist, must not be left over,
and must have the same placeholders as the English template. Exit status 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import ast
import re
import string
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "torchup"
PO = SOURCE / "words" / "locale" / "zh_CN" / "LC_MESSAGES" / "torchup.po"

REMEDIES = SOURCE / "facts" / "data" / "causes" / "remedies.toml"

FAMILIES = {
    "reason.": "resolve words a Reason by its code",
    "problem.": "probe words a Problem by its code",
    "chain.label.": "the diagram words a link by what it is",
    "cli.": "help pages and labels are found by the command's name",
    "verify.reason.": "the payload's reasons",
    "verify.check.": "the payload's checks",
    "verify.speed.": "a figure is worded by what was measured",
    "verify.held.": "what holds a card back",
    "verify.page.plot.": "a plot is headed by what it shows",
    "repair.fault.": "a package is worded by what is wrong with it",
    "finding.": "a remedy is worded by how safe it is",
    "doctor.look.": "doctor words what it is looking at",
    "undo.what.": "a change of an environment is worded by its command",
    "cause.": "explain words a cause by its code",
    "explain.": "explain heads what it tells",
    "fix.": "explain words a way out by its name",
    "question.": "explain asks for what would decide",
    "mirror.kind-": "what a mirror serves",
    "mirror.state-": "how a mirror stands",
    "mirror.holds-": "whether a mirror has what is planned",
    "mirror.column-": "the head of a table",
    "conda.kind-": "what a setting of conda holds",
    "conda.": "config conda words what it did",
    "toolkit.by.": "a toolkit is worded by what leads to it",
    "toolkit.not-there.": "what leads to no toolkit",
    "toolkit.fit.": "how it fits the framework",
    "toolkit.compiler.": "how a compiler fits a toolkit",
    "kernel.added-": "who sees a kernel that was registered",
    "kernel.mend-": "what would be done with a kernel",
    "bundle.found.": "a bundle's complaint is worded by its code",
    "web.step.": "the page words a step by its name",
    "web.state.": "a link of the chain by how it is",
    "web.severity.": "a finding by how grave it is",
    "web.job.": "a job by its state and its command",
    "web.mirrors.file.": "what becomes of a file",
    "word.": "resolve words the certainty of a fact",
}
"""Prefixes that the code puts before a literal, and where."""


def literals(folder: Path) -> set[str]:
    """Return every literal string in the Python files under a folder, but the templates."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        if "english" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    for path in folder.rglob("templates/*.html"):
        found |= set(re.findall(r"""say\(\s*["']([^"']+)""", path.read_text(encoding="utf-8")))
    return found


def remedies(path: Path) -> set[str]:
    """Return the names of the ways out that the facts know."""
    return set(re.findall(r'^name = "([^"]+)"', path.read_text(encoding="utf-8"), re.MULTILINE))


def used(code: str, known: set[str], messages: Mapping[str, str]) -> bool:
    """Tell whether the source can say a message."""
    if code in known or f"@{code}" in known:
        return True
    for suffix in (".hint", ".mend"):  # of an error and of a finding: what to do
        if code.endswith(suffix):
            whole = code.removesuffix(suffix)
            return whole in messages and used(whole, known, messages)
    for prefix in FAMILIES:
        rest = code.removeprefix(prefix)
        if rest != code and known & {rest, rest.partition(".")[0], rest.rpartition(".")[2]}:
            return True
    return False


def asked_for(known: set[str]) -> set[str]:
    """Return the literals that look like codes of a family that exists."""
    heads = {
        "apply",
        "ask",
        "backend",
        "capture",
        "cli",
        "compat",
        "config",
        "create",
        "describe",
        "file",
        "network",
        "pasting",
        "present",
        "probe",
        "projects",
        "reach",
        "remedy",
        "sources",
        "step",
        "uv",
        "verify",
        "web",
        "wire",
        "word",
    }
    shape = re.compile(r"[a-z]+(\.[a-z][a-z0-9-]*)+")
    return {
        one
        for one in known
        if shape.fullmatch(one)
        and one.partition(".")[0] in heads
        and not one.endswith((".toml", ".lock"))
    }


def twice(folder: Path) -> list[str]:
    """Name the codes that several templates stand under: only the last one would be said."""
    found: dict[str, int] = {}
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for key in node.keys if isinstance(node, ast.Dict) else ():
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = found.get(key.value, 0) + 1
    return [code for code, times in found.items() if times > 1]


def placeholders(template: str) -> set[str]:
    """Return the names of a template's placeholders."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def read_translations(path: Path) -> dict[str, tuple[str, str]]:
    """Read a catalogue: code → (English, translation)."""
    from babel.messages.pofile import read_po

    with path.open("rb") as stream:
        catalogue = read_po(stream)
    return {one.context: (str(one.id), str(one.string)) for one in catalogue if one.context}


def complaints(messages: Mapping[str, str], known: set[str], po: Path) -> list[str]:
    """Return what is wrong, a line each."""
    said = [f"unused message: {code}" for code in messages if not used(code, known, messages)]
    said += [f"missing message: {code}" for code in asked_for(known) - messages.keys()]
    translated = read_translations(po) if po.exists() else {}
    for code, template in messages.items():
        english, other = translated.get(code, ("", ""))
        if not other:
            said.append(f"not translated: {code}")
        elif english != template:
            said.append(f"translated from an older wording: {code}")
        elif placeholders(other) != placeholders(template):
            said.append(f"other placeholders in the translation: {code}")
    said += [f"translated and gone: {code}" for code in translated.keys() - messages.keys()]
    return said


def main() -> int:
    """Check, and print what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    from torchup.words.english import MESSAGES

    said = complaints(MESSAGES, literals(SOURCE) | remedies(REMEDIES), PO)
    said += [f"written twice: {code}" for code in twice(SOURCE / "words" / "english")]
    for line in sorted(said):
        print(line)
    print(f"{len(MESSAGES)} messages, {len(said)} complaints")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
