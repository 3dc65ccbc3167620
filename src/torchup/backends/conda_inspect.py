"""What lies in an environment of conda's: read from its records, without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.backends.contents import conda_packages
from torchup.backends.installed import difference, interpreter, leftovers
from torchup.backends.installed import installed as python_packages
from torchup.facts.conda import package_of
from torchup.facts.frameworks import FRAMEWORKS
from torchup.facts.load import load_catalogue
from torchup.model import Text, text
from torchup.model.builds import conda_build
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torchup.backends.contents import CondaPackage
    from torchup.host import Host


def framework_names() -> dict[str, str]:
    """Return conda's name of each package of any framework → its own.

    Whoever reads what lies there, or a lock, need not know which framework it is of.
    """
    return {
        theirs: ours
        for name, more in FRAMEWORKS.items()
        for theirs, ours in {package_of(name): name, **dict(zip(more, more, strict=True))}.items()
    }


def names_to_ask_for() -> dict[str, str]:
    """Return conda's name of each package of the framework that is meant → its own; it is first."""
    framework = load_catalogue().framework
    return {package_of(framework.name): framework.name} | {one: one for one in framework.companions}


def installed(path: Path, host: Host) -> dict[str, str]:
    """Return name → version; a package of the framework by its own name and with its build."""
    names = framework_names()
    found = dict(python_packages(path, host))
    for one in conda_packages(path, host):
        name, version = _named(one, names)
        found[name] = version
    return found


def fault(path: Path, host: Host, expected: Mapping[str, str]) -> Text | None:
    """Say what is wrong with an environment, None if nothing is seen.

    Args:
        path: the environment.
        host: the machine.
        expected: versions that must be there, the framework's with its build.
    """
    python = interpreter(path, host)
    if not host.is_executable(str(python)):
        return text("environment.no-interpreter", python=python)
    cut_off = leftovers(path, host)
    if cut_off:
        return text("environment.leftovers", names=", ".join(cut_off))
    names = framework_names()
    records = {_named(one, names)[0]: one for one in conda_packages(path, host)}
    pip = python_packages(path, host)
    for raw, version in expected.items():
        name = canonical_name(raw)
        record = records.get(name)
        present = _named(record, names)[1] if record else pip.get(name)
        if present is None:
            return text("environment.package-missing", name=name, version=version)
        wrong = difference(name, version, present)
        if wrong is not None:
            return wrong
        if record and record.files and host.modified(str(path / record.files[0])) is None:
            return text("environment.files-missing", name=name)
    return None


def _named(one: CondaPackage, names: Mapping[str, str]) -> tuple[str, str]:
    ours = names.get(one.name)
    build = conda_build(one.build) if ours else ""
    version = f"{one.version}+{build}" if build else one.version
    return ours or canonical_name(one.name), version
