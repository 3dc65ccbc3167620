"""An environment as a Containerfile: the same files by their hashes, in an image; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.errors import NoAnswerError
from torchup.facts.frameworks import named_in
from torchup.facts.images import python_image, tool_image, toolkit_image
from torchup.facts.load import load_catalogue
from torchup.model import Stack
from torchup.plan.pasting import CONTAINER_DEVICES, CONTAINER_RUN
from torchup.plan.quoting import command_line

if TYPE_CHECKING:
    from torchup.facts.catalogue import Framework
    from torchup.facts.images import ImageRow

_PLACE: Final = "/opt/venv"
_PINS: Final = "/opt/pins"
_USER: Final = "1000"
_PLATFORMS: Final = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}
_PODMAN: Final = {"cuda": "--device nvidia.com/gpu=all"}
"""Podman has NVIDIA's cards by their CDI names
(docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/cdi-support.html)."""
_SETTINGS: Final = (
    "PIP_DISABLE_PIP_VERSION_CHECK=1",
    "PIP_ROOT_USER_ACTION=ignore",
    "PYTHONUNBUFFERED=1",
)
_CACHES: Final = {"pip": "/root/.cache/pip", "uv": "/root/.cache/uv"}
_NOTES: Final = {
    "rocm": (
        "The user in the image must be in the groups that own the host's /dev/kfd and",
        "/dev/dri/renderD*: add their numbers (getent group render video) with --group-add.",
    ),
    "xpu": (
        "The image needs Intel's own user-space driver (Level Zero) as well:",
        "https://dgpu-docs.intel.com says which packages of its repository those are.",
    ),
}


class Pinned(Struct, frozen=True, kw_only=True):
    """One package: its requirement, and the hashes (``sha256:…``) of its files.

    ``options`` lead pip to the place it is at, empty for the default index. ``source``: there is no
    wheel of it, it is built.
    """

    line: str
    hashes: tuple[str, ...]
    options: tuple[str, ...] = ()
    source: bool = False


class Contained(Struct, frozen=True, kw_only=True):
    """What goes into the image.

    ``toolkit`` is the CUDA runtime whose toolkit has to be there, empty where nothing is compiled.
    ``missing`` are comments about what can't be had elsewhere. ``whole``: nothing that a package
    asks for was left out. ``libraries`` are what the wheels don't bring and no image here has.
    """

    name: str
    stack: Stack
    arch: str
    packages: tuple[Pinned, ...]
    toolkit: str = ""
    missing: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    whole: bool = True

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """What is imported and tried: the frameworks of the stack."""
        return tuple(load_catalogue(one).framework for one in named_in(self.stack.packages))


def containerfile(found: Contained) -> str:
    """Write the file; every line is understood by Docker's BuildKit and by Buildah.

    Wheels that bring their own CUDA or ROCm go on a small image with the right Python. One with a
    whole toolkit is taken only where something has to be compiled. Requirements are written by
    ``printf``: here-documents are unknown to older builders and to programs that read such files.

    Raises:
        NoAnswerError: ``export.no-image``: no image is known that has this Python or toolkit.
    """
    base, bare = _base(found)
    lines = ["# syntax=docker/dockerfile:1", *_about(found)]
    if bare:
        uv = tool_image("uv")
        lines += [*_pinned(uv), f"FROM {uv.reference} AS uv", ""]
    lines += [*_pinned(base), f"FROM {base.reference}", *_environment(found, bare=bare)]
    lines += _interpreter(found, bare=bare)
    lines += _installs(found)
    lines += ["", *_checks(found), ""]
    lines += _user()
    return "\n".join(lines) + "\n"


def _base(found: Contained) -> tuple[ImageRow, bool]:
    """The image, and whether Python has to be brought into it."""
    python = found.stack.python
    image: ImageRow | None
    if found.toolkit:
        image = toolkit_image(found.toolkit)
        if image is None:
            raise NoAnswerError("export.no-image", what=f"CUDA {found.toolkit}", name=found.name)
        return image, True
    image = python_image(python)
    if image is None:
        if not python.endswith("t"):
            raise NoAnswerError("export.no-image", what=f"Python {python}", name=found.name)
        image = python_image(python[:-1])  # its own Python isn't used
        if image is None:
            raise NoAnswerError("export.no-image", what=f"Python {python}", name=found.name)
        return image, True
    return image, False


def tag_of(name: str) -> str:
    """What an image may be called after an environment.

    Small letters and digits of ASCII, and between them dots, dashes or underscores
    (https://docs.docker.com/reference/cli/docker/image/tag/).
    """
    last = re.split(r"[/\\:]", name.rstrip("/\\"))[-1]
    return re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-") or "torchup"


def _about(found: Contained) -> list[str]:
    stack, name = found.stack, tag_of(found.name)
    platform = _PLATFORMS.get(found.arch, found.arch)
    packages = " ".join(f"{key}=={value}" for key, value in stack.installed.items())
    lines = [
        f"# {packages}, Python {stack.python}, for {platform} alone: the hashes are of its files.",
        f"#   docker build --platform {platform} -t {name} -f Containerfile .     (or podman)",
    ]
    cards = CONTAINER_RUN.get(stack.device, "")
    run = " ".join(one for one in ("docker run --rm -it --shm-size 8g", cards, name) if one)
    lines.append(f"#   {run}")
    if stack.device in _PODMAN:
        lines.append(f"#   podman run --rm -it --shm-size 8g {_PODMAN[stack.device]} {name}")
    lines += [f"# {line}" for line in _NOTES.get(stack.device, ())]
    compiles = [one.compiles for one in found.frameworks if one.compiles]
    if compiles and not found.toolkit:
        lines.append(
            f"# {', '.join(compiles)} needs a C++ compiler: "
            "add `RUN apt-get update && apt-get install -y g++` before USER."
        )
    if found.libraries:
        lines.append(
            f"# The wheels bring no CUDA; on the cards they find {' '.join(found.libraries)} only "
            "where you put it into the image."
        )
    return [*lines, *found.missing, ""]


def _pinned(image: ImageRow) -> list[str]:
    if image.digest:
        return []
    return [
        f"# No digest is known here. `docker buildx imagetools inspect {image.image}` tells it."
    ]


def _environment(found: Contained, *, bare: bool) -> list[str]:
    settings = [*_SETTINGS, *CONTAINER_DEVICES.get(found.stack.device, ())]
    settings += [f"{key}={value}" for key, value in found.stack.environment.items()]
    if bare:
        settings += ["UV_PYTHON_INSTALL_DIR=/opt/python", "UV_LINK_MODE=copy"]
    if found.toolkit:
        settings.append("CUDA_HOME=/usr/local/cuda")
    path = f'PATH="{_PLACE}/bin:$PATH"'
    return ["ENV " + " \\\n    ".join([path, *(_quoted(one) for one in settings)])]


def _quoted(setting: str) -> str:
    key, _, value = setting.partition("=")
    if value and all(char.isalnum() or char in "/.,:_-+" for char in value):
        return setting
    inner = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'{key}="{inner}"'


def _interpreter(found: Contained, *, bare: bool) -> list[str]:
    if not bare:
        return [f"RUN python -m venv {_PLACE}"]
    make = f"uv venv --seed --python {found.stack.python} {_PLACE}"
    return [
        "COPY --from=uv /uv /usr/local/bin/uv",
        f"RUN --mount=type=cache,target={_CACHES['uv']} \\\n    {make}",
    ]


def _installs(found: Contained) -> list[str]:
    """One installation for each index, the framework's first; what is built comes last."""
    kinds = dict.fromkeys((one.source, one.options) for one in found.packages)
    lines = []
    for number, (source, options) in enumerate(sorted(kinds, key=lambda kind: kind[0]), 1):
        file = f"{_PINS}/{number}.txt"
        rows = [one for one in found.packages if (one.source, one.options) == (source, options)]
        lines += ["", *_written(rows, file)]
        words = ["python", "-m", "pip", "install", "--no-deps", "--require-hashes"]
        words += ["--no-build-isolation"] if source else ["--only-binary", ":all:"]
        command = command_line(*words, *options, "-r", file, windows=False)
        lines.append(f"RUN --mount=type=cache,target={_CACHES['pip']} \\\n    {command}")
    return lines


def _written(rows: list[Pinned], file: str) -> list[str]:
    lines = [
        " ".join([one.line, *(f"--hash={each}" for each in one.hashes)]).replace("'", "'\\''")
        for one in rows
    ]
    quoted = "".join(f" \\\n    '{line}'" for line in lines)
    return [f"RUN mkdir -p {_PINS} && printf '%s\\n'{quoted} \\\n    > {file}"]


def _checks(found: Contained) -> list[str]:
    """What the build fails on: another version, a missing package, a wrong sum."""
    programs = [f"python -c '{_program(found.stack, one)}'" for one in found.frameworks]
    if found.whole:
        programs.insert(0, "python -m pip check")
    return ["RUN " + " \\\n    && ".join(programs)]


def _program(stack: Stack, framework: Framework) -> str:
    name = framework.name
    version = stack.pins.get(name, stack.packages[name])
    package = stack.installed_as(name)
    found = f'assert version("{package}") == "{version}", version("{package}")'
    parts = (f"import {name}; from importlib.metadata import version", found, framework.trial)
    return "; ".join(filter(None, parts))


def _user() -> list[str]:
    """A user of the image's own; Ubuntu's images have one of that number already."""
    add = f"useradd --create-home --uid {_USER} --non-unique worker"
    return [
        f"RUN {add} && mkdir -p /work && chown {_USER} /work",
        f"USER {_USER}",
        "WORKDIR /work",
        'CMD ["python"]',
    ]
