"""Documents about what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from torchup.model.finding import Safety, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.model.finding import Finding
    from torchup.words import Words


class RemedyV1(Struct, frozen=True, kw_only=True):
    """One way to mend it."""

    title: str
    safety: Safety
    commands: tuple[tuple[str, ...], ...]


class FindingV1(Struct, frozen=True, kw_only=True):
    """Something that is wrong."""

    code: str
    severity: Severity
    confidence: float
    title: str
    because: tuple[str, ...]
    remedies: tuple[RemedyV1, ...]


class DiagnosisV1(Struct, frozen=True, kw_only=True):
    """``torchup.diagnosis/v1``: root cause first; ``question`` decides between the first two."""

    schema: Literal["torchup.diagnosis/v1"] = "torchup.diagnosis/v1"
    findings: tuple[FindingV1, ...]
    question: str | None = None


class CondaFileV1(Struct, frozen=True, kw_only=True):
    """One file of conda's settings."""

    path: str
    state: Literal["ok", "malformed", "unreadable"]


class CondaValueV1(Struct, frozen=True, kw_only=True):
    """What counts for one setting; ``origins`` are the places that it comes from."""

    key: str
    value: Any
    origins: tuple[str, ...]
    over: tuple[str, ...]


class CondaConfigV1(Struct, frozen=True, kw_only=True):
    """``torchup.conda-config/v1``: ``places`` are all files that conda would read."""

    schema: Literal["torchup.conda-config/v1"] = "torchup.conda-config/v1"
    places: tuple[str, ...]
    files: tuple[CondaFileV1, ...]
    values: tuple[CondaValueV1, ...]
    findings: tuple[FindingV1, ...]


def finding(found: Finding, words: Words) -> FindingV1:
    """Write a finding."""
    return FindingV1(
        code=found.code,
        severity=found.severity,
        confidence=found.confidence,
        title=words.text(found.title),
        because=found.because,
        remedies=tuple(
            RemedyV1(title=words.text(one.title), safety=one.safety, commands=one.commands)
            for one in found.remedies
        ),
    )


def diagnosis(
    found: Iterable[Finding], words: Words, *, question: str | None = None
) -> DiagnosisV1:
    """Write findings."""
    return DiagnosisV1(findings=tuple(finding(one, words) for one in found), question=question)
