"""The ``conda`` command itself in a bare base, as Miniforge's installer lays one out.

No framework comes along. conda reads ``.condarc`` in its base (conda's user guide, "Searching for
.condarc"): the channels stand there, as in Miniforge's, and its environments and packages go into
the user's own ``~/.conda``, so that deleting the base takes none of them along.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.condas.asking import check
from torchup.api.condas.bare import PROGRAM
from torchup.api.stacks.choosing import CONDA, Choice
from torchup.api.stacks.shared import shared_of
from torchup.backends import Inputs, load_backend
from torchup.backends.conda_listing import SUBDIRS, list_channels
from torchup.backends.conda_specs import read_wish
from torchup.backends.inputs import Conda, Target
from torchup.errors import NoAnswerError, OutsideError
from torchup.facts.conda import load_conda
from torchup.facts.load import load_catalogue
from torchup.model import Plan, Resolution, Stack
from torchup.model.names import canonical_name
from torchup.model.source import kept_url
from torchup.resolve.ask import marker_environment
from torchup.resolve.conda_machine import virtual_packages
from torchup.resolve.numbers import dotted
from torchup.sources.channels import channel_sources
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.api.environments.creation import Creation
    from torchup.model import Artifact, Listing, Machine, Requirement, Source

_PYTHON: Final = "python"
_RIPE: Final = timedelta(days=365)
"""How old a Python's release line has to be, as for every environment."""
_SETTINGS: Final = """\
# Written by torchup with this base of conda's; ~/.condarc counts more.
channels:
{channels}
envs_dirs:
  - ~/.conda/envs
pkgs_dirs:
  - ~/.conda/pkgs
"""


def prepare(context: Context, name: str, requirement: Requirement, machine: Machine) -> Creation:
    """Solve for a bare base; changes nothing but caches.

    Raises:
        UsageError: a channel can't be read; what only wheels can give.
        NoAnswerError: ``conda.base-no-platform``, ``conda.base-no-conda``, ``conda.no-solution``.
        OutsideError: a channel can't be asked.
    """
    from torchup.api.environments.creation import Creation

    if machine.platform not in SUBDIRS:
        raise NoAnswerError("conda.base-no-platform", platform=machine.platform)
    chosen = choose_base(context, machine, requirement, live=True)
    channels, stack = chosen.channels, chosen.resolution.stack
    if stack is None:
        return Creation(
            name=name, machine=machine, choice=chosen, plan=Plan(resolution=chosen.resolution)
        )
    line = stack.python
    inputs = Inputs(
        python="",
        minor=line,
        requirements=requirement.packages,
        constraints=requirement.constraints,
        sources=chosen.sources,
        as_of=requirement.as_of,
        offline=context.offline,
        target=Target(platform=machine.platform, libc=machine.os.libc),
        conda=Conda(
            platform=machine.platform,
            specs=(f"python {line}.*", "pip"),
            names={},
            builds={},
            virtual=virtual_packages(machine, stack, (), load_catalogue()),
            environment=marker_environment(machine, line),
        ),
    )
    lock, artifacts = _solved(context, inputs)
    version = next((one.version for one in artifacts if canonical_name(one.name) == PROGRAM), None)
    if version is None:
        raise NoAnswerError("conda.base-no-conda", channels=", ".join(map(_shown, channels)))
    stack = replace(stack, packages={PROGRAM: version})
    answer = replace(chosen.resolution, stack=stack)
    return Creation(
        name=name,
        machine=machine,
        choice=replace(chosen, resolution=answer),
        plan=Plan(resolution=answer, artifacts=artifacts),
        lock=lock,
    )


def choose_base(
    context: Context, machine: Machine, requirement: Requirement, *, live: bool
) -> Choice:
    """Choose the Python of a bare base, and its channels; which conda comes is the solver's word.

    Args:
        context: the session.
        machine: the machine.
        requirement: what is asked for.
        live: ask the channels which Pythons they have.

    Raises:
        UsageError: a channel can't be read; what only wheels can give.
        NoAnswerError: ``conda.base-no-conda``.
        OutsideError: ``conda.network``: no channel can be asked.
    """
    check(context, requirement)
    catalogue = load_catalogue()
    places = shared_of(context, catalogue, CONDA).places
    named = requirement.channels or (load_conda(catalogue.framework.name).default.name,)
    channels = channel_sources(context.host, named)
    found: tuple[Listing, ...] = ()
    if live and machine.platform in SUBDIRS and not requirement.python:
        found = list_channels(
            context.host,
            context.home,
            replace(places.named, channels=channels),
            {_PYTHON: _PYTHON},
            machine.platform,
            offline=context.offline,
        )
    stack = Stack(
        python=requirement.python or _line(found, requirement.today, asked=live),
        packages={PROGRAM: ""},
        build="",
        runtime="",
        device="cpu",
        origin="conda",
        index_url=kept_url(channels[0].url),
        source=channels[0].id,
    )
    answer = Resolution(outcome="ok", requirement=requirement, stack=stack)
    return Choice(resolution=answer, places=places, listings=found, channels=channels)


def finish(context: Context, path: Path, channels: tuple[Source, ...]) -> None:
    """Write the base's settings, and see that its conda starts.

    Raises:
        NoAnswerError: ``conda.base-not-starting``.
        OSError: the settings can't be written.
    """
    lines = "\n".join(f"  - {one.id if _has_name(one) else kept_url(one.url)}" for one in channels)
    write_atomic(path / ".condarc", _SETTINGS.format(channels=lines).encode())
    windows = context.host.system == "windows"
    program = path / "Scripts" / "conda.exe" if windows else path / "bin" / "conda"
    said = context.host.run([str(program), "--version"], timeout=60)
    if said.code:
        why = (said.err or said.out).strip().splitlines()
        raise NoAnswerError("conda.base-not-starting", why=why[-1] if why else str(said.code))


def _has_name(source: Source) -> bool:
    return source.url.startswith("https://conda.anaconda.org/")


def _shown(source: Source) -> str:
    return kept_url(source.url)


def _line(found: tuple[Listing, ...], today: str, *, asked: bool) -> str:
    """The newest Python that a channel has and that is ripe; the newest of all where none is.

    Raises:
        NoAnswerError: ``conda.base-no-conda``.
        OutsideError: ``conda.network``: no channel could be asked.
    """
    born = {one.minor: date.fromisoformat(one.released) for one in load_catalogue().pythons}
    lines = {line for one in found for file in one.files for line in file.pythons}
    plain = [line for line in lines if not line.endswith("t")] if asked else list(born)
    lost = next((one for one in found if one.state == "unreachable"), None)
    if not plain and lost is not None:
        why = lost.why.args.get("why", "") if lost.why else ""
        raise OutsideError("conda.network", url=kept_url(lost.source.url), why=why)
    if not plain:
        names = ", ".join(one.source.id for one in found)
        raise NoAnswerError("conda.base-no-conda", channels=names)
    now = date.fromisoformat(today)
    ripe = [one for one in plain if one in born and born[one] + _RIPE <= now]
    return max(ripe or plain, key=dotted)


def _solved(context: Context, inputs: Inputs) -> tuple[str, tuple[Artifact, ...]]:
    wishes = [read_wish(line, {}) for line in inputs.requirements]
    conda = inputs.conda
    if conda is not None:  # they are conda's own, and never pip's
        specs = (*conda.specs, *(one.spec(one.names[0]) for one in wishes if one and one.names))
        inputs = replace(inputs, requirements=(), conda=replace(conda, specs=specs))
    work = context.home.cache / "work"
    work.mkdir(parents=True, exist_ok=True)
    mine = f"{os.getpid()}-"
    with TemporaryDirectory(prefix=mine, dir=work, ignore_cleanup_errors=True) as folder:
        return load_backend(CONDA).resolve(context.host, context.home, inputs, Path(folder))
