"""Stacks and reasons, as they stand in several documents."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model import FactRef
from torchup.model.stack import Device, Effect


class StackV1(Struct, frozen=True, kw_only=True):
    """A stack as other programs read it."""

    python: str
    packages: dict[str, str]
    build: str
    runtime: str
    device: Device
    origin: Literal["wheel", "conda"]
    index_url: str
    environment: dict[str, str] = {}


class ReasonV1(Struct, frozen=True, kw_only=True):
    """A reason, worded in ``text``."""

    code: str
    effect: Effect
    subject: str
    needs: str
    has: str
    text: str
    about: str = ""
    fact: FactRef | None = None
