"""Dockerfiles: the image they start from, and what they install."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.facts.frameworks import FRAMEWORKS
from torchup.facts.load import load_catalogue
from torchup.facts.projects import load_project_facts
from torchup.model.builds import build_name
from torchup.projects.commands import take_commands
from torchup.projects.gathering import Gathering

if TYPE_CHECKING:
    from torchup.projects.declared import Declared

_FROM: Final = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(?P<image>\S+)", re.IGNORECASE | re.MULTILINE)
_ARG: Final = re.compile(
    r"^\s*ARG\s+(?P<name>\w+)\s*=\s*(?P<value>\S+)", re.IGNORECASE | re.MULTILINE
)
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)")
_OWN_IMAGE: Final = re.compile(
    r"(?P<name>[\w.-]+)/(?P=name):(?P<version>\d+(?:\.\d+)+)(?:-(?:cuda(?P<cuda>\d+\.\d+)|(?P<cpu>cpu)))?(?![\w.])"
)
_CUDA_IMAGE: Final = re.compile(r"(?:^|/)cuda:(?P<cuda>\d{1,2}\.\d)")
_PYTHON_IMAGE: Final = re.compile(r"(?:^|/)python:(?P<python>3\.\d{1,2})")


def read_dockerfile(text: str, file: str) -> Declared:
    """Read a Dockerfile: ``FROM`` with its arguments, and its install commands.

    Args:
        text: the file.
        file: its name.
    """
    found = Gathering(file)
    values = {one["name"]: one["value"].strip("'\"") for one in _ARG.finditer(text)}
    take_commands(found, _filled(text, values))
    for one in _FROM.finditer(text):
        number = text.count("\n", 0, one.start("image")) + 1
        take_image(found, _filled(one["image"], values), number)
    return found.done()


def take_image(found: Gathering, image: str, number: int) -> None:
    """Take what an image says by its name: the framework, Python, CUDA.

    Args:
        found: collects it.
        image: such as ``pytorch/pytorch:1.7.1-cuda11.0-cudnn8-devel``.
        number: its line.
    """
    framework = load_catalogue().framework.name
    own = _OWN_IMAGE.search(image)
    if own and framework in own["name"]:
        found.say_build("cpu" if own["cpu"] else build_name(own["cuda"] or ""))
        found.take(f"{framework}=={own['version']}", number)
        return
    name, _, tag = image.partition(":")
    known = load_project_facts().image(name, tag)
    if known is not None:
        found.note("image-holds", image, number, has=known.release, effect="accept")
        held = load_project_facts().framework_in(name)
        found.take(f"{held}=={known.release}.*", number)
        found.say_python(known.python)
        return
    owner, _, held = name.rpartition("/")
    if held in FRAMEWORKS and owner in (held, "nvcr.io/nvidia"):  # which release, nobody says
        found.take(held, number)
        return
    cuda, python = _CUDA_IMAGE.search(image), _PYTHON_IMAGE.search(image)
    if cuda:
        found.say_runtime(cuda["cuda"])
    if python:
        found.say_python(python["python"])


def _filled(text: str, values: dict[str, str]) -> str:
    """Put the values of build arguments in place of their names."""

    def value(found: re.Match[str]) -> str:
        return values.get(found[1] or found[3], found[2] or found[0])

    return _VARIABLE.sub(value, text)
