"""Whether the facts are whole, and not old."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from torchup.errors import OutsideError, TorchupError, UsageError
from torchup.facts.current import (
    in_force,
    read_update,
    shipped_base,
    shipped_head,
    updated_base,
)
from torchup.model import Text, text

if TYPE_CHECKING:
    from torchup.api.context import Context

Severity = Literal["error", "warning", "info"]
OLD_AFTER_DAYS: Final = 120
"""Releases of the framework are about two months apart: two of them unknown is old."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that a check found; ``remedy`` is a command, empty where there is none."""

    severity: Severity
    message: Text
    remedy: str = ""


def check(context: Context, *, live: bool = False) -> tuple[Finding, ...]:
    """Check that the facts are whole and not old; with ``live`` ask sources for what is newer."""
    found = [*_shipped(), *_updated(context), *_overlay(), *_age(context)]
    if live:
        from torchup.api.facts.live import newer

        try:
            found += newer(context)
        except UsageError as error:  # an overlay that doesn't fit: nothing is known to compare with
            found.append(_error(error))
    return tuple(one for at, one in enumerate(found) if one not in found[:at])


def _shipped() -> list[Finding]:
    """Hold the shipped files against each other: the fast form must be what the TOML gives."""
    from torchup.facts.compiled import make

    base = shipped_base()
    try:
        made = make(base, None)
    except OutsideError as error:
        return [_error(error)]
    root = Path(base.root)
    differs = [name for name, data in made.items() if _content(root / name) != data]
    return [
        Finding(
            severity="error",
            message=text("facts.check.generated", file=root / name),
            remedy="python -m pip install --force-reinstall torchup",
        )
        for name in differs
    ]


def _updated(context: Context) -> list[Finding]:
    from torchup.facts.compile import Folder
    from torchup.facts.current import CURRENT_FILE, facts_folder

    host, home = context.host, context.home
    record = facts_folder(home) / CURRENT_FILE
    remedy = "torchup facts update --reset"
    if host.read(str(record)) is None:
        return []
    found = read_update(host, home)
    if found is None:
        message = text("facts.check.record", path=record)
        return [Finding(severity="error", message=message, remedy=remedy)]
    root = record.parent / found.folder
    try:
        whole = Folder(root).digest() == found.digest
    except (OSError, ValueError):
        whole = False
    if not whole:
        message = text("facts.check.update", version=found.version, path=root)
        return [Finding(severity="error", message=message, remedy=remedy)]
    if updated_base(host, home) is None:
        message = text("facts.check.overtaken", version=found.version)
        return [Finding(severity="info", message=message, remedy=remedy)]
    return []


def _overlay() -> list[Finding]:
    from torchup.facts.compiled import make

    facts = in_force()
    if not facts.overlay:
        return []
    try:
        make(facts.base() or shipped_base(), Path(facts.overlay))
    except TorchupError as error:
        return [_error(error)]
    return []


def _age(context: Context) -> list[Finding]:
    """Old facts still choose well among what they know; what came since is unknown to them."""
    from datetime import date

    update = read_update(context.host, context.home)
    in_use = update is not None and updated_base(context.host, context.home) is not None
    checked = update.checked if update is not None and in_use else shipped_head()[1]
    try:
        days = (date.fromisoformat(context.today()) - date.fromisoformat(checked)).days
    except ValueError:
        return []
    if days <= OLD_AFTER_DAYS:
        return []
    message = text("facts.check.old", checked=checked, days=days)
    return [Finding(severity="warning", message=message, remedy="torchup facts update")]


def _error(error: TorchupError) -> Finding:
    return Finding(severity="error", message=Text(error.code, error.details))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes().replace(b"\r\n", b"\n")
    except OSError:
        return None
