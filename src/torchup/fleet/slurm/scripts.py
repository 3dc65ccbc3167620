"""Writes the scripts: everything that they need is in them, so that one file travels alone."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torchup
from torchup.api.fleet.collected import script as collect
from torchup.errors import UsageError
from torchup.fleet import together
from torchup.plan.quoting import command_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.model import Environment
    from torchup.words import Words

_OWN: Final = frozenset({"--array", "-a", "--wait", "-W", "--wrap", "--parsable", "-H", "--hold"})
"""Options that the scripts need for themselves (https://slurm.schedmd.com/sbatch.html)."""
_CARDS: Final = ("--gres", "--gpus", "-G", "--gpus-per-node", "--gpus-per-task", "--exclusive")
"""Options by which the user says how many cards a job gets."""
_PARTITION: Final = ("-p", "--partition")
_ONE_CARD: Final = "--gres=gpu:1"


def directives(options: str) -> tuple[str, ...]:
    """Read options of ``sbatch`` as a shell would, one directive each.

    Raises:
        UsageError: ``slurm.options``: they can't be read, or a word is no option; ``slurm.own``:
            one that the script sets itself.
    """
    try:
        words = shlex.split(options)
    except ValueError as error:
        raise UsageError("slurm.options", options=options, why=error) from error
    found: list[str] = []
    for word in words:
        if not word.isprintable() or (not word.startswith("-") and not _takes_value(found)):
            raise UsageError("slurm.options", options=options, why=word)
        if word.startswith("-"):
            name, given, value = word.partition("=")
            found.append(f"{name}={_quoted(value)}" if given else word)
        else:
            found[-1] = f"{found[-1]} {_quoted(word)}"
    for one in found:
        name = re.split(r"[= ]", one, maxsplit=1)[0]
        if name in _OWN:
            raise UsageError("slurm.own", option=name)
    return tuple(found)


def _takes_value(found: list[str]) -> bool:
    """Whether the last option may be followed by its value."""
    return bool(found) and "=" not in found[-1] and " " not in found[-1]


def _quoted(word: str) -> str:
    """A value in a directive: ``sbatch`` reads quotation marks, and no shell."""
    return f'"{word}"' if re.search(r"\s", word) else word


def probe_script(words: Words, options: str = "", found: Environment | None = None) -> str:
    """Write the job array that looks at every node.

    Args:
        words: what the script says.
        options: further options of ``sbatch``.
        found: an environment; what it has is what is planned for on the nodes then.

    Raises:
        UsageError: as :func:`directives`.
    """
    lines = directives(options)
    named = [one for one in lines if re.split(r"[= ]", one)[0] in _CARDS]
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
            "PARTITION": shlex.quote(_value_of(lines, _PARTITION)),
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
    port: int = together.PORT,
    size_mib: int = together.SIZE_MIB,
) -> str:
    """Write the job in which the nodes of an allocation compute together.

    Args:
        words: what the script says.
        found: the environment, which lies where all nodes see it.
        options: further options of ``sbatch``.
        port: where the first node listens for torch.
        size_mib: how much is sent.

    Raises:
        UsageError: as :func:`directives`.
    """
    here = Path(__file__).parent
    name = found.record.name
    return _filled(
        "together.sh",
        {
            "ABOUT": _about(),
            "SBATCH": _sbatch(directives(options)),
            "PYTHON": shlex.quote(str(Path(found.record.path) / "bin" / "python")),
            "TORCHUP": shlex.quote(str(Path(sys.executable).with_name("torchup"))),
            "NAME": shlex.quote(name),
            "PORT": str(port),
            "SIZE": str(size_mib),
            "LIMIT": f"{together.LIMIT_S:.0f}",
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


def _sbatch(lines: tuple[str, ...]) -> str:
    return "\n".join(f"#SBATCH {one}" for one in lines) or "#"


def _value_of(lines: tuple[str, ...], names: tuple[str, ...]) -> str:
    for one in lines:
        name, _, value = re.sub("[= ]", " ", one, count=1).partition(" ")
        if name in names:
            return value.strip('"')
    return ""


def _format(words: Words, code: str, name: str) -> str:
    """A message as a format of printf, quoted for a shell."""
    text = words.say(code, {name: "\0"}).replace("%", "%%").replace("\\", "\\\\")
    return shlex.quote(text.replace("\0", "%s"))


def _payload(file: Path) -> str:
    return file.read_text(encoding="utf-8").rstrip("\n")
