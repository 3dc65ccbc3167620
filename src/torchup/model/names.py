"""Names of packages, as indexes compare them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

CONDA_NAME: Final = "conda:"
"""What a name of conda's own begins with; ``conda:base`` is the first installation's base."""


@lru_cache(maxsize=4096)
def canonical_name(name: str) -> str:
    """Normalise a project's name as PEP 503 does."""
    parts = name.replace("_", "-").replace(".", "-").split("-")
    kept = [part for at, part in enumerate(parts) if part or at in (0, len(parts) - 1)]
    return "-".join(kept).lower()


def name_of(requirement: str) -> str:
    """Return the normalised name that a requirement begins with, empty where there is none."""
    text = requirement.strip()
    signs = enumerate(text)
    end = next((at for at, sign in signs if not (sign.isalnum() or sign in "._-")), len(text))
    return canonical_name(text[:end]).strip("-")


def is_elsewhere(name: str) -> bool:
    """Tell whether an environment is named by its path, or as conda's behind :data:`CONDA_NAME`.

    A name of torchup's own holds neither a slash nor a colon.
    """
    return name.startswith((CONDA_NAME, "~")) or name in (".", "..") or bool({*name} & {"/", "\\"})
