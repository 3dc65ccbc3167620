"""What is confusing about what a plain command would use, as findings with ways out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from torchup.api.environments.current import DEFAULT_KEY
from torchup.api.search_path.places import Owners
from torchup.facts.load import load_catalogue
from torchup.integrate.shells.detect import detect
from torchup.model import text
from torchup.model.finding import Finding, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model.finding import Safety, Severity
    from torchup.model.search_path import Running, Which


_OF_DOCTOR: Final = frozenset(
    {
        "pip-of-other-python",
        "framework-from-user-site",
        "active-environment-not-used",
        "base-environment-in-use",
    }
)


def look(context: Context) -> tuple[Finding, ...]:
    """What is confusing about plain commands here, as ``doctor`` tells it.

    Files that hide modules and variables that are set it looks at by itself.
    """
    from torchup.api.environments.using import counting
    from torchup.api.search_path.looking import look as ask
    from torchup.state.config import config_path, read_config

    default = read_config(config_path(context.host), mending=True).get(DEFAULT_KEY)
    counts = counting(context, default)
    wanted = counts.current.name if counts and counts.exists else ""
    return tuple(one for one in judge(context, ask(context), wanted) if one.code in _OF_DOCTOR)


def judge(context: Context, found: Which, wanted: str = "") -> tuple[Finding, ...]:
    """Judge what :func:`torchup.api.search_path.looking.look` found.

    Args:
        context: the session.
        found: what a plain command would use.
        wanted: the environment that counts here, empty for none.
    """
    return (
        *_hidden(context, found),
        *_other_pip(context, found),
        *_from_elsewhere(context, found),
        *_not_entered(context, found),
        *_base(context, found, wanted),
    )


def _hidden(context: Context, found: Which) -> Iterator[Finding]:
    """A file of the folder comes before the module of that name (Python's ``sys.path[0]``)."""
    from torchup.api.checks.shadows import look as shadows

    framework = load_catalogue().framework.name
    mended = {one.facts["path"] for one in shadows(context)}
    for path in found.running.hidden if found.running else ():
        folder, _, file = path.replace("\\", "/").rpartition("/")
        package = file == "__init__.py"
        if package:
            folder, _, file = folder.rpartition("/")
        name = file.removesuffix(".py")
        severity: Severity = "error" if name == framework else "warning"
        lies = path[: -len("/__init__.py")] if package else path
        command: tuple[str, ...] = ("mv", lies, f"{folder}/my_{file}")
        if context.host.system == "windows":
            command = ("ren", lies, f"my_{file}")
        if lies in mended:
            command = ("torchup", "repair", "--finding", "shadowing-local-file")
        yield Finding(
            code="shadowing-local-file",
            severity=severity,
            title=text("path.hidden", file=file, module=name),
            because=(path,),
            remedies=(
                _remedy("path.hidden-rename", "ask" if lies in mended else "manual", command),
            ),
        )


def _other_pip(context: Context, found: Which) -> Iterator[Finding]:
    running = found.running
    if running is None or not found.pip_site or not running.site:
        return
    sites = {context.host.real_path(one) for one in (running.site, running.user_site) if one}
    if context.host.real_path(found.pip_site) in {*sites, *_real(context, running.search)}:
        return
    yield Finding(
        code="pip-of-other-python",
        severity="warning",
        title=text("path.other-pip", pip=found.pip_site, python=running.site),
        because=tuple(
            one.places[0].path
            for one in found.programs
            if one.places and one.name in ("python", "pip")
        ),
        remedies=(_remedy("path.other-pip-way", "manual", *_installing(context, running)),),
    )


def _installing(context: Context, running: Running) -> Iterator[tuple[str, ...]]:
    """How the Python that is meant gets a package; a bare one gets pip first (PEP 453)."""
    kind, name = Owners(context).environment(running.prefix)
    if kind == "own":
        yield ("torchup", "add", "PACKAGE", "-n", name)
        return
    if not context.host.is_dir(f"{running.site}/pip"):
        yield (running.executable, "-m", "ensurepip")
    yield (running.executable, "-m", "pip", "install", "PACKAGE")


def _from_elsewhere(context: Context, found: Which) -> Iterator[Finding]:
    """The framework comes out of the user's own packages, or of a folder that a variable names."""
    running = found.running
    if running is None or not running.framework:
        return
    name, place = load_catalogue().framework.name, context.host.real_path(running.framework)
    user = context.host.real_path(running.user_site) if running.user_site else ""
    if user and _inside(place, user):
        yield Finding(
            code="framework-from-user-site",
            severity="warning",
            title=text("path.user-site", framework=name, python=running.executable),
            because=(running.framework,),
            remedies=(
                _remedy(
                    "path.user-site-way",
                    "manual",
                    (running.executable, "-m", "pip", "uninstall", name),
                ),
            ),
            facts={"environment": running.prefix},
        )
    for folder in found.pythonpath:
        if _inside(place, context.host.real_path(folder)):
            yield Finding(
                code="framework-from-pythonpath",
                severity="warning",
                title=text("path.pythonpath", framework=name, folder=folder),
                because=(f"PYTHONPATH={os.pathsep.join(found.pythonpath)}", running.framework),
                remedies=(_remedy("path.pythonpath-way", "manual", (_unset(context),)),),
            )
            return


def _not_entered(context: Context, found: Which) -> Iterator[Finding]:
    """A variable says that an environment is active, and plain ``python`` is another one."""
    running = found.running
    if running is None or not found.entered:
        return
    real = context.host.real_path
    if real(running.prefix) == real(found.entered):
        return
    _, name = Owners(context).environment(found.entered)
    yield Finding(
        code="active-environment-not-used",
        severity="warning",
        title=text("path.not-entered", name=name or found.entered, python=running.executable),
        because=(found.entered, running.prefix),
        remedies=(_remedy("path.not-entered-way", "manual", (_every_python(context),)),),
    )


def _base(context: Context, found: Which, wanted: str) -> Iterator[Finding]:
    """conda's base is what runs where another environment counts, or holds no framework."""
    running = found.running
    if running is None:
        return
    kind, name = Owners(context).environment(running.prefix)
    if kind == "conda-base" and (wanted or not running.framework):
        activate = ("torchup", "activate", wanted or "NAME")
        yield Finding(
            code="base-environment-in-use",
            severity="warning",
            title=text("path.base", path=running.prefix, framework=load_catalogue().framework.name),
            because=(running.executable,),
            remedies=(
                _remedy("path.enter", "manual", activate),
                _remedy(
                    "path.base-way",
                    "ask",
                    ("torchup", "repair", "--finding", "base-environment-in-use"),
                ),
            ),
        )
    elif wanted and name != wanted:
        yield Finding(
            code="environment-not-entered",
            severity="info",
            title=text("path.wanted", name=wanted, python=running.executable),
            because=(found.folder,),
            remedies=(_remedy("path.enter", "manual", ("torchup", "activate", wanted)),),
        )


def _unset(context: Context) -> str:
    """The line by which the shell that is used forgets the variable."""
    shell, _ = detect(context.host)
    lines = {
        "fish": "set -e PYTHONPATH",
        "powershell": "Remove-Item Env:PYTHONPATH",
        "cmd": "set PYTHONPATH=",
    }
    return lines.get(shell or "", "unset PYTHONPATH")


def _every_python(context: Context) -> str:
    """The line by which the shell that is used shows every program of that name."""
    shell, _ = detect(context.host)
    lines = {"powershell": "Get-Command python -All", "cmd": "where python"}
    return lines.get(shell or "", "type -a python")


def _real(context: Context, folders: tuple[str, ...]) -> set[str]:
    return {context.host.real_path(one) for one in folders}


def _inside(path: str, folder: str) -> bool:
    return path.startswith((f"{folder}/", f"{folder}\\"))


def _remedy(code: str, safety: Safety, *commands: tuple[str, ...]) -> Remedy:
    return Remedy(title=text(code), safety=safety, commands=commands)
