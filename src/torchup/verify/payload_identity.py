"""Is it the right package: from this environment, and of the planned version?

Loaded by ``payload.py`` inside the environment; any Python from 3.6 on runs it.
"""

# Pathlib is slow to import.
# ruff: noqa: PTH118, PTH120, PTH123

import os
import re
import site
import sysconfig

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from types import ModuleType

    Found = tuple[str, dict[str, object]]


def own_places() -> "list[str]":
    """List the folders that this environment's packages live in, links followed."""
    paths = [sysconfig.get_paths()[key] for key in ("purelib", "platlib")]
    paths += getattr(site, "getsitepackages", list)()
    return [os.path.realpath(path) for path in paths]


def check_place(module: "ModuleType") -> "Found":
    """Judge where a module came from: this environment, not a file that lies in the way."""
    path = getattr(module, "__file__", None)
    if not path:
        return "fail", {"reason": "hollow", "name": module.__name__}
    real = os.path.realpath(path)
    if not any(real.startswith(place + os.sep) for place in own_places()):
        return "fail", {"reason": "wrong-place", "name": module.__name__, "path": path}
    return "pass", {"path": path}


def same_version(wanted: str, found: str) -> bool:
    """Compare versions. A wanted local part (``+cpu``) must be there; a missing one is free."""
    return not wanted or wanted == (found if "+" in wanted else found.partition("+")[0])


def written_version(module: "ModuleType") -> str:
    """Read the version in a package's ``version.py`` without running it; empty if there is none."""
    path = os.path.join(os.path.dirname(module.__file__ or ""), "version.py")
    try:
        with open(path, encoding="utf-8") as stream:
            found = re.search(
                r"^__version__\s*(?::[^=]*)?=\s*['\"]([^'\"]+)", stream.read(), re.MULTILINE
            )
    except OSError:
        return ""
    return found.group(1) if found else ""


def check_version(module: "ModuleType", wanted: str, *, own_file: bool) -> "Found":
    """Compare a module's version with the planned one, and with what its own files say."""
    found = str(getattr(module, "__version__", "") or "")
    if not found:
        return "fail", {"reason": "no-version", "name": module.__name__}
    if not same_version(wanted, found):
        return "fail", {"reason": "wrong-version", "expected": wanted, "found": found}
    written = written_version(module) if own_file else ""
    if written and written != found:
        return "fail", {"reason": "mixed-version", "imported": found, "written": written}
    return "pass", {"version": found}
