"""Repairs: from a finding to what mends it.

A repair is a module with ``propose(context, finding)``, which looks once more and returns a
:class:`~torchup.api.repairs.proposal.Proposal`, or None where there is nothing (more) to do. It
is named here, in one line, by the code of the finding that it mends. Nothing is changed while
proposing: ``torchup repair`` shows the proposals, asks where they say so, and carries them out so
that ``torchup undo`` takes them back. ``docs/howto/add-a-repair.md`` shows one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.api.repairs.proposal import Proposal
    from torchup.model.finding import Finding

REPAIRS: Final[dict[str, str]] = {
    "ide-of-other-environment": "torchup.api.ides.proposing",
    "kernel-without-python": "torchup.api.kernels.proposing",
    "kernel-moved": "torchup.api.kernels.proposing",
    "kernel-hidden": "torchup.api.kernels.proposing",
    "kernel-double": "torchup.api.kernels.proposing",
    "kernel-of-other-environment": "torchup.api.kernels.proposing",
    "base-environment-in-use": "torchup.api.search_path.proposing",
    "pip-cache-cut-off": "torchup.api.repairs.caches",
    "shadowing-local-file": "torchup.api.repairs.shadows",
    "user-site-leak": "torchup.api.repairs.leaks",
    "numpy2-abi": "torchup.api.repairs.versions",
    "python-package-version-conflict": "torchup.api.repairs.versions",
    "torchaudio-torch-mismatch": "torchup.api.repairs.versions",
    "torchtext-torch-mismatch": "torchup.api.repairs.versions",
    "torchvision-torch-mismatch": "torchup.api.repairs.versions",
    "environment-broken": "torchup.api.repairs.record",
    "condarc-malformed": "torchup.api.repairs.conda_settings",
    "condarc-wrong-kind": "torchup.api.repairs.conda_settings",
    "condarc-unknown-key": "torchup.api.repairs.conda_settings",
    "condarc-bad-choice": "torchup.api.repairs.conda_settings",
    "conda-ssl-off": "torchup.api.repairs.conda_settings",
    "conda-channel-gone": "torchup.api.repairs.conda_settings",
    "conda-channels-mixed": "torchup.api.repairs.conda_settings",
    "conda-solver-classic": "torchup.api.repairs.conda_settings",
    "conda-channel-frozen": "torchup.api.repairs.conda_settings",
    "conda-mirror-retired": "torchup.api.repairs.conda_settings",
    "conda-channel-platform": "torchup.api.repairs.conda_settings",
    "conda-host-moved": "torchup.api.repairs.conda_settings",
    "mirror-retired": "torchup.api.repairs.mirrors",
    "mirror-insecure": "torchup.api.repairs.mirrors",
    "conda-channel-insecure": "torchup.api.repairs.conda_settings",
    "conda-clobber": "torchup.api.condas.clobbered",
    "conda-environment-gone": "torchup.api.condas.leavings",
    "conda-environments-on-system-disk": "torchup.api.condas.surroundings",
    "conda-package-corrupted": "torchup.api.condas.packages",
    "conda-packages-large": "torchup.api.condas.leavings",
    "pip-launcher-broken": "torchup.api.condas.launchers",
}
"""The code of a finding → the module that mends it."""


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Return what would mend a finding; None where torchup can't, or needn't any more.

    Raises:
        TorchupError: what can't be looked at.
    """
    place = REPAIRS.get(finding.code)
    if place is None:
        return None
    look: Callable[[Context, Finding], Proposal | None] = import_module(place).propose
    return look(context, finding)
