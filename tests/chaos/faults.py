"""What goes wrong: each fault says how a command is started, and what happens meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from chaos.files import remove
from chaos.struck import READY

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from chaos.world import World
    from indexserver import Fault

STRUCK: Final = Path(__file__).with_name("struck.py")
TIMEOUT_S: Final = 60
HUNG: Final = 999
"""Stands for the status of a command that did not end."""
KILLED: Final = -signal.SIGKILL


class Ended(NamedTuple):
    """How a command ended; ``code`` is negative where a signal ended it."""

    code: int
    out: str
    err: str
    fault: str


def struck(world: World, argv: tuple[str, ...], chance: random.Random, kind: str) -> Ended:
    """Fail, or be killed, at a drawn change of the disk."""
    moment = int(2 ** chance.uniform(0, 9))
    return _run(world, (kind, str(moment), *argv), f"{kind} at change {moment}")


def signalled(world: World, argv: tuple[str, ...], chance: random.Random, kind: str) -> Ended:
    """Get a signal at a drawn instant, with everything that it started."""
    wait = chance.uniform(0, 1.5)
    ready = world.root.with_suffix(".ready")
    remove(ready)
    child = subprocess.Popen(
        _command(("none", "0", *argv)),
        env={**world.env, READY: str(ready)},
        cwd=world.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not ready.exists() and child.poll() is None:
        time.sleep(0.001)
    time.sleep(wait)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, getattr(signal, kind))
    return _end(child, f"{kind} after {wait:.2f} s")


def surrounded(world: World, argv: tuple[str, ...], chance: random.Random, kind: str) -> Ended:
    """Find strange variables, or lack usual ones."""
    name = chance.choice(sorted(SURROUNDINGS)) if kind == "surroundings" else kind
    variables = {**world.env, **SURROUNDINGS[name]}
    kept = {key: value for key, value in variables.items() if value is not None}
    return _run(world, ("none", "0", *argv), name, kept)


def configured(world: World, argv: tuple[str, ...], chance: random.Random, kind: str) -> Ended:
    """Find settings, of torchup's or of another program, that are anything but settings."""
    place = world.root / chance.choice(PLACES)
    place.parent.mkdir(parents=True, exist_ok=True)
    world.planted = place
    content = chance.choice(("empty", "folder", "zeros", "latin", "huge"))
    remove(place)
    if content == "folder":
        place.mkdir()
    elif content == "huge":
        with place.open("wb") as stream:
            stream.truncate(1 << 30)
    else:
        place.write_bytes({"empty": b"", "zeros": b"\0" * 512, "latin": b"\xe9 = [\xff"}[content])
    return _run(world, ("none", "0", *argv), f"{kind}: {place.relative_to(world.root)} {content}")


def unreachable(world: World, argv: tuple[str, ...], chance: random.Random, kind: str) -> Ended:
    """Lose the network: from the start, or where a drawn file is asked for."""
    part = chance.choice(("", "torch", "numpy", "six", "simple", ".whl"))
    fault = chance.choice(_REFUSALS)
    world.server.faults = {part: fault}
    try:
        return _run(world, ("none", "0", *argv), f"{kind}: {fault} for {part or 'everything'}")
    finally:
        world.server.faults = {}


def clocked(world: World, argv: tuple[str, ...], _chance: random.Random, kind: str) -> Ended:
    """See the clock jump."""
    return _run(world, (kind, "0", *argv), kind)


def crowded(world: World, argv: tuple[str, ...], _chance: random.Random, kind: str) -> Ended:
    """Be one of eight that do the same at once; the worst status counts, and what all said."""
    children = [
        subprocess.Popen(
            _command(("none", "0", *argv)),
            env=world.env,
            cwd=world.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(8)
    ]
    ended = [_end(child, kind) for child in children]
    worst = max(ended, key=lambda one: (one.code not in {0, 1, 2, 3}, one.code))
    out, err = ("".join(said) for said in zip(*((one.out, one.err) for one in ended), strict=True))
    return Ended(worst.code, out, err, kind)


def _end(child: subprocess.Popen[bytes], fault: str) -> Ended:
    try:
        out, err = child.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return Ended(HUNG, "", "", fault)
    return Ended(child.returncode, _text(out), _text(err), fault)


def _run(
    world: World, words: tuple[str, ...], fault: str, env: Mapping[str, str] | None = None
) -> Ended:
    child = subprocess.Popen(
        _command(words),
        env=env or world.env,
        cwd=world.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    return _end(child, fault)


def _command(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-B", str(STRUCK), *words]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_REFUSALS: Final[tuple[Fault, ...]] = ("404", "503", "truncated", "wrong-hash", "500")
PLACES: Final = (
    "config/config.toml",
    "torchup/cache/completion.json",
    "torchup/cache/answers.json",
    ".config/pip/pip.conf",
    "xdg-config/pip/pip.conf",
    "xdg-config/uv/uv.toml",
    ".condarc",
    ".bashrc",
    ".torchup-env",
    "torchup/journal/x.json",
    "torchup/undo/x.json",
    "torchup/envs/strange",
)
SURROUNDINGS: Final[dict[str, dict[str, str | None]]] = {
    "no HOME": {"HOME": None, "USERPROFILE": None},
    "HOME is a file": {"HOME": "/etc/passwd"},
    "HOME is relative": {"HOME": "here"},
    "no PATH": {"PATH": None},
    "empty PATH": {"PATH": ""},
    "LANG=C": {"LANG": "C", "LC_ALL": "C"},
    "latin-1": {"PYTHONIOENCODING": "latin-1", "LC_ALL": "de_DE.ISO-8859-1"},
    "GBK": {"PYTHONIOENCODING": "gbk", "LC_ALL": "zh_CN.GBK"},
    "ASCII, Chinese": {"PYTHONIOENCODING": "ascii", "LANG": "zh_CN.UTF-8"},
    "no terminal": {"TERM": None, "COLUMNS": "-3"},
    "no temporary folder": {"TMPDIR": "/nowhere", "TEMP": "/nowhere", "TMP": "/nowhere"},
    "PYTHONPATH": {"PYTHONPATH": "/etc:/nowhere"},
    "PYTHONHOME": {"VIRTUAL_ENV": "/nowhere", "CONDA_PREFIX": "/nowhere"},
    "numbers that are none": {
        "UV_HTTP_TIMEOUT": "soon",
        "COLUMNS": "wide",
        "UV_CONCURRENT_DOWNLOADS": "0",
    },
    "indexes that are none": {"PIP_EXTRA_INDEX_URL": "ht!tp://", "PIP_FIND_LINKS": "\x7f nowhere"},
    "settings of torchup": {"TORCHUP_CONFIG": "/dev/full"},
    "proxies that are none": {"HTTPS_PROXY": "::", "HTTP_PROXY": "http://127.0.0.1:9"},
    "certificates that are none": {"SSL_CERT_FILE": "/nowhere", "REQUESTS_CA_BUNDLE": "/etc"},
}
"""Variables that are set, or, for None, taken away."""
FAULTS: Final[
    dict[str, tuple[int, Callable[[World, tuple[str, ...], random.Random, str], Ended]]]
] = {
    "kill": (6, struck),
    "ENOSPC": (4, struck),
    "EACCES": (2, struck),
    "EROFS": (1, struck),
    "EIO": (1, struck),
    "SIGKILL": (4, signalled),
    "SIGINT": (2, signalled),
    "SIGTERM": (1, signalled),
    "network": (2, unreachable),
    "surroundings": (2, surrounded),
    "settings": (2, configured),
    "clock": (1, clocked),
    "crowd": (1, crowded),
}
"""Name → how often it is drawn, and what it does."""
