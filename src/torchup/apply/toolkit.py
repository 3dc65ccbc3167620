"""A toolkit's files laid out inside an environment as programs expect them: a folder of links.

Wheels lay the parts of CUDA into one folder among the installed packages, but without the names
that linkers and ``torch.utils.cpp_extension`` look for: ``lib64`` and ``libcudart.so``. Nothing may
be added among the packages' own files, so the folder is made beside them. nvcc looks for the rest
of itself beside the name that it was started by (``nvcc.profile``: ``TOP``), so each program is a
link of its own in a real ``bin``. Every link is relative where it can be: copies of the environment
have whole ones.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.apply.folders import remove_tree
from torchup.apply.marker import RECORDS, read_marker
from torchup.apply.tree import KIT
from torchup.backends.installed import program_folders as own_folders
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host
    from torchup.model import OwnToolkit, Stack

CUDA_HOME: Final = "CUDA_HOME"
LIBRARY_PATH: Final = "LD_LIBRARY_PATH"
NO_USER_SITE: Final = "PYTHONNOUSERSITE"
LAID_OUT: Final = f"{RECORDS}/cuda"
"""The folder of links, in an environment."""
KIT_FOLDER: Final = f"{RECORDS}/{KIT}"
"""The folder of a toolkit out of conda's packages, in an environment."""
KIT_LOCK: Final = f"{RECORDS}/{KIT}.toml"
"""What is locked of it."""
_VERSIONED: Final = re.compile(r"(lib[^/]+\.so)\.\d[\d.]*$")


def toolkit_home(environment: Path, toolkit: OwnToolkit) -> Path:
    """Return what ``CUDA_HOME`` names in an environment."""
    return environment / toolkit.home


def toolkit_programs(environment: Path, toolkit: OwnToolkit) -> Path:
    """Return the folder of the toolkit's programs, nvcc among them."""
    return toolkit_home(environment, toolkit) / "bin"


def toolkit_variables(environment: Path, toolkit: OwnToolkit | None) -> dict[str, str]:
    """Return the variables that are set for who works inside an environment."""
    return {} if toolkit is None else {CUDA_HOME: str(toolkit_home(environment, toolkit))}


def library_variables(environment: Path, stack: Stack, host: Host) -> dict[str, str]:
    """Return what leads a wheel to the CUDA that conda brought beside it, which it looks for.

    The environment's folder comes before what the user has set. Windows finds it by the search
    path, whose folders are an environment's own there.
    """
    if not stack.libraries or host.system != "linux":
        return {}
    own = str(environment / "lib")
    theirs = {"", own, *(str(one / "lib") for one in _active(host))}
    others = (one for one in (host.env(LIBRARY_PATH) or "").split(":") if one not in theirs)
    return {LIBRARY_PATH: ":".join((own, *others))}


def left_libraries(environment: Path, host: Host) -> str | None:
    """Return the loader's path without an environment's folder; None where that isn't in it."""
    parts = (host.env(LIBRARY_PATH) or "").split(":")
    own = str(environment / "lib")
    return ":".join(one for one in parts if one != own) if own in parts else None


def leaked_variables(host: Host) -> dict[str, str | None]:
    """Return what becomes of variables that other environments, which are active, have set."""
    found: dict[str, str | None] = {}
    for active in _active(host):
        theirs = toolkit_variables(active, toolkit_of(active))
        found |= {name: None for name, value in theirs.items() if host.env(name) == value}
        left = left_libraries(active, host)
        if left is not None:
            found[LIBRARY_PATH] = left or None
    return found


def _active(host: Host) -> tuple[Path, ...]:
    """Name the environments that are active, of either kind."""
    named = (host.env("VIRTUAL_ENV"), host.env("CONDA_PREFIX"))
    return tuple(Path(one) for one in dict.fromkeys(named) if one)


def program_folders(environment: Path, host: Host, toolkit: OwnToolkit | None) -> tuple[Path, ...]:
    """Return the folders of programs that go to the head of the search path there.

    Conda's on Windows need several: their libraries load from ``Library/bin``.
    """
    own = own_folders(environment, host)
    return own if toolkit is None else (*own, toolkit_programs(environment, toolkit))


def closing_variables(*, conda: bool) -> dict[str, str]:
    """Return what keeps the user's own packages out of an environment.

    Conda's Pythons read those before their own; a virtual environment's don't read them.
    """
    return {NO_USER_SITE: "1"} if conda else {}


def toolkit_of(environment: Path) -> OwnToolkit | None:
    """Read which toolkit an environment has; None also where that can't be read."""
    try:
        return read_marker(environment).toolkit
    except (OSError, *NO_DOCUMENT):
        return None


def lay_out(environment: Path, toolkit: OwnToolkit | None) -> None:
    """Make the folder anew; without a toolkit, or with one that needs none, take it away.

    Raises:
        OSError: it can't be written.
    """
    home = environment / LAID_OUT
    if os.path.lexists(home):
        remove_tree(home)
    if toolkit is None or toolkit.home != LAID_OUT:
        return
    for name, target in _links(environment / toolkit.root):
        place = home / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(_relative(environment, place, target))


def is_whole(environment: Path, toolkit: OwnToolkit) -> bool:
    """Tell whether the folder is there with everything it should hold."""
    if toolkit.root == KIT_FOLDER:
        from torchup.backends.conda_kit import kit_is_whole

        if not kit_is_whole(environment / KIT_FOLDER, environment / KIT_LOCK):
            return False
    if toolkit.home != LAID_OUT:
        return toolkit_home(environment, toolkit).is_dir()
    home = environment / LAID_OUT
    wanted = [home / name for name, _ in _links(environment / toolkit.root)]
    return bool(wanted) and all(one.exists() for one in wanted)


def _links(root: Path) -> Iterator[tuple[str, Path | str]]:
    """What the folder holds, and where each leads; a text is a name in the same folder."""
    for program in _inside(root / "bin"):
        yield f"bin/{program.name}", program
    for name in ("nvvm", "targets"):
        if (root / name).is_dir():
            yield name, root / name
    # conda's packages lay these into a folder for each kind of machine.
    targets = _inside(root / "targets")
    places = [root, *targets]
    headers = [one / "include" for one in places if (one / "include" / "cuda_runtime.h").is_file()]
    if headers:
        yield "include", headers[0]
    libraries: dict[str, Path] = {}
    for place in places:
        for file in _inside(place / "lib"):
            libraries.setdefault(file.name, file)
    yield from ((f"lib64/{name}", file) for name, file in libraries.items())
    versioned = {found[1]: name for name in libraries if (found := _VERSIONED.match(name))}
    for plain, name in versioned.items():
        if plain not in libraries:
            yield f"lib64/{plain}", name
    yield "lib", "lib64"


def _relative(environment: Path, place: Path, target: Path | str) -> str:
    if isinstance(target, str):
        return target
    inside = environment in target.parents
    return os.path.relpath(target, place.parent) if inside else str(target)


def _inside(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []
