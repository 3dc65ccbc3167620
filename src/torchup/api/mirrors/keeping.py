"""Choosing places and forgetting them: settings and other programs' files, as one change.

All of it is written or nothing, and ``torchup undo`` takes it back as a whole.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from torchup.api.mirrors.choice import held, settings_of
from torchup.api.mirrors.writing import TOLD
from torchup.model import StepOutcome, shown_url, text
from torchup.state import undo
from torchup.state.config import changed_config, config_path, rights_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.api.context import Context
    from torchup.api.mirrors.choice import Chosen
    from torchup.api.mirrors.writing import Written
    from torchup.model.mirror import MirrorKind
    from torchup.model.record import StepStatus

COMMAND: Final = "mirror use"
RESET: Final = "mirror reset"
_PRIVATE: Final = 0o600


def seal_of(settings: Mapping[str, str | None]) -> str:
    """A digest of the chosen places, by which it is seen later that they are still chosen.

    It stands in the ledger's words, where an address with a login in it has no business.
    """
    lines = (f"{key}={' '.join((settings[key] or '').split())}" for key in sorted(settings))
    return sha256("\n".join(lines).encode()).hexdigest()


def keep(
    context: Context, chosen: Sequence[Chosen], files: Sequence[Written], *, dry_run: bool
) -> list[StepOutcome]:
    """Write the settings that name the chosen places, and the files of other programs.

    Args:
        context: the session.
        chosen: by kind.
        files: what :func:`torchup.api.mirrors.writing.prepare` worked out.
        dry_run: change nothing, and say what would.

    Raises:
        UsageError: the settings file can't be read.
        OutsideError: ``kept.unwritable``, ``kept.changed``, ``kept.busy``; nothing was changed.
    """
    settings = settings_of(chosen)
    if not dry_run:
        told = [
            one.kind
            for one in chosen
            if any(one.kind in TOLD[file.program] for file in files if not file.same)
        ]
        edits = [
            undo.Write(
                path=one.path,
                data=one.now,
                was=one.was,
                mode=_PRIVATE if one.was is None and b"@" in one.now else None,
            )
            for one in files
            if not one.same
        ]
        _change(context, COMMAND, settings, edits, told)
    done: StepStatus = "skipped" if dry_run else "done"
    return [
        *(StepOutcome(id=key, status=done, detail=shown_url(v)) for key, v in settings.items()),
        *(
            StepOutcome(
                id=f"write-{one.program}", status="skipped" if one.same else done, detail=one.path
            )
            for one in files
        ),
    ]


def forget(
    context: Context, kinds: Sequence[MirrorKind], files: Sequence[undo.Edit], *, dry_run: bool
) -> list[StepOutcome]:
    """Take the settings of some kinds back, so that pip's, uv's and conda's own count again.

    Args:
        context: the session.
        kinds: which.
        files: what gives other programs' files back what they held, see :mod:`.taking_back`.
        dry_run: change nothing, and say what would.

    Raises:
        UsageError: the settings file can't be read.
        OutsideError: ``kept.unwritable``, ``kept.changed``, ``kept.busy``; nothing was changed.
    """
    settings = dict.fromkeys(held(context, kinds))
    if (settings or files) and not dry_run:
        _change(context, RESET, settings, files, ())
    done: StepStatus = "skipped" if dry_run else "done"
    return [StepOutcome(id=key, status=done, detail="") for key in settings]


def _change(
    context: Context,
    command: str,
    settings: Mapping[str, str | None],
    files: Sequence[undo.Edit],
    told: Sequence[MirrorKind],
) -> None:
    """Make one change of it; the settings are its last part, see :mod:`.taking_back`."""
    path = config_path(context.host)
    was, now = changed_config(path, settings)
    edits = [*files]
    if settings and was != now:
        edits.append(undo.Write(path=path, data=now, was=was, mode=rights_of(now)))
    if not edits:
        return
    kinds = ", ".join(key.rpartition(".")[2] for key in settings)
    code = "undo.what.mirror-use" if command == COMMAND else "undo.what.mirror-reset"
    what = text(code, chosen=kinds, kinds=", ".join(told), settings=path, seal=seal_of(settings))
    undo.change(context.host, context.home, what=what, command=command, edits=edits)
