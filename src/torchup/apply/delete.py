"""Deleting an environment."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from torchup.apply import journal
from torchup.apply.conda_list import keep_listed
from torchup.apply.environments import require
from torchup.apply.folders import discard, prepare_home, worded
from torchup.apply.name_locks import take_lock
from torchup.apply.names import name_key
from torchup.apply.places import drop_place
from torchup.errors import OutsideError

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host.real import RealHost
    from torchup.state.home import Home


def delete_environment(host: RealHost, home: Home, name: str) -> None:
    """Delete an environment: out of sight in one move, then off the disk.

    Of a linked environment only the link goes, of one whose folder isn't there only the note
    that says where it was.

    Raises:
        NoAnswerError: ``apply.no-such-environment``, with names like it.
        OutsideError: ``apply.busy``; ``apply.in-use-by-programs`` where the system won't let go.
    """
    name = require(home, name, gone=True)
    prepare_home(home)
    path = home.environment(name)
    with take_lock(host, home, name):
        if not os.path.lexists(path):  # taken away by hand, by the clean-up, or just now
            _forget_place(home, name, path)
            return
        try:
            journal.begin(host, home, "delete", name)
        except OSError as error:
            raise worded(error, path) from error
        try:
            discard(home, path, name_key(name))
            drop_place(home, name)
            keep_listed(host, path)
        except OSError as error:
            if os.path.lexists(path):
                why = error.strerror or type(error).__name__
                raise OutsideError("apply.in-use-by-programs", name=name, why=why) from error
            raise worded(error, path) from error
        finally:
            with suppress(OSError):  # the next command tries again
                journal.end(home, name)


def _forget_place(home: Home, name: str, path: Path) -> None:
    try:
        drop_place(home, name)
    except OSError as error:
        raise worded(error, path) from error
