"""What uv chooses: ``uv pip compile --torch-backend=auto``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tools.peers.answers import Answer
from tools.peers.scratch import NoScratchError, run
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.peers.machines import Subject
    from tools.peers.stage import Stage

REFUSED_TO_START: Final = 125
_FROM: Final = re.compile(r"^\s*# from (\S+)$", re.MULTILINE)
_TRIPLES: Final = {
    "windows-x86_64": "x86_64-pc-windows-msvc",
    "macos-arm64": "aarch64-apple-darwin",
    "macos-x86_64": "x86_64-apple-darwin",
}


def ask_uv(stage: Stage) -> Answer:
    """Let uv detect the made machine and resolve for it."""
    return resolve_with_uv(stage, ("--torch-backend", "auto"))


def resolve_with_uv(stage: Stage, options: Sequence[str]) -> Answer:
    """Let uv resolve the framework alone.

    Args:
        stage: the machine.
        options: where to look for it.

    Raises:
        NoScratchError: the made devices can't be put in place.
    """
    name = load_catalogue().framework.name
    subject = stage.subject
    command = [stage.program("uv"), "pip", "compile", "-", "--no-header", "--no-annotate"]
    command += ["--emit-index-annotation", "--python", stage.program("python")]
    command += ["--python-version", subject.python, "--python-platform", platform_for_uv(subject)]
    status, printed, said = run(stage.behind([*command, *options]), stage.environment, name)
    if status == REFUSED_TO_START:
        raise NoScratchError(said)
    if status != 0:
        return Answer(kind="failure", said=last_line(said))
    return read_pin(subject, name, printed)


def read_pin(subject: Subject, name: str, printed: str) -> Answer:
    """Read the version and the build out of a compiled requirements file."""
    pin = re.search(rf"^{re.escape(name)}==([^\s+]+)(?:\+(\S+))?$", printed, re.MULTILINE)
    place = _FROM.search(printed)
    if pin is None or place is None:
        return Answer(kind="failure", said=last_line(printed))
    version, tag = pin.groups()
    build = tag or build_on(subject, version, place[1])
    return Answer(kind="build", version=version, build=build)


def build_on(subject: Subject, version: str, index: str) -> str:
    """Name the build that a wheel without a tag is: its page's, or the one that PyPI serves."""
    catalogue = load_catalogue()
    page = index.rstrip("/")
    if page.startswith(f"{catalogue.framework.index_base}/"):
        return page.rpartition("/")[2]
    release = catalogue.release(version)
    platform = subject.machine.platform
    return next(
        one.name
        for one in (release.builds if release else ())
        if one.platform == platform and "pypi" in one.channels
    )


def platform_for_uv(subject: Subject) -> str:
    """Name the machine's platform as uv does, the C library included."""
    machine = subject.machine
    if machine.os.system != "linux":
        return _TRIPLES[machine.platform]
    number = (machine.os.libc or "").removeprefix("glibc ").replace(".", "_")
    return f"{machine.arch}-manylinux_{min(number, '2_40')}"


def last_line(text: str) -> str:
    """Return what a tool said last, in one line."""
    lines = [line.strip() for line in text.splitlines()]
    return next((line for line in reversed(lines) if line), "")
