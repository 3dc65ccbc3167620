"""Reading a lock (PEP 751): versions, files and hashes of each package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from torchup.model.names import canonical_name
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_packages(lock: bytes) -> tuple[Mapping[str, Any], ...] | None:
    """Return the tables of a lock's packages, None where it is no lock."""
    try:
        found = msgspec.toml.decode(lock)
        tables = tuple(found["packages"])
    except (KeyError, TypeError, *NO_DOCUMENT):
        return None
    named = all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in tables)
    return tables if named else None


def locked_versions(lock: bytes) -> dict[str, str] | None:
    """Return name → version, which is empty where a lock gives none; None where it is no lock."""
    tables = read_packages(lock)
    if tables is None:
        return None
    return {canonical_name(one["name"]): str(one.get("version", "")) for one in tables}


def hashes(lock: bytes) -> dict[str, tuple[str, ...]]:
    """Return name → the hashes (``sha256:…``) of every file that a lock allows of it."""
    return {
        canonical_name(one["name"]): tuple(dict.fromkeys(_hashes(one)))
        for one in read_packages(lock) or ()
    }


def wheel_hashes(package: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the hashes of a package's wheels; of its source where a lock has no wheel of it."""
    wheels = {key: value for key, value in package.items() if key == "wheels" and value}
    return tuple(dict.fromkeys(_hashes(wheels or package)))


def _hashes(package: Mapping[str, Any]) -> list[str]:
    wheels = package.get("wheels", ())
    files = [*(wheels if isinstance(wheels, list) else ()), package.get("sdist")]
    files.append(package.get("archive"))
    tables = (one.get("hashes") for one in files if isinstance(one, dict))
    found = (one.items() for one in tables if isinstance(one, dict))
    return [f"{kind}:{value}" for pairs in found for kind, value in pairs]
