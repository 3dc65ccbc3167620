"""What the walks do at each step, and what they look at."""

from __future__ import annotations

import json
import stat
import subprocess
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

ASK: Final = (
    "import torch; print(torch.cuda.is_available(), torch.cuda.device_count(), torch.version.cuda)"
)
"""What every tutorial ends with."""
TRAIN: Final = "import torch\nx = torch.ones(2, 2).cuda()\nprint(float((x @ x).max()))\n"
"""A program that computes on the card."""


class Way(NamedTuple):
    """A remedy of an explanation, as it is told."""

    title: str
    safety: str
    commands: tuple[tuple[str, ...], ...]


def right(torchup: Torchup, *arguments: str, stdin: str = "", **variables: str) -> str:
    """Take a step, which goes well; return what was said."""
    done = torchup(*arguments, stdin=stdin, **variables)
    assert done.code == 0, (arguments, done)
    return done.out


def stack(torchup: Torchup, *asked: str) -> dict[str, Any]:
    """The stack that is planned."""
    done = torchup("plan", *asked, "--json")
    found: dict[str, Any] = done.document("torchup.plan/v1")["stack"]
    return found


def names(torchup: Torchup) -> list[str]:
    """The environments that are listed."""
    found = torchup("list", "--json").document("torchup.environments/v1")["environments"]
    return [one["name"] for one in found]


def packages(torchup: Torchup, name: str) -> dict[str, str]:
    """What is installed in an environment."""
    found = torchup("packages", "-n", name, "--json").document("torchup.packages/v1")
    return {one["name"]: one["version"] for one in found["packages"]}


def ends_well(torchup: Torchup, name: str, version: str, *, cards: int) -> None:
    """The end of every tutorial: it is installed, it computes, and Python says so."""
    installed = packages(torchup, name)
    assert installed["torch"] == version
    build = version.partition("+")[2]
    assert all(installed[one].endswith(build) for one in ("torchvision", "torchaudio"))
    right(torchup, "verify", name)
    said = right(torchup, "run", name, "--", "python", "-c", ASK).split()
    assert said[:2] == [str(cards > 0), str(cards)]
    if cards and build.startswith("cu"):
        assert said[2].replace(".", "") == build[2:]


def runs(torchup: Torchup, name: str, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program that may well die: its own traceback is what is looked at."""
    return subprocess.run(
        torchup.argv("run", name, "--", "python", program),
        env=torchup.env,
        cwd=torchup.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def explained(torchup: Torchup, text: str, *more: str, facts: dict[str, str] | None = None) -> Any:  # noqa: ANN401  # findings are documents
    """What an error's text is explained by, the likeliest first."""
    known = ("--facts", json.dumps(facts)) if facts is not None else ()
    done = torchup("explain", "-", *known, *more, "--json", stdin=text)
    return done.document("torchup.diagnosis/v1")["findings"]


def ways(finding: Any) -> list[Way]:  # noqa: ANN401  # a document
    """The remedies of a finding."""
    return [
        Way(one["title"], one["safety"], tuple(tuple(command) for command in one["commands"]))
        for one in finding["remedies"]
    ]


def mend(torchup: Torchup, finding: Any, command: str, *more: str, **names_: str) -> str:  # noqa: ANN401
    """Run the one command of torchup's that a finding offers and that begins as ``command`` does.

    ``names_`` are the words to put where the command leaves one open, such as ``NAME``.
    """
    told = [one for way in ways(finding) if way.safety != "manual" for one in way.commands]
    (found,) = {one for one in told if " ".join(one).startswith(f"torchup {command}")}
    words = [names_.get(word, word) for word in found[1:]]
    return right(torchup, *words, *more)


def everything(folder: Path) -> dict[str, tuple[int, bytes | str]]:
    """Every path but bytecode and the notes of when something was looked at, with its content."""
    found: dict[str, tuple[int, bytes | str]] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if "__pycache__" in name or name in (".torchup/size.json", ".torchup/receipt.json"):
            continue
        about = path.lstat()
        held = str(path.readlink()) if path.is_symlink() else ""
        content = path.read_bytes() if stat.S_ISREG(about.st_mode) else held
        found[name] = (about.st_mode, content)
    return found
