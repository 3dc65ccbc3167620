"""Asking a person who sits at a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.cli.session import Session

_YES: Final = ("y", "yes", "是", "好")


def may_ask(session: Session, *, yes: bool) -> bool:
    """Tell whether there is anybody to ask: no ``--yes``, no program that reads, a terminal."""
    return not (yes or session.json) and sys.stdin.isatty()


def agreed(question: str, *, by_default: bool) -> bool:
    """Ask, and tell whether the answer is yes.

    Args:
        question: in the user's language; it shows what an empty answer means.
        by_default: what that is.
    """
    sys.stdout.write(f"{question} ")
    sys.stdout.flush()
    answer = sys.stdin.readline().strip().lower()
    return answer in _YES or (by_default and not answer)
