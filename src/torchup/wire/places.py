"""Documents about which environment is used, and the lines that a shell takes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class CurrentV1(Struct, frozen=True, kw_only=True):
    """``torchup.current/v1``: the environment that counts here; every field is null for none.

    ``where`` is the variable, file or setting that says so.
    """

    schema: Literal["torchup.current/v1"] = "torchup.current/v1"
    name: str | None = None
    by: Literal["named", "active", "folder", "default"] | None = None
    where: str | None = None
    path: str | None = None
    exists: bool | None = None


class ShellV1(Struct, frozen=True, kw_only=True):
    """``torchup.shell/v1``: the lines for a shell to evaluate, in order."""

    schema: Literal["torchup.shell/v1"] = "torchup.shell/v1"
    command: Literal["activate", "deactivate", "shell-init"]
    environment: str | None
    shell: Literal["bash", "zsh", "fish", "powershell", "cmd"]
    lines: tuple[str, ...]
