"""``system_profiler SPDisplaysDataType``: a Mac's cards, as text, JSON or XML.

``facts["mps_possible"]`` tells whether PyTorch could compute on one of them: on Apple's own chips,
and on AMD's that have Metal. ``facts["os_version"]`` is the system, where a full report names it.
Of a card, ``extra`` has ``cores``, ``metal`` and ``bus`` where they are printed.

Long: one report in three notations that give the same cards.
"""

from __future__ import annotations

import html
import re
from typing import Any, Final

from torchup.model.makers import ON_PCI, maker_of_pci
from torchup.readers.hardware import (
    json_in,
    maker_by_name,
    tables_in,
    unquoted,
    whole,
    why_nothing,
)
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known, lines_of

KIND: Final = "system_profiler-displays"
_SIGN: Final = re.compile(
    r"SPDisplaysDataType|spdisplays_|sppci_model|^\W{0,8}Graphics/Displays:|Chipset Model:"
    r"|^\W{0,8}VRAM ?\([^)]{1,40}\) ?[:\uff1a]|芯片组型号|晶片組型號|チップセットのモデル|Chipsatz"
    r"|(?:Metal Support|Metal Family|Metal支持|Metalファミリ) ?[:\uff1a]",
    re.MULTILINE,
)
_PAIR: Final = re.compile(r"^([^:\uff1a]{1,60}?) ?[:\uff1a] ?(.*)$")
_CHIPSET: Final = re.compile(
    r"chipsatz|jeu de composants|puce|chipset"
    r"|芯片组|晶片組|チップセット|칩셋|чипсет",
    re.IGNORECASE,
)
_VENDOR: Final = re.compile(r"^(.{0,80}?) ?[(\uff08](0x[0-9a-f]{4})[)\uff09]$", re.IGNORECASE)
_BARE_VENDOR: Final = re.compile(r"^0x([0-9a-f]{4})$", re.IGNORECASE)
_ID: Final = re.compile(r"^0x([0-9a-f]{4})$", re.IGNORECASE)
_ID_KEY: Final = re.compile(
    r"\bID\b|ID$|\bdell.ID\b|設備|设备|装置|デバイス|기기|장치", re.IGNORECASE
)
_REVISION: Final = re.compile(
    r"revis|révis|修订|修訂|リビジョン|개정|ревиз|ROM|vendor", re.IGNORECASE
)
_MEMORY_KEY: Final = re.compile(r"VRAM|显存|顯示記憶體|显示内存", re.IGNORECASE)
_MEMORY: Final = re.compile(r"^(\d{1,7})(?:[.,](\d{1,3}))?\s?(MB|GB|Mo|Go|МБ|ГБ)\b", re.IGNORECASE)
_CORES: Final = re.compile(r"cores|kerne|cœurs|núcleos|核|コア|코어|ядер", re.IGNORECASE)
_METAL: Final = re.compile(r"metal", re.IGNORECASE)
_NO_METAL: Final = re.compile(
    r"not supported|nicht unterstützt|no compatible|non pris en charge|不支持|未対応"
    r"|not_?supported",
    re.IGNORECASE,
)
_OLD_METAL: Final = re.compile(
    r"(?:gpu ?family|familie|系列)?\s?macos (?:gpufamily)? ?1\b", re.IGNORECASE
)
_SYSTEM: Final = re.compile(r"^\W{0,8}System Version: (\S.{0,80})$", re.MULTILINE)
_BUS: Final = re.compile(r"^(?:bus|总线|バス|匯流排|버스|шина)$", re.IGNORECASE)
_XML: Final = re.compile(
    r"<key>([^<]{0,200})</key>|<string>([^<]{0,2000})</string>|<(/?)(array|dict)(/?)>"
)
_NO_MAKER: Final = frozenset({"15ad", "1ab8", "80ee", "1234", "1af4", "1b36"})
"""Makers of virtual machines."""
_DEEPEST: Final = 50


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    text = unquoted(text)
    return _SIGN.search(text[:300_000]) is not None


def read(text: str) -> Reading:
    """Read it, in any language: what can't be told by its name is told by its form."""
    text = unquoted(text)
    records, cut = _records(text)
    if not records:
        if _SIGN.search(text[:300_000]) is None:
            return Reading(kind=KIND, state=why_nothing(text))
        facts: dict[str, Any] = {"mps_possible": None}
        return Reading(kind=KIND, state="truncated", os="macos", facts=facts)
    pairs = [(card, record) for record in records if (card := _card(record)) is not None]
    facts = {"mps_possible": any(_mps(card, record) for card, record in pairs)}
    system = _SYSTEM.search(text[:300_000])
    if system:
        facts["os_version"] = system[1].strip()
    state = "truncated" if cut else "ok" if pairs else "no-gpu"
    cards = tuple(card for card, _ in pairs)
    return Reading(kind=KIND, state=state, gpus=cards, os="macos", facts=facts)


def _records(text: str) -> tuple[list[dict[str, str]], bool]:
    """List each card's values: name, chipset, vendor, device, memory, cores, metal, bus."""
    if "<key>" in text:
        return [_from_table(table) for table in _xml_tables(text)], "</plist>" not in text
    if '"SPDisplaysDataType"' in text or '"spdisplays_' in text or '"sppci_' in text:
        value, cut = json_in(text)
        tables = tables_in(value, "sppci_model", "spdisplays_vendor", "spdisplays_device-id")
        if tables:
            return [_from_table(table) for table in tables], cut
    return _from_lines(lines_of(text)), False


def _from_table(table: dict[str, Any]) -> dict[str, str]:
    said = {key: str(value) for key, value in table.items() if isinstance(value, (str, int))}
    memory = next(
        (said[key] for key in said if key.startswith(("spdisplays_vram", "_spdisplays_vram"))), ""
    )
    metal = next(
        (said[key] for key in said if "mtlgpufamily" in key or key == "spdisplays_metal"), ""
    )
    device = next((said[key] for key in said if key.startswith("spdisplays_device-id")), "")
    return {
        "chipset": said.get("sppci_model", ""),
        "name": said.get("_name", ""),
        "vendor": said.get("spdisplays_vendor") or said.get("sppci_vendor", ""),
        "device": device,
        "memory": memory,
        "cores": said.get("sppci_cores", ""),
        "metal": metal.removeprefix("spdisplays_"),
        "bus": said.get("sppci_bus", "").removeprefix("spdisplays_"),
    }


def _xml_tables(text: str) -> list[dict[str, Any]]:
    """Read a property list as far as it goes; what is cut off is left out."""
    top: list[Any] = []
    open_parts: list[Any] = [top]
    key = ""
    for found in _XML.finditer(text):
        if found[1] is not None:
            key = html.unescape(found[1])
        elif found[2] is not None:
            _put(open_parts[-1], key, html.unescape(found[2]))
        elif found[3]:
            if len(open_parts) > 1:
                open_parts.pop()
        else:
            part: Any = [] if found[4] == "array" else {}
            _put(open_parts[-1], key, part)
            if not found[5] and len(open_parts) < _DEEPEST:
                open_parts.append(part)
    return tables_in(top, "sppci_model", "spdisplays_vendor", "spdisplays_device-id")


def _put(where: Any, key: str, value: Any) -> None:  # noqa: ANN401 - a property list's parts
    if isinstance(where, dict):
        where[key] = value
    else:
        where.append(value)


def _from_lines(lines: list[str]) -> list[dict[str, str]]:
    filled = [line.expandtabs(4) for line in lines if line.strip()]
    if all(len(line) == len(line.lstrip()) for line in filled):
        return _without_indent(filled)
    records: list[dict[str, str]] = []
    for section in _sections(filled):
        found = _from_section(section)
        records.extend(record for record in found if _tells(record))
    return records or _without_indent(filled)


def _sections(lines: list[str]) -> list[list[str]]:
    """Split a report at its outermost headings."""
    sections: list[list[str]] = [[]]
    for line in lines:
        if line[0] != " " and line.rstrip().endswith((":", "\uff1a")):
            sections.append([])
        else:
            sections[-1].append(line)
    return [section for section in sections if section]


def _from_section(lines: list[str]) -> list[dict[str, str]]:
    """Read the cards of a section: headings, with values one step further in."""
    records: list[dict[str, str]] = []
    depth: int | None = None
    heading, heading_depth = "", -1
    for line in lines:
        plain = line.strip()
        indent = len(line) - len(line.lstrip())
        pair = _PAIR.match(plain)
        if pair is None:
            continue
        key, value = pair[1].strip(), pair[2].strip()
        if not value and (depth is None or indent < depth):
            heading, heading_depth = key, indent
            records.append({"name": heading})
        elif not value:
            continue
        elif depth is None:
            depth = indent
            if heading_depth >= indent or not records:
                records.append({})
            _take(records[-1], key, value)
        elif indent == depth and records:
            _take(records[-1], key, value)
    return records


def _without_indent(lines: list[str]) -> list[dict[str, str]]:
    """Read a text that has lost its indentation: a card begins with its chipset."""
    records: list[dict[str, str]] = []
    for line in lines:
        pair = _PAIR.match(line.strip())
        if pair is None or not pair[2].strip():
            continue
        if _CHIPSET.search(pair[1]):
            records.append({})
        if records:
            _take(records[-1], pair[1].strip(), pair[2].strip())
    return [record for record in records if _tells(record)]


def _take(record: dict[str, str], key: str, value: str) -> None:
    what = _meaning(key, value)
    if what:
        record.setdefault(what, value)


def _meaning(key: str, value: str) -> str:
    if _MEMORY_KEY.search(key):
        return "memory"
    if _VENDOR.match(value) or key.lower() == "vendor":
        return "vendor"
    if _METAL.search(key):
        return "metal"
    if _CHIPSET.search(key):
        return "chipset"
    if _ID.match(value) and _ID_KEY.search(key) and not _REVISION.search(key):
        return "device"
    if _CORES.search(key) and value.isdecimal():
        return "cores"
    return "bus" if _BUS.match(key) else ""


def _tells(record: dict[str, str]) -> bool:
    return any(record.get(key) for key in ("chipset", "vendor", "device", "memory", "metal"))


def _card(record: dict[str, str]) -> ReadGpu | None:
    """Read a card; None for a virtual machine's display."""
    name = known(record.get("chipset")) or known(record.get("name"))
    said = record.get("vendor", "").removeprefix("sppci_vendor_").strip()
    form, bare = _VENDOR.match(said), _BARE_VENDOR.match(said)
    number = form[2][2:].lower() if form else bare[1].lower() if bare else None
    maker = maker_of_pci(number) or maker_by_name(form[1] if form else said, name)
    if number in _NO_MAKER:
        return None
    device = _ID.match(record.get("device", "").strip())
    number = number or next((one for name, one in ON_PCI.items() if name == maker), None)
    extra = {
        "cores": whole(record.get("cores")),
        "metal": known(record.get("metal")),
        "bus": known(record.get("bus")),
    }
    return ReadGpu(
        name=name,
        vendor=maker or known(form[1] if form else said),
        pci_id=f"{number}:{device[1].lower()}" if number and device else None,
        memory_mib=_mib(record.get("memory", "")),
        extra={key: value for key, value in extra.items() if value},
    )


def _mib(text: str) -> int | None:
    found = _MEMORY.match(text.strip())
    if found is None:
        return None
    size = float(f"{found[1]}.{found[2] or 0}")
    return int(size * (1024 if found[3][0].upper() in "GГ" else 1)) or None


def _mps(card: ReadGpu, record: dict[str, str]) -> bool:
    if card.vendor == "apple":
        return True
    metal = record.get("metal", "")
    return (
        card.vendor == "amd"
        and bool(metal)
        and _NO_METAL.search(metal) is None
        and _OLD_METAL.search(metal) is None
    )
