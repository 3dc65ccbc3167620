"""What choosing or forgetting places would write, before anything is written."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from torchup.api.mirrors.choice import held, settings_of
from torchup.api.mirrors.taking_back import taking_back
from torchup.api.mirrors.writing import overruled, prepare
from torchup.model import Text, shown_url, text, without_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.api.mirrors.choice import Chosen
    from torchup.api.mirrors.writing import Written
    from torchup.model.mirror import MirrorKind


class SettingChange(Struct, frozen=True, kw_only=True):
    """One of torchup's settings before and after, without logins; empty where it isn't set."""

    key: str
    was: str
    now: str


class FileChange(Struct, frozen=True, kw_only=True):
    """What becomes of a file of another program; ``diff`` without logins."""

    program: str
    path: str
    change: Literal["new", "changed", "same", "restored"]
    diff: tuple[str, ...] = ()


class Preview(Struct, frozen=True, kw_only=True):
    """What would be written, and what else there is to know."""

    settings: tuple[SettingChange, ...]
    files: tuple[FileChange, ...]
    notes: tuple[Text, ...] = ()


def of_choosing(context: Context, chosen: Sequence[Chosen], programs: Sequence[str]) -> Preview:
    """Tell what choosing places would write.

    Args:
        context: the session.
        chosen: the places, by kind.
        programs: those that are told too.

    Raises:
        UsageError: the settings file can't be read.
        NoAnswerError: ``mirror.config-malformed``, ``mirror.no-file``.
        OutsideError: ``kept.unreadable``.
    """
    was = held(context, [one.kind for one in chosen])
    files = prepare(context, chosen, programs)
    untold = [one for one in programs if not any(file.program == one for file in files)]
    return Preview(
        settings=tuple(
            SettingChange(key=key, was=shown_url(was.get(key, "")), now=shown_url(value))
            for key, value in settings_of(chosen).items()
        ),
        files=tuple(
            FileChange(program=one.program, path=one.path, change=_change(one), diff=diff_of(one))
            for one in files
        ),
        notes=(
            *(text("mirror.not-written", program=one) for one in untold),
            *overruled(context, files, chosen, dry_run=True),
        ),
    )


def of_forgetting(context: Context, kinds: Sequence[MirrorKind]) -> Preview:
    """Tell what forgetting the chosen places would write.

    Raises:
        UsageError: the settings file can't be read.
    """
    was = held(context, kinds)
    taken = taking_back(context, kinds)
    restored = dict.fromkeys(one.path for one in taken.edits)
    return Preview(
        settings=tuple(
            SettingChange(key=key, was=shown_url(value), now="") for key, value in was.items()
        ),
        files=tuple(FileChange(program="", path=one, change="restored") for one in restored),
        notes=tuple(text("mirror.left", path=path, kinds=about) for path, about in taken.left),
    )


def _change(one: Written) -> Literal["new", "changed", "same"]:
    if one.same:
        return "same"
    return "new" if one.was is None else "changed"


def diff_of(one: Written) -> tuple[str, ...]:
    """Return what changes in a file, line by line, without logins."""
    before, after = (
        without_token(shown_url((data or b"").decode("utf-8", "replace"))).splitlines()
        for data in (one.was, one.now)
    )
    return tuple(unified_diff(before, after, "", "", lineterm="", n=2))[2:]
