"""Documents about what starts Python for people: kernels, the search path, IDEs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from torchup.wire.diagnosis import FindingV1

if TYPE_CHECKING:
    from torchup.model.finding import Finding
    from torchup.model.ides import Used
    from torchup.model.kernels import Kernel, KernelCheck
    from torchup.model.search_path import Which
    from torchup.words import Words


class KernelV1(Struct, frozen=True, kw_only=True):
    """A kernel.

    ``path`` is its ``kernel.json``, ``interpreter`` what it starts, ``environment`` the one of
    torchup's that it was made for, ``other`` the ``kernel.json`` that hides it or looks like it.
    """

    name: str
    title: str
    path: str
    interpreter: str
    environment: str | None
    own: bool
    state: Literal["ok", "gone", "moved", "hidden", "double", "open"]
    other: str | None
    why: str | None


class KernelsV1(Struct, frozen=True, kw_only=True):
    """``torchup.kernels/v1``: every kernel that some Jupyter of this user shows."""

    schema: Literal["torchup.kernels/v1"] = "torchup.kernels/v1"
    kernels: tuple[KernelV1, ...]


class KernelAnswerV1(Struct, frozen=True, kw_only=True):
    """What a started kernel said of itself; empty for what it couldn't."""

    executable: str
    prefix: str
    python: str
    version: str
    file: str
    device: str
    error: str


class KernelCheckV1(Struct, frozen=True, kw_only=True):
    """A kernel that was started; ``wrong`` says what isn't as its name promises."""

    kernel: KernelV1
    ok: bool
    answer: KernelAnswerV1 | None
    wrong: tuple[str, ...]
    took_s: float


class KernelChecksV1(Struct, frozen=True, kw_only=True):
    """``torchup.kernel-checks/v1``: kernels that were started for real."""

    schema: Literal["torchup.kernel-checks/v1"] = "torchup.kernel-checks/v1"
    ok: bool
    checks: tuple[KernelCheckV1, ...]


def kernel(found: Kernel, words: Words) -> KernelV1:
    """Write a kernel."""
    return KernelV1(
        name=found.name,
        title=found.title,
        path=found.path,
        interpreter=found.interpreter,
        environment=found.environment or None,
        own=found.own,
        state=found.state,
        other=found.other or None,
        why=words.text(found.why) if found.why else None,
    )


def kernel_checks(found: tuple[KernelCheck, ...], words: Words) -> KernelChecksV1:
    """Write what started kernels turned out to be."""
    from msgspec.structs import asdict

    rows = tuple(
        KernelCheckV1(
            kernel=kernel(one.kernel, words),
            ok=one.ok,
            answer=KernelAnswerV1(**asdict(one.answer)) if one.answer else None,
            wrong=tuple(map(words.text, one.wrong)),
            took_s=one.took_s,
        )
        for one in found
    )
    return KernelChecksV1(ok=all(one.ok for one in found), checks=rows)


class PlaceV1(Struct, frozen=True, kw_only=True):
    """A program on the search path, and whose it is; ``by`` names whose shim."""

    path: str
    real: str
    kind: Literal[
        "own",
        "adopted",
        "venv",
        "conda-base",
        "conda",
        "shim",
        "store",
        "tool",
        "system",
        "other",
    ]
    environment: str | None
    by: str | None


class ProgramV1(Struct, frozen=True, kw_only=True):
    """All programs of a name, the one that counts first."""

    name: str
    places: tuple[PlaceV1, ...]


class RunningV1(Struct, frozen=True, kw_only=True):
    """What the interpreter that counts says of itself, and where the framework would come from."""

    executable: str
    prefix: str
    python: str
    site: str
    user_site: str | None
    search: tuple[str, ...]
    framework: str | None
    version: str | None


class WhichV1(Struct, frozen=True, kw_only=True):
    """``torchup.which/v1``: what a plain command would use in a folder.

    ``running`` is null where no Python starts; ``pip_site`` is where the plain pip installs into.
    """

    schema: Literal["torchup.which/v1"] = "torchup.which/v1"
    folder: str
    programs: tuple[ProgramV1, ...]
    running: RunningV1 | None
    pip_site: str | None
    findings: tuple[FindingV1, ...]


def which(found: Which, findings: tuple[Finding, ...], words: Words) -> WhichV1:
    """Write what a plain command would use."""
    from torchup.wire.diagnosis import finding

    running = found.running
    return WhichV1(
        folder=found.folder,
        programs=tuple(
            ProgramV1(
                name=one.name,
                places=tuple(
                    PlaceV1(
                        path=place.path,
                        real=place.real,
                        kind=place.kind,
                        environment=place.environment or None,
                        by=place.by or None,
                    )
                    for place in one.places
                ),
            )
            for one in found.programs
        ),
        running=RunningV1(
            executable=running.executable,
            prefix=running.prefix,
            python=running.python,
            site=running.site,
            user_site=running.user_site or None,
            search=running.search,
            framework=running.framework or None,
            version=running.version or None,
        )
        if running
        else None,
        pip_site=found.pip_site or None,
        findings=tuple(finding(one, words) for one in findings),
    )


class UsedV1(Struct, frozen=True, kw_only=True):
    """What an IDE would use; ``version`` is the framework's, null where there is none."""

    ide: str
    interpreter: str | None
    exists: bool
    environment: str | None
    version: str | None
    why: str
    notes: tuple[str, ...]


class IdesV1(Struct, frozen=True, kw_only=True):
    """``torchup.ides/v1``: the interpreter that each IDE would use for a folder."""

    schema: Literal["torchup.ides/v1"] = "torchup.ides/v1"
    folder: str
    ides: tuple[UsedV1, ...]


def ides(folder: str, found: tuple[Used, ...], words: Words) -> IdesV1:
    """Write what each IDE would use."""
    rows = tuple(
        UsedV1(
            ide=one.ide,
            interpreter=one.interpreter or None,
            exists=one.exists,
            environment=one.environment or None,
            version=one.version or None,
            why=words.text(one.why),
            notes=tuple(map(words.text, one.notes)),
        )
        for one in found
    )
    return IdesV1(folder=folder, ides=rows)
