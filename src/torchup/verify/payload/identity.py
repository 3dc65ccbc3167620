"""Is it the right package: from this environment, and of the planned version?

Also, what an ordinary run would import instead.
"""

# Pathlib is slow to import.

import os
import re
import site
import sys
import sysconfig

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from types import ModuleType

    Found = tuple[str, dict[str, object]]


def own_places() -> "list[str]":
    """List the folders that this environment's packages live in, links followed."""
    return [os.path.realpath(path) for path in _named_places()]


def _named_places() -> "list[str]":
    paths = [sysconfig.get_paths()[key] for key in ("purelib", "platlib")]
    return paths + list(getattr(site, "getsitepackages", list)())


def check_place(module: "ModuleType") -> "Found":
    """Judge where a module came from: this environment, not a file that lies in the way."""
    path = getattr(module, "__file__", None)
    if not path:
        return "fail", {"reason": "hollow", "name": module.__name__}
    if not is_own(path):
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


def check_shadows(names: "list[str]", search_path: str) -> "Found":
    """Look for what would be imported first where Python is started in the usual way.

    Folders of PYTHONPATH come before the environment's own, and so do the user's own packages
    where the interpreter is no virtual environment's (the documentation of ``site``).
    """
    for folder in _before(search_path):
        for name in names:
            module = os.path.join(folder, name.replace("-", "_"))
            for path in (os.path.join(module, "__init__.py"), module + ".py"):
                if os.path.isfile(path) and not is_own(path):
                    return "fail", {"reason": "shadowed", "name": name, "path": path}
    return "pass", {}


def is_own(path: str) -> bool:
    """Tell whether a file lies among this environment's packages.

    An installer may put links there, to files in its cache (uv's ``link-mode = "symlink"``).
    """
    real, named = os.path.realpath(path), os.path.abspath(path)
    return any(real.startswith(place + os.sep) for place in own_places()) or any(
        named.startswith(os.path.abspath(place) + os.sep) for place in _named_places()
    )


def _before(search_path: str) -> "list[str]":
    folders = [part for part in search_path.split(os.pathsep) if part]
    try:
        users = site.getusersitepackages()
    except (AttributeError, OSError):  # a virtual environment of old virtualenv has its own site
        return folders
    return folders if _hides_user_site() else folders + [users]


def _hides_user_site() -> bool:
    if sys.prefix == sys.base_prefix:
        return bool(site.ENABLE_USER_SITE is None)
    try:
        with open(os.path.join(sys.prefix, "pyvenv.cfg"), encoding="utf-8") as stream:
            text = stream.read().lower().replace(" ", "")
    except OSError:
        return False
    return "include-system-site-packages=true" not in text
