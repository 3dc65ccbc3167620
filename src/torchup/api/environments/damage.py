"""What is wrong with an environment, by its record: files, packages, its Python, its toolkit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup import apply
from torchup.api.stacks.choosing import BACKEND, CONDA
from torchup.backends.conda_faults import conda_faults
from torchup.backends.faults import Fault, faults, intruders
from torchup.backends.installed import interpreter
from torchup.early import read_text
from torchup.errors import NoAnswerError, UsageError
from torchup.model import Environment
from torchup.model.names import canonical_name, is_elsewhere

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import EnvRecord


class Repair(Struct, frozen=True, kw_only=True):
    """What is wrong with an environment: packages and why, whether its Python is gone.

    ``toolkit_broken``: what was laid out of its toolkit is not whole. ``intruders``: packages that
    are on no record and wrote over files of some that are.
    """

    environment: Environment
    packages: dict[str, Fault]
    python_gone: bool = False
    toolkit_broken: bool = False
    intruders: tuple[str, ...] = ()

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.packages) or self.python_gone or self.toolkit_broken


def look(context: Context, name: str) -> Repair:
    """Compare an environment with its record, file by file; changes nothing.

    Raises:
        UsageError: ``apply.foreign``: torchup did not make it.
        NoAnswerError: there is no such environment; ``environment.no-record`` or
            ``repair.no-lock``: nobody knows what it should hold.
    """
    found = apply.load_environment(context.host, context.home, name, sized=False)
    record = found.record
    path = Path(record.path)
    known = record.backend in (BACKEND, CONDA) and found.state != "foreign"
    if not known and record.stack.packages:
        raise UsageError("apply.foreign", name=name)
    if not record.stack.packages:
        raise NoAnswerError("environment.no-record", name=name, path=path)
    if not (path / apply.RECORDS / apply.LOCK).is_file():
        raise NoAnswerError("repair.no-lock", name=name)
    expected = expected_versions(record)
    wrong = faults_of(context, path, record)
    spoilt = {name for name, why in wrong.items() if why == "files"}
    gone = not context.host.is_executable(str(interpreter(path, context.host)))
    strangers: tuple[str, ...] = ()
    if record.backend == BACKEND:  # conda's packages need not have the names that Python has
        strangers = intruders(path, context.host, frozenset(expected), spoilt)
    return Repair(
        environment=found,
        packages=wrong,
        intruders=strangers,
        python_gone=gone and not wrong.get("python"),  # conda's is one of its packages
        toolkit_broken=record.toolkit is not None and not apply.is_whole(path, record.toolkit),
    )


def expected_versions(record: EnvRecord) -> dict[str, str]:
    """The version that each package has by the record, under its canonical name."""
    return {canonical_name(one.name): one.version for one in record.artifacts}


def faults_of(context: Context, path: Path, record: EnvRecord) -> dict[str, Fault]:
    """Compare file by file.

    Raises:
        NoAnswerError: ``repair.no-lock``: the lock is damaged.
    """
    if record.backend == BACKEND:
        return faults(path, context.host, expected_versions(record))
    try:
        lock = read_text(path / apply.RECORDS / apply.LOCK)
        return conda_faults(path, context.host, lock)
    except (OSError, ValueError) as error:  # msgspec's and Unicode's errors are values
        raise NoAnswerError("repair.no-lock", name=record.name) from error


def see_recorded(found: Environment) -> None:
    """See that somebody knows what an environment of torchup's own should hold.

    Raises:
        NoAnswerError: ``environment.no-record`` or ``repair.no-lock``.
    """
    record = found.record
    if found.state == "foreign" or is_elsewhere(record.name):
        return
    if not record.stack.packages:
        raise NoAnswerError("environment.no-record", name=record.name, path=record.path)
    if not (Path(record.path) / apply.RECORDS / apply.LOCK).is_file():
        raise NoAnswerError("repair.no-lock", name=record.name)
