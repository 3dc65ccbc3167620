"""Environments outside every home whose note got lost, as when the home's disk broke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.apply.adopted import adopted_names
from torchup.apply.environments import names
from torchup.apply.folders import prepare_home, worded
from torchup.apply.marker import read_marker
from torchup.apply.name_locks import check_case, in_use
from torchup.apply.places import write_place
from torchup.errors import UsageError
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host.real import RealHost
    from torchup.state.home import Home


def find_again(host: RealHost, home: Home, folder: Path) -> str:
    """Note where an environment of torchup's own lies; return its name.

    Its marker tells whether it is one: it names the folder that the environment was moved to.

    Raises:
        UsageError: ``adopt.own``: it lies in a home, or was moved by other means; ``adopt.known``;
            ``apply.in-use``, ``apply.in-use-as``.
        OutsideError: ``apply.busy``, or the home can't be written.
    """
    name = folder.name
    if home.elsewhere(name) == folder:
        raise UsageError("adopt.known", path=folder, name=name)
    if folder.parent.name == home.environments.name or not _says(folder):
        raise UsageError("adopt.own", path=folder)
    prepare_home(home)
    with in_use(host, home, name):
        check_case(home, name)
        if name in (*names(home), *adopted_names(home)):
            raise UsageError("apply.in-use", name=name, path=home.environment(name))
        try:
            write_place(home, name, folder)
        except OSError as error:
            raise worded(error, home.places) from error
    return name


def _says(folder: Path) -> bool:
    try:
        record = read_marker(folder)
        return record.name == folder.name and folder.samefile(record.path)
    except (OSError, *NO_DOCUMENT):
        return False
