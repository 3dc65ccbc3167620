"""The chain from the card to the notebook, on a terminal and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.folding import fold
from torchup.compat.drawing import GROUND, Box, Drawing, Ink, Label, Rule
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.chain.link import Link, State
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session

_MARKS: Final[dict[State, str]] = {"good": "●", "costs": "◐", "stops": "✗", "quiet": "○"}
_TONES: Final[dict[State, Tone]] = {
    "good": "good", "costs": "costs", "stops": "stops", "quiet": "quiet",
}  # fmt: skip
_INKS: Final = {
    "good": Ink("#2f8f4e", "#4cb872"),
    "costs": Ink("#b7791f", "#e0a94a"),
    "stops": Ink("#c53030", "#f07178"),
    "none": Ink("#9aa5b1", "#5b6774"),
}
_WIDTH: Final = 760.0
_ROW: Final = 62.0
_EDGE: Final = 24.0
_TOP: Final = 64.0
_LINE: Final = 16.0
_COLUMNS: Final = 88
"""Of a line of why that fit the picture; a Chinese character takes two."""
_NAME: Final = 64
"""Letters of what a link shows that do."""


def why_of(link: Link, session: Session) -> str:
    """The line about a link."""
    if link.reason is not None:
        return reason_text(link.reason, session.words)
    return session.words.text(link.why)


def print_chain(links: Sequence[Link], session: Session) -> None:
    """Print the chain: a link a row, with its state and one line of why."""
    out = session.out
    for number, link in enumerate(links):
        last = number == len(links) - 1
        label = session.say(f"chain.label.{link.what}")
        out.row(label, f"{_MARKS[link.state]} {link.shown}", _TONES[link.state])
        bar = " " if last else "│"
        out.row("", f"{bar} {why_of(link, session)}", "quiet")


def draw_chain(links: Sequence[Link], session: Session) -> Drawing:
    """Draw the chain from top to bottom."""
    shapes: list[Box | Label | Rule] = [
        Label(x=_EDGE, y=38, text=session.say("chain.title"), size=18, bold=True)
    ]
    top = above = _TOP
    for link in links:
        ink = "none" if link.state == "quiet" else link.state
        if top > _TOP:
            shapes.append(Rule(x1=_EDGE + 7, y1=above + 22, x2=_EDGE + 7, y2=top + 4))
        why = why_of(link, session)
        lines = fold(why, _COLUMNS)
        shapes += [
            Box(x=_EDGE, y=top + 6, width=14, height=14, ink=ink, title=why),
            Label(
                x=_EDGE + 30,
                y=top + 18,
                text=session.say(f"chain.label.{link.what}"),
                size=13,
                ink="quiet",
            ),
            Label(x=_EDGE + 150, y=top + 18, text=_cut(link.shown, _NAME), size=15, bold=True),
            *(
                Label(x=_EDGE + 150, y=top + 38 + at * _LINE, text=line, size=12, ink="quiet")
                for at, line in enumerate(lines)
            ),
        ]
        above, top = top, top + _ROW + (len(lines) - 1) * _LINE
    return Drawing(
        width=_WIDTH,
        height=top + 8,
        title=session.say("chain.title"),
        shapes=tuple(shapes),
        inks={**GROUND, **_INKS},
    )


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[:letters].rstrip()} …"
