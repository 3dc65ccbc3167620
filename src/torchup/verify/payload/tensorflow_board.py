"""Does TensorBoard start, and show what was written for it?"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from urllib.request import ProxyHandler, build_opener

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

PATIENCE_S = 90.0
PAUSE_S = 0.5
# The server says where it listens (tensorboard/program.py: "TensorBoard 2.20.0 at http://…").
MARK = " at http://"


def answers(tf: "Any", _wanted: str, _options: "Any") -> "Found":
    """Write a number, start TensorBoard on it, and ask for that number over HTTP."""
    if importlib.util.find_spec("tensorboard") is None:
        return "skip", {"reason": "no-tensorboard"}
    folder = tempfile.mkdtemp(prefix="board-")
    try:
        writer = tf.summary.create_file_writer(os.path.join(folder, "run"))
        with writer.as_default():
            tf.summary.scalar("loss", 0.25, step=1)
        writer.close()
        return _served(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _served(folder: str) -> "Found":
    log = os.path.join(folder, "said")
    with open(log, "wb") as stream:
        server = subprocess.Popen(
            [sys.executable, "-I", "-m", "tensorboard.main", "--logdir", folder]
            + ["--host", "127.0.0.1", "--port", "0", "--load_fast", "false"],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    try:
        return _asked(server, log)
    finally:
        server.kill()
        server.wait()


def _asked(server: "Any", log: str) -> "Found":
    """Wait for the address, then for the number; what never comes is a failure with its reason."""
    opener = build_opener(ProxyHandler({}))
    end, why = time.monotonic() + PATIENCE_S, "no address"
    while time.monotonic() < end and server.poll() is None:
        address = _address(log)
        if address:
            try:
                with opener.open(address + "data/plugin/scalars/tags", timeout=10) as answer:
                    tags = json.loads(answer.read().decode("utf-8"))
            except (OSError, ValueError) as error:
                why = str(error)
            else:
                why = "nothing shown"
                if any("loss" in named for named in tags.values()):
                    return "pass", {"address": address}
        time.sleep(PAUSE_S)
    if server.poll() is not None:
        why = _said(log).strip().rpartition("\n")[2]
    return "fail", {"reason": "no-answer", "why": why}


def _address(log: str) -> str:
    said = _said(log)
    if MARK not in said:
        return ""
    return "http://" + said.partition(MARK)[2].split()[0].rstrip("/") + "/"


def _said(log: str) -> str:
    with open(log, encoding="utf-8", errors="replace") as stream:
        return stream.read()
