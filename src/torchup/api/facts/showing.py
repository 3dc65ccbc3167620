"""The facts themselves: what is known, newer ones, a site's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.errors import NoAnswerError, UsageError
from torchup.facts.current import (
    OVERLAY_KEY,
    OVERLAY_VARIABLE,
    InForce,
    in_force,
    shipped_base,
    use,
)

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.facts.known import Subject
    from torchup.facts.summary import Summary
    from torchup.facts.update import Installed


def summary(context: Context) -> Summary:
    """Count what is known.

    Raises:
        UsageError: the overlay is missing, or doesn't fit.
    """
    from torchup.facts.summary import summarize

    _ = context
    return summarize()


def look_up(context: Context, subject: str) -> tuple[Subject, ...]:
    """Say everything that is known of a release, a CUDA version, a driver or a card.

    Raises:
        NoAnswerError: nothing of that name is known.
        UsageError: the overlay is missing, or doesn't fit.
    """
    from torchup.facts.summary import find, near

    _ = context
    found = find(subject)
    if found:
        return found
    names = near(subject)
    if names:
        raise NoAnswerError("facts.unknown-but", subject=subject, near=", ".join(names))
    raise NoAnswerError("facts.unknown", subject=subject)


def update(context: Context, wheel: str | None = None, *, force: bool = False) -> Installed:
    """Put newer facts in force, from a wheel or from this machine's own index.

    Args:
        context: the session.
        wheel: a wheel's path; None asks the configured sources for the newest.
        force: take facts that are older than those in force.

    Raises:
        UsageError: it isn't a wheel of facts, or no network may be asked.
        OutsideError: no source could be asked, or the wheel is damaged.
        NoAnswerError: no source has one, or it is older.
    """
    from torchup.facts.bundle import read_bundle
    from torchup.facts.update import install

    if wheel is None:
        from torchup.api.facts.live import fetch_newest

        data, where = fetch_newest(context)
    else:
        path = Path(wheel).expanduser()
        found = context.host.read(str(path))
        if found is None:
            raise UsageError("facts.no-such-wheel", path=path)
        data, where = found, path.name
    result = install(context.host, context.home, read_bundle(data, where), where, force=force)
    _again(context)
    return result


def reset(context: Context) -> bool:
    """Return to the shipped facts; tell whether others were in force.

    Raises:
        OutsideError: the home can't be written.
    """
    from torchup.facts.update import reset as remove

    changed = remove(context.home)
    _again(context)
    return changed


def set_overlay(context: Context, folder: str) -> Path:
    """Lay a site's folder over the facts from now on, after checking that it fits.

    Raises:
        UsageError: it is missing, or doesn't fit; nothing is changed then.
        OutsideError: the settings can't be written.
    """
    from torchup.facts.compiled import compiled
    from torchup.facts.overlay import overlay_files
    from torchup.state.config import config_path, write_config

    _not_by_variable(context)
    path = Path(folder).expanduser().absolute()
    facts = InForce(context.host, context.home, str(path), OVERLAY_KEY)
    compiled(facts, facts.base() or shipped_base())
    if not overlay_files(path):
        raise UsageError("facts.overlay-empty", path=path)
    write_config(config_path(context.host), OVERLAY_KEY, str(path))
    use(context.host, context.home, str(path))
    return path


def remove_overlay(context: Context) -> bool:
    """Lay nothing over the facts any more; tell whether the settings named a folder.

    Raises:
        UsageError: ``TORCHUP_FACTS_OVERLAY`` names one.
        OutsideError: the settings can't be written.
    """
    from torchup.state.config import config_path, read_config, write_config

    _not_by_variable(context)
    path = config_path(context.host)
    if OVERLAY_KEY not in read_config(path, mending=True):
        return False
    write_config(path, OVERLAY_KEY, None)
    use(context.host, context.home)
    return True


def _not_by_variable(context: Context) -> None:
    named = (context.host.env(OVERLAY_VARIABLE) or "").strip()
    if named:
        raise UsageError("facts.overlay-variable", variable=OVERLAY_VARIABLE, path=named)


def _again(context: Context) -> None:
    """Let the rest of this process see what was just put in force."""
    facts = in_force()
    use(context.host, context.home, facts.overlay)
