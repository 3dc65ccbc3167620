"""Taking kernels away, and putting those in order that no longer start what they were made for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.api.environments.foreign import load
from torchup.api.kernels.adding import programs_of, variables_of
from torchup.backends.installed import interpreter
from torchup.errors import OutsideError
from torchup.integrate.jupyter import spec
from torchup.model import StepOutcome, text
from torchup.model.kernels import Kernel
from torchup.model.text import Text
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.api.context import Context
    from torchup.model import Environment


class Mend(Struct, frozen=True, kw_only=True):
    """What would be done with a kernel: written anew for where its environment is, or removed.

    ``asks``: torchup didn't write it, so that a person has to agree.
    """

    kernel: Kernel
    removed: bool
    asks: bool
    what: Text


def mends(kernels: Iterable[Kernel]) -> tuple[Mend, ...]:
    """Say what would put kernels in order; nothing for those that no file can mend."""
    found: list[Mend] = []
    for one in kernels:
        if one.state == "moved":
            what = text("kernel.mend-moved", kernel=one.name, name=one.environment)
            found.append(Mend(kernel=one, removed=False, asks=False, what=what))
        elif one.state in ("gone", "hidden"):
            what = text(f"kernel.mend-{one.state}", kernel=one.name, path=one.path)
            found.append(Mend(kernel=one, removed=True, asks=not one.own, what=what))
        elif one.state == "double" and one.own:
            what = text("kernel.mend-double", kernel=one.name, title=one.title)
            found.append(Mend(kernel=one, removed=False, asks=False, what=what))
    return tuple(found)


def mend(context: Context, chosen: Sequence[Mend]) -> tuple[StepOutcome, ...]:
    """Carry mends out, all or none; ``torchup undo`` takes them back.

    Raises:
        OutsideError: a file can't be written, or ``kernel.not-mine``.
    """
    edits = [edit_of(context, one) for one in chosen]
    if edits:
        undo.change(
            context.host,
            context.home,
            what=text("kernel.mended", kernels=", ".join(one.kernel.name for one in chosen)),
            edits=edits,
            command="kernel repair",
        )
    return tuple(
        StepOutcome(
            id="kernel-removed" if one.removed else "kernel-written",
            status="done",
            detail=one.kernel.path,
        )
        for one in chosen
    )


def remove(context: Context, kernels: Sequence[Kernel]) -> tuple[StepOutcome, ...]:
    """Take kernels away; ``torchup undo`` brings them back.

    Raises:
        OutsideError: a folder can't be removed.
    """
    undo.change(
        context.host,
        context.home,
        what=text("kernel.removed", kernels=", ".join(one.name for one in kernels)),
        edits=[undo.Remove(path=_folder(one)) for one in kernels],
        command="kernel delete",
    )
    return tuple(
        StepOutcome(id="kernel-removed", status="done", detail=one.path) for one in kernels
    )


def edit_of(context: Context, one: Mend) -> undo.Edit:
    """Return the change of files that a mend is.

    Raises:
        TorchupError: its environment can't be read, or ``kernel.odd-folder``.
    """
    kernel = one.kernel
    if one.removed:
        return undo.Remove(path=_folder(kernel))
    if kernel.state == "double":
        data = context.host.read(kernel.path) or b"{}"
        title = f"{kernel.title} ({kernel.name})"
        return undo.Write(path=kernel.path, data=spec.titled(data, title), was=data)
    return started_in(context, kernel, load(context, kernel.environment, sized=False))


def started_in(context: Context, kernel: Kernel, found: Environment) -> undo.Write:
    """Return the change that lets a kernel start an environment, the rest of its file kept."""
    data = context.host.read(kernel.path) or b"{}"
    python = str(interpreter(Path(found.record.path), context.host))
    windows = context.host.system == "windows"
    new = spec.variables(variables_of(context, found), programs_of(context, found), windows=windows)
    # What another program was given (env, conda run) means nothing to a Python.
    options = kernel.argv[1:] if spec.is_python(kernel.interpreter) else spec.LAUNCHER
    return undo.Write(
        path=kernel.path,
        data=spec.moved_to(data, (python, *options), new),
        was=data,
    )


def _folder(kernel: Kernel) -> str:
    """The folder of a kernel alone.

    Raises:
        OutsideError: ``kernel.odd-folder``: its file lies in no folder of its name.
    """
    folder, _, file = kernel.path.rpartition("/")
    if file != "kernel.json" or os.path.basename(folder) != kernel.name:  # noqa: PTH119
        raise OutsideError("kernel.odd-folder", path=kernel.path)
    return folder
