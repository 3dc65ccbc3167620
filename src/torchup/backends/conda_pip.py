"""What no channel has, solved by uv around what conda brings.

uv is shown an empty wheel of each of conda's Python packages, of the very version that was solved
for, and may take these from nowhere else. So a package that asks for another version of one is
refused with the reason, and none is installed twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.backends import uv
from torchup.backends.conda_lock import pip_part
from torchup.backends.uv_stubs import write_stubs
from torchup.facts.projects import load_project_facts
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from torchup.backends.conda_lock import Locked
    from torchup.backends.inputs import Inputs
    from torchup.host import Host
    from torchup.model import Artifact
    from torchup.state.home import Home

_BLOCK: Final = "\n[[packages]]\n"


def solve_beside(
    host: Host,
    home: Home,
    inputs: Inputs,
    left: Sequence[str],
    there: Mapping[str, str],
    *,
    into: Path,
) -> tuple[str, tuple[Artifact, ...]]:
    """Solve for what is left to pip, and return the lock's text and the files it names.

    Args:
        host: the machine.
        home: where uv's cache is.
        inputs: the question.
        left: what no channel has.
        there: conda's Python packages: name → version.
        into: a work folder.

    Raises:
        NoAnswerError: ``uv.no-solution``.
        OutsideError: another ``uv.*`` code.
    """
    stubs = write_stubs(into, {name: (version,) for name, version in there.items()})
    asked = replace(
        inputs,
        requirements=(*left, *(f"{name}=={version}" for name, version in there.items())),
        constraints=(),
        framework_names=tuple(there),
        framework_index=stubs.as_uri(),
        framework_flat=True,
        keep=pip_part(inputs.keep),
        conda=None,
    )
    text, artifacts = uv.resolve(host, home, asked, into)
    kept = tuple(one for one in artifacts if canonical_name(one.name) not in there)
    return _without(text, there), kept


def python_packages(packages: Iterable[Locked], names: Mapping[str, str]) -> dict[str, str]:
    """Return which of conda's packages Python has under which name: name → version.

    Args:
        packages: what was solved for.
        names: conda's name of a framework package → its own.
    """
    from packaging.version import InvalidVersion, Version

    facts = load_project_facts()
    found = {}
    for one in packages:
        of_python = any(need.split(" ")[0] in ("python", "python_abi") for need in one.depends)
        if not of_python:
            continue
        name = names.get(one.name) or facts.on_pypi(one.name)
        try:
            found[canonical_name(name)] = str(Version(one.version))
        except InvalidVersion:
            continue
    return found


def _without(text: str, names: Iterable[str]) -> str:
    """Take packages out of a lock; each block begins with its name."""
    head, *blocks = text.split(_BLOCK)
    gone = tuple(f'name = "{name}"\n' for name in names)
    kept = [one for one in blocks if not one.startswith(gone)]
    if not kept:
        head = f"{head.rstrip()}\npackages = []\n"
    return _BLOCK.join([head, *kept])
