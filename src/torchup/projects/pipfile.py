"""pipenv's ``Pipfile`` and ``Pipfile.lock``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import UsageError
from torchup.model.no_document import NO_DOCUMENT
from torchup.projects.gathering import Gathering
from torchup.projects.poetry import take_poetry
from torchup.projects.toml_text import line_of, table, tables, texts, toml_of

if TYPE_CHECKING:
    from torchup.projects.declared import Declared


def read_pipfile(text: str, file: str) -> Declared:
    """Read a ``Pipfile``.

    Args:
        text: the file.
        file: its name.

    Raises:
        UsageError: ``projects.malformed``.
    """
    document = toml_of(text, file)
    found = Gathering(file)
    take_poetry(found, table(document, "packages"), text)
    python = table(document, "requires").get("python_version")
    if isinstance(python, str):
        found.say_python(python)
    for place in tables(document.get("source"))[1:]:
        if isinstance(place.get("url"), str):
            found.say_place("extra", place["url"])
    return found.done()


def read_pipfile_lock(text: str, file: str) -> Declared:
    """Read a ``Pipfile.lock``: every package, with its version and hashes.

    Args:
        text: the file.
        file: its name.

    Raises:
        UsageError: ``projects.malformed``.
    """
    from msgspec import json

    try:
        document = json.decode(text)
    except NO_DOCUMENT as error:
        raise UsageError("projects.malformed", file=file, why=str(error)) from error
    found = Gathering(file)
    for name, said in table(document, "default").items():
        number = line_of(text, f'"{name}"')
        if not isinstance(said, dict):
            continue
        if "git" in said:
            found.note("left-git", f"{name} @ git+{said['git']}", number)
        elif isinstance(said.get("version"), str):
            marker = said.get("markers")
            behind = f" ; {marker}" if isinstance(marker, str) and marker else ""
            extras = ",".join(texts(said.get("extras")))
            found.take(f"{name}{f'[{extras}]' if extras else ''}{said['version']}{behind}", number)
            found.say_hashes(name, texts(said.get("hashes")))
    python = table(document, "_meta", "requires").get("python_version")
    if isinstance(python, str):
        found.say_python(python)
    return found.done()
