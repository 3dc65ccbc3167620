"""Documents of the web page: what was started on it, and how far that is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from torchup.model.mirror import MirrorKind
from torchup.model.mirror_speed import Holds

Command = Literal[
    "create",
    "verify",
    "clone",
    "delete",
    "repair",
    "undo",
    "add",
    "remove",
    "upgrade",
    "kernel-add",
    "kernel-delete",
    "ide",
    "notebook",
]
MirrorAction = Literal["test", "use", "reset", "undo"]
JobState = Literal["running", "done", "no", "failed", "stopped"]

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Line = Annotated[str, Meta(min_length=1, max_length=400)]
# "$" alone lets a line's end pass after it.
Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,80}$(?!\n)")]
"""What a finding is called."""
Pick = Annotated[str, Meta(pattern=r"^(pypi|pytorch|conda|python)=\S{1,300}$(?!\n)")]
"""A place for a kind, as ``mirror use`` takes it."""
Program = Literal["pip", "uv", "conda"]
KernelName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._][A-Za-z0-9._-]{0,127}$(?!\n)")]


class WebV1(Struct, frozen=True, kw_only=True):
    """``torchup.web/v1``: where the page is. ``url`` lets one browser in, once."""

    schema: Literal["torchup.web/v1"] = "torchup.web/v1"
    url: str
    port: int


class OrderV1(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done, mostly to one environment; what a command has no use for is left aside.

    Attributes:
        command: what to do.
        name: the environment; empty for ``undo``, ``kernel-delete``, and ``repair`` of the machine.
        target: the name of the copy, for ``clone``.
        requirements: as on the command line, for ``create``, ``add``, ``remove`` and ``upgrade``.
        every: ``upgrade`` all that is there.
        findings: what ``repair`` mends.
        change: what ``undo`` takes back.
        kernel: what ``kernel-delete`` takes away.
        ide: which one is told what to use.
        folder: the project's, for ``ide``, and the one that ``notebook`` shows: the whole path, or
            one that begins with ``~/``.
        python: a minor version, such as ``3.12``.
        build: such as ``cu126``.
        cpu: the build for the processor.
        companions: torchvision and torchaudio too.
        as_of: a day, in ISO form.
        quick: leave the slow checks out.
        bench: measure how fast it is, for ``verify``.
    """

    command: Command
    name: Annotated[str, Meta(max_length=64)] = ""
    target: Name | None = None
    requirements: Annotated[tuple[Line, ...], Meta(max_length=50)] = ()
    every: bool = False
    findings: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
    change: Annotated[str, Meta(pattern=r"^[0-9a-z][0-9a-zA-Z-]{0,80}$(?!\n)")] | None = None
    kernel: KernelName | None = None
    ide: Literal["vscode", "pycharm"] | None = None
    folder: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None
    python: Annotated[str, Meta(pattern=r"^3\.[0-9]{1,2}t?$(?!\n)")] | None = None
    build: Annotated[str, Meta(pattern=r"^[a-z]{2,8}[0-9.]{0,8}$(?!\n)")] | None = None
    cpu: bool = False
    companions: bool = True
    as_of: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)")] | None = None
    quick: bool = False
    bench: bool = False


class MirrorOrderV1(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done with mirrors; each action takes its own field.

    Attributes:
        action: race them, choose some, forget those that were chosen, or take a change back.
        kinds: what is raced or forgotten; none means all.
        planned: requirements whose files are raced for; none means what fits this machine.
        picks: what is chosen, as ``mirror use`` takes it: ``pypi=tuna``, the first of a kind first.
        write: the programs that are told too.
        change: what is taken back, as ``torchup undo --list`` calls it.
    """

    action: MirrorAction
    kinds: Annotated[tuple[MirrorKind, ...], Meta(max_length=4)] = ()
    planned: Annotated[tuple[Line, ...], Meta(max_length=8)] = ()
    picks: Annotated[tuple[Pick, ...], Meta(max_length=16)] = ()
    write: Annotated[tuple[Program, ...], Meta(max_length=3)] = ()
    change: Annotated[str, Meta(pattern=r"^[0-9]{8}-[0-9]{6}(-[0-9]{4})?$(?!\n)")] | None = None


class MirrorEventV1(Struct, frozen=True, kw_only=True):
    """How one place does in a race so far; ``rate`` in bytes a second, ``said`` in words."""

    kind: MirrorKind
    mirror: str
    place: str
    state: Literal["asking", "measuring", "done"]
    holds: Holds = "unknown"
    latency_ms: int | None = None
    rate: int | None = None
    fresh: str = ""
    speed: str = ""
    said: str = ""


class JobEventV1(Struct, frozen=True, kw_only=True):
    """Something that a job told, worded in ``text``; ``kind`` as ``--progress json`` has it.

    ``done`` and ``total`` are bytes, of ``progress`` alone; ``status`` is of ``check`` alone.
    """

    kind: Literal["step", "check", "note", "progress", "line", "mirror"]
    text: str
    at: str
    status: str = ""
    done: int = 0
    total: int = 0
    mirror: MirrorEventV1 | None = None


class JobV1(Struct, frozen=True, kw_only=True):
    """``torchup.job/v1``: one command that runs, or ran, and the document that it ended with.

    ``no``: the answer is no. ``started`` and ``ended`` are ISO times. ``name`` is the
    environment's; jobs about mirrors have none. ``changes`` are what it changed, the newest first,
    as ``undo`` calls them.
    """

    schema: Literal["torchup.job/v1"] = "torchup.job/v1"
    id: str
    command: Command | Literal["mirror"]
    name: str
    line: str
    state: JobState
    started: str
    ended: str | None = None
    events: tuple[JobEventV1, ...] = ()
    progress: JobEventV1 | None = None
    result: dict[str, Any] | None = None
    changes: tuple[str, ...] = ()


class JobsV1(Struct, frozen=True, kw_only=True):
    """``torchup.jobs/v1``: the jobs of this run of ``torchup web``, the newest first."""

    schema: Literal["torchup.jobs/v1"] = "torchup.jobs/v1"
    jobs: tuple[JobV1, ...]


class LogV1(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An error text to be explained; ``here``: what is known of this machine counts too."""

    text: Annotated[str, Meta(min_length=1, max_length=2_000_000)]
    here: bool = True


class CommandsV1(Struct, frozen=True, kw_only=True):
    """``torchup.commands/v1``: a choice as commands for each tool; empty where none fits."""

    schema: Literal["torchup.commands/v1"] = "torchup.commands/v1"
    torchup: str
    pip: str
    uv: str
    conda: str


class PreviewLineV1(Struct, frozen=True, kw_only=True):
    """One thing that would be done: ``come``, ``go`` and ``change`` are of packages and files."""

    kind: Literal["come", "go", "change", "do", "note"]
    text: str


class PreviewV1(Struct, frozen=True, kw_only=True):
    """``torchup.preview/v1``: what an order would do; ``needed`` is false where that is nothing."""

    schema: Literal["torchup.preview/v1"] = "torchup.preview/v1"
    line: str
    needed: bool
    lines: tuple[PreviewLineV1, ...]
