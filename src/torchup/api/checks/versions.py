"""Packages that somebody installed beside the framework, in versions that don't go with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from torchup.backends.installed import installed, interpreter, site_packages
from torchup.facts.frameworks import first_of, meaning
from torchup.facts.load import load_catalogue
from torchup.model import text
from torchup.model.finding import Finding, Remedy
from torchup.model.names import canonical_name
from torchup.resolve.traps import constraints_for
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchup.api.context import Context
    from torchup.facts.catalogue import Catalogue
    from torchup.model import Environment

_ABI: Final = "numpy2-framework"


class _Misfit(NamedTuple):
    """A package, what it should be, what that goes with, and the code of what comes of it."""

    package: str
    requirement: str
    about: str
    code: str


def look(context: Context, found: Environment) -> tuple[Finding, ...]:
    """Compare what is on no record with what goes with the framework that is there.

    What torchup itself installed was chosen, or obeyed with a warning. conda's packages are
    conda's to judge.
    """
    with meaning(first_of(found.record.stack.packages)):
        return tuple(_look(context, found))


def _look(context: Context, found: Environment) -> Iterator[Finding]:
    path, host = Path(found.record.path), context.host
    if host.is_dir(str(path / "conda-meta")):
        return
    here = installed(path, host)
    catalogue = load_catalogue()
    framework = catalogue.framework.name
    if framework not in here:
        return
    own = {canonical_name(one.name) for one in found.record.artifacts}
    misfits = (
        *_companions(context, path, here, catalogue),
        *_trapped(here, host.system, found.record.stack.python, catalogue),
    )
    for one in misfits:
        if one.package not in own:
            yield _finding(context, found, one, here)


def _companions(
    context: Context, path: Path, here: Mapping[str, str], catalogue: Catalogue
) -> Iterator[_Misfit]:
    """Companions whose own metadata asks for another release than the one that is there."""
    framework = catalogue.framework
    version = here[framework.name]
    release = catalogue.release(version.partition("+")[0])
    paired = {one.name: one.version for one in release.companions} if release else {}
    for name in framework.companions:
        asked = _asks(context, path, name, here.get(name, ""), framework.name)
        if asked and not meets(version, asked):
            requirement = f"{name}=={paired[name]}" if name in paired else ""
            code = f"{name}-{framework.name}-mismatch"
            yield _Misfit(name, requirement, f"{framework.name} {version}", code)


def _asks(context: Context, path: Path, name: str, version: str, framework: str) -> str:
    """Which versions of the framework a package asks for, by its metadata; empty for any."""
    from packaging.requirements import InvalidRequirement, Requirement

    folder = site_packages(path, context.host)
    record = f"{name.replace('-', '_')}-{version}.dist-info"
    said = context.host.read(str(folder / record / "METADATA")) if folder and version else None
    for line in (said or b"").decode("utf-8", "replace").partition("\n\n")[0].splitlines():
        head, _, value = line.partition(":")
        if head == "Requires-Dist":
            try:
                one = Requirement(value.strip())
            except InvalidRequirement:
                continue
            if canonical_name(one.name) == framework and one.marker is None:
                return str(one.specifier)
    return ""


def _trapped(
    here: Mapping[str, str], system: str, python: str | None, catalogue: Catalogue
) -> Iterator[_Misfit]:
    seen: set[str] = set()
    for one in constraints_for(catalogue, here, system, python or "") if python else ():
        if one.sure and not one.absent and not one.holds_in(here) and one.package not in seen:
            seen.add(one.package)
            abi = one.trap.startswith(_ABI)
            code = "numpy2-abi" if abi else "python-package-version-conflict"
            yield _Misfit(one.package, one.requirement, one.about, code)


def _finding(
    context: Context, found: Environment, one: _Misfit, here: Mapping[str, str]
) -> Finding:
    name, foreign = found.record.name, found.state == "foreign" or not found.record.artifacts
    version = here[one.package]
    mend = _by_pip(context, found, one, here) if foreign else ("torchup", "repair", name, *_of(one))
    remedy = Remedy(
        title=text("versions.install", requirement=one.requirement, name=name),
        safety="manual" if foreign else "safe",
        commands=(mend,),
    )
    return Finding(
        code=one.code,
        severity="error",
        title=text("versions.misfit", package=one.package, version=version, about=one.about),
        because=(f"{found.record.path}: {one.package} {version}",),
        remedies=(remedy,) if one.requirement else (),
        facts={
            "environment": name,
            "path": found.record.path,
            "requirement": one.requirement,
            "build": _build(one, here),
        },
    )


def _of(one: _Misfit) -> tuple[str, str]:
    return "--finding", one.code


def _by_pip(
    context: Context, found: Environment, one: _Misfit, here: Mapping[str, str]
) -> tuple[str, ...]:
    """The command for an environment that isn't torchup's; a companion comes in the same build."""
    python = str(interpreter(Path(found.record.path), context.host))
    build = _build(one, here)
    index = f"{load_catalogue().framework.index_base}/{build}"
    where = ("--index-url", index) if build else ()
    return (python, "-m", "pip", "install", one.requirement, *where)


def _build(one: _Misfit, here: Mapping[str, str]) -> str:
    """The build that a companion has to be of; empty for what is the same everywhere."""
    framework = load_catalogue().framework
    companion = one.package in framework.companions
    return here[framework.name].partition("+")[2] if companion else ""
