"""The logs of torchup's own mistakes: for its user alone, and of its user alone.

They lie in the home, where nobody else can put a file or a link. Where there is no home yet they
lie among the system's temporary files; those are not read again.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.state.home import Home

KEPT: Final = 20
"""So many logs are kept; the oldest go."""
_PREFIX: Final = "torchup-"
_SUFFIX: Final = ".log"
_LIMIT: Final = 1024 * 1024


def keep_log(home: Home | None, error: BaseException) -> str:
    """Write down where an error came from, readable for this user alone; return the file's path.

    Args:
        home: where it is kept, if that is there and can be written.
        error: what was met.

    Raises:
        OSError: there is no room for it anywhere.
    """
    import traceback
    from tempfile import mkstemp

    folder = None
    if home is not None and home.root.is_dir():
        with suppress(OSError):
            home.logs.mkdir(mode=0o700, exist_ok=True)
            for old in _own(home)[KEPT - 1 :]:
                os.unlink(old)  # noqa: PTH108 - a path as text
            folder = str(home.logs)
    try:
        opened, path = mkstemp(_SUFFIX, _PREFIX, folder)
    except OSError:
        if folder is None:
            raise
        opened, path = mkstemp(_SUFFIX, _PREFIX)
    with open(opened, "w", encoding="utf-8", errors="backslashreplace") as log:  # noqa: PTH123
        traceback.print_exception(error, file=log)
    return path


def recent_logs(home: Home, count: int) -> dict[str, str]:
    """Read the newest logs in the home: their names and what they say."""
    found = {}
    for path in _own(home)[:count]:
        # It is opened so that a pipe or a link that just took its place holds nobody up.
        how = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with suppress(OSError), open(os.open(path, how), "rb") as log:  # noqa: PTH123
            found[os.path.basename(path)] = log.read(_LIMIT).decode("utf-8", "replace")  # noqa: PTH119
    return found


def _own(home: Home) -> list[str]:
    """List the files that are this user's and no links, pipes or folders; the newest first."""
    mine = os.getuid() if hasattr(os, "getuid") else None
    found: list[tuple[int, str]] = []
    with suppress(OSError), os.scandir(home.logs) as entries:
        for entry in entries:
            if not (entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX)):
                continue
            about = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(about.st_mode) and mine in (None, about.st_uid):
                found.append((about.st_mtime_ns, entry.path))
    return [path for _, path in sorted(found, reverse=True)]
