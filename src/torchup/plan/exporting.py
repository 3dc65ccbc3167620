"""What an environment holds, in the forms of other tools; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from torchup.model.contents import InstalledPackage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Format = Literal[
    "requirements", "pylock", "environment", "conda-explicit", "dockerfile", "containerfile"
]
FORMATS: Final[tuple[Format, ...]] = (
    "requirements",
    "pylock",
    "environment",
    "conda-explicit",
    "dockerfile",
    "containerfile",
)
_PLAIN_YAML: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=+<>!~-]*")
"""What YAML takes for a string without quotation marks, of what stands in such a file."""
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""What YAML takes for something else than a string."""
_NUMBER: Final = re.compile(r"[\d_.]+|0x[0-9a-fA-F]+|[\d.]+[eE][+-]?\d+")


class Exported(Struct, frozen=True, kw_only=True):
    """What is to be written down.

    ``options`` lead the installer to the framework's place. ``missing`` names what can't be had
    elsewhere: what was installed from a folder of this machine.
    """

    name: str
    python: str
    packages: tuple[InstalledPackage, ...]
    options: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[InstalledPackage, ...]:
        """What was installed from a folder of this machine, and can't be had elsewhere."""
        return tuple(one for one in self.packages if _is_local(one))

    @property
    def comments(self) -> tuple[str, ...]:
        """A comment for each package that can't be had elsewhere."""
        return tuple(f"# {one.name} {one.version}: {one.source}" for one in self.missing)

    @property
    def lines(self) -> tuple[str, ...]:
        """A requirement (PEP 508) for each package that can be had elsewhere."""
        return tuple(requirement_of(one) for one in self.packages if not _is_local(one))


def requirement_of(one: InstalledPackage) -> str:
    """Write the requirement that gives a package again."""
    if one.commit:
        return f"{one.name} @ {one.source}@{one.commit}"
    if one.source.startswith(("http://", "https://")) and one.by != "conda":
        return f"{one.name} @ {one.source}"
    return f"{one.name}=={one.version}"


def requirements(found: Exported, hashes: Mapping[str, Sequence[str]] | None = None) -> str:
    """Write a requirements file; with hashes, each of them on a line of its own.

    Args:
        found: what is exported.
        hashes: the hashes by name; None for a file without any.
    """
    lines = [" ".join(found.options[at : at + 2]) for at in range(0, len(found.options), 2)]
    lines += found.comments
    for line in found.lines:
        name = re.split(r"[ =]", line, maxsplit=1)[0]
        allowed = [f"--hash={one}" for one in (hashes or {}).get(name, ())]
        lines.append(" \\\n    ".join([line, *allowed]))
    return "\n".join(lines) + "\n"


def environment_yml(
    found: Exported, conda: Iterable[str] = (), channels: Sequence[str] = ("conda-forge",)
) -> str:
    """Write conda's ``environment.yml``: Python and pip from conda, the rest in pip's section.

    Args:
        found: what pip is to install.
        conda: what conda is to install in place of a bare Python and pip, such as ``numpy=2.1``.
        channels: where conda looks.
    """
    line = found.python
    free = line.endswith("t")  # without the GIL it is a package of another name there
    python = f"python-freethreading={line[:-1]}" if free else f"python={line}"
    first = tuple(conda) or (python, "pip")
    lines = [f"name: {_yaml(found.name)}", "channels:"]
    lines += [f"  - {_yaml(one)}" for one in channels]
    lines += ["dependencies:", *(f"  - {_yaml(one)}" for one in first)]
    pip = [" ".join(found.options[at : at + 2]) for at in range(0, len(found.options), 2)]
    if found.lines:
        lines += ["  - pip:", *(f"      - {_yaml(one)}" for one in (*pip, *found.lines))]
    return "\n".join([*found.comments, *lines]) + "\n"


def conda_explicit(urls: Sequence[str]) -> str:
    """Write the list that ``conda create --file`` installs without solving."""
    return "\n".join(["@EXPLICIT", *urls]) + "\n"


def _is_local(one: InstalledPackage) -> bool:
    """Tell whether a package came from a folder of this machine; a wheel in one has a version."""
    source = one.source.partition("+")[2] if one.commit else one.source
    wheel = source.endswith(".whl")
    return source.startswith("file:") and not wheel and one.by != "conda"


def _yaml(text: str) -> str:
    plain = _PLAIN_YAML.fullmatch(text) and not _NUMBER.fullmatch(text)
    if plain and text.lower() not in _WORDS:
        return text
    inner = text.replace("'", "''")
    return f"'{inner}'"
