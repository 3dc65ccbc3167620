"""Where environments live is one setting, and changing it takes them along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup import apply
from torchup.apply import rehome
from torchup.apply.rehoming import Rehoming, check_rehoming, has_something, read_note
from torchup.errors import OutsideError
from torchup.model import StepOutcome, Text, text
from torchup.state.config import config_path, read_config, write_config
from torchup.state.folders import HOME_VARIABLE
from torchup.state.home import Home, settings_home

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.host.real import RealHost

KEY = "home"


class Change(Struct, frozen=True, kw_only=True):
    """A change of the setting: ``rehoming`` is None where nothing has to be moved.

    ``given_up`` is the folder whose unfinished copy goes, since everything stays.
    """

    old: Home
    new: Home
    value: str | None
    rehoming: Rehoming | None = None
    given_up: str = ""


def prepare(host: RealHost, value: str | None, *, moving: bool = True) -> Change:
    """See what a new value of the setting means; None is the default. Changes nothing.

    Args:
        host: the machine.
        value: the new home.
        moving: what is in the old one goes along.

    Raises:
        NoAnswerError: the disk of an environment is away.
        UsageError: the home can't be moved there.
        OutsideError: something is under way, or there is no room.
    """
    configured = read_config(config_path(host), mending=True).get(KEY)
    old, new = settings_home(host, configured), settings_home(host, value)
    change = Change(old=old, new=new, value=value)
    if not moving:
        return change
    if _same(old, new):
        note = read_note(old)
        left = note.other if note is not None and note.role == "old" else ""
        return Change(old=old, new=new, value=value, given_up=left)
    if not has_something(old):
        return change
    apply.recover(host, old)
    return Change(old=old, new=new, value=value, rehoming=check_rehoming(host, old, new))


def carry_out(host: RealHost, change: Change) -> tuple[StepOutcome, ...]:
    """Write the setting, and move what has to be moved.

    Raises:
        OutsideError: something is under way, or a disk refuses; everything is as it was.
    """
    log = apply.StepLog()

    def switch() -> None:
        write_config(config_path(host), KEY, change.value)

    if change.rehoming is not None:
        rehome.move_home(host, change.rehoming, switch, log=log)
    else:
        if change.given_up:
            with log.step("give-up", change.given_up):
                rehome.give_up(change.old)
        switch()
    return log.outcomes


def planned(change: Change) -> tuple[StepOutcome, ...]:
    """The steps where nothing is to be done."""
    if change.rehoming is None:
        return ()
    return (
        StepOutcome(id="copy", status="skipped", detail=str(change.new.root)),
        StepOutcome(id="delete", status="skipped", detail=str(change.old.root)),
    )


def overruled(host: Host, named: str | None) -> str:
    """Return what counts before the setting, empty for nothing."""
    return named or host.env(HOME_VARIABLE) or ""


def settle(host: Host, home: Home) -> Text | None:
    """Bring the move of a home to an end where it can be, or tell that it was cut off.

    Costs one look for a file that isn't there.
    """
    note = read_note(home)
    if note is None:
        return None
    if note.role == "old":
        if rehome.is_live(Home(note.other)):
            return None
        return text("rehome.cut-off", old=home.root, new=note.other)
    configured = read_config(config_path(host), mending=True).get(KEY)
    if not _same(settings_home(host, configured), home):
        return None  # it is only being made
    try:
        rehome.finish(host, home)
    except (OSError, OutsideError) as error:
        why = error.strerror if isinstance(error, OSError) else ""
        return text("rehome.left", path=note.other, why=why or "") if why else None
    return text("rehome.finished", old=note.other, new=home.root)


def _same(one: Home, other: Home) -> bool:
    return one.root.resolve() == other.root.resolve()
