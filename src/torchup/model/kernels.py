"""Jupyter's kernels: what is registered, what it promises, and what it turned out to be."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.text import Text

KernelState = Literal["ok", "gone", "moved", "hidden", "double", "open"]
"""``gone``: its interpreter isn't there; ``moved``: its environment is, in another place;
``hidden``: Jupyter takes another one of the same name; ``double``: the menu shows another one under
the same title; ``open``: it names no interpreter of its own, and gets Jupyter's."""


class Kernel(Struct, frozen=True, kw_only=True):
    """A kernel as it is registered.

    ``path`` is its ``kernel.json``. ``environment`` is the one of torchup's that it was made for,
    ``other`` the ``kernel.json`` that hides it or looks like it; both are empty for none.
    ``own`` tells whether torchup wrote it, and ``home`` from which home; ``why`` what is wrong.
    """

    name: str
    title: str
    path: str
    argv: tuple[str, ...]
    variables: dict[str, str] = {}
    environment: str = ""
    own: bool = False
    home: str = ""
    state: KernelState = "ok"
    other: str = ""
    why: Text | None = None

    @property
    def interpreter(self) -> str:
        """The program that it starts."""
        return self.argv[0]


class Answer(Struct, frozen=True, kw_only=True):
    """What a started kernel says of itself; ``file`` is where the framework was imported from."""

    executable: str = ""
    prefix: str = ""
    python: str = ""
    version: str = ""
    file: str = ""
    device: str = ""
    error: str = ""


class KernelCheck(Struct, frozen=True, kw_only=True):
    """A kernel that was started for real.

    ``framework`` is what it was asked to import. ``answer`` is None where it didn't start;
    ``wrong`` says what isn't as its name promises.
    """

    kernel: Kernel
    framework: str
    answer: Answer | None
    wrong: tuple[Text, ...] = ()
    took_s: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it is what its name promises."""
        return self.answer is not None and not self.wrong
