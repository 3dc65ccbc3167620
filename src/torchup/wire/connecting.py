"""Documents about what starts Python for people: kernels, the search path, IDEs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from torchup.model.kernels import Kernel, KernelCheck
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
