"""What of an environment goes into a container image: its files by the hashes of its lock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from torchup.api.environments.contents import same_version
from torchup.api.toolkit.fitting import runtime_of
from torchup.apply.marker import LOCK, RECORDS
from torchup.backends.pylock import read_packages, wheel_hashes
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.frameworks import first_of
from torchup.facts.load import load_catalogue, titles
from torchup.model.names import canonical_name
from torchup.model.source import bare_url
from torchup.plan.containerfile import Contained, Pinned
from torchup.plan.exporting import Exported, requirement_of
from torchup.resolve.libraries import libraries_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.api.context import Context
    from torchup.model import Environment, Stack
    from torchup.model.contents import InstalledPackage

_DEFAULT: Final = "https://pypi.org/simple"
"""The index that an image's pip asks anyway, or its mirror that whoever builds has set."""
_ARCHS: Final = {"arm64": "aarch64", "amd64": "x86_64"}


def contained(
    context: Context, found: Environment, exported: Exported, options: tuple[str, ...]
) -> Contained:
    """Take every package with the hashes that the lock allows of its wheels.

    Args:
        context: the session.
        found: the environment.
        exported: what is installed in it.
        options: what leads pip to the framework's place, and to nothing else.

    Raises:
        UsageError: ``export.image-linux``: its files are of another system; ``export.image-musl``;
            ``export.conda``: it has its framework from conda.
        NoAnswerError: ``export.image-no-hashes``: the lock doesn't know every package.
    """
    name, stack = found.record.name, found.record.stack
    _check_system(context, name)
    if stack.origin == "conda" or any(one.by == "conda" for one in exported.packages):
        raise UsageError("export.conda", name=name, framework=titles(stack.packages))
    lock = context.host.read(str(Path(found.record.path) / RECORDS / LOCK)) or b""
    tables = {canonical_name(one["name"]): one for one in read_packages(lock) or ()}
    local = {one.name for one in exported.missing}
    kept = [one for one in exported.packages if one.name not in local]
    packages, without = [], []
    for one in kept:
        pinned = _pinned(one, tables.get(one.name), stack, options)
        if pinned is None:
            without.append(one.name)
        else:
            packages.append(pinned)
    if without:
        raise NoAnswerError("export.image-no-hashes", name=name, names=", ".join(without))
    arch = _ARCHS.get(context.host.machine.lower(), context.host.machine)
    return Contained(
        name=name,
        stack=stack,
        arch=arch,
        packages=tuple(packages),
        toolkit=_toolkit(found, packages),
        libraries=libraries_of(stack, f"linux-{arch}"),
        missing=exported.comments,
        whole=not stack.absent and not local,
    )


def _check_system(context: Context, name: str) -> None:
    host = context.host
    if host.system != "linux":
        raise UsageError("export.image-linux", name=name, system=host.system)
    if (host.libc() or "").startswith("musl"):
        raise UsageError("export.image-musl", name=name)


def _pinned(
    one: InstalledPackage,
    table: Mapping[str, Any] | None,
    stack: Stack,
    options: tuple[str, ...],
) -> Pinned | None:
    """A package with its hashes; None where the lock has none for what is installed."""
    if table is None or one.commit:
        return None
    version = str(table.get("version", ""))
    if version and not same_version(version, one.version):
        return None
    wheels = bool(table.get("wheels"))
    allowed = wheel_hashes(table)
    if not allowed:
        return None
    return Pinned(
        line=requirement_of(one),
        hashes=allowed,
        options=_options(str(table.get("index", "")), one.name in _of_place(stack), stack, options),
        source=not wheels,
    )


def _of_place(stack: Stack) -> frozenset[str]:
    """What comes from the place of the first framework: another one has its own."""
    published = load_catalogue(first_of(stack.packages)).framework.publishes
    return frozenset(one for one in stack.installed if not published or one in published)


def _options(
    index: str, framework: bool, stack: Stack, options: tuple[str, ...]
) -> tuple[str, ...]:
    """What leads pip to the place of a package; its hash holds wherever it is had from."""
    url = bare_url(index).rstrip("/")
    if framework and options:
        place = options[-1].rstrip("/")
        if place.startswith("file:"):  # a folder of this machine: the maker's own place has it too
            base = load_catalogue(first_of(stack.packages)).framework.index_base
            place = f"{base}/{stack.build}"
            return ("--index-url", place)
        return _trusted((options[0], place))
    if not url or url == _DEFAULT or url.startswith("file:"):
        return ()
    return _trusted(("--index-url", url))


def _trusted(options: tuple[str, ...]) -> tuple[str, ...]:
    parts = urlsplit(options[-1])
    if parts.scheme != "http" or not parts.hostname:
        return options
    return (*options, "--trusted-host", parts.hostname)


def _toolkit(found: Environment, packages: list[Pinned]) -> str:
    """The CUDA whose toolkit the image needs: where something is compiled, now or later."""
    record = found.record
    if record.toolkit is not None:
        return ".".join(record.toolkit.runtime.split(".")[:2])
    return runtime_of(record.stack) if any(one.source for one in packages) else ""
