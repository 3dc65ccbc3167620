"""Readers of what torchup wrote, here or on another machine, and somebody spoilt."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec

from factswheel import facts_wheel
from fuzzing.targets import Target, of_file, of_text
from torchup.api.explain.causes import explain_log
from torchup.api.fleet.collected import IncompleteError, OtherSystemError, read_collected
from torchup.api.machines.given import machine_given
from torchup.api.pasted.machine import machine_in
from torchup.apply import journal
from torchup.apply.environments import list_environments
from torchup.apply.marker import receipt_in
from torchup.backends.lock_reading import read_lockfile
from torchup.backends.lock_writing import lock_text, marker_of
from torchup.backends.pylock import locked_versions
from torchup.bundles.reading import open_bundle
from torchup.cli.stack import read_stack
from torchup.facts.bundle import read_bundle
from torchup.facts.current import DATA
from torchup.facts.overlay import Overlaid
from torchup.facts.schema import ReleaseFile
from torchup.fleet import asking, kept, remote, together
from torchup.fleet.ansible import Answer
from torchup.host.capture import read_capture
from torchup.host.real import RealHost
from torchup.state import undo
from torchup.state.config import changed_config, read_config
from torchup.state.home import Home
from torchup.verify.judge import read_line
from torchup.web import jobs
from torchup.web.bodies import parsed
from torchup.web.orders import words_of
from torchup.wire import read
from torchup.wire.gathered import ComputedV1, MetV1, SeenV1
from torchup.wire.web import MirrorOrderV1, OrderV1
from unit.api.test_fuzz_given import CAPTURES, PASTED
from unit.backends.test_lockfile import CI, LAB, LINUX
from unit.bundles.test_reading import write

if TYPE_CHECKING:
    from collections.abc import Iterator

MACHINE: Final = (
    b'{"schema": "torchup.machine/v1", "os": {"system": "linux", "distro": "ubuntu", "version": '
    b'"22.04", "libc": "glibc 2.35"}, "arch": "x86_64", "cpu": {"features": ["avx2"]}, "gpus": '
    b'[{"index": 0, "vendor": "nvidia", "name": "A100", "arch": "sm_80", "memory_mib": 1}], '
    b'"drivers": [{"vendor": "nvidia", "version": "580.65", "max_runtime": "13.0"}]}'
)
COLLECTED: Final = (
    b"welcome\n@torchup@ begin 1\n@torchup@ system Linux\n@torchup@ machine x86_64\n@torchup@ env "
    b"HOME\n/root\n@torchup@ file /proc/meminfo\nMemTotal: 1 kB\n@torchup@ end\n"
)
LOG: Final = (
    (
        b'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n  import torch\n'
        b"ImportError: libcudnn.so.9: cannot open shared object file: No such file or directory\n"
    ),
    b"RuntimeError: CUDA error: no kernel image is available for execution on the device\n",
    b"RuntimeError: operator torchvision::nms does not exist\nERROR: pip's dependency resolver\n",
    b"NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
    "显存不足 CUDA out of memory. Tried to allocate 2.00 GiB\n".encode("gbk"),
)
ENTRY: Final = (
    b'{"id":"x","at":"2026-01-01T00:00:00+00:00","command":"kernel","what":{"code":"a","args":'
    b'{"path":"b"}},"parts":[{"path":"/a","place":"/a","was":{"kind":"file","digest":"a","mode":1,'
    b'"modified":1},"now":{},"to":"","made":[]}],"done":true,"about":"","folder":""}'
)
RECORD: Final = (
    b'{"format":1,"name":"x","path":"/x","backend":"uv","created":"2026-01-01T00:00:00+00:00",'
    b'"stack":{"python":"3.11","packages":{"torch":"2"},"build":"cpu","runtime":"","device":"cpu"},'
    b'"requirement":{}}'
)
SETTINGS: Final = b'# mine\nlang = "en"\nhome = "/a"\n[mirror]\npypi = "tuna https://a"\n[facts]\n'
ORDERS: Final = (
    b'{"command": "create", "name": "demo", "requirements": ["torch==2.13.0"], "cpu": true}',
    b'{"command": "undo", "change": "20260101-000000"}',
    b'{"command": "ide", "name": "a", "ide": "vscode", "folder": "~/a"}',
    b'{"action": "use", "picks": ["pypi=tuna"], "write": ["pip"]}',
)
ANSWER: Final = (
    b'hello\r\n{"schema":"torchup.outcome/v1","ok":true}\n',
    b'{"listens": "", "peers": {"a": {"why": ""}, "b": {"why": "x", "ms": 1, "skew": 2.0}}}\n',
    b'{"address": "10.0.0.1", "interface": "eth0", "hostname": "a", "resolved": ["10.0.0.1"]}\n',
    b'{"backend": "gloo", "right": true, "gb_s": 1.0, "world": 2, "pairs": [[0, 1, 2.0]]}\n',
    b'@torchup@ answer\n{"schema":"torchup.outcome/v1","ok":true}\n@torchup@ code 0\n',
)
TOGETHER: Final = (
    b'{"schema": "torchup.together-answers/v1", "hosts": ["a", "b"], "where": {"a": {"address": '
    b'"10.0.0.1"}}, "meet": {"a": {"listens": "", "peers": {"b": {"why": ""}}}}, "result": null}'
)


def _home(folder: Path) -> Home:
    return Home(str(folder))


def _answer(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    answers = {}
    for kind in (SeenV1, MetV1, ComputedV1):
        answers[kind] = asking._document(text, kind) or {}
    seen, met = ({"a": answers[kind], "b": answers[kind]} for kind in (SeenV1, MetV1))
    together.told_together(("a", "b"), seen, met, {})
    for state in ("ok", "failed", "unreachable"):
        remote._said(Answer(host="a", state=state, task="", out=text, code=0))


def _together(data: bytes) -> None:
    found = read.answers(data, "f")
    seen, met = msgspec.to_builtins(found.where), msgspec.to_builtins(found.meet)
    together.told_together(found.hosts, seen, met, {})


def _bundle(folder: Path) -> None:
    with open_bundle(folder / "x.torchup"):
        pass


def _overlay(folder: Path) -> None:
    place = folder / "overlay"
    Overlaid(Path(DATA), place)._decode(place / "torch" / "releases" / "9.0.toml", ReleaseFile)


def _settings(folder: Path) -> None:
    path = folder / "config.toml"
    read_config(path, mending=True)
    changed_config(path, {"lang": "en", "mirror.pypi": None})


def targets() -> Iterator[tuple[str, Target]]:
    """Name each."""
    yield "explain", Target(lambda data: explain_log([data]), LOG)
    yield "pasted machine", Target(of_text(machine_in), tuple(one.encode() for one in PASTED))
    captures = tuple(one.encode() for one in CAPTURES)
    yield "machine given", Target(lambda data: machine_given(data, "f"), (MACHINE, *captures))
    yield (
        "machines",
        Target(lambda data: read.machines(data, "f"), (MACHINE, MACHINE + b"\n" + MACHINE)),
    )
    yield "hosts", Target(lambda data: read.hosts(data, "f"), (MACHINE, MACHINE + b"\n" + MACHINE))
    yield "capture", Target(lambda data: read_capture(data, "f"), captures)
    refused = (IncompleteError, OtherSystemError)
    yield "collected", Target(of_text(read_collected), (COLLECTED,), refused)
    gathered = b'{"schema":"torchup.collected/v1","host":"a","text":"aGVsbG8="}\n'
    yield (
        "collected, many",
        Target(lambda data: read.collected(data, "f"), (gathered, gathered * 2)),
    )
    yield "together answers", Target(_together, (TOGETHER,))
    yield "answers of hosts", Target(_answer, ANSWER)
    yield (
        "stack",
        Target(of_text(read_stack), (b"torch==2.9.1 --build cu130 --python '3.12' --cpu",)),
    )
    yield "lock", Target(lambda data: read_lockfile(data, "f"), (_lock(),))
    yield "lock, versions", Target(locked_versions, (_lock(),))
    yield "facts, wheel of", Target(lambda data: read_bundle(data, "f"), (_facts(),), slow=True)
    yield (
        "facts, overlay of",
        Target(of_file("overlay/torch/releases/9.0.toml", _overlay), _releases(), (ValueError,)),
    )
    yield "bundle", Target(of_file("x.torchup", _bundle), (_whole_bundle(),), slow=True)
    yield "settings", Target(of_file("config.toml", _settings), (SETTINGS,))
    kept_in = of_file(
        "kept/x/entry.json", lambda at: (undo.changes(_home(at)), undo.unreadable(_home(at)))
    )
    yield "undo: entry", Target(kept_in, (ENTRY,))
    entry = b'{"action":"create","name":"x","owner":{"pid":1,"started":"a"},"since":"2026","to":""}'
    yield (
        "journal",
        Target(of_file("journal/x.json", lambda at: journal.read_entry(_home(at), "x")), (entry,)),
    )
    listed = of_file(
        "envs/x/.torchup/environment.json", lambda at: list_environments(RealHost(), _home(at))
    )
    yield "environment's record", Target(listed, (RECORD,))
    yield (
        "receipt",
        Target(
            of_file("receipt.json", lambda at: receipt_in(at / "receipt.json")), (b'{"ok":true}',)
        ),
    )
    state = b'{"host":"x","probe":{"state":"ok","at":"2026"},"environments":{}}'
    yield (
        "fleet's state",
        Target(
            of_file("fleet/states/x.json", lambda at: kept.read_state(_home(at), "x")), (state,)
        ),
    )
    yield (
        "fleet's machine",
        Target(of_file("fleet/x.json", lambda at: kept.read_machine(_home(at), "x")), (MACHINE,)),
    )
    line = b'{"code": "matmul", "status": "pass", "detail": "a", "took_s": 0.1}'
    yield "line of verify", Target(of_text(read_line), (line,))
    order = Target(lambda data: words_of(parsed(data, OrderV1)), ORDERS[:3])
    yield "page: order", order
    about = Target(lambda data: words_of(parsed(data, MirrorOrderV1)), ORDERS[3:])
    yield "page: order of mirrors", about
    told = b'{"event": "step", "text": "a", "done": 1, "total": 2}'
    yield (
        "page: progress",
        Target(of_text(lambda text: (jobs._event(text), jobs._document(text))), (told,)),
    )


def _lock() -> bytes:
    return lock_text((LAB, CI), [marker_of(LINUX, "3.11")], "demo").encode()


def _facts() -> bytes:
    with TemporaryDirectory() as folder:
        return facts_wheel(Path(folder), "2999-01-02").read_bytes()


def _whole_bundle() -> bytes:
    with TemporaryDirectory() as folder:
        return write(Path(folder) / "x.torchup").read_bytes()


def _releases() -> tuple[bytes, ...]:
    files = sorted((Path(DATA) / "torch" / "releases").glob("*.toml"))
    return tuple(one.read_bytes() for one in (files[0], files[-1]))
