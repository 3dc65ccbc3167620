"""Wording what jobs tell, for whoever watches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchup.model import Check
from torchup.verify import describe, explain
from torchup.web.races import mirror_event
from torchup.wire.web import JobEventV1, JobV1, MirrorOrderV1

if TYPE_CHECKING:
    from torchup.web.jobs import Job, Told
    from torchup.words import Words


def job_document(job: Job, words: Words, *, whole: bool = True) -> JobV1:
    """Write a job.

    Args:
        job: the job.
        words: the language.
        whole: with everything that it told, and its result.
    """
    progress = job.progress
    return JobV1(
        id=job.id,
        command="mirror" if isinstance(job.order, MirrorOrderV1) else job.order.command,
        name="" if isinstance(job.order, MirrorOrderV1) else job.order.name,
        line=job.line,
        state=job.state,
        started=job.started,
        ended=job.ended,
        events=tuple(event_document(one, words) for one in job.told) if whole else (),
        progress=event_document(progress, words) if progress else None,
        result=job.result if whole else None,
        changes=job.undoable,
    )


def event_document(told: Told, words: Words) -> JobEventV1:
    """Write one thing that a job told."""
    kind, at = str(told.get("event")), str(told.get("at", ""))
    if kind == "step":
        step = str(told.get("step"))
        code = f"web.step.{step}"
        return JobEventV1(kind="step", text=words.say(code) if words.has(code) else step, at=at)
    if kind == "check":
        return _check(told, words, at)
    if kind == "mirror":
        found = mirror_event(told, words)
        if found is not None:
            return JobEventV1(
                kind="mirror", text=f"{found.mirror}: {found.said}", at=at, mirror=found
            )
    if kind in {"note", "progress"}:
        return JobEventV1(
            kind="progress" if kind == "progress" else "note",
            text=_worded(told, words),
            at=at,
            done=_number(told, "done"),
            total=_number(told, "total"),
        )
    return JobEventV1(kind="line", text=str(told.get("text", "")), at=at)


def _check(told: Told, words: Words, at: str) -> JobEventV1:
    status = told.get("status")
    check = Check(
        code=str(told.get("code")),
        status=status if status in {"pass", "fail", "skip"} else "skip",
        detail=str(told.get("detail", "")),
    )
    said = words.text(describe(check))
    why = explain(check)
    if why is not None:
        said = words.say("cli.check-said", {"check": said, "why": words.text(why)})
    return JobEventV1(kind="check", text=said, at=at, status=check.status)


def _worded(told: Told, words: Words) -> str:
    code, args = str(told.get("code")), told.get("args")
    given: dict[str, Any] = args if isinstance(args, dict) else {}
    try:
        return words.say(code, {name: str(value) for name, value in given.items()})
    except KeyError:
        return code


def _number(told: Told, name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) and value >= 0 else 0
