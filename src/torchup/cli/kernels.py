"""Registering, showing, starting and mending Jupyter's kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import Outcome, StepOutcome
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.api.environments.changing import Change
    from torchup.api.kernels.adding import Registration
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model import Machine
    from torchup.model.kernels import Kernel, KernelCheck

_MARKS: Final[dict[str, tuple[str, Tone]]] = {
    "ok": ("✓", "good"),
    "open": ("!", "costs"),
    "double": ("!", "costs"),
    "hidden": ("!", "costs"),
    "moved": ("✗", "stops"),
    "gone": ("✗", "stops"),
}


def add(args: argparse.Namespace, session: Session, cleaned: tuple[str, ...]) -> int:
    """Register a kernel; ``ipykernel`` comes into the environment first where it is missing."""
    from torchup.api.kernels import adding
    from torchup.cli.naming import meant

    context = session.context
    place = adding.place_of(context, prefix=args.prefix or "", jupyter=args.jupyter or "")
    name = meant(session, args.name, "kernel add")
    wanted = adding.prepare(context, name, place, kernel=args.as_name or "", title=args.title or "")
    if adding.needs_launcher(context, wanted.environment):
        return _with_launcher(args, session, wanted)
    if args.dry_run:
        step = StepOutcome(id="kernel", status="skipped", detail=wanted.path)
    else:
        step = adding.write(context, wanted)
    if session.json:
        outcome = Outcome(
            command="kernel add", ok=True, steps=(step,), environment=wanted.environment
        )
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    else:
        _registered(args, session, wanted)
    return EXIT_DONE


def also_in(args: argparse.Namespace, session: Session) -> tuple[str, ...]:
    """Return the environments whose own kernels are meant too, by ``--prefix``, ``--jupyter``.

    Raises:
        UsageError: as :func:`torchup.api.kernels.adding.place_of`.
    """
    if not (args.prefix or args.jupyter):
        return ()
    from torchup.api.kernels.adding import place_of

    return place_of(session.context, prefix=args.prefix or "", jupyter=args.jupyter or "").also


def next_of(args: argparse.Namespace, session: Session, command: str) -> str:
    """Write the next command, with the options that say where its kernels are."""
    options = {"--prefix": args.prefix, "--jupyter": args.jupyter}
    where = [word for name, value in options.items() if value for word in (name, value)]
    return " ".join(filter(None, (command, session.pasteable(*where))))


def _with_launcher(args: argparse.Namespace, session: Session, wanted: Registration) -> int:
    """Add the package that Jupyter starts, as any other change does, then write the kernel."""
    from torchup.api.environments import changing
    from torchup.api.environments.edits import Edit
    from torchup.api.kernels import adding
    from torchup.cli.building import allow_builds
    from torchup.cli.changes import change_as

    args.name = wanted.environment.record.name

    def prepare(name: str, machine: Machine) -> Change:
        allow_builds(args, session)
        edit = Edit(kind="add", packages=(adding.LAUNCHER,))
        return changing.prepare(session.context, name, edit, machine, dry_run=args.dry_run)

    def ending(outcome: Outcome) -> Outcome:
        from msgspec.structs import replace

        step = adding.write(session.context, wanted)
        return replace(outcome, steps=(*outcome.steps, step))

    if not session.json:
        said = session.say("kernel.launcher-comes", name=args.name)
        session.out.row(session.say("cli.label.notebooks"), said)
    status = change_as(args, session, prepare, command="kernel add", ending=ending)
    if status == EXIT_DONE and not session.json:
        _registered(args, session, wanted)
    return status


def _registered(args: argparse.Namespace, session: Session, wanted: Registration) -> None:
    tried = args.dry_run
    code = "kernel.would-register" if tried else f"kernel.added-{wanted.place.whose}"
    said = session.say(code, title=wanted.title, path=wanted.path)
    session.out.row(session.say("cli.label.notebooks"), said, "plain" if tried else "good")
    if not tried:
        following = next_of(args, session, f"torchup kernel check {wanted.name}")
        session.out.row(session.say("cli.label.next"), following)


def show(args: argparse.Namespace, session: Session) -> int:
    """Print every kernel, and what is wrong with it."""
    from torchup.api.kernels.listing import list_kernels
    from torchup.api.kernels.mending import mends

    found = list_kernels(session.context, also_in(args, session))
    if session.json:
        from torchup.wire import connecting

        rows = tuple(connecting.kernel(one, session.words) for one in found)
        session.emit(connecting.KernelsV1(kernels=rows))
        return EXIT_DONE
    out = session.out
    if not found:
        out.line(session.say("kernel.none"), folds=True)
        out.row(session.say("cli.label.next"), next_of(args, session, "torchup kernel add NAME"))
    for one in found:
        _row(session, one)
    if mends(found):
        out.line()
        out.row(session.say("cli.label.next"), next_of(args, session, "torchup kernel repair"))
    elif found:
        out.line()
        out.row(session.say("cli.label.next"), next_of(args, session, "torchup kernel check"))
    return EXIT_DONE


def _row(session: Session, one: Kernel) -> None:
    out = session.out
    mark, tone = _MARKS[one.state]
    out.line(f"{out.paint(mark, tone)} {out.paint(one.title, 'strong')}   {one.name}")
    out.line(f"  {out.paint(one.interpreter, 'quiet')}")
    out.line(f"  {out.paint(one.path, 'quiet')}")
    if one.why is not None:
        said = session.words.text(one.why)
        out.line(f"  {out.paint(said, tone)}", folds=True)


def check(args: argparse.Namespace, session: Session) -> int:
    """Start kernels and print what each turned out to be."""
    from torchup.api.kernels.asking import check as start
    from torchup.api.kernels.listing import kernels_named, list_kernels

    context = session.context
    also = also_in(args, session)
    found = kernels_named(context, args.name, also) if args.name else list_kernels(context, also)
    done: list[KernelCheck] = []
    for one in found:
        done.append(start(context, one, jupyter=args.jupyter or ""))
        if not session.json:
            _checked(args, session, done[-1])
            session.out.flush()
    if session.json:
        from torchup.wire import connecting

        session.emit(connecting.kernel_checks(tuple(done), session.words))
    elif not found:
        session.out.line(session.say("kernel.none"), folds=True)
        session.out.row(
            session.say("cli.label.next"), next_of(args, session, "torchup kernel add NAME")
        )
    return EXIT_DONE if all(one.ok for one in done) else EXIT_NO


def _checked(args: argparse.Namespace, session: Session, done: KernelCheck) -> None:
    out = session.out
    mark, tone = _MARKS["ok" if done.ok else "gone"]
    out.line(
        f"{out.paint(mark, tone)} {out.paint(done.kernel.title, 'strong')}   {done.kernel.name}"
    )
    answer = done.answer
    if answer is not None:
        out.line(f"  Python {answer.python}   {out.paint(answer.executable, 'quiet')}")
        if answer.file:
            shown = f"{done.framework} {answer.version} · {answer.device}"
            out.line(f"  {shown}   {out.paint(answer.file, 'quiet')}")
    for wrong in done.wrong:
        out.line(f"  {out.paint(session.words.text(wrong), tone)}", folds=True)
    if not done.ok and done.kernel.environment:
        following = next_of(args, session, f"torchup kernel add {done.kernel.environment}")
        out.row(session.say("cli.label.next"), following)
