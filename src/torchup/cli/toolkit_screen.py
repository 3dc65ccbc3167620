"""Toolkits and compilers on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model.toolkits import Build, Compiler, FoundToolkit, Toolkits

_NAMES: Final = {"cuda": "CUDA", "rocm": "ROCm", "cudnn": "cuDNN", "nccl": "NCCL"}
"""As their makers write them."""
_VERDICTS: Final[dict[str, Tone]] = {
    "fits": "good",
    "unknown": "plain",
    "too-new": "stops",
    "too-old": "stops",
    "missing": "stops",
}
_FITS: Final[dict[str, Tone]] = {"yes": "good", "minor": "costs", "no": "stops", "cpu": "costs"}


def print_toolkits(found: Toolkits, session: Session) -> None:
    """Print every toolkit and library, and what a build would take."""
    _print("toolkits", found.toolkits, "toolkit.none", session)
    _print("libraries", found.libraries, "toolkit.no-libraries", session)
    if found.build is not None:
        _print_build(found.build, session)
    if found.compiler is not None:
        print_compiler(found.compiler, session)


def print_compiler(found: Compiler, session: Session) -> None:
    """Print whether the compiler fits, and what helps where it doesn't."""
    args = {"name": found.name, "version": found.version, "newest": found.newest}
    said = session.say(f"toolkit.compiler.{found.verdict}", **args)
    session.out.row(session.say("cli.label.compiler"), said, _VERDICTS[found.verdict])
    if found.verdict in {"fits", "unknown"}:
        return
    for path in found.others[:1]:
        session.out.row("", session.say("toolkit.compiler.name-it", path=path))
    if found.others:
        return
    if found.name == "cl" or found.name.startswith("Visual"):
        session.out.row("", session.say("toolkit.compiler.studio"))
    elif found.command:
        session.out.row(session.say("cli.label.next"), found.command)


def _print(label: str, found: tuple[FoundToolkit, ...], nothing: str, session: Session) -> None:
    shown = session.say(f"cli.label.{label}")
    for one in found:
        args = {
            "name": _NAMES[one.name],
            "version": one.version,
            "path": one.path,
            "environment": one.environment,
        }
        code = "toolkit.environment" if one.environment else "toolkit.machine"
        session.out.row(shown, session.say(code, **args))
        shown = ""
    if not found:
        session.out.row(shown, session.say(nothing), "quiet")


def _print_build(build: Build, session: Session) -> None:
    args = {
        "version": build.version,
        "path": build.path,
        "environment": build.environment,
        "framework": build.framework,
        "runtime": build.runtime,
    }
    there = build.version or build.by == "none"
    said = session.say(f"toolkit.{'by' if there else 'not-there'}.{build.by}", **args)
    session.out.row(session.say("cli.label.builds"), said, "plain" if build.version else "costs")
    if build.fit in _FITS:
        session.out.row("", session.say(f"toolkit.fit.{build.fit}", **args), _FITS[build.fit])
