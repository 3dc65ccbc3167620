"""Making a ``.condarc`` readable again, as its writer meant it.

Each mend is one slip that people make in this file. They are tried alone and then one after the
other, and the first text that conda would take whole is the answer; where none is, there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.integrate.condarc import Condarc, FaultError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.facts.conda_settings import CondaFacts

    Mend = Callable[[str, CondaFacts], str]

_WIDE_MARKS: Final = str.maketrans(
    {
        "\uff1a": ": ",
        "\uff0c": ",",
        "\uff0d": "-",
        "\u201c": '"',
        "\u201d": '"',
        "\u2018": "'",
        "\u2019": "'",
        "\u3000": " ",
        "\u00a0": " ",
    }
)
"""What a Chinese keyboard or a word processor writes in place of YAML's own marks."""
_MARKED: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_KEY: Final = re.compile(r"^(?P<indent>\s*)(?P<key>[A-Za-z][\w-]*)\s*(?P<sign>[:=])(?P<rest>.*)$")
_BARE: Final = re.compile(r"^(?P<indent>\s*)(?P<key>[A-Za-z][\w-]*)\s*$")
_ITEM: Final = re.compile(r"^(?P<indent>\s*)-(?P<rest>.*)$")
_SPECIAL: Final = re.compile(
    r"^(?P<head>\s*(?:-|[A-Za-z][\w-]*:)\s+)(?P<value>[%@`*&!].*?)(?P<tail>\s+#.*)?$"
)
_ESCAPED: Final = re.compile(r'"(?P<path>[A-Za-z]:\\[^"\n]*)"')


def decoded(data: bytes) -> tuple[str, bool]:
    """Return the text of a file, and whether it is in UTF-8 without a mark, as conda needs it."""
    for mark, coding in _MARKED:
        if data.startswith(mark):
            return data.decode(coding, "replace").replace("\r\n", "\n"), coding == "utf-8-sig"
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030"), False
    except UnicodeDecodeError:
        return data.decode("latin-1"), False


def is_good(text: str, facts: CondaFacts) -> bool:
    """Tell whether conda would take a text whole: settings, each of the kind that it has to be."""
    try:
        settings = Condarc(text).settings
    except FaultError:
        return False
    return not misfits(settings, facts)


def misfits(settings: dict[str, object], facts: CondaFacts) -> tuple[str, ...]:
    """Name the settings that hold a thing of another kind than conda asks for."""
    kinds = {"list": list, "mapping": dict}
    return tuple(
        key
        for key, value in settings.items()
        if value is not None
        and (wanted := kinds.get(facts.kind_of(key) or "")) is not None
        and not isinstance(value, wanted)
    )


def mended(text: str, facts: CondaFacts) -> str | None:
    """Return a text that conda reads, with as little changed as was found; None where none is."""
    for one in _MENDS:
        tried = one(text, facts)
        if tried != text and is_good(tried, facts):
            return tried
    tried = text
    for one in _MENDS:
        tried = one(tried, facts)
        if tried != text and is_good(tried, facts):
            return tried
    return None


def _marks(text: str, _facts: CondaFacts) -> str:
    """Wide punctuation of a Chinese keyboard, and spaces that are none."""
    return text.translate(_WIDE_MARKS).replace(":  ", ": ")


def _tabs(text: str, _facts: CondaFacts) -> str:
    return "\n".join(
        line.replace("\t", "  ") if "\t" in line[: len(line) - len(line.lstrip())] else line
        for line in text.split("\n")
    )


def _signs(text: str, facts: CondaFacts) -> str:
    """``key=value``, ``key:value`` and a bare ``key`` get their sign, for keys that conda has."""
    lines = []
    for line in text.split("\n"):
        found, bare = _KEY.match(line), _BARE.match(line)
        rest = found["rest"] if found else ""
        if found and rest[:1] not in {"", " "} and facts.kind_of(found["key"]) is not None:
            lines.append(f"{found['indent']}{found['key']}: {rest.strip()}")
        elif found and found["sign"] == "=" and facts.kind_of(found["key"]) is not None:
            lines.append(f"{found['indent']}{found['key']}: {rest.strip()}".rstrip())
        elif bare and facts.kind_of(bare["key"]) in {"list", "mapping"}:
            lines.append(f"{line.rstrip()}:")
        else:
            lines.append(line)
    return "\n".join(lines)


def _dashes(text: str, _facts: CondaFacts) -> str:
    """``-item`` becomes ``- item``."""
    return "\n".join(
        f"{found['indent']}- {found['rest']}"
        if (found := _ITEM.match(line)) and found["rest"][:1] not in {"", " ", "-"}
        else line
        for line in text.split("\n")
    )


def _columns(text: str, facts: CondaFacts) -> str:
    """The items of one list stand under each other, and conda's own keys at the margin."""
    lines = []
    inside = False
    for line in text.split("\n"):
        key, item = _KEY.match(line), _ITEM.match(line)
        if key and facts.kind_of(key["key"]) is not None:
            inside = facts.kind_of(key["key"]) == "list"
            lines.append(line.lstrip())
        elif item and inside:
            lines.append(f"  {line.lstrip()}")
        else:
            lines.append(line)
    return "\n".join(lines)


def _lists(text: str, facts: CondaFacts) -> str:
    """A text where a list belongs becomes a list of that one, or of what its commas part."""
    lines = []
    for line in text.split("\n"):
        found = _KEY.match(line)
        rest = found["rest"].partition(" #")[0].strip() if found else ""
        plain = rest and not rest.startswith(("[", "&", "!", "#"))
        if found and plain and not found["indent"] and facts.kind_of(found["key"]) == "list":
            lines.append(f"{found['key']}:")
            parts = rest.removeprefix("-").strip().split(",")
            lines += [f"  - {one.strip()}" for one in parts if one.strip()]
        else:
            lines.append(line)
    return "\n".join(lines)


def _doubles(text: str, facts: CondaFacts) -> str:
    """A key that stands twice: lists and mappings are joined, of the others the last counts."""
    blocks: dict[str, list[str]] = {}
    head: list[str] = []
    current = head
    for line in text.split("\n"):
        found = _KEY.match(line)
        if found and not found["indent"]:
            key = found["key"]
            if (
                key in blocks
                and facts.kind_of(key) in {"list", "mapping"}
                and not found["rest"].strip()
            ):
                current = blocks[key]
                continue
            current = blocks[key] = []
        current.append(line)
    return "\n".join([*head, *(line for block in blocks.values() for line in block)])


def _quotes(text: str, _facts: CondaFacts) -> str:
    """Values that begin with a mark of YAML's are quoted; Windows' paths lose their escapes."""
    lines = []
    for line in text.split("\n"):
        found = _SPECIAL.match(line)
        if found:
            value = found["value"].replace("'", "''")
            lines.append(f"{found['head']}'{value}'{found['tail'] or ''}")
        else:
            lines.append(_ESCAPED.sub(lambda one: f"'{one['path']}'", line))
    return "\n".join(lines)


_MENDS: Final[tuple[Mend, ...]] = (
    _tabs,
    _marks,
    _signs,
    _dashes,
    _quotes,
    _columns,
    _lists,
    _doubles,
)
