"""Compare what the readers take out of texts with what somebody wrote down by hand.

``python tools/score_readers.py FOLDER``: FOLDER holds ``captures.jsonl``, a line for each text:
``{"id": …, "kind": …, "file": …, "encoding": …, "expect": {…}}``, and the texts. Prints each
difference and a line for each kind; the exit status is 1 where there are any.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torchup.facts.load import load_gpus
from torchup.facts.names import arch_in
from torchup.readers import READERS, ReadGpu, detect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.readers import Reading

ALSO_CALLED = {
    "architecture": "family",
    "slot": "bus_id",
    "name_truncated": "truncated",
    "nvidia_driver": "driver",
}
"""What the hand-written files call otherwise."""
NOT_IN_THE_TEXT = frozenset({("nvidia-smi-q", "os")})
"""What whoever wrote it down knew from elsewhere."""
FOR_PEOPLE = frozenset({"notes", "memory_note"})


def arch_of(gpu: ReadGpu) -> str | None:
    """A card's architecture: as told, else by its PCI id, else by its name."""
    if gpu.arch:
        return gpu.arch
    gpus = load_gpus()
    by_id = gpus.by_pci(gpu.pci_id, gpu.subsystem) if gpu.pci_id else None
    find = gpus.beginning if gpu.truncated else gpus.find
    found = (by_id,) if by_id else find(gpu.name or "")
    archs = {arch for card in found for arch in card.archs}
    return archs.pop() if len(archs) == 1 else None


def capability(gpu: ReadGpu) -> str | None:
    """A card's compute capability, told or by its architecture."""
    arch = arch_of(gpu) or ""
    return gpu.capability or (f"{arch[3:-1]}.{arch[-1]}" if arch_in(arch) else None)


def told(gpu: ReadGpu, key: str) -> object:
    """What the reader says of a card under a key of the hand-written file."""
    key = ALSO_CALLED.get(key, key)
    if key == "compute_capability":
        return capability(gpu)
    if key == "arch":
        return arch_of(gpu)
    if key == "err_fields":
        return gpu.errors
    if key in gpu.extra:
        return gpu.extra[key]
    found = getattr(gpu, key, None)
    return list(found) if isinstance(found, tuple) else found


def differences(reading: Reading, expect: dict[str, Any]) -> Iterator[str]:
    """What differs, in words."""
    for key, wanted in expect.items():
        if key in FOR_PEOPLE or (reading.kind, key) in NOT_IN_THE_TEXT:
            continue
        if key == "gpus":
            yield from of_cards(reading, wanted)
            continue
        has = reading.facts.get(key, getattr(reading, key, None))
        if key == "compute_capability" and has is None:
            board = str(reading.facts.get("module") or "").partition("(")[0]
            cards = reading.gpus or (ReadGpu(name=board),)
            has = next((capability(gpu) for gpu in cards), None)
        if isinstance(wanted, dict) and isinstance(has, dict):
            has = picked(has, wanted)
        if key == "toolkit" and wanted == reading.toolkit_full:
            continue
        if has != wanted and not (not has and not wanted):
            yield f"{key}: {has!r}, not {wanted!r}"


def picked(has: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """What of a mapping was written down: a reader may find more."""
    return {
        key: picked(has[key], value) if isinstance(value, dict) and has.get(key) else has.get(key)
        for key, value in wanted.items()
    }


def of_cards(reading: Reading, wanted: list[dict[str, Any]] | None) -> Iterator[str]:
    """What differs about the cards."""
    if wanted is None:
        if reading.gpus is not None:
            yield "gpus: known, and they can't be"
        return
    if len(reading.gpus or ()) != len(wanted):
        yield f"gpus: {len(reading.gpus or ())}, not {len(wanted)}"
        return
    for at, (gpu, card) in enumerate(zip(reading.gpus or (), wanted, strict=True)):
        for key, value in card.items():
            if key not in FOR_PEOPLE and told(gpu, key) != value:
                yield f"gpus[{at}].{key}: {told(gpu, key)!r}, not {value!r}"


def main() -> int:
    """Score every text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for line in (folder / "captures.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        kind = case["kind"]
        if not case.get("file"):
            continue
        every[kind] += 1
        raw = (folder / case["file"]).read_bytes()
        text = raw.decode(case.get("encoding") or "utf-8", "replace")
        if kind not in READERS:
            sys.stdout.write(f"{case['id']}: no reader for {kind}\n")
            continue
        wrong = list(differences(READERS[kind].read(text), case["expect"]))
        if detect(text) != kind:
            wrong.append(f"taken for {detect(text)}")
        right[kind] += not wrong
        for one in wrong:
            sys.stdout.write(f"{case['id']} ({kind}): {one}\n")
    for kind, count in sorted(every.items()):
        sys.stdout.write(f"{kind:30} {right[kind]} of {count}\n")
    sys.stdout.write(f"{'all':30} {sum(right.values())} of {sum(every.values())}\n")
    return int(right != every)


if __name__ == "__main__":
    sys.exit(main())
