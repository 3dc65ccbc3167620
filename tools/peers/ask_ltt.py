"""What light-the-torch chooses: ``ltt install --dry-run``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.peers.answers import Answer
from tools.peers.ask_uv import build_on, last_line
from tools.peers.scratch import run
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.peers.machines import Subject
    from tools.peers.stage import Stage

INSIDE: Final = Path(__file__).with_name("inside_ltt.py")
_SYSTEMS: Final = {"linux": "Linux", "windows": "Windows", "macos": "Darwin"}


def ask_ltt(stage: Stage) -> Answer:
    """Let light-the-torch detect the made machine and resolve for it."""
    status, _, said = run(ltt_command(stage), stage.environment)
    if status != 0:
        return Answer(kind="failure", said=last_line(said))
    (chosen,) = json.loads(_report(stage).read_text())["install"]
    version, _, tag = chosen["metadata"]["version"].partition("+")
    index = chosen["download_info"]["url"].rpartition(f"/{_name()}/")[0]
    build = tag or build_on(stage.subject, version, index)
    return Answer(kind="build", version=version, build=build)


def ltt_command(stage: Stage) -> list[str]:
    """Word the dry run for the made machine; it writes a report of what it would install."""
    subject = stage.subject
    command = [stage.program("python"), "-I", str(INSIDE), _SYSTEMS[subject.machine.os.system]]
    command += ["install", "--dry-run", "--quiet", "--ignore-installed", "--no-deps"]
    command += ["--only-binary", ":all:", "--python-version", subject.python]
    command += [f"--platform={tag}" for tag in platforms(subject)]
    target = str(stage.file("target"))
    return [*command, "--target", target, "--report", str(_report(stage)), _name()]


def _report(stage: Stage) -> Path:
    return stage.file("ltt.json")


def _name() -> str:
    return load_catalogue().framework.name


def platforms(subject: Subject) -> Iterator[str]:
    """Name every platform tag that pip would take on the machine, best first."""
    machine = subject.machine
    if machine.os.system == "windows":
        yield "win_amd64"
    elif machine.os.system == "macos":
        major = int((machine.os.version or "11").partition(".")[0])
        yield from (f"macosx_{one}_0_{machine.arch}" for one in range(major, 10, -1))
    else:
        number = int((machine.os.libc or "glibc 2.17").rpartition(".")[2])
        yield from (f"manylinux_2_{one}_{machine.arch}" for one in range(number, 4, -1))
        yield f"linux_{machine.arch}"
