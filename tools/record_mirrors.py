"""Record ``torchup mirror test`` as a terminal shows it: ``python -m tools.record_mirrors FOLDER``.

Four places on this machine serve the planned files: at 5, 20 and 5 MB/s, and one that lacks them.
What torchup writes to a terminal of its own is kept with its times, in each language, and played
again: every picture of the recording is photographed with Chromium, and they are joined to a GIF.
"""

from __future__ import annotations

import os
import pty
import re
import select
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import itertools

from PIL import Image

from laboratory.mirror import Mirror
from tools.make_terminal_pictures import WIDTH, page, photographs
from torchup.api.context import Context
from torchup.api.machines import machine
from torchup.api.mirrors.wanted import wanted_files
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

_MB: Final = 10**6
PLACES: Final = {"campus": 5 * _MB, "city": 20 * _MB, "abroad": 5 * _MB, "attic": 5 * _MB}
"""Bytes a second of each place; the last one lacks the framework's wheels and the interpreter."""
DELAYS: Final = {"campus": 0.004, "city": 0.03, "abroad": 0.19, "attic": 0.05}
"""Seconds before each answers."""
LACKING: Final = "attic"
_STEP_S: Final = 0.25
_LAST_MS: Final = 4000
_TOKEN: Final = re.compile(
    r"\x1b\[\?25[lh]|\x1b\[(\d*)A|\x1b\[2K|\r|\n|(?:[^\x1b\r\n]|\x1b\[[\d;]*m)+"
)


def files_of(name: str, wanted: Sequence[str]) -> dict[str, bytes]:
    """Lay a place out: an index, the framework's own, a channel, interpreters."""
    wheel, interpreter = wanted
    page_of = f'<!DOCTYPE html><a href="/files/{wheel}">{wheel}</a>'.encode()
    body = bytes(24 * _MB)
    everywhere = {"simple/torch/": page_of, f"files/{wheel}": body}
    everywhere["conda/cloud/conda-forge/linux-64/repodata.json.zst"] = body
    if name == LACKING:
        return everywhere
    build = wheel.partition("+")[2].partition("-")[0]
    return everywhere | {f"whl/{build}/torch/": page_of, f"python/{unquote(interpreter)}": body}


def overlay(folder: Path, servers: dict[str, Mirror]) -> None:
    """Write the facts by which torchup knows the places."""
    kinds = {
        "pypi": ("simple", "index"),
        "pytorch": ("whl", "index"),
        "conda": ("conda", "channels"),
        "python": ("python", "releases"),
    }
    rows = ["checked = 2026-11-30", "", "[sources]", 'here = "this machine"']
    for kind, (path, layout) in kinds.items():
        for name, server in servers.items():
            rows += [
                "",
                "[[mirrors]]",
                *(f'{key} = "{said}"' for key, said in {
                    "kind": kind,
                    "id": name,
                    "name": name,
                    "url": f"{server.url}/{path}",
                    "layout": layout,
                    "state": "alive",
                    "operator": "this machine",
                    "certainty": "measured",
                }.items()),
                'source = ["here"]',
            ]  # fmt: skip
    (folder / "mirrors.toml").write_text("\n".join(rows) + "\n", encoding="utf-8")


def record(facts: Path, *arguments: str) -> list[tuple[float, str]]:
    """Run torchup with a site's facts at a terminal; return what it wrote, each with its time."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TORCHUP_FACTS_OVERLAY"] = str(facts)
        os.execv(sys.executable, [sys.executable, "-m", "torchup", *arguments])
    began, found = time.monotonic(), []
    while select.select([terminal], [], [], 60)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        found.append((time.monotonic() - began, piece.decode("utf-8", "replace")))
    os.waitpid(child, 0)
    return found


def screens(events: Sequence[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """Play a recording: what stands on the terminal after each piece that it was written."""
    lines, row = [""], 0
    for at, piece in events:
        for token in _TOKEN.finditer(piece):
            text = token[0]
            if text == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif text == "\x1b[2K":
                lines[row] = ""
            elif text.endswith("A") and text.startswith("\x1b["):
                row = max(0, row - int(token[1] or 1))
            elif text != "\r" and "?25" not in text:
                lines[row] += text
        yield at, "\n".join(lines).rstrip()


def steps(events: Sequence[tuple[float, str]]) -> list[tuple[str, int]]:
    """Choose the pictures, and for how many milliseconds each one stands."""
    found: list[tuple[float, str]] = []
    for at, screen in screens(events):
        if found and at - found[-1][0] < _STEP_S:
            found[-1] = (found[-1][0], screen)
        elif not found or screen != found[-1][1]:
            found.append((at, screen))
    times = [at for at, _ in found]
    lasting = [round((after - at) * 1000) for at, after in itertools.pairwise(times)]
    return [(screen, ms) for (_, screen), ms in zip(found, [*lasting, _LAST_MS], strict=True)]


def join(pictures: Sequence[Path], lasting: Sequence[int], into: Path) -> None:
    """Make one moving picture, each frame as large as the largest."""
    frames = [Image.open(one).convert("RGB") for one in pictures]
    size = (max(one.width for one in frames), max(one.height for one in frames))
    grown = []
    for one in frames:
        whole = Image.new("RGB", size, one.getpixel((1, 1)))
        whole.paste(one, (0, 0))
        grown.append(whole.quantize(colors=48, dither=Image.Dither.NONE))
    grown[0].save(into, save_all=True, append_images=grown[1:], duration=lasting, loop=0)


def wanted(home: Path) -> tuple[str, str]:
    """Name the wheel and the interpreter that are planned for this machine."""
    context = Context(RealHost(), Home(home))
    found = wanted_files(context, machine.probe(context), ("pytorch", "python"))
    torch = found["pytorch"]
    tag = f"cp{torch.python.replace('.', '')}"
    system = torch.platform.partition("-")[2]
    wheel = f"{torch.version}+{torch.build}-{tag}-{tag}-manylinux_2_28_{system}.whl"
    return f"torch-{wheel}", found["python"].path


def main() -> None:
    """Write a recording for each language."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        root = Path(made)
        kept = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
        own = {
            "HOME": made,
            "TORCHUP_HOME": str(root / "home"),
            "TERM": "xterm-256color",
            "COLUMNS": str(WIDTH),
            "LINES": "40",
            "LANG": "C.UTF-8",
        }
        os.environ.clear()
        os.environ.update(kept | own)
        (root / "facts").mkdir()
        names = wanted(root / "home")
        servers: dict[str, Mirror] = {}
        for name, rate in PLACES.items():
            mirror = Mirror(files_of(name, names), rate=rate, delay=DELAYS[name])
            running: AbstractContextManager[Mirror] = mirror.start()
            servers[name] = stack.enter_context(running)
        overlay(root / "facts", servers)
        command = ("mirror", "test", *PLACES)
        for language in ("en", "zh_CN"):
            events = record(root / "facts", "--lang", language, *command)
            shown = steps(events)
            files = [root / f"{language}-{number}.png" for number in range(len(shown))]
            typed = f"$ torchup {' '.join(command)}\n"
            photographs([page(typed + screen) for screen, _ in shown], files)
            join(files, [ms for _, ms in shown], folder / f"mirror-test-{language}.gif")


if __name__ == "__main__":
    main()
