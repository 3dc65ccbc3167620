"""Changes of files that aren't torchup's own, each of which can be taken back.

A settings file of conda's, pip's or an editor's, a kernel, a file of an environment that another
program owns: whatever torchup changes there goes through :func:`change`, and ``torchup undo``
puts back exactly what was. ``docs/howto/change-a-file.md`` shows how.

>>> done = change(
...     host,
...     home,
...     what=text("kernel.registered", name="work"),
...     command="kernel",
...     edits=[Write(path=f"{folder}/kernel.json", data=spec), Remove(path=old)],
... )

Either all edits of a change are made or none. What was there lies in ``home.kept`` before the
first of them, so whoever is killed in between has lost nothing, and the next who looks puts it
back.
"""

from torchup.state.undo.edits import Edit, Link, Remove, Rename, Write
from torchup.state.undo.folders import (
    forget,
    keeping,
    put_folder_back,
    see_folder_intact,
    see_folder_kept,
)
from torchup.state.undo.ledger import change, see_intact, undo
from torchup.state.undo.records import (
    Change,
    Part,
    before,
    changes,
    copy_of,
    find,
    intact,
    is_lost,
    is_odd,
    newest,
    unreadable,
)

__all__ = [
    "Change",
    "Edit",
    "Link",
    "Part",
    "Remove",
    "Rename",
    "Write",
    "before",
    "change",
    "changes",
    "copy_of",
    "find",
    "forget",
    "intact",
    "is_lost",
    "is_odd",
    "keeping",
    "newest",
    "put_folder_back",
    "see_folder_intact",
    "see_folder_kept",
    "see_intact",
    "undo",
    "unreadable",
]
