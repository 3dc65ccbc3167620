"""What a tool chose on a machine, and how that is kept between two runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import msgspec

RECORD: Final = Path(__file__).with_name("answers.json")

Kind = Literal["build", "refusal", "failure", "outside"]


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one tool chose on one machine.

    Attributes:
        kind: ``build`` of the framework; ``refusal``: it says that there is none, and why;
            ``failure``: it stopped with an error; ``outside``: something that is not a build
            of the framework, such as a plug-in of another maker.
        version: the framework's version.
        build: the build, such as ``cu126``.
        poses_as: the architecture that the tool makes the card pass for at run time.
        said: the tool's own words, or the code of torchup's first reason.
        python: the interpreter's release line where the tool goes back to an older one than the
            installed one.
    """

    kind: Kind
    version: str = ""
    build: str = ""
    poses_as: str = ""
    said: str = ""
    python: str = ""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the peers.

    Attributes:
        date: the day of the run, in ISO form.
        facts: the day on which the catalogue was checked that the stand-in index was made from.
        versions: peer → the version that was run.
        answers: peer → machine → answer.
    """

    date: str
    facts: str
    versions: dict[str, str]
    answers: dict[str, dict[str, Answer]]


def read_record(path: Path = RECORD) -> Record:
    """Read the last run.

    Raises:
        OSError: there is none.
        ValidationError: the file has another shape (of ``msgspec``).
    """
    return msgspec.json.decode(path.read_bytes(), type=Record)


def write_record(record: Record, path: Path = RECORD) -> None:
    """Keep a run, in a form whose differences can be read."""
    text = msgspec.json.format(msgspec.json.encode(record), indent=1)
    path.write_bytes(text + b"\n")
