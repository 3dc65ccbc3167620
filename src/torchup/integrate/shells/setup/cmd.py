"""Lines for Windows' command prompt, pure: a macro of doskey. It has no completion to add to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.integrate.shells.setup import ENTERING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.integrate.shells.setup import Setup


def lines(setup: Setup) -> Sequence[str]:
    """Return the macro ``torchup``: ``$1`` is its first word, ``$*`` all of them.

    Lines that set a variable are run, and every other one (of ``--help``, of ``--json``) is shown.

    https://learn.microsoft.com/windows-server/administration/windows-commands/doskey
    """
    _ = setup
    program = "torchup.exe"
    asked = f"for /f \"tokens=1*\" %i in ('{program} $* --shell cmd')"
    evaluated = f'{asked} do @if "%i"=="set" (set %j) else (echo %i %j)'
    branches = "".join(f'if /i "$1"=="{one}" ({evaluated}) else ' for one in ENTERING)
    return [f"doskey torchup={branches}{program} $*"]
