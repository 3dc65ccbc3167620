"""READMEs: the install commands, and the versions that they state in words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from torchup.facts.load import load_catalogue
from torchup.model.names import name_of
from torchup.projects.commands import files_named, take_commands
from torchup.projects.dockerfile import take_image
from torchup.projects.gathering import Gathering
from torchup.resolve.needs import is_firm, pinned_version
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from torchup.facts.catalogue import Framework
    from torchup.projects.declared import Declared

_SIGN: Final = r"(?P<sign>>=|≥|==|=|~=|<=|≤|>|<)?\s*v?"
_STATED: Final = (
    rf"\b[\]`*_()\s]*(?:version\s*|versions\s*)?{_SIGN}"
    r"(?P<version>\d+\.\d+(?:\.\d+)?)(?P<more>\s*\+|\s*(?:or|and)\s+(?:later|newer|above|higher))?(?![\w%])"
)
_PYTHON: Final = re.compile(
    rf"\b[Pp]ython\b[\]`*_()\s]*(?:version\s*)?{_SIGN}(?P<version>3\.\d{{1,2}})(?:\.\d+)?(?P<more>\s*\+)?(?!\d)"
)
_CUDA: Final = re.compile(
    rf"\bCUDA\b[`*_()\s]*(?:version\s*)?{_SIGN}(?P<version>\d{{1,2}}\.\d)(?P<more>\s*\+)?"
)
_IMAGE: Final = re.compile(
    r"(?<![\w.-])(?:(?P<owner>\w[\w.-]{0,99})/(?P=owner)|nvcr\.io/nvidia/[\w.-]{1,99}):[\w.-]{1,128}"
)
_BARE: Final = re.compile(r"^\s*(?:python|conda|pip|git|wget|curl)\b.*$", re.MULTILINE)
_FENCE: Final = re.compile(r"^\s*(?:>\s*)?(?P<sign>```+|~~~+)")
_INDENTED: Final = re.compile(r"^(?: {4}|\t|\s*\$\s)")
_UNDERNEATH: Final = re.compile(r"^\s+\S")
_SPAN: Final = re.compile(r"(?P<sign>`+)(?P<code>.+?)(?P=sign)|<code>(?P<html>.*?)</code>")
_BUILDS: Final = re.compile(r"[+/](cu\d{2,3})\b")
_SIGNS: Final = {"≥": ">=", "≤": "<=", "=": "=="}
_WHOLE: Final = 2


def read_readme(text: str, file: str) -> Declared:
    """Read a README; what its commands name counts before what its words say.

    Args:
        text: the file.
        file: its name.
    """
    found = Gathering(file)
    code = _code_of(text, file)
    take_commands(found, code)
    several = len(set(_BUILDS.findall(code))) > 1 and _choose_one(found)
    named = {line.text for line in found.packages}
    for one in _IMAGE.finditer(text):
        take_image(found, one[0], _number(text, one))
    prose = _BARE.sub("", text)
    framework = load_catalogue().framework
    pinned = any(name_of(said) == framework.name and _has_version(said) for said in named)
    if not pinned:
        _versions(found, prose, text, framework)
    python = _PYTHON.search(prose)
    if python and (python["more"] or (python["sign"] or "=")[0] in "><≥≤~"):
        found.say_pythons(
            f"{_SIGNS.get(python['sign'] or '', python['sign'] or '>=')}{python['version']}"
        )
    elif python:
        found.say_python(python["version"])
    cuda = _CUDA.search(prose)
    if (
        cuda
        and not several
        and not cuda["more"]
        and not (cuda["sign"] or "").startswith((">", "≥"))
    ):
        found.say_runtime(cuda["version"])
    return found.done()


def _choose_one(found: Gathering) -> bool:
    """Keep the newest of several commands that install the framework, each for another CUDA.

    Tells whether there were several.

    The older ones are for drivers and cards of an earlier time; none of their builds is a wish.
    """
    framework = load_catalogue().framework
    pins = {
        line: pinned_version(line.text)
        for line in found.packages
        if name_of(line.text) == framework.name and is_firm(line.text)
    }
    newest = max(pins.values(), key=dotted, default="")
    others = {line.number for line, version in pins.items() if version != newest}
    if not others:
        return False
    ours = (framework.name, *framework.companions)
    found.packages = [
        line
        for line in found.packages
        if line.number not in others or name_of(line.text) not in ours
    ]
    found.build = ""
    return True


def _has_version(said: str) -> bool:
    return any(sign in said.partition(";")[0] for sign in "=<>~")


def files_of_readme(text: str, file: str) -> tuple[str, ...]:
    """Return the files that a README's install commands are given, in order.

    Args:
        text: the README.
        file: its name.
    """
    return tuple(dict.fromkeys(files_named(_code_of(text, file))))


def _code_of(text: str, file: str) -> str:
    """The code of a README on the lines where it stands; sentences about commands are blank."""
    indented = _UNDERNEATH if file.endswith(".rst") else _INDENTED
    kept: list[str] = []
    fence = ""
    for line in text.splitlines():
        sign = _FENCE.match(line)
        if sign and (not fence or sign["sign"].startswith(fence)):
            fence = "" if fence else sign["sign"]
            kept.append("")
        elif fence or indented.match(line):
            kept.append(line)
        else:
            kept.append(
                " ; ".join(one["code"] or one["html"] or "" for one in _SPAN.finditer(line))
            )
    return "\n".join(kept)


@lru_cache(maxsize=8)
def _stated(title: str, names: tuple[str, ...]) -> re.Pattern[str]:
    """Find versions stated of a framework, by its title in whatever case, or of its companions."""
    words = "".join(f"[{one}{one.lower()}]" if one.isupper() else one for one in title)
    every = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"\b(?P<name>{words}|{every}){_STATED}")


def _versions(found: Gathering, prose: str, text: str, framework: Framework) -> None:
    """Take the first version that is stated of the framework and of each companion."""
    seen: set[str] = set()
    ours = (framework.name, *framework.companions)
    for one in _stated(framework.title, ours).finditer(prose):
        name = one["name"] if one["name"] in framework.companions else framework.name
        if name in seen:
            continue
        seen.add(name)
        sign = ">=" if one["more"] else _SIGNS.get(one["sign"] or "=", one["sign"])
        open_end = sign == "==" and one["version"].count(".") < _WHOLE
        stated = f"{name}{sign}{one['version']}{'.*' if open_end else ''}"
        number = _number(text, one) if one[0] in text else 0
        found.note("readme-states", one[0].strip(), number, has=stated, effect="accept")
        found.take(stated, number)


def _number(text: str, one: re.Match[str]) -> int:
    at = text.find(one[0])
    return text.count("\n", 0, at) + 1 if at >= 0 else 0
