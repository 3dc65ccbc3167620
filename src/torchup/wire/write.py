"""From the model to documents; addresses lose their credentials here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from torchup.model import shown_url
from torchup.wire import v1
from torchup.wire.diagnosis import finding
from torchup.wire.machine import MachineV1, ProblemV1
from torchup.wire.stacks import ReasonV1, StackV1
from torchup.wire.toolkits import OwnToolkitV1
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.errors import TorchupError
    from torchup.model import (
        Artifact,
        Environment,
        EnvRecord,
        Machine,
        NearMiss,
        Outcome,
        Plan,
        Problem,
        Reason,
        Resolution,
        Stack,
        VerifyReport,
    )
    from torchup.model.finding import Finding
    from torchup.model.software import Answering, Software
    from torchup.wire.locks import SyncedV1
    from torchup.wire.software import ProbedV1
    from torchup.words import Words


def machine(found: Machine, words: Words) -> MachineV1:
    """Write a machine."""
    return MachineV1(schema="torchup.machine/v1", **_machine(found, words))


def probed(
    found: Machine,
    software: Software | None,
    sources: tuple[Answering, ...] | None,
    words: Words,
) -> ProbedV1:
    """Write a machine with what is installed and what it reaches; None where nobody looked."""
    from torchup.wire.software import ProbedV1, answering

    answers = None if sources is None else tuple(answering(one, words) for one in sources)
    fields = _machine(found, words)
    return ProbedV1(schema="torchup.machine/v1", **fields, software=software, sources=answers)


def _machine(found: Machine, words: Words) -> dict[str, Any]:
    problems = tuple(
        ProblemV1(code=p.code, args=p.args, text=_problem_text(p, words)) for p in found.problems
    )
    return asdict(found) | {"problems": problems}


def _problem_text(found: Problem, words: Words) -> str:
    """Word a problem; one that another version of torchup wrote may have no words here."""
    try:
        return words.say(f"problem.{found.code}", found.args)
    except KeyError:
        return ""


def stack(found: Stack) -> StackV1:
    """Write a stack."""
    return StackV1(
        python=found.python,
        packages=found.packages,
        build=found.build,
        runtime=found.runtime,
        device=found.device,
        origin=found.origin,
        index_url=shown_url(found.index_url),
        environment=found.environment,
    )


def reason(found: Reason, words: Words) -> ReasonV1:
    """Write a reason, worded."""
    return ReasonV1(
        code=found.code,
        effect=found.effect,
        subject=found.subject,
        needs=found.needs,
        has=found.has.removeprefix("@word."),
        about=found.about,
        text=reason_text(found, words),
        fact=found.fact,
    )


def near_miss(found: NearMiss, words: Words) -> v1.NearMissV1:
    """Write a near miss."""
    return v1.NearMissV1(
        stack=stack(found.stack),
        reasons=tuple(reason(one, words) for one in found.reasons),
        remedy=words.text(found.remedy),
    )


def artifact(found: Artifact) -> v1.ArtifactV1:
    """Write a file's identity."""
    return v1.ArtifactV1(
        name=found.name,
        version=found.version,
        url=shown_url(found.url),
        sha256=found.sha256,
        size=found.size,
    )


def plan(found: Plan, words: Words) -> v1.PlanV1:
    """Write a plan."""
    answer: Resolution = found.resolution
    sizes = [one.size for one in found.artifacts]
    return v1.PlanV1(
        outcome=answer.outcome,
        stack=stack(answer.stack) if answer.stack else None,
        serves=answer.serves,
        leaves_out=answer.leaves_out,
        reasons=tuple(reason(one, words) for one in answer.reasons),
        near_misses=tuple(near_miss(one, words) for one in answer.near_misses),
        steps=tuple(
            v1.StepV1(id=step.id, summary=words.text(step.summary), command=step.command)
            for step in found.steps
        ),
        companions_left_out=tuple(
            v1.LeftOutV1(name=one.subject, reason=reason(one.reason, words))
            for one in answer.companions_left_out
        ),
        artifacts=tuple(artifact(one) for one in found.artifacts),
        download_bytes=sum(size or 0 for size in sizes) if sizes and None not in sizes else None,
    )


def environment(found: Environment, words: Words) -> v1.EnvironmentV1:
    """Write an environment as ``list`` prints it."""
    record = found.record
    return v1.EnvironmentV1(
        name=record.name,
        path=record.path,
        backend=record.backend,
        python=record.stack.python,
        packages=found.packages,
        build=record.stack.build,
        state=found.state,
        verified=found.verified,
        size=found.size,
        why=words.text(found.problem) if found.problem else "",
        toolkit=_toolkit(record),
    )


def _toolkit(record: EnvRecord) -> OwnToolkitV1 | None:
    """Write an environment's toolkit."""
    own = record.toolkit
    if own is None:
        return None
    return OwnToolkitV1(source=own.source, runtime=own.runtime, home=own.home)


def shown(found: Environment, receipt: VerifyReport | None, words: Words) -> v1.ShownEnvironmentV1:
    """Write an environment with everything that is known about it."""
    brief = asdict(environment(found, words))
    return v1.ShownEnvironmentV1(
        **brief,
        created=found.record.created,
        stack=stack(found.record.stack),
        sources=tuple(artifact(one) for one in found.record.artifacts),
        receipt=verify(receipt) if receipt else None,
        lock=found.record.lock,
    )


def verify(
    found: VerifyReport, *, name: str = "", shares: Mapping[str, float] | None = None
) -> v1.VerifyV1:
    """Write a verification, of the environment ``name`` where it is one.

    Args:
        found: the verification.
        name: the environment's name.
        shares: which part of the maker's figures was reached, by what was measured.
    """
    return v1.VerifyV1(
        ok=found.ok,
        device=found.device,
        packages=found.packages,
        checks=tuple(
            v1.CheckV1(code=c.code, status=c.status, detail=c.detail, took_s=round(c.took_s, 3))
            for c in found.checks
        ),
        python=found.python,
        at=found.at,
        name=name,
        level=found.level,
        devices=found.devices,
        libraries=found.libraries,
        figures=found.figures,
        of_datasheet={what: round(share, 3) for what, share in (shares or {}).items()},
    )


def outcome(
    found: Outcome,
    words: Words,
    *,
    planned: Plan | None = None,
    cleaned: tuple[str, ...] = (),
    freed: int | None = None,
    lock: SyncedV1 | None = None,
    left: Iterable[Finding] = (),
) -> v1.OutcomeV1:
    """Write how a command ended."""
    return v1.OutcomeV1(
        command=found.command,
        ok=found.ok,
        steps=found.steps,
        environment=environment(found.environment, words) if found.environment else None,
        plan=plan(planned, words) if planned else None,
        verify=verify(found.report) if found.report else None,
        cleaned=cleaned,
        freed=freed,
        lock=lock,
        left=tuple(finding(one, words) for one in left),
    )


def error(found: TorchupError, words: Words) -> v1.ErrorV1:
    """Write an error."""
    hint = f"{found.code}.hint"
    return v1.ErrorV1(
        code=found.code,
        message=shown_url(words.say(found.code, found.details)),
        hint=shown_url(words.say(hint, found.details)) if words.has(hint) else "",
    )
