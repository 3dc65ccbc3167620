"""Writes the scripts: everything that they need is in them, so that one file travels alone."""

from __future__ import annotations

import math
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torchup
from torchup.api.fleet.collected import script as collect
from torchup.fleet import together
from torchup.fleet.defaults import COMPUTE_S, LATE, PORT
from torchup.fleet.slurm.directives import CARDS, OF_BOTH, OF_PROBE, PARTITION, directives
from torchup.plan.quoting import command_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.fleet.slurm.directives import Directive
    from torchup.model import Environment
    from torchup.words import Words

_ONE_CARD: Final = "--gres=gpu:1"
_MINUTES: Final = 10
"""What a job asks for, unless torch may take longer."""


def probe_script(words: Words, options: str = "", found: Environment | None = None) -> str:
    """Write the job array that looks at every node.

    Args:
        words: what the script says.
        options: further options of ``sbatch``.
        found: an environment; what it has is what is planned for on the nodes then.

    Raises:
        UsageError: as :func:`directives`.
    """
    lines = directives(options, OF_PROBE)
    named = any(one.is_any(CARDS) for one in lines)
    asked = ""
    if found is not None:
        stack = found.record.stack
        pins = [f"{name}=={version}" for name, version in list(stack.packages.items())[:1]]
        more = ("--build", stack.build, "--python", stack.python)
        asked = command_line(*pins, *more, windows=False) + " "
    return _filled(
        "array.sh",
        {
            "ABOUT": _about(),
            "SBATCH": _sbatch(lines),
            "PARTITION": shlex.quote(_value_of(lines, PARTITION)),
            "CARDS": "''" if named else shlex.quote(_ONE_CARD),
            "COLLECT": collect().rstrip("\n"),
            "REQUIREMENT": asked.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$"),
            "SAY_MISSING": _format(words, "slurm.missing", "nodes"),
            "SAY_AWAY": _format(words, "slurm.away", "nodes"),
            "SAY_NONE": _format(words, "slurm.none", "folder"),
            "SAY_GATHERED": _format(words, "slurm.gathered", "count"),
            "SAY_SUBMITTED": _format(words, "slurm.submitted", "count"),
            "SAY_RESULT": _format(words, "slurm.result", "file"),
        },
    )


def together_script(
    words: Words,
    found: Environment,
    options: str = "",
    *,
    port: int = PORT,
    size_mib: int = together.SIZE_MIB,
    limit_s: int = COMPUTE_S,
) -> str:
    """Write the job in which the nodes of an allocation compute together.

    Args:
        words: what the script says.
        found: the environment, which lies where all nodes see it.
        options: further options of ``sbatch``.
        port: where the first node listens for torch.
        size_mib: how much is sent.
        limit_s: how long torch may take.

    Raises:
        UsageError: as :func:`directives`.
    """
    here = Path(__file__).parent
    name = found.record.name
    return _filled(
        "together.sh",
        {
            "ABOUT": _about(),
            "SBATCH": _sbatch(directives(options, OF_BOTH)),
            "PYTHON": shlex.quote(str(Path(found.record.path) / "bin" / "python")),
            "TORCHUP": shlex.quote(str(Path(sys.executable).with_name("torchup"))),
            "NAME": shlex.quote(name),
            "PORT": str(port),
            "SIZE": str(size_mib),
            "LIMIT": f"{together.LIMIT_S:.0f}",
            "TORCH_LIMIT": str(limit_s),
            "LATE": str(LATE),
            "MINUTES": str(max(_MINUTES, math.ceil(limit_s / 60) + _MINUTES // 2)),
            "SAY_OUTSIDE": shlex.quote(words.say("slurm.outside")),
            "MEET": _payload(here.parent / "payload_meet.py"),
            "ALLOCATION": _payload(here / "payload_allocation.py"),
            "TOGETHER": _payload(here.parent / "payload_together.py"),
        },
    )


def _filled(name: str, values: Mapping[str, str]) -> str:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    # One pass: what is put in may contain such marks itself.
    return re.sub(r"@([A-Z_]+)@", lambda found: values.get(found[1], found[0]), text)


def _about() -> str:
    return f"Written by torchup {torchup.__version__}."


def _sbatch(lines: tuple[Directive, ...]) -> str:
    return "\n".join(f"#SBATCH {one.line}" for one in lines) or "#"


def _value_of(lines: tuple[Directive, ...], names: Mapping[str, str]) -> str:
    return next((one.value for one in reversed(lines) if one.is_any(names)), "")


def _format(words: Words, code: str, name: str) -> str:
    """A message as a format of printf, quoted for a shell."""
    text = words.say(code, {name: "\0"}).replace("%", "%%").replace("\\", "\\\\")
    return shlex.quote(text.replace("\0", "%s"))


def _payload(file: Path) -> str:
    return file.read_text(encoding="utf-8").rstrip("\n")
