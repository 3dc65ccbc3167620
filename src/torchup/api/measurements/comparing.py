"""Two measurements beside each other, each named as one likes: a file, its name, an environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.measurements.kept import find, of_environment
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.plan.quoting import command_line
from torchup.verify.receipt import parse_receipt
from torchup.verify.speed import compare

if TYPE_CHECKING:
    from typing import TypeAlias

    from torchup.api.context import Context
    from torchup.model import SpeedChange, VerifyReport

    Comparison: TypeAlias = tuple[VerifyReport, VerifyReport, tuple[SpeedChange, ...]]


def compared(context: Context, before: str, after: str | None = None) -> Comparison:
    """Compare the figures of two verifications.

    Args:
        context: the session.
        before: a file that ``verify --json`` wrote, a kept measurement, or an environment.
        after: the same; None where ``before`` is an environment: its last two are compared.

    Raises:
        UsageError: ``bench.not-a-verification``, ``bench.no-figures``, ``bench.nothing-in-common``;
            ``bench.second-needed``: one measurement alone is named.
        NoAnswerError: ``bench.unknown``, ``bench.only-one``.
        OutsideError: ``bench.unreadable``.
    """
    if after is not None:
        return _beside(before, _read(context, before), after, _read(context, after))
    ours = of_environment(context, before)
    if not ours:
        _read(context, before)
        raise UsageError("bench.second-needed", what=before, quoted=command_line(before))
    if len(ours) == 1:
        raise NoAnswerError("bench.only-one", name=before)
    return _beside(ours[1].id, ours[1].report, ours[0].id, ours[0].report)


def compared_kept(context: Context, before: str, after: str) -> Comparison:
    """Compare two kept measurements, and no file, whatever the words say.

    Raises:
        UsageError: ``bench.nothing-in-common``.
        NoAnswerError: ``bench.unknown``.
    """
    return _beside(before, find(context, before).report, after, find(context, after).report)


def _beside(before: str, first: VerifyReport, after: str, second: VerifyReport) -> Comparison:
    changes = compare(first.figures, second.figures)
    if not changes:
        raise UsageError("bench.nothing-in-common", before=before, after=after)
    return first, second, changes


def _read(context: Context, what: str) -> VerifyReport:
    """A kept one first; whoever means a file of the same name writes a path."""
    is_path = "/" in what or "\\" in what or what.endswith(".json")
    if not is_path:
        try:
            return find(context, what).report
        except NoAnswerError:
            if not os.path.exists(what):  # noqa: PTH110 - false for a name that is too long
                raise
    return _read_file(what)


def _read_file(path: str) -> VerifyReport:
    try:
        data = Path(path).expanduser().read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise OutsideError("bench.unreadable", path=path, why=why) from error
    report = parse_receipt(data)
    if report is None:
        raise UsageError("bench.not-a-verification", path=path)
    if not report.figures:
        raise UsageError("bench.no-figures", path=path)
    return report
