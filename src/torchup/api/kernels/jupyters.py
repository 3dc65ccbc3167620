"""The Jupyter that a person means: its environment, and the interpreter that it runs on."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from torchup.errors import UsageError

if TYPE_CHECKING:
    from torchup.host import Host

_SHEBANG: Final = re.compile(rb"#![ \t]*(?:/usr/bin/env[ \t]+)?([^\r\n]+)")
_EXEC: Final = re.compile(
    rb"^'''exec'[ \t]+(\"[^\"\r\n]+\"|'[^'\r\n]+'|\S+)[ \t]+\"\$0\"", re.MULTILINE
)
"""How pip and uv write an interpreter whose path is too long for a ``#!`` or has blanks."""


def jupyter_prefix(host: Host, named: str) -> str:
    """Return the environment of the Jupyter that somebody names.

    Args:
        host: the machine.
        named: its program, an environment that holds it, or that environment's interpreter.

    Raises:
        UsageError: ``kernel.no-jupyter``: there is none.
    """
    path = os.path.abspath(os.path.expanduser(named))  # noqa: PTH100, PTH111
    found = _whole(host, path) if host.is_dir(path) else prefix_of_jupyter(host, path)
    if found is None:
        raise UsageError("kernel.no-jupyter", path=named)
    return found


def prefix_of_jupyter(host: Host, program: str) -> str | None:
    """Return the environment that a program (``jupyter``, ``python``) belongs to, None for none."""
    if not host.is_executable(program):
        return None
    name = re.split(r"[\\/]", program)[-1].lower()
    if name.startswith("python"):
        return _whole(host, _above(program))
    real = host.real_path(program)
    beside = _whole(host, _above(real))
    if beside is not None:
        return beside
    head = (host.read(real) or b"")[:2000]
    said = _EXEC.search(head) or _SHEBANG.match(head)
    interpreter = os.fsdecode(said[1]).strip().strip("\"'") if said else ""
    if interpreter and not os.path.isabs(interpreter):  # noqa: PTH117 - the machine may be told of
        interpreter = host.which(interpreter) or ""
    return _whole(host, _above(interpreter)) if interpreter else None


def interpreter_in(host: Host, prefix: str) -> str | None:
    """Return the interpreter of an environment of any kind, None where there is none."""
    places = ("python.exe", "Scripts/python.exe") if host.system == "windows" else ("bin/python3",)
    places = (*places, "bin/python")
    found = (f"{prefix}/{one}" for one in places)
    return next((one for one in found if host.is_executable(one)), None)


def _above(program: str) -> str:
    """The environment that a program's folder belongs to, by the folder's name."""
    folder, _, _ = program.replace("\\", "/").rpartition("/")
    head, _, last = folder.rpartition("/")
    return head if last.lower() in {"bin", "scripts"} else folder


def _whole(host: Host, prefix: str) -> str | None:
    return prefix if prefix and interpreter_in(host, prefix) is not None else None
