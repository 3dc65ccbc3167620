"""A few lines of Python that ask PyTorch about itself, with what it answered.

An interpreter's session, a notebook, or ``python -c``. Facts: ``torch``, ``cuda_build``,
``rocm_build``, ``cuda_available``, ``mps_available``, ``system`` (where MPS is there).
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.hardware import maker_by_name
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import lines_of

KIND: Final = "torch-lines"
_ASKED: Final = re.compile(
    r"torch\.(?P<torch>__version__)|torch\.version\.(?P<cuda_build>cuda)"
    r"|torch\.version\.(?P<rocm_build>hip)|torch\.cuda\.(?P<cuda_available>is_available)\("
    r"|torch\.(?:cuda|xpu)\.(?P<name>get_device_name)\(|torch\.cuda\.(?P<count>device_count)\("
    r"|torch\.cuda\.(?P<capability>get_device_capability)\("
    r"|torch\.(?:cuda|xpu)\.(?P<properties>get_device_properties)\("
    r"|torch\.backends\.mps\.(?P<mps_available>is_available)\("
)
_CODE: Final = re.compile(
    r"^\s{0,8}(?:>>>|\.\.\.(?:\s|$)|In \[\d{0,4}\]:|import |from |print\(|[$#%] )"
)
_OUT: Final = re.compile(r"^\s{0,8}(?:Out\[\d{1,4}\]: )?")
_SWITCH: Final = re.compile(r"\b(True|False)\b")
_ANSWERS: Final = {
    "torch": re.compile(r"\b(\d\.\d{1,3}\.\d{1,3}[\w.+]{0,40})"),
    "cuda_build": re.compile(r"\b(\d{1,2}\.\d{1,2}|None)\b"),
    "rocm_build": re.compile(r"\b(\d{1,2}\.\d{1,3}[\w.+-]{0,40}|None)"),
    "cuda_available": _SWITCH,
    "mps_available": _SWITCH,
    "count": re.compile(r"\b(\d{1,3})\b"),
    "capability": re.compile(r"\((\d{1,2}, ?\d)\)"),
    "name": re.compile(r"(?:^|: ?|')([A-Z][^':]{3,100}?)(?:'|\s{2,}|$)"),
    "properties": re.compile(r"(_\w{0,20}DeviceProperties\(.{5,400}\))"),
}
_OF_CARD: Final = re.compile(r"name='([^']{2,100})'")
_MAJOR: Final = re.compile(r"major=(\d{1,2}), minor=(\d)")
_MEMORY: Final = re.compile(r"total_memory=(\d{1,8})MB")
_INDEX: Final = re.compile(r"\((\d{1,3})\)")
_MOST: Final = 100


def matches(text: str) -> bool:
    """Tell whether a text is of this kind: it has a question and its answer."""
    head = text[:200_000]
    return _ASKED.search(head) is not None and read(head).state == "ok"


def read(text: str) -> Reading:
    """Read it. Answers come in the order of the questions, one line for each line of code."""
    waiting: list[list[tuple[str, str]]] = []
    said: dict[str, str] = {}
    # The questions may stand in the command line, which other readers leave out.
    for line in lines_of(text):
        plain = line[:1_000]
        asked = [(kind.lastgroup or "", _place(plain, kind)) for kind in _ASKED.finditer(plain)]
        if asked and len(waiting) < _MOST:
            waiting.append(asked)
        elif waiting and plain.strip() and not _CODE.match(plain):
            for key, value in _answers(waiting.pop(0), _OUT.sub("", plain)):
                said.setdefault(key, value)
    if not said:
        return Reading(kind=KIND, state="unreadable")
    return _reading(said)


def _place(line: str, asked: re.Match[str]) -> str:
    """The card that is asked about, by its number; the first where there is none."""
    found = _INDEX.match(line, asked.end() - 1)
    return found[1] if found else "0"


def _answers(asked: list[tuple[str, str]], line: str) -> list[tuple[str, str]]:
    """Take each answer out of a line, one after the other."""
    answers: list[tuple[str, str]] = []
    at = 0
    for kind, place in asked:
        found = _ANSWERS[kind].search(line, at)
        if found is None:
            break
        answers.append((f"{kind}.{place}", found[1].strip()))
        at = found.end()
    return answers


def _reading(said: dict[str, str]) -> Reading:
    def one(key: str) -> str | None:
        value = said.get(f"{key}.0")
        return None if value == "None" else value

    places = sorted(
        {key.partition(".")[2] for key in said if key.startswith(("name", "capab", "propert"))},
        key=int,
    )
    mps = _switch(one("mps_available"))
    return Reading(
        kind=KIND,
        gpus=tuple(_card(place, said) for place in places) or None,
        facts={
            "torch": one("torch"),
            "cuda_build": one("cuda_build"),
            "rocm_build": one("rocm_build"),
            "cuda_available": _switch(one("cuda_available")),
            "mps_available": mps,
            "system": "macos" if mps else None,
        },
    )


def _switch(word: str | None) -> bool | None:
    return {"True": True, "False": False}.get(word or "")


def _card(place: str, said: dict[str, str]) -> ReadGpu:
    properties = said.get(f"properties.{place}", "")
    inside, version = _OF_CARD.search(properties), _MAJOR.search(properties)
    memory = _MEMORY.search(properties)
    name = said.get(f"name.{place}") or (inside[1] if inside else None)
    told = said.get(f"capability.{place}", "").replace(" ", "").replace(",", ".")
    maker = maker_by_name(name)
    if maker is None and name is None:
        maker = "amd" if said.get("rocm_build.0", "None") != "None" else "nvidia"
    return ReadGpu(
        index=int(place),
        name=name,
        vendor=maker,
        capability=told or (f"{version[1]}.{version[2]}" if version else None),
        memory_mib=int(memory[1]) or None if memory else None,
    )
