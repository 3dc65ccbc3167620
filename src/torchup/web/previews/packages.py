"""What adding, removing or upgrading packages would do, package by package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.environments import change_told, changing
from torchup.api.environments.edits import Edit, Kind
from torchup.facts.load import titles
from torchup.web.orders import requirements_of
from torchup.web.render import size
from torchup.wire.web import PreviewLineV1
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.environments.changing import Change
    from torchup.api.environments.differences import Difference
    from torchup.web.here import Here
    from torchup.wire.web import Command, OrderV1
    from torchup.words import Words

_KINDS: Final[dict[Command, Kind]] = {"add": "add", "remove": "remove", "upgrade": "upgrade"}


def change(here: Here, order: OrderV1, words: Words) -> Iterator[PreviewLineV1]:
    """Choose and solve as the command does.

    Raises:
        TorchupError: as :func:`torchup.api.environments.changing.prepare`.
    """
    edit = Edit(
        kind=_KINDS[order.command],
        packages=requirements_of(order),
        every=order.every and order.command == "upgrade",
    )
    yield from lines_of(prepared(here, order.name, edit), words)


def prepared(here: Here, name: str, edit: Edit) -> Change:
    """Prepare a change that is only shown.

    Raises:
        TorchupError: as :func:`torchup.api.environments.changing.prepare`.
    """
    machine = here.look().machine
    return changing.prepare(here.context(), name, edit, machine, dry_run=True)


def lines_of(found: Change, words: Words) -> Iterator[PreviewLineV1]:
    """Word a change; where nothing fits, why, and what comes nearest."""
    if found.stack is None:
        answer = found.choice.resolution
        yield note(words.say("cli.none", {"framework": titles(answer.lacking)}))
        yield from (note(reason_text(one, words)) for one in answer.reasons)
        yield from (note(words.text(one.remedy)) for one in answer.near_misses)
        return
    yield from (_line(one) for one in found.differences)
    toolkit = change_told.toolkit(found)
    if toolkit is not None:
        yield PreviewLineV1(kind="change", text=words.text(toolkit))
    elif not found.differences:
        name = found.environment.record.name
        if found.new_requirement:
            said = words.say("web.preview.recorded", {"name": name})
            yield PreviewLineV1(kind="do", text=said)
        else:
            yield note(words.say("cli.nothing-to-change", {"name": name}))
    total = sum(one.size or 0 for one in found.fetched)
    if total:
        yield note(words.say("web.preview.fetched", {"size": size(total)}))
    yield from (note(reason_text(one, words)) for one in change_told.reasons(found))


def note(text: str) -> PreviewLineV1:
    """Say something that is not a change."""
    return PreviewLineV1(kind="note", text=text)


def _line(one: Difference) -> PreviewLineV1:
    if not one.before:
        return PreviewLineV1(kind="come", text=f"{one.name} {one.after}")
    if not one.after:
        return PreviewLineV1(kind="go", text=f"{one.name} {one.before}")
    return PreviewLineV1(kind="change", text=f"{one.name} {one.before} → {one.after}")
