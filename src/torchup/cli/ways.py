"""The ways out of a no, each with the command that takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.facts.frameworks import named_in
from torchup.model import Requirement
from torchup.plan.quoting import command_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Given, Session
    from torchup.model import NearMiss, Resolution

_OTHER_STACK: Final = frozenset(
    {
        "remedy.ask",
        "remedy.on-ptx",
        "remedy.ask-and-driver",
        "remedy.ask-and-install-driver",
        "remedy.ask-and-older-driver",
        "remedy.ask-and-python",
        "remedy.paired",
        "remedy.without",
    }
)
_NAMED: Final = "remedy.named-build"
_UNKNOWN_CARD: Final = frozenset({"gpus-unknown", "gpu-unknown", "gpu-cut", "gpu-ambiguous"})
"""Reasons that naming the card, or the CPU in its place, does away with."""
_OTHER_PYTHON: Final = frozenset(
    {"remedy.python", "remedy.ask-and-python", "remedy.python-and-driver"}
)


def print_ways(answer: Resolution, session: Session) -> None:
    """Print what would help, cheapest first, or what to do where nothing does."""
    out = session.out
    if not answer.near_misses:
        codes = {reason.code for reason in answer.reasons}
        if "pins-unsolvable" in codes:
            out.line(session.say("cli.none.loosen"))
        elif not codes.isdisjoint(_UNKNOWN_CARD):
            out.line(session.say("cli.none.next"))
        return
    out.line(session.say("cli.nearest"))
    for number, near in enumerate(answer.near_misses, 1):
        out.line(f"  {number}  {session.words.text(near.remedy)}", folds=True)
        windows = session.host.system == "windows"
        command = command_for(near, answer.requirement, session.given, windows=windows)
        if command:
            out.line(out.paint(f"     {command}", "quiet"))


def create_command(args: argparse.Namespace, session: Session) -> str:
    """The command that carries out what was planned, with all that was asked for.

    Args:
        args: the arguments of ``plan``.
        session: this run.
    """
    options = requirement_options(args)
    return session.pasteable("torchup", "create", "NAME", *args.requirements, *options)


def requirement_options(args: argparse.Namespace, *, stack: bool = True) -> list[str]:
    """The options of a requirement, as they were given.

    Args:
        args: the arguments of a command that takes one.
        stack: with those that choose among builds and Pythons; without for whoever names both.
    """
    options: list[str] = []
    several = (
        ("-r", args.files),
        ("--use-gpu", args.use_gpu),
        ("--build-from-source", args.builds),
    )
    for name, values in several:
        options += [word for value in values for word in (name, value)]
    chosen = ("python", "build") if stack else ()
    for name in ("project", *chosen, "wheels", "as_of"):
        value = getattr(args, name)
        options += [f"--{name.replace('_', '-')}", value] if value is not None else []
    for name in (*(("cpu",) if stack else ()), "no_companions", "nightly"):
        options += [f"--{name.replace('_', '-')}"] if getattr(args, name) else []
    return [*options, *_backend(args.backend, args.channel)]


def command_for(
    near: NearMiss, asked: Requirement, given: Given | None = None, *, windows: bool = False
) -> str:
    """The command that takes a way out; empty where no command of torchup does.

    Where a driver has to change too, it is the command for afterwards. A requirements file is
    named as it was, unless a file asks for what the way out changes.

    Args:
        near: the way out.
        asked: what was asked for, in the place of which the command stands.
        given: the files that some of it came from.
        windows: write it for Windows' shells.
    """
    code = near.remedy.code
    if code == "remedy.later-day":
        asked = replace(asked, as_of=near.remedy.args["day"])
    elif code not in _OTHER_STACK | _OTHER_PYTHON | {"remedy.cpu", _NAMED}:
        return ""
    python = near.stack.python if code in _OTHER_PYTHON else asked.python
    options = ["--python", python] if python else []
    packages = asked.packages
    if code in _OTHER_STACK:
        line, build = _part(near, asked)
        if not line:
            return ""
        packages = _packages(near, asked, line)
        options += build
    elif code == "remedy.cpu" or asked.cpu:
        options.append("--cpu")
    elif asked.build or code == _NAMED:
        options += ["--build", asked.build or near.stack.build]
    if code != "remedy.cpu":
        options += [word for gpu in asked.use_gpus for word in ("--use-gpu", gpu)]
    if given is not None:
        packages, named = _by_files(packages, given)
        options += named
    words = ("torchup", "create", "NAME", *packages, *options, *_kept(asked))
    return command_line(*words, windows=windows)


def _by_files(packages: tuple[str, ...], given: Given) -> tuple[tuple[str, ...], list[str]]:
    """What is asked for beside the files that were named, and the options that name these."""
    options: list[str] = []
    if given.files and set(given.in_files) <= set(packages):
        packages = tuple(one for one in packages if one not in given.in_files)
        options += [word for name in given.files for word in ("-r", name)]
    if given.project:
        packages = tuple(one for one in packages if one not in given.in_files)
        options += ["--project", given.project]
    options += ["--wheels", given.wheels] if given.wheels else []
    return packages, options


def _part(near: NearMiss, asked: Requirement) -> tuple[str, list[str]]:
    """The stack's own requirement and the options that choose its build; empty for no way."""
    if len(named_in(asked.packages)) > 1:
        from torchup.cli.ways_several import part_of

        return part_of(near, asked)
    name, version = next(iter(near.stack.packages.items()))
    return f"{name}=={version}", _build(near)


def _packages(near: NearMiss, asked: Requirement, line: str) -> tuple[str, ...]:
    """The stack's own version in the place of what was asked; companions come by themselves."""
    from torchup.facts.load import load_catalogue
    from torchup.model.names import name_of

    carriers = set(load_catalogue().framework.stands_for)  # the build is named by its option
    ours = (
        carriers
        | set(near.stack.packages)
        | {
            one.subject.partition(" ")[0]
            for one in near.reasons
            if one.code.startswith("companion-")
        }
    )
    paired = near.remedy.args.get("companion", "") if near.remedy.code == "remedy.paired" else ""
    pins = [paired.replace(" ", "==")] if paired else []
    return (
        line,
        *pins,
        *(one for one in asked.packages if name_of(one) not in ours),
    )


def _build(near: NearMiss) -> list[str]:
    """The options that choose the stack's build; the one for Apple's GPU needs none."""
    if near.stack.named_build is None:
        return []
    return ["--cpu"] if near.stack.build == "cpu" else ["--build", near.stack.build]


def _backend(backend: str, channels: Sequence[str]) -> list[str]:
    """The options that choose conda, and its channels."""
    if backend == Requirement().backend:
        return []
    return ["--backend", backend, *(word for one in channels for word in ("--channel", one))]


def _kept(asked: Requirement) -> list[str]:
    """What was asked for besides and holds for every way."""
    kept = [] if asked.companions else ["--no-companions"]
    kept += ["--as-of", asked.as_of] if asked.as_of else []
    kept += _backend(asked.backend, asked.channels)
    return [*kept, "--nightly"] if asked.nightly else kept
