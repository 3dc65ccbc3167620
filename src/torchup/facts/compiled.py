"""Generated files for facts that aren't the shipped ones as they are, kept in the home's cache.

They are made by this torchup from TOML, never taken from elsewhere, and kept under a name that
says what they were made from: other content has another name, so nothing stale is ever read.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final

from torchup import __version__
from torchup.errors import OutsideError, UsageError
from torchup.facts.compile import FRAMEWORK_FILE, Folder, compile_catalogue, compile_gpus
from torchup.facts.current import CATALOGUE_FILE, GPUS_FILE, shipped_head
from torchup.facts.frameworks import DEFAULT, FRAMEWORKS
from torchup.facts.load import catalogue_file
from torchup.facts.mirrors import MIRRORS_FILE, MirrorsFile
from torchup.facts.overlay import Overlaid, content_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torchup.facts.current import Base, InForce
    from torchup.state.home import Home

MAKERS: Final[dict[str, Callable[[Path | Folder], bytes]]] = {
    CATALOGUE_FILE: compile_catalogue,
    GPUS_FILE: compile_gpus,
}
"""Generated file → what makes it from the TOML files, in every folder of facts."""
_KEPT: Final = 8
"""Sets of generated files that are kept: a home may be used with several overlays."""
_END: Final = b"}\n"


def compiled(facts: InForce, base: Base) -> dict[str, bytes]:
    """Return the generated files, by name; made only where they aren't kept already.

    Raises:
        UsageError: the overlay is missing, or doesn't fit.
        OutsideError: ``facts.damaged``: facts that were fetched can't be read any more.
    """
    overlay = Path(facts.overlay) if facts.overlay else None
    home = facts.home
    if home is None:
        return make(base, overlay)
    folder = compiled_folder(home) / _name(base, overlay)
    names = makers_for(Path(base.root))
    kept = _kept(folder, names)
    if kept is not None:
        return kept
    made = make(base, overlay)
    with suppress(OSError):  # a home that can't be written costs the next command some time
        _keep(folder, made)
    return made


def make(base: Base, overlay: Path | None) -> dict[str, bytes]:
    """Make the generated files from TOML.

    Raises:
        UsageError: ``facts.overlay-missing``, ``facts.overlay-bad`` or ``facts.overlay-name``.
        OutsideError: ``facts.damaged``: the facts beneath can't be read.
    """
    root = Path(base.root)
    if overlay is None:
        return _beneath(root)
    if not overlay.is_dir():
        raise UsageError("facts.overlay-missing", path=overlay)
    try:
        folder = Overlaid(root, overlay)
        made = _compile(folder)
    except (OSError, ValueError) as error:
        _beneath(root)  # if these facts are at fault, that is said instead
        raise UsageError("facts.overlay-bad", why=error) from error
    if folder.unused():
        raise UsageError("facts.overlay-name", path=folder.unused()[0])
    return made


def _beneath(root: Path) -> dict[str, bytes]:
    try:
        return _compile(Folder(root))
    except (OSError, ValueError) as error:
        raise OutsideError("facts.damaged", path=root, why=error) from error


def _compile(folder: Folder) -> dict[str, bytes]:
    check_extensions(folder)
    check_mirrors(folder)
    return {name: compile_one(folder) for name, compile_one in makers_for(folder.root).items()}


def makers_for(root: Path) -> dict[str, Callable[[Path | Folder], bytes]]:
    """What makes the generated files of a folder: with those of the frameworks that it knows."""
    return MAKERS | {
        catalogue_file(one): partial(compile_catalogue, about=one)
        for one in FRAMEWORKS
        if one != DEFAULT and (root / one / FRAMEWORK_FILE).is_file()
    }


def check_mirrors(folder: Folder) -> None:
    """Read the mirrors, for their mistakes to be found; older facts have none.

    Raises:
        ValueError: they don't fit their schema.
    """
    if (folder.root / MIRRORS_FILE).is_file():
        folder.read(MIRRORS_FILE, MirrorsFile)


def check_extensions(folder: Folder) -> None:
    """Read the tables that are used as they are, so that a mistake in one is told at once.

    Raises:
        ValueError: one doesn't fit its schema.
    """
    from torchup.facts.conda import CONDA_FILE
    from torchup.facts.conda_rows import CondaFile
    from torchup.facts.extensions import EXTENSIONS_FILE, ExtensionsFile
    from torchup.facts.wheels import WHEELS_FILE, WheelsFile

    tables = (
        (EXTENSIONS_FILE, ExtensionsFile),
        (WHEELS_FILE, WheelsFile),
        (CONDA_FILE, CondaFile),
    )
    for leaf, shape in tables:
        for framework in folder.frameworks:
            name = f"{framework}/{leaf}"
            if (folder.root / name).is_file():
                folder.read(name, shape)


def compiled_folder(home: Home) -> Path:
    """Where generated files are kept."""
    return home.cache / "facts"


def _name(base: Base, overlay: Path | None) -> str:
    parts = (
        __version__,
        shipped_head()[0],
        base.root,
        base.digest,
        content_digest(overlay) if overlay is not None else "",
    )
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _kept(folder: Path, names: Iterable[str]) -> dict[str, bytes] | None:
    try:
        found = {name: (folder / name).read_bytes() for name in names}
    except OSError:
        return None
    return found if all(data.endswith(_END) for data in found.values()) else None


def _keep(folder: Path, made: dict[str, bytes]) -> None:
    """Put generated files in their place in one move; those that came first stay."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=".", suffix=".tmp", dir=folder.parent))
    try:
        for name, data in made.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_bytes(data)
        if folder.is_dir() and _kept(folder, made) is None:
            shutil.rmtree(folder)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _prune(folder.parent)


def _prune(parent: Path) -> None:
    """Remove the oldest; who is reading one has read it or makes it again."""
    found = sorted(parent.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in found[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
