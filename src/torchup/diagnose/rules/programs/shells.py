"""What shells say of a command that isn't there, in their forms and languages.

bash and dash: ``gcc: command not found``; zsh: ``command not found: gcc``; fish: ``Unknown command``;
Debian's and Ubuntu's ``command-not-found``; cmd.exe and PowerShell; Go's and runc's ``exec``;
Python's ``FileNotFoundError`` of a subprocess.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.diagnose.rule import Sign
from torchup.diagnose.rules.phrases import COMMAND_MISSING

_PYTHON_COMMANDS: Final = (
    *(
        "jupyter",
        "jupyter-lab",
        "jupyter-notebook",
        "ipython",
        "tensorboard",
        "accelerate",
        "torchrun",
    ),
    *(
        "deepspeed",
        "wandb",
        "huggingface-cli",
        "hf",
        "streamlit",
        "gradio",
        "pytest",
        "cmake",
        "uv",
    ),
    *("poetry", "pipx", "llamafactory-cli", "yolo", "mim"),
)
"""Commands that a package brings into its environment."""


def _missing(command: str, points: float, *, common: bool = False) -> tuple[Sign, ...]:
    """Return the signs of a command that isn't found.

    Args:
        command: its name.
        points: what they count.
        common: its name is a word that means files and models as well.
    """
    no_path = "(?!No such file)" if common else ""
    of_process = r"subprocess[\s\S]*" if common else ""
    name = rf"{re.escape(command)}(?:\.exe)?"
    quoted = rf"['\"`\u00ab]?{name}['\"\u00bb]?"
    return (
        Sign(
            points,
            command,
            rf"(?:^|[\s:(/]){quoted}(?:\s?[:\uff1a]\s?|\s?(?!not found)){no_path}{COMMAND_MISSING}(?!\S*[/\\])"
            rf"|[Cc]ommand ['\"]{name}['\"] not found"
            rf"|(?:command not found|[Uu]nknown command): {name}\s*$"
            rf"|\"{name}\"项识别为"
            rf"|[Tt]he program ['\"]{name}['\"] is currently not installed"
            rf"|Befehl [\"']{name}[\"'] ist entweder falsch geschrieben"
            rf"|exec: \"{name}\": executable file not found",
        ),
        Sign(
            max(points, 68),
            command,
            rf"{of_process}No such file or directory: ['\"]{name}['\"]",
            before=14 if common else 0,
        ),
    )


SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "no-nvidia-driver": _missing("nvidia-smi", 44),
    "nvcc-missing": _missing("nvcc", 78),
    "ninja-missing": _missing("ninja", 84),
    "c-compiler-missing": tuple(
        sign
        for one in ("gcc", "g++", "cc", "c++", "clang", "clang++")
        for sign in _missing(one, 84)
    ),
    "msvc-missing": _missing("cl", 80),
    "conda-not-initialised": tuple(
        sign for one in ("conda", "mamba", "micromamba") for sign in _missing(one, 66)
    ),
    "pip-launcher-broken": tuple(sign for one in ("pip", "pip3") for sign in _missing(one, 58)),
    "package-not-installed": tuple(
        sign for one in _PYTHON_COMMANDS for sign in _missing(one, 66, common=True)
    ),
}
"""Cause → what it looks like."""
