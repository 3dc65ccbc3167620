"""Registering a kernel that starts an environment."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup import apply
from torchup.api.environments.foreign import load
from torchup.api.kernels.jupyters import jupyter_prefix
from torchup.api.kernels.listing import list_kernels
from torchup.backends.installed import installed, interpreter
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.frameworks import named_in
from torchup.facts.load import load_catalogue
from torchup.integrate.jupyter import spec
from torchup.integrate.jupyter.folders import folder_in, user_folder
from torchup.model import Environment, StepOutcome, text
from torchup.model.names import is_elsewhere
from torchup.state import undo

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.kernels import Kernel
    from torchup.model.record import StepStatus

LAUNCHER: Final = "ipykernel"
"""The package that an environment needs to be started as a kernel."""
_ICONS: Final = ("logo-32x32.png", "logo-64x64.png", "logo-svg.svg")


class Place(Struct, frozen=True, kw_only=True):
    """Where a kernel is registered, and ``whose`` it is: ``user``, ``prefix`` or ``jupyter``.

    ``prefix`` is the environment that holds it; empty where every Jupyter of the user shows it.
    """

    folder: str
    whose: str = "user"
    prefix: str = ""

    @property
    def also(self) -> tuple[str, ...]:
        """The environments that have to be looked into for it."""
        return (self.prefix,) if self.prefix else ()


class Registration(Struct, frozen=True, kw_only=True):
    """A kernel that is to be written."""

    environment: Environment
    name: str
    title: str
    place: Place

    @property
    def path(self) -> str:
        """Its ``kernel.json``."""
        return f"{self.place.folder}/{self.name}/kernel.json"


def place_of(context: Context, *, prefix: str = "", jupyter: str = "") -> Place:
    """Return where a kernel goes: for the user, into a prefix, or beside a given Jupyter.

    Raises:
        UsageError: ``kernel.one-place``, ``kernel.no-jupyter``, ``kernel.no-prefix``.
    """
    host = context.host
    if prefix and jupyter:
        raise UsageError("kernel.one-place")
    if jupyter:
        beside = jupyter_prefix(host, jupyter)
        return Place(folder=folder_in(beside), whose="jupyter", prefix=beside)
    if prefix:
        folder = Path(prefix).expanduser().absolute()
        if not folder.is_dir():
            raise UsageError("kernel.no-prefix", path=folder)
        return Place(folder=folder_in(str(folder)), whose="prefix", prefix=str(folder))
    return Place(folder=user_folder(host))


def prepare(
    context: Context, name: str, place: Place, *, kernel: str = "", title: str = ""
) -> Registration:
    """Work out what is to be written; nothing is.

    Args:
        context: the session.
        name: the environment.
        place: where the kernel goes.
        kernel: its own name; made of the environment's if empty.
        title: what menus show; made of the environment's name if empty.

    Raises:
        NoAnswerError: there is no such environment, it can't run, or ``kernel.taken``.
        UsageError: ``kernel.bad-name``.
    """
    found = load(context, name, sized=False)
    python = interpreter(Path(found.record.path), context.host)
    if not context.host.is_executable(str(python)):
        raise NoAnswerError("environment.cant-run", name=name, python=python)
    called = kernel or _plain(_short(found))
    if not spec.is_name(called):
        raise UsageError("kernel.bad-name", name=called or found.record.name)
    there = next(
        (
            one
            for one in list_kernels(context, place.also)
            if one.name.lower() == called.lower() and one.path.startswith(f"{place.folder}/")
        ),
        None,
    )
    ours = there is not None and _means(context, there, found)
    folder = Path(place.folder) / called
    free = ours or (there is not None and there.state == "gone")
    if not free and (there is not None or (folder / "kernel.json").exists()):
        named = context.pasteable("--prefix", place.prefix) if place.prefix else ""
        where = f" {named}" if named else ""
        args = {"kernel": called, "path": folder, "name": name, "where": where}
        raise NoAnswerError("kernel.taken", **args)
    return Registration(
        environment=found,
        name=called,
        title=title or (there.title if there is not None and ours else _title(found)),
        place=place,
    )


def _means(context: Context, kernel: Kernel, found: Environment) -> bool:
    """Tell whether a kernel was made for an environment of this home, wherever that was then."""
    if not kernel.own or kernel.environment != found.record.name:
        return False
    return kernel.home == str(context.home.root) or kernel.state == "moved"


def needs_launcher(context: Context, found: Environment) -> bool:
    """Tell whether an environment lacks what Jupyter starts.

    Raises:
        NoAnswerError: ``kernel.launcher-missing``, ``kernel.launcher-conda``: it does, and torchup
            did not make it.
    """
    if LAUNCHER in installed(Path(found.record.path), context.host):
        return False
    foreign = found.state == "foreign" or is_elsewhere(found.record.name)
    if foreign and found.record.backend == "conda":
        name = found.record.name
        raise NoAnswerError("kernel.launcher-conda", name=name, written=context.pasteable(name))
    if foreign:
        python = interpreter(Path(found.record.path), context.host)
        raise NoAnswerError("kernel.launcher-missing", name=found.record.name, python=python)
    return True


def edits_of(context: Context, wanted: Registration) -> tuple[undo.Write, ...]:
    """Return what is to be written of a kernel; nothing where all is there already."""
    found = wanted.environment
    path = Path(found.record.path)
    data = spec.written(
        spec.Wanted(
            title=wanted.title,
            python=str(interpreter(path, context.host)),
            environment=found.record.name,
            home=str(context.home.root),
            programs=programs_of(context, found),
            variables=variables_of(context, found),
        ),
        windows=context.host.system == "windows",
    )
    folder = f"{wanted.place.folder}/{wanted.name}"
    shipped = files("torchup.integrate.jupyter") / "icon"
    contents = {f"{folder}/{one}": (shipped / one).read_bytes() for one in _ICONS}
    contents[wanted.path] = data
    return tuple(
        undo.Write(path=file, data=content)
        for file, content in contents.items()
        if context.host.read(file) != content
    )


def write(context: Context, wanted: Registration) -> StepOutcome:
    """Write a kernel's files, all or none; ``torchup undo`` takes that back.

    Raises:
        OutsideError: a file can't be written.
    """
    edits, name = edits_of(context, wanted), wanted.environment.record.name
    if edits:
        undo.change(
            context.host,
            context.home,
            what=text("kernel.registered", kernel=wanted.name, name=name),
            edits=edits,
            command="kernel add",
            about=name,
        )
    status: StepStatus = "done" if edits else "skipped"
    return StepOutcome(id="kernel", status=status, detail=wanted.path)


def programs_of(context: Context, found: Environment) -> tuple[str, ...]:
    """Name the folders of an environment's programs, so that ``!pip`` means its own there."""
    path = Path(found.record.path)
    folders = apply.program_folders(path, context.host, found.record.toolkit)
    return tuple(map(str, folders))


def variables_of(context: Context, found: Environment) -> dict[str, str]:
    """What the stack and its toolkit need, and what tells programs where they are."""
    path = found.record.path
    conda = found.record.backend == "conda"
    own = {"CONDA_PREFIX" if conda else "VIRTUAL_ENV": path}
    own |= apply.closing_variables(conda=conda)
    own |= apply.library_variables(Path(path), found.record.stack, context.host)
    toolkit = apply.toolkit_variables(Path(path), found.record.toolkit)
    from torchup.apply.uv_variable import UV_CONSTRAINT, uv_constraint

    held = uv_constraint(context.host, Path(path))
    held_too = {UV_CONSTRAINT: held} if held else {}
    return {**found.record.stack.environment, **own, **toolkit, **held_too}


def _plain(name: str) -> str:
    """Make a kernel's name that Jupyter takes; the title says the whole name.

    Where no letter would be left of one (数据, 数据-2), another's digits would be the same.
    """
    plain = spec.plain_name(name)
    if plain and (name.isascii() or any(map(str.isalpha, plain))):
        return plain
    return f"env-{sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _title(found: Environment) -> str:
    """What menus show; no version, which another one would make a lie of."""
    held = (load_catalogue(one).framework for one in named_in(found.packages))
    titles = [one.title for one in held if one.name in found.packages]
    return f"{_short(found)} ({', '.join(titles)})" if titles else _short(found)


def _short(found: Environment) -> str:
    """What an environment is called among people: one that is named by its path, by its folder."""
    name = found.record.name
    return Path(found.record.path).name if is_elsewhere(name) else name
