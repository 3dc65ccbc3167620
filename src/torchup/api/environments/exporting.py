"""Writing an environment down for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.api.environments.contents import load, lock_of, same_version
from torchup.apply.marker import LOCK, RECORDS
from torchup.backends.contents import CondaPackage, conda_packages, contents
from torchup.backends.pylock import hashes as locked_hashes
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.load import titles
from torchup.model.source import bare_url, kept_url
from torchup.plan.exporting import (
    Exported,
    Format,
    conda_explicit,
    environment_yml,
    requirements,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchup.api.context import Context
    from torchup.model import Environment, Stack

_INSTALLERS: Final = frozenset({"pip"})
"""What every environment has anyway, and no list of requirements names."""
_LINKS: Final = (".html", ".htm")
_WHOLE: Final = frozenset({"pylock", "conda-explicit"})
"""The forms that are not made of requirements."""
_SHOWN: Final = 5
"""How many packages an error names."""


class Written(Struct, frozen=True, kw_only=True):
    """An environment written down, without what was installed from folders of this machine."""

    text: str
    left_out: tuple[str, ...] = ()


def export(context: Context, name: str, form: Format, *, hashed: bool = False) -> Written:
    """Write an environment down; what is installed counts, not what was once asked for.

    Args:
        context: the session.
        name: the environment.
        form: as what.
        hashed: with the hashes of the files, in a requirements file.

    Raises:
        NoAnswerError: there is no such environment, ``export.lock-differs``, ``export.no-lock``,
            ``export.no-hashes``, or as :func:`torchup.api.images.contained.contained`.
        UsageError: ``export.not-conda``, ``export.conda`` or ``export.hashes-where``, or the form
            can't express it.
    """
    if hashed and form != "requirements":
        raise UsageError("export.hashes-where", format=form)
    found = load(context, name)
    text = _WRITERS[form](context, found, hashed)
    missing = () if form in _WHOLE else _exported(context, found).missing
    return Written(text=text, left_out=tuple(one.name for one in missing))


def _requirements(context: Context, found: Environment, hashed: bool) -> str:
    exported = _exported(context, found)
    own = found.record.stack.installed
    if own and not any(one.name in own for one in exported.packages) and _conda(context, found):
        framework = titles(found.record.stack.packages)
        raise UsageError("export.conda", name=found.record.name, framework=framework)
    if not hashed:
        return requirements(exported)
    lock = context.host.read(str(_lock_path(found))) or b""
    versions, allowed = lock_of(context, Path(found.record.path)) or {}, locked_hashes(lock)
    known = {
        one.name: allowed[one.name]
        for one in exported.packages
        if same_version(versions.get(one.name, ""), one.version) and allowed.get(one.name)
    }
    without = [one.name for one in exported.packages if one.name not in known]
    if without:
        raise NoAnswerError("export.no-hashes", name=found.record.name, names=_some(without))
    return requirements(exported, known)


def _pylock(context: Context, found: Environment, _hashed: bool) -> str:
    """The lock as it lies there, if it still says what is installed."""
    path = Path(found.record.path)
    versions, data = lock_of(context, path), context.host.read(str(_lock_path(found)))
    if versions is None or data is None:
        raise NoAnswerError("export.no-lock", name=found.record.name)
    here = {one.name: one.version for one in contents(path, context.host)}
    differs = [
        name
        for name in sorted(here.keys() | versions.keys())
        if name not in here
        or name not in versions
        or not same_version(versions[name] or here[name], here[name])
    ]
    if differs:
        raise NoAnswerError("export.lock-differs", name=found.record.name, names=_some(differs))
    return bare_url(data.decode("utf-8", "replace"))


def _environment(context: Context, found: Environment, _hashed: bool) -> str:
    exported = _exported(context, found)
    conda = _conda(context, found)
    if not conda:
        return environment_yml(exported)
    channels = dict.fromkeys(_channel(one) for one in conda)
    return environment_yml(
        exported,
        [f"{one.name}={one.version}={one.build}" for one in conda],
        [one for one in channels if one] or ["conda-forge"],
    )


def _explicit(context: Context, found: Environment, _hashed: bool) -> str:
    conda = _conda(context, found)
    if not conda:
        raise UsageError("export.not-conda", name=found.record.name)
    shown = ((kept_url(one.url), one.md5) for one in conda)
    return conda_explicit([f"{url}#{md5}" if md5 else url for url, md5 in shown])


def _dockerfile(context: Context, found: Environment, _hashed: bool) -> str:
    from torchup.model.names import name_of
    from torchup.plan.pasting import Wanted, pasteable

    stack = found.record.stack
    exported = _exported(context, found)
    own = stack.installed.keys() | stack.packages.keys()
    rest = exported.lines
    if context.host.system != "linux":
        # What was installed beside is of another system than the image's.
        rest = found.record.requirement.packages
    wanted = Wanted(
        stack=stack,
        system="linux",
        options=_options(stack, exact=True),
        rest=tuple(one for one in rest if name_of(one) not in own),
        name=found.record.name,
    )
    return "".join(f"{one}\n" for one in exported.comments) + pasteable("dockerfile", wanted)


def _containerfile(context: Context, found: Environment, _hashed: bool) -> str:
    from torchup.api.images.contained import contained
    from torchup.plan.containerfile import containerfile

    options = _options(found.record.stack, exact=True)
    return containerfile(contained(context, found, _exported(context, found), options))


_WRITERS: Final[Mapping[Format, Callable[[Context, Environment, bool], str]]] = {
    "requirements": _requirements,
    "pylock": _pylock,
    "environment": _environment,
    "conda-explicit": _explicit,
    "dockerfile": _dockerfile,
    "containerfile": _containerfile,
}


def _exported(context: Context, found: Environment) -> Exported:
    """What pip is to install: the framework first."""
    stack = found.record.stack
    own = list(stack.installed)
    present = contents(Path(found.record.path), context.host)
    listed = [one for one in present if one.by != "conda" and one.name not in _INSTALLERS]
    listed.sort(key=lambda one: (one.name not in own, one.name not in own[:1], one.name))
    return Exported(
        name=found.record.name,
        python=stack.python,
        packages=tuple(listed),
        options=_options(stack),
    )


def _options(stack: Stack, *, exact: bool = False) -> tuple[str, ...]:
    """What leads pip to the framework's place; nothing where it is the index for everything.

    Args:
        stack: what was chosen.
        exact: the framework is installed by a command of its own, from that place alone.
    """
    url = bare_url(stack.index_url)
    if not url or stack.source == "primary" or stack.origin == "conda":
        return ()
    links = url.startswith("file:") or url.endswith(_LINKS) or stack.source.startswith("links")
    if links:
        return ("--find-links", url)
    return ("--index-url" if exact else "--extra-index-url", url)


def _conda(context: Context, found: Environment) -> tuple[CondaPackage, ...]:
    return conda_packages(Path(found.record.path), context.host)


def _channel(one: CondaPackage) -> str:
    """A channel as ``environment.yml`` names it: without the platform's folder."""
    return kept_url(one.channel).rstrip("/").rpartition("/")[0] or one.channel


def _lock_path(found: Environment) -> Path:
    return Path(found.record.path) / RECORDS / LOCK


def _some(names: list[str]) -> str:
    """Name the first of many."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" (+{more})" if more > 0 else "")
