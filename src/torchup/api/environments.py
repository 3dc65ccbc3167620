"""Environments that are there: list, show, run, verify, delete."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from torchup import apply
from torchup.api.condas.bare import is_base
from torchup.api.foreign import load
from torchup.apply.uv_variable import UV_CONSTRAINT, with_constraints
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.host.process import identity
from torchup.model.names import is_elsewhere
from torchup.state.home import MOVING

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.model import Check, Environment, Stack, Text, VerifyReport
    from torchup.verify import Expected


def recover(context: Context) -> tuple[Text, ...]:
    """Clean up after a torchup that was killed, and say what was cleaned."""
    _empty_work(context)
    said = apply.recover(context.host, context.home)
    apply.settle_guards(context.host, context.home)
    if (context.home.root / MOVING).exists():
        from torchup.api.rehoming import settle

        moved = settle(context.host, context.home)
        said = (*said, moved) if moved is not None else said
    return said


def _empty_work(context: Context) -> None:
    """Remove the work folders of processes that are gone; nobody needs to hear of it."""
    work = _work(context)
    for name in context.host.listdir(str(work)):
        pid = name.partition("-")[0]
        if not pid.isdigit() or not identity(context.host, int(pid)):
            import shutil

            shutil.rmtree(work / name, ignore_errors=True)


def _work(context: Context) -> Path:
    return context.home.cache / "work"


def list_all(context: Context) -> tuple[Environment, ...]:
    """Return every environment of this home, by name."""
    return apply.list_environments(context.host, context.home)


def at_rest(context: Context) -> bool:
    """Tell whether :func:`recover` would find nothing to do: nothing is under way or left over."""
    home = context.home
    places = (home.journal, home.trash, _work(context))
    return not any(context.host.listdir(str(place)) for place in places)


def looked_at(context: Context) -> tuple[Path, ...]:
    """Name the files that :func:`list_all` reads itself, there or not."""
    return apply.looked_at(context.host, context.home)


def show(context: Context, name: str) -> tuple[Environment, VerifyReport | None]:
    """Return one environment and the receipt of its last verification.

    Raises:
        NoAnswerError: there is no such environment.
    """
    from torchup.verify import read_receipt

    found = load(context, name, gone=True)
    receipt = _receipt(context, found)
    return found, read_receipt(receipt) if receipt else None


def is_foreign(context: Context, name: str) -> bool:
    """Tell whether an environment of that name is one that torchup did not make."""
    return name not in apply.names(context.home) and name in apply.adopted_names(context.home)


def delete(context: Context, name: str) -> None:
    """Remove an environment; one that torchup did not make only leaves the list.

    Raises:
        NoAnswerError: there is no such environment.
        OutsideError: it is in use, or can't be removed.
    """
    if is_foreign(context, name):
        apply.forget(context.home, name)
    else:
        apply.delete_environment(context.host, context.home, name)


def verify(
    context: Context,
    *,
    name: str | None = None,
    python: str | None = None,
    quick: bool = False,
    on_check: Callable[[Check], None] = lambda _check: None,
    on_unrecorded: Callable[[OutsideError], None] = lambda _error: None,
) -> VerifyReport:
    """Compute inside an environment of this home, or with any interpreter.

    An environment is locked meanwhile, by what computes in it too: nobody deletes it then. Where
    its home can't be written it is verified all the same.

    Args:
        context: the session.
        name: the environment.
        python: an interpreter, instead.
        quick: leave the slow checks out.
        on_check: told each check as it ends.
        on_unrecorded: told why no receipt could be left.

    Raises:
        NoAnswerError: there is no such environment.
        UsageError: there is no such interpreter.
        OutsideError: ``apply.busy``: something is being done with the environment.
    """
    from torchup.facts.load import load_catalogue
    from torchup.verify import Expected, verify_environment, write_receipt

    cache = str(context.home.cache)
    if name is None:
        if not python or not context.host.is_executable(python):
            raise UsageError("verify.no-such-python", python=python or "")
        expected = Expected(framework=load_catalogue().framework.name)
        return verify_environment(
            context.host, python, expected, cache=cache, quick=quick, on_check=on_check
        )
    found = load(context, name, sized=False)
    elsewhere = is_elsewhere(found.record.name)
    if is_base(found.record.stack) or (elsewhere and not found.record.stack.packages):
        raise NoAnswerError("foreign.no-framework", path=found.record.path)
    if not found.record.stack.packages:
        raise NoAnswerError("environment.no-record", name=name, path=found.record.path)
    path, receipt = Path(found.record.path), _receipt(context, found)
    # What isn't torchup's has no lock: whoever else deletes it would not look for one.
    held = (
        nullcontext() if elsewhere else apply.in_use(context.host, context.home, found.record.name)
    )
    with held:
        if found.state != "foreign" and not apply.has_marker(path):  # deleted just now
            raise NoAnswerError("apply.no-such-environment", name=name)
        report = verify_environment(
            context.host,
            str(interpreter(path, context.host)),
            structs.replace(
                expected_of(found.record.stack),
                untouched=elsewhere or is_foreign(context, found.record.name),
            ),
            cache=cache,
            quick=quick,
            on_check=on_check,
        )
        try:
            if receipt is not None:
                write_receipt(receipt, report)
        except OutsideError as error:
            on_unrecorded(error)
    return report


def verify_site(
    context: Context,
    site: apply.Site,
    stack: Stack,
    on_check: Callable[[Check], None],
) -> VerifyReport:
    """Compute quickly inside an environment that is being changed; the caller holds it.

    Args:
        context: the session.
        site: the environment.
        stack: what should be found there.
        on_check: told each check as it ends.

    Raises:
        OutsideError: the receipt can't be written.
    """
    from torchup.verify import verify_environment, write_receipt

    with site.log.step("verify"):
        report = verify_environment(
            context.host,
            str(interpreter(site.path, context.host)),
            expected_of(stack),
            cache=str(context.home.cache),
            quick=True,
            on_check=on_check,
        )
        write_receipt(site.records / apply.RECEIPT, report)
    return report


def expected_of(stack: Stack) -> Expected:
    """What a verification should find where a stack was installed.

    The exact versions asked of the source: a wheel without a local part (PyPI's, every macOS one)
    may or may not name its build inside.
    """
    from torchup.facts.load import load_catalogue
    from torchup.verify import Expected

    framework = load_catalogue().framework.name
    versions = stack.packages | stack.pins
    companions = {name: version for name, version in versions.items() if name != framework}
    return Expected(
        framework=framework,
        version=versions[framework],
        companions=companions,
        device=stack.device,
        environment=stack.environment,
    )


def command_for(
    context: Context, name: str, command: list[str]
) -> tuple[list[str], dict[str, str | None]]:
    """Make the command line and the environment variables for running inside an environment.

    Raises:
        NoAnswerError: there is no such environment, or ``environment.cant-run``: its interpreter
            is gone.
    """
    found = load(context, name, sized=False)
    path = Path(found.record.path)
    python = interpreter(path, context.host)
    if not context.host.is_executable(str(python)):
        raise NoAnswerError("environment.cant-run", name=name, python=python)
    places = apply.program_folders(path, context.host, found.record.toolkit)
    between = ";" if context.host.system == "windows" else ":"
    joined = between.join((*map(str, places), context.host.env("PATH") or ""))
    needed = found.record.stack.environment
    conda = found.record.backend == "conda"
    variables: dict[str, str | None] = {
        **{key: context.host.env(key) or value for key, value in needed.items()},
        UV_CONSTRAINT: with_constraints(context.host, path) or None,
        **apply.leaked_variables(context.host),
        **apply.toolkit_variables(path, found.record.toolkit),
        "PATH": joined,
        "VIRTUAL_ENV": None if conda else str(path),
        "PYTHONHOME": None,
        "PYTHONPATH": None,
        "CONDA_PREFIX": str(path) if conda else None,
        "TORCHUP_COMMAND": None,
    }
    for folder in places:
        inside = folder / command[0]
        for candidate in (inside, inside.with_name(f"{inside.name}.exe")):
            if context.host.is_executable(str(candidate)):
                return [str(candidate), *command[1:]], variables
    return command, variables


def _receipt(context: Context, found: Environment) -> Path | None:
    """Where the last verification is noted; nowhere for what is not in the list."""
    name = found.record.name
    if is_elsewhere(name):
        return None
    if is_foreign(context, name):
        return apply.receipt_file(context.home, name)
    return Path(found.record.path) / apply.RECORDS / apply.RECEIPT
