"""Environments that are there: list, show, run, verify, delete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from torchup import apply
from torchup.apply.uv_variable import UV_CONSTRAINT, with_constraints
from torchup.backends.installed import interpreter, program_folders
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.host.process import identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.model import Check, Environment, Stack, Text, VerifyReport
    from torchup.verify import Expected


def recover(context: Context) -> tuple[Text, ...]:
    """Clean up after a torchup that was killed, and say what was cleaned."""
    _empty_work(context)
    return apply.recover(context.host, context.home)


def _empty_work(context: Context) -> None:
    """Remove the work folders of processes that are gone; nobody needs to hear of it."""
    work = context.home.cache / "work"
    for name in context.host.listdir(str(work)):
        pid = name.partition("-")[0]
        if not pid.isdigit() or not identity(context.host, int(pid)):
            import shutil

            shutil.rmtree(work / name, ignore_errors=True)


def list_all(context: Context) -> tuple[Environment, ...]:
    """Return every environment of this home, by name."""
    return apply.list_environments(context.host, context.home)


def show(context: Context, name: str) -> tuple[Environment, VerifyReport | None]:
    """Return one environment and the receipt of its last verification.

    Raises:
        NoAnswerError: there is no such environment.
    """
    from torchup.verify import read_receipt

    found = apply.load_environment(context.host, context.home, name)
    return found, read_receipt(_receipt(context, found))


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
    found = apply.load_environment(context.host, context.home, name, sized=False)
    if not found.record.stack.packages:
        raise NoAnswerError("environment.no-record", name=name, path=found.record.path)
    path = Path(found.record.path)
    with apply.in_use(context.host, context.home, found.record.name):
        if found.state != "foreign" and not apply.has_marker(path):  # deleted just now
            raise NoAnswerError("apply.no-such-environment", name=name)
        report = verify_environment(
            context.host,
            str(interpreter(path, context.host)),
            structs.replace(
                expected_of(found.record.stack), untouched=is_foreign(context, found.record.name)
            ),
            cache=cache,
            quick=quick,
            on_check=on_check,
        )
        try:
            write_receipt(_receipt(context, found), report)
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
    found = apply.load_environment(context.host, context.home, name, sized=False)
    path = Path(found.record.path)
    python = interpreter(path, context.host)
    if not context.host.is_executable(str(python)):
        raise NoAnswerError("environment.cant-run", name=name, python=python)
    programs = program_folders(path, context.host)
    between = ";" if context.host.system == "windows" else ":"
    joined = between.join((*map(str, programs), context.host.env("PATH") or ""))
    needed = found.record.stack.environment
    conda = found.record.backend == "conda"
    variables: dict[str, str | None] = {
        **{key: context.host.env(key) or value for key, value in needed.items()},
        UV_CONSTRAINT: with_constraints(context.host, path) or None,
        "PATH": joined,
        "VIRTUAL_ENV": None if conda else str(path),
        "PYTHONHOME": None,
        "PYTHONPATH": None,
        "CONDA_PREFIX": str(path) if conda else None,
        "TORCHUP_COMMAND": None,
    }
    names = (command[0], f"{command[0]}.exe")
    for candidate in (folder / name for folder in programs for name in names):
        if context.host.is_executable(str(candidate)):
            return [str(candidate), *command[1:]], variables
    return command, variables


def _receipt(context: Context, found: Environment) -> Path:
    name = found.record.name
    if is_foreign(context, name):
        return apply.receipt_file(context.home, name)
    return Path(found.record.path) / apply.RECORDS / apply.RECEIPT
