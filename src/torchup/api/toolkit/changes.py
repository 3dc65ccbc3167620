"""Putting a toolkit into an environment, and taking it out again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup import apply
from torchup.api.environments import changing
from torchup.api.environments.changeable import whole
from torchup.api.environments.edits import Edit
from torchup.api.stacks.choosing import CONDA
from torchup.api.toolkit import SOURCES, Wanted, source_of
from torchup.api.toolkit.conda import channels_of
from torchup.api.toolkit.fitting import runtime_of
from torchup.api.toolkit.installed import named
from torchup.errors import NoAnswerError, OutsideError, TorchupError, UsageError
from torchup.facts.load import titles
from torchup.facts.toolkits import ways_to
from torchup.model.source import kept_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model import Environment, Machine, OwnToolkit

_NOT_TO_BE_HAD: Final = frozenset(
    {
        "uv.no-solution",
        "uv.no-wheels",
        "uv.network",
        "uv.login",
        "uv.offline-missing",
        "conda.channel",
        "conda.login",
        "conda.network",
        "conda.no-rattler",
        "conda.no-solution",
        "conda.offline-missing",
    }
)
"""What a solve fails with where an index or a channel hasn't the packages, or can't be reached."""
CPU: Final = "cpu"
_RUNTIME: Final = r"\d{1,2}\.\d{1,2}"


def prepare_add(
    context: Context,
    name: str,
    machine: Machine,
    *,
    cuda: str = "",
    folder: str = "",
    channels: tuple[str, ...] = (),
) -> changing.Change:
    """Find a toolkit for an environment and solve for it; changes nothing but caches.

    The sources are asked one after the other, as long as none has one.

    Args:
        context: the session.
        name: the environment.
        machine: this machine.
        cuda: the version, for a framework that was built for none; empty for the framework's own.
        folder: a toolkit on this machine that is to be used; empty for any.
        channels: conda's that it is to be taken from; empty for any source.

    Raises:
        UsageError: ``toolkit.of-conda``, ``toolkit.not-a-version``, ``toolkit.cuda-differs``,
            ``toolkit.not-one`` or ``conda.bad-channel``.
        NoAnswerError: ``toolkit.cpu-build``, ``toolkit.other-device``, ``toolkit.no-system``,
            ``toolkit.other-major`` or ``toolkit.nowhere``, and what a change may say.
        OutsideError: ``toolkit.not-to-be-had`` or ``toolkit.not-in-channels``: its packages can't
            be had, and no other is here.
    """
    found = apply.load_environment(context.host, context.home, name, sized=False)
    record = whole(found)
    if record.backend == CONDA:
        runtime = cuda or runtime_of(record.stack) or "13.0"
        raise UsageError("toolkit.of-conda", name=record.name, runtime=runtime)
    wanted = replace(_wanted(context, found, machine, cuda, folder), channels=channels)
    failed: TorchupError | None = None
    asked: tuple[str, ...] = ()
    for toolkit in _offers(context, wanted):
        edit = Edit(kind="add", retooled=True, toolkit=toolkit)
        try:
            return changing.prepare(context, name, edit, machine)
        except TorchupError as error:
            if error.code not in _NOT_TO_BE_HAD:
                raise
            if failed is None:
                failed, asked = error, channels_of(toolkit)
    raise _nowhere(wanted, failed, asked) from failed


def prepare_remove(context: Context, name: str, machine: Machine) -> changing.Change:
    """Solve for an environment without its toolkit.

    Raises:
        NoAnswerError: ``toolkit.none-there``, and what a change may say.
    """
    found = apply.load_environment(context.host, context.home, name, sized=False)
    if whole(found).toolkit is None:
        raise NoAnswerError("toolkit.none-there", name=found.record.name)
    return changing.prepare(context, name, Edit(kind="remove", retooled=True), machine)


def _offers(context: Context, wanted: Wanted) -> Iterator[OwnToolkit]:
    """What each source has; an installed one does without packages where these can't be had."""
    for source in SOURCES:
        toolkit = source_of(source).offer(context, wanted)
        if toolkit is not None:
            yield toolkit
            if toolkit.source == "installed":
                yield replace(toolkit, packages=())


def _wanted(
    context: Context, found: Environment, machine: Machine, cuda: str, folder: str
) -> Wanted:
    stack = found.record.stack
    name, framework = found.record.name, titles(stack.packages)
    if machine.os.system == "macos":
        raise NoAnswerError("toolkit.no-system")
    runtime = runtime_of(stack)
    if not runtime and stack.build != CPU:
        raise NoAnswerError(
            "toolkit.other-device", name=name, framework=framework, build=stack.build
        )
    if cuda and not re.fullmatch(_RUNTIME, cuda):
        raise UsageError("toolkit.not-a-version", asked=cuda)
    if runtime and cuda and cuda != runtime:
        raise UsageError(
            "toolkit.cuda-differs", name=name, framework=framework, asked=cuda, has=runtime
        )
    asked = runtime or cuda
    if not asked and folder:
        asked = ".".join(named(context, folder).version.split(".")[:2])
    if not asked:
        raise NoAnswerError("toolkit.cpu-build", name=name, framework=framework)
    return Wanted(
        environment=found, machine=machine, runtime=asked, build=bool(runtime), named=folder
    )


def _nowhere(wanted: Wanted, failed: TorchupError | None, asked: tuple[str, ...]) -> TorchupError:
    """Name the ways to a toolkit that none of the sources has."""
    ways = ways_to(wanted.runtime, wanted.machine.os.distro)
    given = {
        "name": wanted.environment.record.name,
        "runtime": wanted.runtime,
        "conda": ways.conda or "@toolkit.no-conda",
        "page": ways.page,
        "command": ways.command or "@toolkit.no-command",
    }
    if failed is None:
        return NoAnswerError("toolkit.nowhere", **given)
    said = failed.details
    why = said.get("why") or said.get("names") or said.get("url") or failed.code
    if failed.code.startswith("conda."):
        channels = ", ".join(map(kept_url, asked))
        return OutsideError("toolkit.not-in-channels", why=why, channels=channels, **given)
    return OutsideError("toolkit.not-to-be-had", why=why, **given)
