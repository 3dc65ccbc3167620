"""``torchup config conda``: what conda is told, by which file, and mending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.condas.settings import CondaSettings
from torchup.cli.asking import agreed, may_ask
from torchup.cli.conda_screen import bare, document, lines_of, print_change, print_settings
from torchup.cli.findings import print_findings
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.model.conda import Edit

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from torchup.api.condas.settings import Changed
    from torchup.cli.session import Session
    from torchup.diagnose.conda_settings import Judged

_ACTIONS: Final = ("list", "get", "set", "unset", "add", "remove", "mend", "undo")
_LEAST: Final = {"get": 1, "set": 2, "unset": 1, "add": 2, "remove": 2}
"""Words that an action needs: the key, and what it is given."""
_UNDO: Final = "torchup config conda undo"


def run(args: argparse.Namespace, session: Session, words: Sequence[str]) -> int:
    """Show, change, mend or undo.

    Args:
        args: the options.
        session: where to print.
        words: the action, the key, and what it is given.

    Raises:
        UsageError: there is no such action, or it lacks something.
    """
    action, rest = (words[0], list(words[1:])) if words else ("list", [])
    if action not in _ACTIONS or len(rest) < _LEAST.get(action, 0):
        raise UsageError("conda.config-usage")
    settings = CondaSettings(session.context)
    if action == "list":
        return _list(settings, session)
    if action == "get":
        return _get(settings, rest[0], session)
    if action == "mend":
        return _mend(settings, rest, args, session)
    if action == "undo":
        change = settings.undo(args.file, dry_run=args.dry_run)
        return _report(change, session, "undone", dry_run=args.dry_run)
    settings.check_key(rest[0])
    change = _change(settings, action, rest, args)
    return _report(change, session, "changed", dry_run=args.dry_run)


def _change(
    settings: CondaSettings, action: str, rest: list[str], args: argparse.Namespace
) -> Changed:
    key, values = rest[0], rest[1:]
    path = args.file or settings.own_file
    listed = settings.facts.kind_of(key) == "list"
    if action == "set" and listed:
        return settings.set_list(path, key, values, dry_run=args.dry_run)
    if action in ("add", "remove") and not (listed or "." in key):
        raise UsageError("conda.config-no-list", key=key)
    if action == "set" and len(values) > 1:
        raise UsageError("conda.config-one-value", key=key)
    return settings.edit(path, _edits(action, key, values, args), dry_run=args.dry_run)


def _edits(action: str, key: str, values: list[str], args: argparse.Namespace) -> list[Edit]:
    if action == "set":
        return [Edit(action="set", key=key, value=values[0])]
    if action == "unset":
        return [Edit(action="unset", key=key)]
    if action == "remove":
        return [Edit(action="remove", key=key, value=one) for one in values]
    if args.first:
        return [Edit(action="first", key=key, value=one) for one in reversed(values)]
    return [Edit(action="add", key=key, value=one) for one in values]


def _list(settings: CondaSettings, session: Session) -> int:
    if session.json:
        session.emit(document(settings, session))
    else:
        print_settings(settings, session)
        if any(one.edits for one in settings.findings):
            session.out.line()
            session.out.row(session.say("cli.label.next"), "torchup config conda mend")
    stops = any(one.finding.severity == "error" for one in settings.findings)
    return EXIT_NO if stops else EXIT_DONE


def _get(settings: CondaSettings, key: str, session: Session) -> int:
    settings.check_key(key)
    outer, _, inner = key.partition(".")
    name = settings.facts.name_of(outer)
    found = next((one for one in settings.values if one.key == name), None)
    held = found.value if found else None
    value = bare((held or {}).get(inner) if inner else held)
    if session.json:
        from torchup.wire import v1

        shown = {} if value is None else {key: ", ".join(lines_of(value))}
        session.emit(v1.ConfigV1(path=", ".join(found.origins) if found else "", values=shown))
    elif value is not None:
        for line in lines_of(value):
            session.out.line(line)
    return EXIT_NO if value is None else EXIT_DONE


def _mend(
    settings: CondaSettings, codes: list[str], args: argparse.Namespace, session: Session
) -> int:
    """Mend what is safe; what is not, where it is named or a person agrees."""
    wanted = _wanted(settings.findings, codes, args.file)
    asks = [one for one in wanted if one.safety == "ask" and one.finding.code not in codes]
    if args.yes or args.dry_run:
        asks = []
    elif asks and may_ask(session, yes=False):
        print_findings((one.finding for one in asks), session)
        if agreed(session.say("conda.mend-ask"), by_default=False):
            asks = []
    chosen = [one for one in wanted if one not in asks]
    changes = [
        settings.edit(path, _together(chosen, path), dry_run=args.dry_run)
        for path in dict.fromkeys(one.path for one in chosen)
    ]
    if session.json:
        return _emit(changes, session, dry_run=args.dry_run)
    for change in changes:
        print_change(change, session)
    files = ", ".join(one.path for one in changes if not one.same)
    code = "would-mend" if files and args.dry_run else "mended" if files else "nothing-to-mend"
    session.out.row(session.say("cli.label.done"), session.say(f"conda.{code}", files=files))
    if code == "mended":
        session.out.row(session.say("conda.label.undo"), _UNDO)
    print_findings((one.finding for one in asks), session)
    return EXIT_DONE


def _wanted(findings: Iterable[Judged], codes: list[str], path: str | None) -> list[Judged]:
    """The findings that are to be mended.

    Raises:
        UsageError: ``conda.config-no-finding``: nothing of a named kind is wrong.
    """
    here = [one for one in findings if path in (None, one.path)]
    known = {one.finding.code for one in here}
    for code in codes:
        if code not in known:
            others = ", ".join(sorted(known)) or "-"
            raise UsageError("conda.config-no-finding", finding=code, known=others)
    return [one for one in here if one.edits and (not codes or one.finding.code in codes)]


def _together(found: Iterable[Judged], path: str) -> list[Edit]:
    """The changes of one file, each once, though several findings may ask for it."""
    return list(dict.fromkeys(edit for one in found if one.path == path for edit in one.edits))


def _report(change: Changed, session: Session, how: str, *, dry_run: bool) -> int:
    if session.json:
        return _emit([change], session, dry_run=dry_run)
    print_change(change, session)
    how = "unchanged" if change.same else "would-change" if dry_run else how
    said = session.say(f"conda.{how}", path=change.path)
    session.out.row(session.say("cli.label.done"), said)
    if how == "changed":
        session.out.row(session.say("conda.label.undo"), _UNDO)
    return EXIT_DONE


def _emit(changes: list[Changed], session: Session, *, dry_run: bool) -> int:
    from torchup.model import Outcome, StepOutcome
    from torchup.wire import write

    steps = [
        StepOutcome(
            id="conda-settings",
            status="skipped" if dry_run or one.same else "done",
            detail=one.path,
        )
        for one in changes
    ]
    outcome = Outcome(command="config", ok=True, steps=tuple(steps))
    session.emit(write.outcome(outcome, session.words))
    return EXIT_DONE
