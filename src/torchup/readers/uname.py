"""``uname`` (``-a``, ``-r``, ``-m``) and ``/proc/version``: the kernel and the processor.

Facts: ``system`` (``linux``, ``macos`` or ``windows``, where a line names it) and ``kernel``
(``5.15.153.1-microsoft-standard-WSL2``, whose name tells of WSL).
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading

KIND: Final = "uname"
_MACHINE: Final = r"x86_64|amd64|aarch64|arm64|armv[67]l|ppc64le|riscv64|s390x|i[3-6]86"
_LINUX: Final = re.compile(
    r"^\s{0,8}Linux(?: \S{1,80})? (\d{1,2}\.\d{1,3}(?:\.\d{1,4})?[\w.+~-]{0,80}) (#\d.{0,200})$"
)
_PROC: Final = re.compile(r"^\s{0,8}Linux version (\d{1,2}\.\d{1,3}[\w.+~-]{1,80}) \(")
_DARWIN: Final = re.compile(
    r"^\s{0,8}Darwin \S{1,80} (\d{1,2}\.\d{1,3}\.\d{1,3}) (Darwin .{0,300})$"
)
_MINGW: Final = re.compile(r"^\s{0,8}(?:MINGW|MSYS|CYGWIN)\w{0,8}_NT-\d")
_WSL: Final = re.compile(
    r"^\s{0,8}(\d{1,2}\.\d{1,3}\.\d{1,4}[\w.+-]{0,40}microsoft[\w.+-]{0,40})$", re.IGNORECASE
)
_BARE_KERNEL: Final = re.compile(r"^\s{0,8}(\d{1,2}\.\d{1,3}\.\d{1,4}[\w.+~-]{0,80})$")
_BARE_MACHINE: Final = re.compile(rf"^\s{{0,8}}({_MACHINE})$")
_WORD: Final = re.compile(rf"(?<![\w.-])({_MACHINE})(?![\w.-])")
_ASKED: Final = re.compile(r"\b(?:uname(?: -{1,2}[a-z]{1,20}){0,4}|arch)\s{0,4}$")
_SIGN: Final = re.compile(
    r"\buname\b|\barch$|^[ \t>]{0,8}(?:Linux|Darwin|MINGW|MSYS|CYGWIN)"
    r"|microsoft",
    re.MULTILINE | re.IGNORECASE,
)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    alone = _BARE_MACHINE.match(head.strip()) is not None
    if not alone and _SIGN.search(head) is None:
        return False
    return read(head).state == "ok"


def read(text: str) -> Reading:
    """Read it. A bare number or processor counts below the command that prints it, or alone."""
    lines = [line for line in output_lines(text) if line.strip()]
    found: dict[str, str] = {}
    before = ""
    for line in lines:
        asked = len(lines) == 1 or _ASKED.search(before[-200:]) is not None
        for key, value in _line(line[:500], asked=asked).items():
            found.setdefault(key, value)
        before = line
    if not found:
        return Reading(kind=KIND, state="unreadable")
    facts = {key: found.get(key) for key in ("system", "kernel")}
    return Reading(kind=KIND, arch=found.get("arch"), facts=facts)


def _line(line: str, *, asked: bool) -> dict[str, str]:
    linux, proc, darwin = _LINUX.match(line), _PROC.match(line), _DARWIN.match(line)
    mingw, wsl = _MINGW.match(line), _WSL.match(line)
    if linux:
        return {"system": "linux", "kernel": linux[1], **_arch(linux[2])}
    if darwin:
        return {"system": "macos", "kernel": darwin[1], **_arch(darwin[2])}
    if mingw:
        return {"system": "windows", **_arch(line)}
    if proc or wsl:
        number = proc or wsl
        return {"system": "linux", "kernel": number[1] if number else ""}
    if not asked:
        return {}
    kernel, machine = _BARE_KERNEL.match(line), _BARE_MACHINE.match(line)
    if machine:
        return {"arch": machine[1]}
    return {"kernel": kernel[1]} if kernel and "uname" not in line else {}


def _arch(words: str) -> dict[str, str]:
    """Find the processor, which stands last but for the system's name."""
    found = _WORD.findall(words)
    return {"arch": found[-1]} if found else {}
