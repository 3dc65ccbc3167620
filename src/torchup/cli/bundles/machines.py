"""The machines that a file describes, a row of a bundle for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.machines.evident import with_evident
from torchup.cli.request import machines_of
from torchup.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.locks.rows import Recipe
    from torchup.model import Machine


class FileMachines:
    """Finds the machine that a row names; a file may describe several, a row each."""

    def __init__(self, file: str | None) -> None:
        found = tuple(map(with_evident, machines_of(file))) if file is not None else ()
        several = len(found) > 1
        self._known = {
            f"machine-{number}" if several else "machine": one
            for number, one in enumerate(found, 1)
        }

    @property
    def names(self) -> tuple[str, ...]:
        """What the rows of the file's machines are called."""
        return tuple(self._known)

    def __call__(self, recipe: Recipe) -> Machine:
        """Return the machine of a row.

        Raises:
            UsageError: the file can't be read.
        """
        if recipe.name in self._known:
            return self._known[recipe.name]
        found = machines_of(recipe.file)
        _, _, number = recipe.name.rpartition("machine-")
        place = int(number) - 1 if number.isdigit() else 0
        if len(found) <= place or (len(found) > 1 and not number.isdigit()):
            raise UsageError("describe.one-machine", count=len(found))
        return with_evident(found[place])


class MachinesAgain:
    """Finds the machines of a bundle that was made of files that describe them.

    A bundle keeps where such a file lay, not what stood in it.

    Args:
        bundle: the bundle.
    """

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        self._found = FileMachines(None)

    def __call__(self, recipe: Recipe) -> Machine:
        """Return the machine of a row.

        Raises:
            UsageError: ``bundle.machine-gone``; it is another file by now.
        """
        try:
            return self._found(recipe)
        except UsageError as error:
            if error.code != "wire.unreadable":
                raise
            raise UsageError(
                "bundle.machine-gone", file=self._bundle, machine=recipe.file
            ) from error
