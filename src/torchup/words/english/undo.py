"""Messages of ``undo``, and of changes of files that aren't torchup's own."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.undo.summary": "take a change of a file or an environment back",
    "cli.undo.examples": "examples:\n  torchup undo\n  torchup undo --list\n  torchup undo 20261130-104012 --dry-run",
    "cli.option.undo-id": "the change, as --list names it; the last one if left out",
    "cli.option.undo-list": "show what can be undone, the newest first",
    "cli.option.undo-force": "put back even what was changed since; what is there now can be had back with undo",
    "undo.brings": "{path} comes back",
    "undo.changed-since": "changed since",
    "undo.done": "{what}: undone",
    "undo.changed-by": "{path} was changed again by a later change, so that one goes first.",
    "undo.changed-by.hint": "torchup undo {id}",
    "undo.label.undo": "Undo",
    "undo.nothing": "There is nothing to undo.",
    "undo.nothing.hint": "torchup undo --list shows what torchup changed outside its own folders.",
    "undo.renames": "{to} is called {path} again",
    "undo.restores": "{path} gets back what it held",
    "undo.takes": "{path} goes again",
    "undo.twice": "A change would touch {path} twice; nothing was changed.",
    "undo.unknown": "No change is called {id}.",
    "undo.unknown.hint": "torchup undo --list shows them; the last one is {last}.",
    "undo.unfinished": "cut off half-way",
    "undo.what.conda": "conda's settings in {path}",
    "undo.would": "would undo: {what}; nothing was changed",
    "kept.busy": "Another torchup is changing such a file just now.",
    "kept.busy.hint": "Try again in a moment.",
    "kept.changed": "{path} was changed by somebody else meanwhile; nothing was written.",
    "kept.changed.hint": "Try again.",
    "kept.changed-since": "{path} was changed after torchup changed it, so undoing would lose that.",
    "kept.changed-since.hint": "What it was before lies in {copy}. torchup undo {id} --force puts that back, and keeps what is there now.",
    "kept.unreadable": "{path} can't be read: {why}.",
    "kept.unreadable.hint": "Check who may read it.",
    "kept.unwritable": "{path} can't be written: {why}. Nothing was changed.",
    "kept.unwritable.hint": "Check who may write there.",
}
