"""``lshw -C display``, in full, ``-short`` or ``-json``.

Of a card, ``extra`` has ``kernel_driver``, where one has taken it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.hardware import json_in, maker_by_name, tables_in, unquoted, why_nothing
from torchup.readers.pasted import output_lines
from torchup.readers.product import ids_in, product_in
from torchup.readers.reading import ReadGpu, Reading

KIND: Final = "lshw"
_SIGN: Final = re.compile(
    r"^\W{0,12}\*-display|H/W path\s{1,40}Device|\"class\"\s{0,4}:\s{0,4}\"display\"", re.MULTILINE
)
_BLOCK: Final = re.compile(r"^[\s|+-]{0,60}\*-(\w{1,30})")
_PAIR: Final = re.compile(r"^[\s|]{0,60}([a-z][a-z ]{2,30}): (\S.{0,300})$")
_SHORT: Final = re.compile(r"^/\S{1,60}\s{1,60}(?:\S{1,30}\s{1,60})?display\s{1,40}(\S.{0,200})$")
_ADDRESS: Final = re.compile(r"pci@((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])")
_DRIVER: Final = re.compile(r"\bdriver=([\w-]{1,40})")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(unquoted(text)[:300_000]) is not None


def read(text: str) -> Reading:
    """Read it. What no maker of cards made is left out.

    The short form names no maker: ``vendor`` is None where the product doesn't tell it.
    """
    text = unquoted(text)
    if _SIGN.search(text[:300_000]) is None:
        return Reading(kind=KIND, state=why_nothing(text))
    records = _from_json(text) or _from_lines(output_lines(text))
    cards = [card for record in records if (card := _card(record)) is not None]
    return Reading(kind=KIND, state="ok" if cards else "no-gpu", gpus=tuple(cards))


def _from_json(text: str) -> list[dict[str, str]]:
    if '"display"' not in text:
        return []
    value, _ = json_in(text)
    tables = [table for table in tables_in(value, "class", "businfo") if _is_display(table)]
    return [
        {
            "product": str(table.get("product", "")),
            "vendor": str(table.get("vendor", "")),
            "bus info": str(table.get("businfo", "")),
            "configuration": f"driver={_driver(table.get('configuration'))}",
        }
        for table in tables
    ]


def _is_display(table: dict[str, Any]) -> bool:
    return table.get("class") == "display"


def _driver(configuration: object) -> str:
    return str(configuration.get("driver", "")) if isinstance(configuration, dict) else ""


def _from_lines(lines: list[str]) -> list[dict[str, str]]:
    records: list[dict[str, str]] = []
    inside = False
    for line in lines:
        block, pair, short = _BLOCK.match(line), _PAIR.match(line), _SHORT.match(line)
        if block:
            inside = block[1].startswith("display")
            records += [{}] if inside else []
        elif short:
            records.append({"product": short[1]})
        elif pair and inside:
            records[-1].setdefault(pair[1], pair[2])
    return records


def _card(record: dict[str, str]) -> ReadGpu | None:
    product, vendor = record.get("product", ""), record.get("vendor", "")
    maker = maker_by_name(vendor, product)
    if not product or (maker is None and vendor):
        return None
    address = _ADDRESS.search(record.get("bus info", ""))
    driver = _DRIVER.search(record.get("configuration", ""))
    return ReadGpu(
        name=product_in(product) or None,
        vendor=maker,
        pci_id=ids_in(product),
        bus_id=address[1] if address else None,
        extra={"kernel_driver": driver[1]} if driver else {},
    )
