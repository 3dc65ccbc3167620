"""``torchup facts``: what is known, whether it is whole, newer facts, a site's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from torchup.api.facts import check, showing
from torchup.errors import EXIT_DONE, EXIT_NO, TorchupError, UsageError
from torchup.wire.facts import FactFindingV1, FactsV1, FrameworkV1, KnownV1, SubjectV1, SummaryV1

if TYPE_CHECKING:
    import argparse

    from torchup.api.facts.check import Finding
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.facts.known import Subject
    from torchup.facts.summary import Summary
    from torchup.model import FactRef
    from torchup.words import Words

_TONES: Final[dict[str, Tone]] = {"error": "stops", "warning": "costs", "info": "plain"}
_DIGITS: Final = 12
_KEY: Final = "facts.key."
_OPTIONS: Final = {
    "live": "cli.option.facts-live",
    "force": "cli.option.facts-force",
    "reset": "cli.option.facts-reset",
    "remove": "cli.option.facts-remove",
}
_ALLOWED: Final[dict[str, set[str]]] = {
    "show": set(),
    "check": {"live"},
    "update": {"force", "reset"},
    "overlay": {"remove"},
}


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do, and with what."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("show", "check", "update", "overlay"),
        default="show",
        help=words.say("cli.option.facts-action"),
    )
    parser.add_argument(
        "subject", nargs="*", metavar="NAME", help=words.say("cli.option.facts-subject")
    )
    for name, code in _OPTIONS.items():
        parser.add_argument(f"--{name}", action="store_true", help=words.say(code))


def run(args: argparse.Namespace, session: Session) -> int:
    """Do one of the four."""
    _check_usage(args)
    if args.action == "check":
        return _check(session, live=args.live)
    if args.action == "update":
        return _update(args, session)
    if args.action == "overlay":
        return _overlay(args, session)
    if args.subject:
        return _look_up(" ".join(args.subject), session)
    found = showing.summary(session.context)
    if session.json:
        _emit(session, "show")
    else:
        _print_summary(found, session)
    return EXIT_DONE


def _check_usage(args: argparse.Namespace) -> None:
    """Refuse what doesn't belong together.

    Raises:
        UsageError: ``facts.usage``.
    """
    given = {name for name in _OPTIONS if getattr(args, name)}
    instead = bool(given & {"reset", "remove"})
    names = len(args.subject)
    too_many = names > 1 if args.action in {"update", "overlay"} else args.action == "check"
    if (
        given - _ALLOWED[args.action]
        or (names and (too_many or instead))
        or (instead and len(given) > 1)
    ):
        raise UsageError("facts.usage")


def _look_up(subject: str, session: Session) -> int:
    found = showing.look_up(session.context, subject)
    if session.json:
        _emit(session, "show", subjects=tuple(map(_subject, found)))
        return EXIT_DONE
    for one in found:
        _print_subject(one, session)
    return EXIT_DONE


def _print_subject(found: Subject, session: Session) -> None:
    """Print every fact with the number of the place it stands at, and those places."""
    out = session.out
    out.line(out.paint(found.name, "strong"))
    numbers: dict[tuple[str, str], int] = {}
    places: list[FactRef] = []
    label = ""
    for known in found.known:
        place = known.fact.file, known.fact.url
        if place not in numbers:
            numbers[place] = len(numbers) + 1
            places.append(known.fact)
        given = {"value": known.value, "number": numbers[place]}
        if known.certainty:
            said = session.say(
                "facts.known-certainty", certainty=f"@word.{known.certainty}", **given
            )
        else:
            said = session.say("facts.known", **given)
        shown = session.words.say(known.label)
        out.row("" if shown == label else shown, said)
        label = shown
    label = session.say("cli.label.sources")
    for number, fact in enumerate(places, 1):
        given = {"file": fact.file, "url": fact.url, "day": fact.checked, "number": number}
        out.row(label, session.say("facts.source", **given), "quiet")
        label = ""


def _check(session: Session, *, live: bool) -> int:
    found = check.check(session.context, live=live)
    good = not any(one.severity == "error" for one in found)
    if session.json:
        shown = tuple(_finding(one, session) for one in found)
        _emit(session, "check", ok=good, findings=shown)
        return EXIT_DONE if good else EXIT_NO
    if good:
        session.out.row(session.say("cli.label.facts"), session.say("facts.good"), "good")
    label = session.say("cli.label.found")
    for one in found:
        session.out.row(label, session.words.text(one.message), _TONES[one.severity])
        label = ""
    for remedy in dict.fromkeys(one.remedy for one in found if one.remedy):
        session.out.row(session.say("cli.label.next"), remedy)
    return EXIT_DONE if good else EXIT_NO


def _update(args: argparse.Namespace, session: Session) -> int:
    if args.reset:
        changed = showing.reset(session.context)
        said = session.say("facts.is-reset" if changed else "facts.was-reset")
    else:
        wheel = args.subject[0] if args.subject else None
        done = showing.update(session.context, wheel, force=args.force)
        changed = done.changed
        code = "facts.installed" if changed else "facts.already"
        said = session.say(code, checked=done.checked, version=done.version)
    return _changed(session, "update", said, changed=changed)


def _overlay(args: argparse.Namespace, session: Session) -> int:
    if args.remove:
        changed = showing.remove_overlay(session.context)
        said = session.say("facts.overlay-removed" if changed else "facts.overlay-none")
        return _changed(session, "overlay", said, changed=changed)
    if args.subject:
        path = showing.set_overlay(session.context, args.subject[0])
        said = session.say("facts.overlay-set", path=path)
        return _changed(session, "overlay", said, changed=True)
    if session.json:
        _emit(session, "overlay")
    else:
        _print_overlay(showing.summary(session.context), session)
    return EXIT_DONE


def _changed(session: Session, action: str, said: str, *, changed: bool) -> int:
    if session.json:
        _emit(session, action, changed=changed)
    else:
        session.out.row(session.say("cli.label.done"), said, "good")
    return EXIT_DONE


def _emit(session: Session, action: Any, **more: Any) -> None:  # noqa: ANN401 - fields of a document
    from msgspec.structs import asdict

    try:
        found = showing.summary(session.context)
        each = {name: FrameworkV1(**asdict(one)) for name, one in found.frameworks.items()}
        known = SummaryV1(**(asdict(found) | {"frameworks": each}))
    except TorchupError:
        if action != "check":
            raise
        known = None
    session.emit(FactsV1(action=action, summary=known, **({"ok": True, "changed": None} | more)))


def _subject(found: Subject) -> SubjectV1:
    known = tuple(
        KnownV1(
            key=one.label.removeprefix(_KEY),
            value=one.value,
            certainty=one.certainty,
            fact=one.fact,
        )
        for one in found.known
    )
    return SubjectV1(kind=found.kind, name=found.name, known=known)


def _finding(found: Finding, session: Session) -> FactFindingV1:
    return FactFindingV1(
        code=found.message.code,
        severity=found.severity,
        text=session.words.text(found.message),
        remedy=found.remedy,
    )


def _print_summary(found: Summary, session: Session) -> None:
    out = session.out
    given = {"version": found.version, "checked": found.checked}
    code = "facts.updated" if found.origin == "updated" else "facts.shipped"
    out.row(session.say("cli.label.facts"), session.say(code, **given))
    out.row("", session.say("facts.digest", digest=found.digest[:_DIGITS]), "quiet")
    _print_overlay(found, session)
    counts = session.say("facts.counts", newest=found.newest, **found.counts)
    out.row(session.say("cli.label.counts"), counts)
    for one in tuple(found.frameworks.values())[1:]:  # the first is what the line before is about
        numbers = {"newest": one.newest, "releases": one.releases, "builds": one.builds}
        out.row("", session.say("facts.framework", title=one.title, **numbers))
    shares = [
        session.say("facts.certainty", how=f"@word.{how}", count=count)
        for how, count in found.certainty.items()
    ]
    out.row(session.say("cli.label.certainty"), " · ".join(shares))
    out.row(session.say("cli.label.next"), "torchup facts check --live")


def _print_overlay(found: Summary, session: Session) -> None:
    said = session.say("facts.no-overlay")
    if found.overlay:
        said = session.say("facts.overlay", path=found.overlay, origin=found.overlay_from)
    session.out.row(session.say("cli.label.overlay"), said)
