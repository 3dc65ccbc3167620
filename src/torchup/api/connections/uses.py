"""What starts each environment for people: Jupyter's kernels, and IDEs in the folders they know.

Which folders there are is known from what torchup wrote into them: its ledger of changes names
them. What an IDE uses there now is looked at anew.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from torchup.api.ides.checking import check
from torchup.api.kernels.listing import list_kernels
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.context import Context
    from torchup.model import Environment
    from torchup.model.ides import IdeKind, Used
    from torchup.model.kernels import Kernel
    from torchup.state.undo import Change

_FILES: Final[dict[tuple[str, str], IdeKind]] = {
    (".vscode", "settings.json"): "vscode",
    (".idea", "misc.xml"): "pycharm",
}
"""The file of a project's folder that says which interpreter counts, by the IDE."""


class Use(Struct, frozen=True, kw_only=True):
    """A program that starts an environment.

    Attributes:
        kind: what it is.
        shown: what people know it by: a kernel's title, an IDE's name.
        where: the kernel's file, or the project's folder.
        kernel: the kernel's name; empty for IDEs, and for kernels that torchup didn't write.
        change: what ``undo`` calls the change that connected it; empty where none is kept.
        undoable: whether all is still as that change left it.
    """

    kind: Literal["jupyter", "vscode", "pycharm"]
    shown: str
    where: str
    kernel: str = ""
    change: str = ""
    undoable: bool = False


def uses(context: Context, found: Sequence[Environment]) -> dict[str, tuple[Use, ...]]:
    """Return the uses of some environments, by their names; nothing is started.

    Args:
        context: the session.
        found: the environments.
    """
    kernels = list_kernels(context)
    ides = tuple(_ides(context))
    return {
        one.record.name: (
            *(_of_kernel(kernel) for kernel in kernels if _starts(kernel, one, context)),
            *(use for name, use in ides if name == one.record.name),
        )
        for one in found
    }


def _starts(kernel: Kernel, found: Environment, context: Context) -> bool:
    """Whether a kernel outside an environment was made for it, or starts its Python."""
    path = found.record.path.rstrip("/\\")
    inside = tuple(f"{path}{slash}" for slash in "/\\")
    if kernel.path.startswith(inside):
        return False  # every environment with ipykernel has one of its own, for itself alone
    ours = kernel.home == str(context.home.root) and kernel.environment == found.record.name
    return ours or kernel.interpreter.startswith(inside)


def _of_kernel(found: Kernel) -> Use:
    return Use(
        kind="jupyter",
        shown=found.title,
        where=found.path,
        kernel=found.name if found.own else "",
    )


def _ides(context: Context) -> Iterator[tuple[str, Use]]:
    """Look at every folder that is known, once for each IDE."""
    for (folder, kind), change in _folders(undo.changes(context.home)).items():
        if not context.host.is_dir(folder):
            continue
        using = [one for one in check(context, folder) if one.kind == kind and one.environment]
        for name in dict.fromkeys(one.environment for one in using):
            last = change.get(name)
            yield (
                name,
                Use(
                    kind=kind,
                    shown=", ".join(_names(using, name)),
                    where=folder,
                    change=last.id if last else "",
                    undoable=bool(last and undo.intact(context.home, last)),
                ),
            )


def _names(using: Sequence[Used], name: str) -> Iterator[str]:
    return (one.ide for one in using if one.environment == name)


def _folders(changes: Sequence[Change]) -> dict[tuple[str, IdeKind], dict[str, Change]]:
    """The projects' folders that torchup wrote into, and the last change for each environment."""
    found: dict[tuple[str, IdeKind], dict[str, Change]] = {}
    for change in changes:
        for part in change.parts:
            path = PurePath(part.path)
            kind = _FILES.get((path.parent.name, path.name))
            if kind is not None:
                place = (path.parent.parent.as_posix(), kind)
                found.setdefault(place, {})[change.about] = change
    return found
