"""In what an environment differs from a row of a lock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.condas.changing import there_by_conda
from torchup.api.environments.contents import same_version
from torchup.api.environments.differences import Difference
from torchup.backends.conda_faults import conda_faults
from torchup.backends.contents import CONDA, contents
from torchup.backends.faults import Fault, faults
from torchup.backends.installed import interpreter
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Artifact, Environment


def made_anew(context: Context, found: Environment, line: str) -> bool:
    """Tell whether an environment has another Python than the row, or lost its own."""
    python = interpreter(Path(found.record.path), context.host)
    return found.record.stack.python != line or not context.host.is_executable(str(python))


def compared(
    context: Context,
    found: Environment | None,
    expected: dict[str, str],
    artifacts: tuple[Artifact, ...],
    *,
    anew: bool,
    lock: str = "",
) -> tuple[tuple[Difference, ...], dict[str, Fault]]:
    """What changes: by version and by whole files; and what came from other files than these.

    ``lock`` is the row's where it is one of conda's: its packages need not have Python's names.
    """
    before = found.packages if found else {}
    if found and lock:
        path = Path(found.record.path)
        by_pip = {one.name for one in contents(path, context.host) if one.by != CONDA}
        mine = there_by_conda(path) | by_pip
        before = {name: version for name, version in before.items() if name in mine}
    changed = [
        Difference(name=name, before=before.get(name, ""), after=version)
        for name, version in expected.items()
        if name not in before or not _same(version, before[name])
    ]
    changed += [
        Difference(name=name, before=version)
        for name, version in before.items()
        if name not in expected
    ]
    if found is None or anew:
        return tuple(sorted(changed, key=lambda one: one.name)), {}
    told = {one.name for one in changed}
    path = Path(found.record.path)
    known = {name: version or before[name] for name, version in expected.items() if name in before}
    wrong = conda_faults(path, context.host, lock) if lock else faults(path, context.host, known)
    damaged = {name: why for name, why in wrong.items() if name not in told or why == "cut-off"}
    came = {canonical_name(one.name): one.sha256 for one in found.record.artifacts}
    for one in artifacts:
        name = canonical_name(one.name)
        if name not in told and one.sha256 and came.get(name, one.sha256) not in {"", one.sha256}:
            damaged.setdefault(name, "other-version")
    return tuple(sorted(changed, key=lambda one: one.name)), damaged


def _same(locked: str, installed: str) -> bool:
    """Compare versions; a lock that gives none, or no local part, says nothing about it."""
    bare = installed if "+" in locked else installed.partition("+")[0]
    return not locked or same_version(locked, bare)
