"""What a reader takes out of a program's output. What the text doesn't say is None."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class ReadGpu(Struct, frozen=True, kw_only=True):
    """A card as a text shows it.

    Attributes:
        index: its number in that program's order.
        name: as printed.
        truncated: whether the program cut the name off (``NVIDIA GeForce ...``).
        vendor: ``nvidia``, ``amd``, ``intel`` or ``apple``; another maker's name as printed.
        arch: ``gfx90a``, where the text says it. Of NVIDIA's it is ``capability``: ``8.6``.
        family: the architecture's own name (``Ampere``), where the text says it.
        pci_id: ``10de:1b80``. ``subsystem``: ``1458:3702``.
        bus_id: the slot, as the program writes it (``00000000:01:00.0``).
        memory_mib: in MiB. ``memory_text``: what stands there instead (``Not Supported``).
        mig: whether MIG is on; None where the card has none.
        mig_devices: the profiles of its slices (``3g.40gb``), where the text names them.
        ecc: errors counted, or ``On``, ``Off``, ``N/A``, as printed.
        driver_model: ``WDDM``, ``TCC`` or ``MCDM`` on Windows.
        driver: its own driver's number, where the text gives one for each card.
        errors: whether a field reads ``ERR!``.
        extra: what else this kind of text says of a card.
    """

    index: int | None = None
    name: str | None = None
    truncated: bool = False
    vendor: str | None = None
    arch: str | None = None
    family: str | None = None
    capability: str | None = None
    pci_id: str | None = None
    subsystem: str | None = None
    bus_id: str | None = None
    uuid: str | None = None
    memory_mib: int | None = None
    memory_text: str | None = None
    mig: bool | None = None
    mig_devices: tuple[str, ...] | None = None
    ecc: str | None = None
    driver_model: str | None = None
    driver: str | None = None
    errors: bool = False
    extra: dict[str, Any] = {}


class Reading(Struct, frozen=True, kw_only=True):
    """What one text says.

    Attributes:
        kind: which program printed it, such as ``nvidia-smi-q``.
        state: ``ok``, ``truncated``, or what is wrong (``driver-library-mismatch``).
        gpus: the cards; None where the text can't tell which there are.
        driver: the NVIDIA or AMD driver's number. ``cuda``: the highest CUDA that it knows.
        os: the system as printed, such as ``Ubuntu 20.04``. ``arch``: the processor's.
        libc: the C library's number. ``python``: a Python's.
        toolkit: a CUDA toolkit, ``12.4``; ``toolkit_full``: ``12.4.131``.
        packages: versions by name, with build and channel where the text has them:
            ``{"torch": {"version": "2.4.1", "build": None, "channel": None}}``.
        facts: what only this kind of text says; each reader's own module lists its keys.
    """

    kind: str
    state: str = "ok"
    gpus: tuple[ReadGpu, ...] | None = None
    driver: str | None = None
    cuda: str | None = None
    os: str | None = None
    arch: str | None = None
    libc: str | None = None
    python: str | None = None
    toolkit: str | None = None
    toolkit_full: str | None = None
    packages: dict[str, dict[str, str | None]] | None = None
    facts: dict[str, Any] = {}
