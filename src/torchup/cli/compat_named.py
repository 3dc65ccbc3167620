"""The framework that ``compat`` is asked about, and releases of it: ``compat jax==0.4.30``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import UsageError
from torchup.facts.frameworks import DEFAULT, FRAMEWORKS, mean, named_in
from torchup.facts.load import load_catalogue
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    import argparse


def mean_named(args: argparse.Namespace) -> None:
    """Mean the framework that was named; releases behind its name are the filter for releases.

    Raises:
        UsageError: it names no framework, or two; releases are named twice.
    """
    named = [one for one in (args.framework, args.named) if one is not None]
    names = [_framework(one) for one in named]
    if len(set(names)) > 1:
        raise UsageError("compat.two-frameworks", names=", ".join(names))
    for one, name in zip(named, names, strict=True):
        spec = _releases(one, name)
        if spec and args.release is not None:
            raise UsageError("compat.two-releases", one=spec, other=args.release)
        args.release = spec or args.release
    name = names[0] if names else DEFAULT
    mean(name)


def _framework(text: str) -> str:
    found = named_in([text])
    if not found:
        raise UsageError("compat.unknown-framework", name=text, choices=", ".join(FRAMEWORKS))
    return found[0]


def _releases(text: str, name: str) -> str:
    """Return what a requirement says about the framework's versions, as it was written."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    try:
        parsed = Parsed(text)
    except InvalidRequirement as error:
        raise UsageError("compat.bad-release", text=text) from error
    called = canonical_name(parsed.name)
    # A companion's versions are not the framework's, and who writes torch2.6 has named none.
    ours = called in (name, *FRAMEWORKS[name])
    if not ours or (parsed.specifier and called in _companions(name)):
        raise UsageError("compat.bad-release", text=text)
    return str(parsed.specifier)


def _companions(name: str) -> tuple[str, ...]:
    return load_catalogue(name).framework.companions
