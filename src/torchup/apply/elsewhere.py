"""Environments that torchup did not make, where no other program is left that could remove them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from torchup.apply.conda_list import keep_listed
from torchup.apply.folders import discard, prepare_home, worded
from torchup.apply.name_locks import in_use
from torchup.errors import OutsideError

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host.real import RealHost
    from torchup.state.home import Home

_KEY: Final = "elsewhere"
"""Under whose lock these are taken away: they have no names of torchup's own."""


def remove_elsewhere(host: RealHost, home: Home, path: Path) -> None:
    """Take a folder away and out of conda's list; after a kill the next command goes on.

    Raises:
        OutsideError: ``apply.busy``; ``apply.in-use-by-programs``; the disk refuses.
    """
    prepare_home(home)
    with in_use(host, home, _KEY):
        try:
            discard(home, path, _KEY)
        except OSError as error:
            if os.path.lexists(path):
                why = error.strerror or type(error).__name__
                raise OutsideError("apply.in-use-by-programs", name=path, why=why) from error
            raise worded(error, path) from error
        finally:
            keep_listed(host, path)
