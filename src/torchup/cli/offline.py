"""What brings files to a machine without a network, as lines to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.stacks.lost import lacks_a_source

if TYPE_CHECKING:
    from torchup.cli.session import Session
    from torchup.model import Resolution


def say_ways(answer: Resolution, name: str, session: Session) -> None:
    """Say how the files get here, where nothing was found because nobody may be asked.

    Args:
        answer: what was found.
        name: the environment that was asked for.
        session: the run.
    """
    if session.json or not session.context.offline or not lacks_a_source(answer):
        return
    from torchup.api.stacks.offline import ways

    label = session.say("cli.label.next")
    commands = ways(answer.requirement, name)
    for where in ("offline.way.probe", "offline.way.make", "offline.way.back"):
        session.out.row(label, session.say(where, **commands))
        label = ""
