"""Making an environment: choose, solve, show, install, verify, record."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup import __version__, apply
from torchup.api.environments import verify
from torchup.api.planning import BACKEND, Choice, choose, plan
from torchup.api.warming import Warming, local_indexes
from torchup.backends import Inputs, load_backend
from torchup.errors import OutsideError, TorchupError
from torchup.facts.load import load_catalogue
from torchup.model import EnvRecord, Machine, Outcome, Plan, text
from torchup.resolve import read_requirement

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.api.sizes import Sizing
    from torchup.model import Artifact, Check, Requirement, Source, Stack


_NOT_TO_BE_HAD: Final = frozenset({"uv.no-solution", "uv.offline-missing"})


class Creation(Struct, frozen=True, kw_only=True):
    """An environment that is ready to be made: what was chosen, solved and found."""

    name: str
    machine: Machine
    choice: Choice
    plan: Plan
    python: str = ""
    lock: str = ""

    @property
    def stack(self) -> Stack | None:
        """What will be installed, None where nothing fits."""
        return self.choice.resolution.stack


def begin(context: Context) -> None:
    """Start, beside everything else, what takes long and will most likely be needed."""
    context.warming = Warming(context)


def prepare(
    context: Context,
    name: str,
    requirement: Requirement,
    machine: Machine,
    *,
    dry_run: bool = False,
) -> Creation:
    """Choose a stack and solve for its files; changes nothing but caches.

    A Python that has to be downloaded first is downloaded, unless this is a dry run: then the
    plan names no files.

    Args:
        context: the session.
        name: the new environment's name.
        requirement: what is asked for.
        machine: this machine.
        dry_run: fetch no Python.

    Raises:
        UsageError: the name or the requirement can't be taken.
        NoAnswerError: the requirements can't be met together.
        OutsideError: a source, the network or the disk failed.
    """
    apply.check_name(name)
    choice = choose(context, machine, requirement, live=True)
    planned = plan(context, choice, name=name)
    found = Creation(name=name, machine=machine, choice=choice, plan=planned)
    stack = choice.resolution.stack
    if stack is None:
        return found
    python = _interpreter(machine, stack.python, requirement.python)
    if not python and dry_run:
        return found
    if not python:
        python = load_backend(BACKEND).install_python(
            context.host, context.home, stack.python, _teller(context)
        )
    lock, artifacts = _solve(context, choice, stack, python, machine)
    return replace(found, plan=replace(planned, artifacts=artifacts), python=python, lock=lock)


def create(
    context: Context,
    creation: Creation,
    *,
    verified: bool = True,
    sized: bool = True,
    quick: bool = False,
    sizing: Sizing | None = None,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> Outcome:
    """Make a prepared environment, whole or not at all, and verify it.

    Args:
        context: the session.
        creation: what :func:`prepare` returned.
        verified: compute inside it afterwards.
        sized: count the bytes of the environment that is returned.
        quick: leave the slow checks out.
        sizing: knows the files' sizes, for the record.
        on_check: told each check as it ends.

    Raises:
        UsageError: the name is in use.
        OutsideError: the disk, the network or the installer failed; nothing is left behind.
    """
    log = apply.StepLog()
    record = apply.create_environment(
        context.host,
        context.home,
        creation.name,
        lambda site: _fill(context, creation, site, sizing),
        artifacts=creation.plan.artifacts,
        log=log,
    )
    report = None
    if verified:
        with log.step("verify"):
            report = verify(context, name=record.name, quick=quick, on_check=on_check)
    else:
        log.skip("verify")
    environment = apply.load_environment(context.host, context.home, record.name, sized=sized)
    ok = report is None or report.ok
    return Outcome(
        command="create", ok=ok, steps=log.outcomes, environment=environment, report=report
    )


def _interpreter(machine: Machine, line: str, asked: str | None) -> str:
    """The path of an installed interpreter of a release line, the newest patch of it."""
    if asked and ("/" in asked or "\\" in asked):
        return asked
    fitting = [
        one
        for one in machine.pythons or ()
        if one.minor == line and one.implementation == "CPython"
    ]
    newest = max(
        fitting,
        key=lambda one: [int(n) for n in one.version.split(".")[:3] if n.isdigit()],
        default=None,
    )
    return newest.path if newest else ""


def _solve(
    context: Context, choice: Choice, stack: Stack, python: str, machine: Machine
) -> tuple[str, tuple[Artifact, ...]]:
    """Solve for the files; what belongs beside the framework is left out where it can't be had."""
    inputs = _inputs(context, choice, stack, python, machine)
    plain = replace(
        inputs, requirements=tuple(r for r in inputs.requirements if r not in stack.beside)
    )
    work = context.home.cache / "work"
    backend = load_backend(BACKEND)
    try:
        work.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as folder:
            try:
                return backend.resolve(context.host, context.home, inputs, Path(folder))
            except TorchupError as error:
                if not stack.beside or error.code not in _NOT_TO_BE_HAD:
                    raise
            return backend.resolve(context.host, context.home, plain, Path(folder))
    except OSError as error:
        raise OutsideError("create.home-unwritable", path=work, why=error.strerror) from error


def _inputs(
    context: Context, choice: Choice, stack: Stack, python: str, machine: Machine
) -> Inputs:
    framework = load_catalogue().framework
    asked = read_requirement(choice.resolution.requirement, framework, machine)
    source = choice.source()
    if source is None:
        raise OutsideError("create.no-source", stack=stack.build)
    pins = tuple(f"{name}=={version}" for name, version in stack.pins.items())
    return Inputs(
        python=python,
        minor=stack.python,
        requirements=(*pins, *asked.others, *stack.beside, "pip"),
        framework_names=framework.publishes,
        framework_index=_index_of(context, choice, source),
        framework_flat=source.kind == "links",
        sources=choice.sources,
        offline=context.offline,
    )


def _index_of(context: Context, choice: Choice, source: Source) -> str:
    """The address that the backend takes the framework from."""
    if source.kind != "folder":
        return source.url
    if context.warming is not None:
        context.warming.wait()
    from torchup.sources.local_index import local_index

    stack = choice.resolution.stack
    pins = stack.pins if stack else {}
    files = tuple(
        file
        for listing in choice.listings
        if listing.source.id == source.id
        for file in listing.files
        if pins.get(listing.project) == "+".join(filter(None, (file.version, file.build)))
    )
    return local_index(context.host, source, files, local_indexes(context))


def _fill(
    context: Context, creation: Creation, site: apply.Site, sizing: Sizing | None
) -> EnvRecord:
    """Make the environment's folder whole; runs under the environment's lock and journal."""
    backend = load_backend(BACKEND)
    stack = creation.stack
    if stack is None:
        raise OutsideError("create.no-source", stack="")
    with site.log.step("environment"):
        backend.make(context.host, context.home, creation.python, site.path)
    with site.log.step("install"):
        site.pylock.write_text(creation.lock, encoding="utf-8")
        backend.install(
            context.host,
            context.home,
            site.path,
            site.pylock,
            creation.plan.artifacts,
            _teller(context),
            sources=creation.choice.sources,
            offline=context.offline,
        )
    return EnvRecord(
        name=creation.name,
        path=str(site.path),
        backend=BACKEND,
        created=context.host.now().isoformat(timespec="seconds"),
        stack=stack,
        requirement=creation.choice.resolution.requirement,
        artifacts=sizing.wait() if sizing else creation.plan.artifacts,
        torchup=__version__,
    )


def _teller(context: Context) -> Callable[[str, int, int], None]:
    def tell(package: str, done: int, total: int) -> None:
        context.report.progress(
            text("create.fetching"), text("create.package", package=package), done, total
        )

    return tell
