"""The ways out of a no, each with the command that takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.plan.quoting import command_line

if TYPE_CHECKING:
    from torchup.cli.session import Session
    from torchup.model import NearMiss, Requirement, Resolution


def print_ways(answer: Resolution, session: Session) -> None:
    """Print what would help, cheapest first, or what to do where nothing does."""
    out = session.out
    if not answer.near_misses:
        out.line(session.say("cli.none.next"))
        return
    out.line(session.say("cli.nearest"))
    for number, near in enumerate(answer.near_misses, 1):
        out.line(f"  {number}  {session.words.text(near.remedy)}")
        command = command_for(near, answer.requirement)
        if command:
            out.line(out.paint(f"     {command}", "quiet"))


def command_for(near: NearMiss, asked: Requirement) -> str:
    """The command that takes a way out; empty where no command of torchup does.

    Args:
        near: the way out.
        asked: what was asked for, in the place of which the command stands.
    """
    name, version = next(iter(near.stack.packages.items()))
    options = ["--python", asked.python] if asked.python else []
    packages = list(asked.packages)
    if near.remedy.code == "remedy.ask":
        ours = set(near.stack.packages)
        packages = [f"{name}=={version}", *(one for one in packages if not _about(one, ours))]
        options += ["--cpu"] if near.stack.build == "cpu" else ["--build", near.stack.build]
    elif near.remedy.code == "remedy.cpu":
        options.append("--cpu")
    elif near.remedy.code == "remedy.python":
        options = ["--python", near.remedy.args["pythons"].rpartition(", ")[2]]
        options += ["--build", asked.build] if asked.build else []
    else:
        return ""
    return command_line("torchup", "create", "NAME", *packages, *options)


def _about(requirement: str, names: set[str]) -> bool:
    """Tell whether a requirement is about one of some packages."""
    from torchup.resolve.wishes import name_of

    return name_of(requirement) in names
