"""The day of a project: when it was last changed, and when what it declares was."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from torchup.model import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.host import Host
    from torchup.model import Effect
    from torchup.projects.declared import Declared

_LIMIT_S: Final = 10
_PLAIN: Final = ("-c", "log.showSignature=false")
"""A user's own settings put the check of a signature before the day."""
_APART: Final = timedelta(days=30)
"""Declarations that are older than the last commit by more than this tell the project's day."""


def project_day(host: Host, folder: str, declared: Declared) -> tuple[str, tuple[Reason, ...]]:
    """Return the day whose versions a project was made with, in ISO form, and how it was found.

    It is the day of its last commit (``git log``), or of the last one that changed what was read
    where that is more than a month older: the text of a README is mended long after the code
    ran last. Without git it is the day of the newest file that was read. Empty where none is known.

    Args:
        host: whose folder it is.
        folder: the project's folder.
        declared: what was read of it.
    """
    last = _commit(host, folder, (".",))
    if last:
        files = [one for one in declared.files if "*" not in one]
        return settled_day(last, _commit(host, folder, files) if files else "", declared)
    stamps = [host.modified(str(PurePath(folder) / one)) for one in declared.files]
    newest = max((one[0] for one in stamps if one is not None), default=0)
    if not newest:
        return "", (_told("day-unknown", "", folder, "warn"),)
    day = datetime.fromtimestamp(newest / 1e9, tz=timezone.utc).date().isoformat()
    return day, (_told("day-of-files", day, ", ".join(declared.files), "warn"),)


def committed_day(host: Host, folder: str, declared: Declared) -> str:
    """Return that day where git tells it; empty elsewhere: files may have been copied.

    Args:
        host: whose folder it is.
        folder: the project's folder.
        declared: what was read of it.
    """
    day, told = project_day(host, folder, declared)
    return day if told[0].code in ("day-of-commit", "day-of-declarations") else ""


def settled_day(last: str, changed: str, declared: Declared) -> tuple[str, tuple[Reason, ...]]:
    """Choose between the day of the last commit and of the last one to what is declared.

    Args:
        last: the day of the last commit, in ISO form.
        changed: the day of the last one that changed the declarations; empty where unknown.
        declared: what was read.
    """
    if changed and date.fromisoformat(changed) + _APART < date.fromisoformat(last):
        files = ", ".join(declared.files)
        return changed, (_told("day-of-declarations", changed, files, "accept", has=last),)
    return last, (_told("day-of-commit", last, "", "accept"),)


def _told(code: str, day: str, about: str, effect: Effect, *, has: str = "") -> Reason:
    return Reason(code=code, effect=effect, subject=day, about=about, has=has)


def _commit(host: Host, folder: str, files: Sequence[str]) -> str:
    """The day of the last commit to some files; empty where git can't tell."""
    argv = ["git", *_PLAIN, "log", "-1", "--date=short", "--format=%cd", "--", *files]
    done = host.run(argv, timeout=_LIMIT_S, cwd=folder, env={"GIT_OPTIONAL_LOCKS": "0"})
    said = done.out.strip()
    try:
        return date.fromisoformat(said).isoformat() if done.code == 0 and said else ""
    except ValueError:
        return ""
