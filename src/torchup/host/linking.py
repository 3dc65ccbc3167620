"""Whether files in two folders can be hard links of each other: found by making one."""

# Paths are strings here, and pathlib takes its time to load.

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import Final, Literal

Linking = Literal["yes", "volume", "filesystem", "unknown"]
"""``volume``: they lie on two; ``filesystem``: theirs has no hard links, or allows none."""

_NAME: Final = ".torchup-link"


def try_link(folder: str, other: str) -> Linking:
    """Make a file in a folder, link it in the other one, and remove both.

    A list of file systems would not do: what a network's or a container's allows depends on more
    than its name.

    Args:
        folder: where the file is.
        other: where it is to be, too.

    Returns:
        ``unknown`` where one of them isn't there or can't be written.
    """
    # Always the same names: what a killed try left, the next one removes.
    one, two = f"{folder}{os.sep}{_NAME}-1", f"{other}{os.sep}{_NAME}-2"
    _remove(one, two)
    try:
        with open(one, "xb"), open(two, "xb"):
            pass
        os.unlink(two)
    except OSError:
        _remove(one, two)
        return "unknown"
    try:
        os.link(one, two)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOENT):  # another torchup tries it just now
            return "unknown"
        return "volume" if error.errno == errno.EXDEV else "filesystem"
    except AttributeError:  # a Python without it
        return "filesystem"
    finally:
        _remove(one, two)
    return "yes"


def _remove(*files: str) -> None:
    for file in files:
        with suppress(OSError):
            os.unlink(file)
