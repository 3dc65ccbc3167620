"""Container images that an environment is built into; read only where one is written down."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from torchup.facts.schema import File, PythonMinor, Sources, Version
from torchup.facts.seldom import read_seldom

IMAGES_FILE: Final = "images.toml"
_Reference = Annotated[str, Meta(pattern=r"^[a-z0-9.]+(/[a-z0-9._-]+)+:[A-Za-z0-9._-]+$")]
_Digest = Annotated[str, Meta(pattern=r"^(sha256:[0-9a-f]{64})?$")]


class ImageRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An image by its whole name; ``digest`` is empty where none is known."""

    image: _Reference
    source: Sources
    digest: _Digest = ""

    @property
    def reference(self) -> str:
        """What ``FROM`` names: with the digest where it is known."""
        return f"{self.image}@{self.digest}" if self.digest else self.image


class PythonImage(ImageRow, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One with a minor version of CPython."""

    python: PythonMinor


class ToolkitImage(ImageRow, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One with the CUDA toolkit of a runtime."""

    runtime: Version


class ToolImage(ImageRow, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One that a program is copied from."""

    tool: Literal["uv"]


class ImagesFile(File, frozen=True, kw_only=True):
    """``images.toml``."""

    pythons: tuple[PythonImage, ...]
    toolkits: tuple[ToolkitImage, ...]
    tools: tuple[ToolImage, ...]


def python_image(python: str) -> PythonImage | None:
    """Return the image of a minor version of Python; None where there is none (``3.13t``).

    Raises:
        ValueError: the facts in force are damaged.
    """
    rows = read_seldom(IMAGES_FILE, ImagesFile).pythons
    return next((one for one in rows if one.python == python), None)


def toolkit_image(runtime: str) -> ToolkitImage | None:
    """Return the image with a runtime's toolkit; None where none is known.

    Raises:
        ValueError: the facts in force are damaged.
    """
    rows = read_seldom(IMAGES_FILE, ImagesFile).toolkits
    return next((one for one in rows if one.runtime == runtime), None)


def tool_image(tool: str) -> ToolImage:
    """Return the image that a program is copied from.

    Raises:
        ValueError: the facts in force are damaged.
    """
    rows = read_seldom(IMAGES_FILE, ImagesFile).tools
    found = next((one for one in rows if one.tool == tool), None)
    if found is None:
        raise ValueError(f"{IMAGES_FILE}: no image has {tool}")
    return found
