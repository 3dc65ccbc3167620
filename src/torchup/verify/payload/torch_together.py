"""Several devices together: copies from one to another, and sums over all of them."""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta

from . import held
from .torch_base import compare, kind_of, not_here, random
from .torch_cards import served

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

PEERS_S = 120
ON_CPU = 2
# Which library sums over the devices of a kind (PyTorch, "Distributed communication package").
LIBRARIES = {"cpu": "gloo", "cuda": "nccl", "xpu": "xccl"}


def peer(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Copy between each two devices, both ways; nothing may change on the way."""
    kind = kind_of(torch, wanted)
    if kind not in ("cuda", "xpu"):
        return not_here(wanted)
    count = getattr(torch, kind).device_count()
    if count == 1 or ":" in wanted:
        return "skip", {"reason": "one-device"}
    sent, direct = random(torch, 512, 512), []
    for one in range(count):
        for other in (index for index in range(count) if index != one):
            got = sent.to(f"{kind}:{one}").to(f"{kind}:{other}")
            status, values = compare(torch, got, sent.double(), 0.0)
            if status != "pass":
                return status, dict(values, pair=f"{one}>{other}")
            if kind == "cuda" and torch.cuda.can_device_access_peer(one, other):
                direct.append(f"{one}>{other}")
    return "pass", {"devices": count, "direct": ",".join(direct) or "none"}


def all_reduce(torch: "Any", wanted: str, options: "Any") -> "Found":
    """Sum over all devices, one process for each; on the CPU over two processes."""
    kind = kind_of(torch, wanted)
    if kind not in LIBRARIES or not torch.distributed.is_available():
        return not_here(wanted)
    library = LIBRARIES[kind]
    has = getattr(torch.distributed, f"is_{library}_available", None)
    if has is not None and not has():
        library = "gloo"
    cards = served(torch, wanted) if kind != "cpu" else []
    cards = [int(wanted.partition(":")[2])] if ":" in wanted else cards
    count = len(cards) or ON_CPU
    with tempfile.TemporaryDirectory() as folder:
        asked = {"library": library, "count": count, "kind": kind, "store": folder}
        peers = [
            _start(options, dict(asked, rank=rank, card=card))
            for rank, card in enumerate(cards or range(count))
        ]
        try:
            until = time.monotonic() + PEERS_S
            told = [_finish(one, until) for one in peers]
        finally:
            for one in peers:
                if one.poll() is None:
                    one.kill()
                    one.wait()
    wrong = next((each for each in told if each != "ok"), "")
    if wrong:
        return "fail", {"reason": "no-all-reduce", "library": library, "why": wrong}
    return "pass", {"library": library, "processes": count}


def _start(options: "Any", asked: "dict[str, object]") -> "subprocess.Popen[bytes]":
    main = os.path.join(os.path.dirname(__file__), "main.py")
    flags = ["-I", "-B"] if sys.dont_write_bytecode else ["-I"]
    argv = [sys.executable] + flags + [main, "--framework=" + options.framework]
    argv += ["--peer=" + json.dumps(asked)]
    return subprocess.Popen(
        held.command(argv),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _finish(process: "subprocess.Popen[bytes]", until: float) -> str:
    """Return ``ok``, else the last thing that a process said."""
    try:
        out, err = process.communicate(timeout=max(0.1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        return f"no answer within {PEERS_S} s"
    if process.returncode == 0 and out.strip().endswith(b"ok"):
        return "ok"
    said = err.decode("utf-8", "replace").strip().splitlines()
    return said[-1] if said else f"exit status {process.returncode}"


def be_peer(text: str) -> None:
    """Be one process: add one number of its own, see that the sum is everybody's."""
    torch: Any = importlib.import_module("torch")
    asked = json.loads(text)
    rank, count, kind = asked["rank"], asked["count"], asked["kind"]
    at = "cpu" if kind == "cpu" or asked["library"] == "gloo" else f"{kind}:{asked['card']}"
    if at != "cpu":
        getattr(torch, kind).set_device(at)
    store = torch.distributed.FileStore(os.path.join(asked["store"], "store"), count)
    torch.distributed.init_process_group(
        asked["library"],
        store=store,
        rank=rank,
        world_size=count,
        timeout=timedelta(seconds=PEERS_S),
    )
    numbers = torch.arange(1024, device=at) + rank
    torch.distributed.all_reduce(numbers)
    expected = torch.arange(1024) * count + count * (count - 1) // 2
    right = torch.equal(numbers.cpu(), expected)
    torch.distributed.destroy_process_group()
    sys.stdout.write("ok\n" if right else "wrong\n")
    sys.stdout.flush()
    if not right:
        sys.stderr.write("the sum is wrong\n")
    os._exit(0 if right else 1)
