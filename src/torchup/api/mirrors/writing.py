"""Telling pip, uv and conda of the chosen mirrors, in their own files, so that it can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.api.condas.settings import CondaSettings
from torchup.errors import NoAnswerError, OutsideError
from torchup.integrate.condarc import Condarc, FaultError
from torchup.integrate.condarc_mends import decoded
from torchup.integrate.pip_conf import NotPlainError, PipConf
from torchup.integrate.uv_toml import PYTHON_MIRROR, UvToml
from torchup.model import text
from torchup.model.mirror import OFFICIAL
from torchup.sources.address import same_place
from torchup.sources.channels import parts_of_defaults
from torchup.sources.pip_config import pip_configuration, pip_files
from torchup.sources.uv_config import user_file, uv_configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torchup.api.context import Context
    from torchup.api.mirrors.choice import Chosen
    from torchup.model import System, Text
    from torchup.model.mirror import Mirror, MirrorKind

PROGRAMS: Final = ("pip", "uv", "conda")
TOLD: Final[dict[str, frozenset[str]]] = {
    "pip": frozenset({"pypi"}),
    "uv": frozenset({"pypi", "python"}),
    "conda": frozenset({"conda"}),
}
"""What each program can be told of; the framework's own index is one for each build, and stays
torchup's."""
_SECTIONS: Final = ("install", "download")
_SECONDS: Final = "120"
"""pip's own wait of 15 s for a server that says nothing breaks off what a busy mirror sends."""


class Written(Struct, frozen=True, kw_only=True):
    """One file, as it will be."""

    program: str
    path: str
    was: bytes | None
    now: bytes

    @property
    def same(self) -> bool:
        """Whether there is nothing to change."""
        return self.was == self.now


def programs_of(asked: Sequence[str]) -> tuple[str, ...]:
    """Name the programs that ``all`` and single names mean."""
    return tuple(one for one in PROGRAMS if one in asked or "all" in asked)


def prepare(context: Context, chosen: Sequence[Chosen], programs: Sequence[str]) -> list[Written]:
    """Work out what each program's file will hold; changes nothing.

    Args:
        context: the session.
        chosen: the places, by kind.
        programs: of :data:`PROGRAMS`.

    Raises:
        NoAnswerError: ``mirror.config-malformed``: a file can't be edited, because the program
            itself couldn't read it; ``mirror.no-file``: pip is told to read none.
        OutsideError: ``kept.unreadable``.
    """
    first = {one.kind: one.mirrors[0] for one in chosen}
    found = []
    for program in programs:
        told = {kind: one for kind, one in first.items() if kind in TOLD[program]}
        if not told:
            continue
        path = _path(context, program)
        was = context.host.read(path)
        if was is None and context.host.modified(path) is not None:
            raise OutsideError("kept.unreadable", path=path, why="@mirror.no-permission")
        try:
            now = _EDITS[program](was or b"", told, context.host.system)
        except (NotPlainError, FaultError) as error:
            why = error.args[0] if isinstance(error, NotPlainError) else error.fault.why
            raise NoAnswerError("mirror.config-malformed", path=path, why=why) from error
        if now is not None:
            found.append(Written(program=program, path=path, was=was, now=now))
    return found


def overruled(
    context: Context, files: Sequence[Written], chosen: Sequence[Chosen], *, dry_run: bool
) -> list[Text]:
    """Say what counts before the files that were written: a variable, or another file's section.

    Args:
        context: the session.
        files: what was written, or would be.
        chosen: the places, by kind.
        dry_run: nothing was written, so that variables alone can be told.
    """
    url = next((one.mirrors[0].url for one in chosen if one.kind == "pypi"), "")
    asked = {"pip": pip_configuration, "uv": uv_configuration}
    found = []
    for one in files:
        read = asked.get(one.program)
        primary = read(context.host).primary if read else None
        if primary is None or not url or same_place(primary.value) == same_place(url):
            continue
        if not dry_run or primary.origin.startswith(("PIP_", "UV_")):
            found.append(text("mirror.overruled", name=primary.origin, path=one.path))
    return found


def _path(context: Context, program: str) -> str:
    """The file in which a program keeps what this user told it."""
    host = context.host
    if program == "conda":
        return CondaSettings(context).own_file
    if program == "uv":
        return user_file(host)
    files = list(pip_files(host))
    if not files:
        raise NoAnswerError("mirror.no-file", name="PIP_CONFIG_FILE")
    return files[-1]


def _pip(data: bytes, told: dict[MirrorKind, Mirror], _system: System) -> bytes:
    file, url = PipConf(data), told["pypi"].url
    file.set("global", "index-url", url)
    for section in _SECTIONS:  # what such a section says would count before
        if file.get(section, "index-url"):
            file.set(section, "index-url", url)
    if not any(file.get(section, "timeout") for section in ("global", *_SECTIONS)):
        file.set("global", "timeout", _SECONDS)
    return file.data()


def _uv(data: bytes, told: dict[MirrorKind, Mirror], _system: System) -> bytes:
    file = UvToml(data)
    if "python" in told:
        file.set(PYTHON_MIRROR, told["python"].url)
    if "pypi" in told:
        file.set_default_index(told["pypi"].url)
    return file.data()


def _conda(data: bytes, told: dict[MirrorKind, Mirror], system: System) -> bytes | None:
    mirror = told["conda"]
    if mirror.id == OFFICIAL:
        return None
    written, plain = decoded(data)
    if not plain:
        raise NotPlainError("UTF-8")
    document = Condarc(written)
    for key, value in _condas_keys(mirror, system):
        document.set(key, value)
    after = document.text()
    if b"\r\n" in data:
        after = after.replace("\r\n", "\n").replace("\n", "\r\n")
    return after.encode()


def _condas_keys(mirror: Mirror, system: System) -> Iterator[tuple[str, object]]:
    if mirror.state == "own":
        yield "channel_alias", mirror.url
        return
    yield "default_channels", [f"{mirror.url}/pkgs/{part}" for part in parts_of_defaults(system)]
    for channel in mirror.channels or ("conda-forge",):
        yield f"custom_channels.{channel}", f"{mirror.url}/cloud"


_EDITS: Final[dict[str, Callable[[bytes, dict[MirrorKind, Mirror], System], bytes | None]]] = {
    "pip": _pip,
    "uv": _uv,
    "conda": _conda,
}
