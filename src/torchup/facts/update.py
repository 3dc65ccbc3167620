"""Putting facts that were fetched in force, and taking them out again.

They are laid out beside their place, checked there, moved in one step and only then named in the
record of the last update: killed at any moment, the former facts stay in force.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from torchup.errors import NoAnswerError, OutsideError
from torchup.facts.catalogue import Catalogue
from torchup.facts.current import (
    CATALOGUE_FILE,
    CURRENT_FILE,
    Update,
    facts_folder,
    read_update,
    shipped_head,
    updated_base,
)
from torchup.host.process import identity
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from torchup.facts.bundle import Bundle
    from torchup.host import Host
    from torchup.state.home import Home

_DRAFT: Final = ".draft-"
_DIGITS: Final = 12
"""Digits of the digest that a folder is named after."""


class Installed(Struct, frozen=True, kw_only=True):
    """How an update ended. ``changed`` is False where these facts were in force already."""

    version: str
    checked: str
    digest: str
    changed: bool


def install(host: Host, home: Home, bundle: Bundle, where: str, *, force: bool) -> Installed:
    """Put the facts of a wheel in force, after checking that they are whole and not older.

    Args:
        host: the machine.
        home: where they are kept.
        bundle: the wheel's content.
        where: names the wheel in errors.
        force: take facts that are older than those in force.

    Raises:
        OutsideError: the wheel is damaged, or the home can't be written.
        NoAnswerError: ``facts.older``.
    """
    manifest = bundle.manifest
    folder = facts_folder(home)
    name = f"{manifest.version}-{manifest.digest[:_DIGITS]}"
    now_digest, now_checked = _now(host, home)
    result = Installed(
        version=manifest.version, checked=manifest.checked, digest=manifest.digest, changed=False
    )
    if manifest.digest == now_digest:
        return result
    if manifest.checked < now_checked and not force:
        raise NoAnswerError(
            "facts.older", where=where, checked=manifest.checked, current=now_checked
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear_drafts(host, folder)
        draft = Path(mkdtemp(prefix=f"{_DRAFT}{os.getpid()}-", dir=folder))
        try:
            lay_out(bundle, draft)
            check(bundle, draft, where)
            _place(draft, folder / name, manifest.digest)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        _record(folder, name, bundle)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("facts.unwritable", path=folder, why=why) from error
    return msgspec.structs.replace(result, changed=True)


def reset(home: Home) -> bool:
    """Return to the shipped facts; tell whether others were in force.

    Raises:
        OutsideError: ``facts.unwritable``.
    """
    path = facts_folder(home) / CURRENT_FILE
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("facts.unwritable", path=path, why=why) from error
    return True


def check(bundle: Bundle, root: Path, where: str) -> None:
    """Check that laid-out facts are those of the manifest, and that this torchup reads them.

    Raises:
        OutsideError: ``facts.bundle-damaged``.
    """
    from torchup.facts.compile import Folder
    from torchup.facts.compiled import check_extensions, makers_for

    manifest = bundle.manifest
    try:
        digest = Folder(root).digest()
        generated = {name: compile_one(root) for name, compile_one in makers_for(root).items()}
        check_extensions(Folder(root))
        made = msgspec.json.decode(generated[CATALOGUE_FILE], type=Catalogue)
    except (OSError, ValueError, *NO_DOCUMENT) as error:
        raise OutsideError("facts.bundle-damaged", where=where, why=error) from error
    for found, wanted in ((digest, manifest.digest), (made.checked, manifest.checked)):
        if found != wanted:
            raise OutsideError("facts.bundle-damaged", where=where, why=f"{found} ≠ {wanted}")


def lay_out(bundle: Bundle, root: Path) -> None:
    """Write a bundle's TOML files below a folder.

    Raises:
        OSError: they can't be written.
    """
    for name, data in bundle.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _now(host: Host, home: Home) -> tuple[str, str]:
    """The digest and the last day of the facts that are in force, a site's own aside."""
    update = read_update(host, home)
    if update is not None and updated_base(host, home) is not None:
        return update.digest, update.checked
    return shipped_head()


def _place(draft: Path, place: Path, digest: str) -> None:
    from torchup.facts.compile import Folder

    if place.is_dir():
        try:
            if Folder(place).digest() == digest:
                return
        except (OSError, ValueError):
            pass
        shutil.rmtree(place)
    draft.rename(place)


def _record(folder: Path, name: str, bundle: Bundle) -> None:
    manifest = bundle.manifest
    update = Update(
        folder=name,
        version=manifest.version,
        digest=manifest.digest,
        checked=manifest.checked,
        shipped=shipped_head()[0],
    )
    write_atomic(folder / CURRENT_FILE, msgspec.json.encode(update) + b"\n", durable=True)


def _clear_drafts(host: Host, folder: Path) -> None:
    """Remove what killed updates left; a draft of a torchup that is at work stays."""
    for draft in folder.glob(f"{_DRAFT}*"):
        pid = draft.name.removeprefix(_DRAFT).partition("-")[0]
        if not pid.isdigit() or not identity(host, int(pid)):
            shutil.rmtree(draft, ignore_errors=True)
