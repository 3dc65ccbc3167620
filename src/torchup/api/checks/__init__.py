"""Checks of ``doctor``: each looks at one thing and returns what is wrong with it.

A check is a function that takes the context and yields findings; one of an environment takes the
environment too. It is named here by its module and its own name, in one line, so that only what
is used is loaded. What a repair has to know of a finding (a path, a name) goes into its
``facts``; ``docs/howto/add-a-repair.md`` shows both.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from torchup.errors import TorchupError
from torchup.model import Text, text
from torchup.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torchup.api.context import Context
    from torchup.model import Environment

CHECKS: Final[dict[str, str]] = {
    "caches": "torchup.api.checks.caches:look",
    "conda": "torchup.api.doctor:conda_findings",
    "conda-clobber": "torchup.api.condas.clobbered:look",
    "conda-packages": "torchup.api.condas.packages:look",
    "conda-setup": "torchup.api.condas.surroundings:look",
    "launchers": "torchup.api.condas.launchers:look",
    "mirrors": "torchup.api.checks.mirrors:look",
    "ides": "torchup.api.ides.findings:look",
    "kernels": "torchup.api.kernels.findings:look",
    "path": "torchup.api.search_path.findings:look",
    "shadows": "torchup.api.checks.shadows:look",
}
"""What is looked at on the machine: name → ``module:function``, called with the context."""
INSIDE: Final[dict[str, str]] = {
    "files": "torchup.api.checks.files:look",
    "conda-clobber": "torchup.api.condas.clobbered:look_inside",
    "conda-files": "torchup.api.condas.inside:look",
    "leaks": "torchup.api.checks.leaks:look",
    "versions": "torchup.api.checks.versions:look",
}
"""What is looked at in each environment; called with the context and the environment."""


def of_machine(context: Context) -> dict[str, Callable[[], tuple[Finding, ...]]]:
    """Return the checks of the machine, ready to be asked in any order."""
    return {name: _asking(name, place, context) for name, place in CHECKS.items()}


def of_environment(
    context: Context, found: Environment
) -> dict[str, Callable[[], tuple[Finding, ...]]]:
    """Return the checks of one environment, ready to be asked in any order."""
    return {name: _asking(name, place, context, found) for name, place in INSIDE.items()}


def _asking(name: str, place: str, *given: Any) -> Callable[[], tuple[Finding, ...]]:  # noqa: ANN401
    def ask() -> tuple[Finding, ...]:
        module, _, function = place.partition(":")
        look: Callable[..., Iterable[Finding]] = getattr(import_module(module), function)
        try:
            return tuple(look(*given))
        except (TorchupError, OSError) as error:
            return (_failed(name, error),)

    return ask


def _failed(name: str, error: TorchupError | OSError) -> Finding:
    """A check that can't be made takes nothing else with it."""
    if isinstance(error, TorchupError):
        why = Text(error.code, error.details)
    else:
        why = text("checks.refused", path=error.filename, why=error.strerror)
    return Finding(code="check-failed", severity="info", title=why, because=(name,))
