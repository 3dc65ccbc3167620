"""JSON Schemas of every document, derived from the types that write them."""

from __future__ import annotations

from typing import Any

from torchup.wire.v1 import DOCUMENTS


def schemas() -> dict[str, dict[str, Any]]:
    """Return JSON Schemas (2020-12) by document name, such as ``torchup.plan/v1``."""
    from typing import get_args

    from msgspec.json import schema
    from msgspec.structs import fields

    from torchup.wire.machine import MachineV1
    from torchup.wire.software import ProbedV1

    found: dict[str, dict[str, Any]] = {}
    for kind in (ProbedV1 if kind is MachineV1 else kind for kind in DOCUMENTS):
        (named,) = (field for field in fields(kind) if field.name == "schema")
        found[get_args(named.type)[0]] = schema(kind)
    return found
