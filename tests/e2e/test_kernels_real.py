"""The real ipykernel: a notebook runs in the registered kernel and sees the right framework."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from uv import find_uv_bin

from e2e.test_real import FOLDERS, WHEEL
from torchup.errors import EXIT_DONE, EXIT_NO

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="the wheel is for Linux"),
    pytest.mark.skipif(not FOLDERS, reason=f"no folder of PIP_FIND_LINKS has {WHEEL}"),
]

RUN = """
import sys, nbformat
from nbclient import NotebookClient
book = nbformat.v4.new_notebook()
book.cells.append(nbformat.v4.new_code_cell(
    "import sys, torch\\nprint(sys.prefix, torch.__version__)\\n"
    "!python -c 'import sys; print(sys.prefix)'"
))
NotebookClient(book, kernel_name=sys.argv[1], timeout=120).execute()
print("".join(one["text"] for one in book.cells[0].outputs))
"""


def as_this_machine(torchup: Torchup) -> None:
    """Let packages come from where this machine gets them."""
    torchup.timeout = 500
    torchup.env["PIP_FIND_LINKS"] = os.environ["PIP_FIND_LINKS"]
    del torchup.env["UV_DEFAULT_INDEX"]
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if name in os.environ:
            torchup.env[name] = os.environ[name]


def another_jupyter(torchup: Torchup, *packages: str) -> Path:
    """An environment that has Jupyter's parts and no framework."""
    lab = torchup.root / "my lab"
    environment = {**os.environ, "HOME": str(torchup.root)}
    for words in (
        ("venv", "--python", sys.executable, str(lab)),
        ("pip", "install", "-q", "--python", str(lab), "nbclient", "ipykernel", *packages),
    ):
        subprocess.run([find_uv_bin(), *words], check=True, env=environment)
    return lab


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here")
def test_jupyterlab_shows_the_kernel(torchup: Torchup) -> None:
    """JupyterLab in a browser without a screen: the launcher has a card with title and icon."""
    as_this_machine(torchup)
    lab = another_jupyter(torchup, "jupyterlab")
    added = torchup("kernel", "add", str(lab), "--title", "论文 (GPU)", "--as", "paper")
    assert added.code == EXIT_DONE, added
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *(lab / "bin" / "jupyter-lab", "--no-browser", "--allow-root", f"--port={port}"),
            "--IdentityProvider.token=",
        ],
        env=torchup.env,
        cwd=torchup.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/kernelspecs")
        page = subprocess.run(
            [
                *("chromium", "--headless=new", "--no-sandbox", "--disable-gpu"),
                *(f"--user-data-dir={torchup.root / 'browser'}", "--virtual-time-budget=30000"),
                *("--dump-dom", f"{address}/lab"),
            ],
            capture_output=True,
            check=False,
            timeout=120,
            env=torchup.env,
        ).stdout.decode()
    finally:
        server.terminate()
        server.wait(30)
    cards = re.findall(r'<div class="jp-LauncherCard".*?</div></div>', page, re.DOTALL)
    mine = [one for one in cards if "论文 (GPU)" in one]
    assert mine, page[-2000:]
    assert "/kernelspecs/paper/logo-svg.svg" in mine[0]


def wait_for(address: str) -> None:
    """Wait until a server answers."""
    for _ in range(120):
        with suppress(OSError), urlopen(address, timeout=5):
            return
        time.sleep(0.5)
    pytest.fail(f"{address} doesn't answer")


def test_a_notebook_sees_the_environment(torchup: Torchup) -> None:
    as_this_machine(torchup)
    made = torchup("create", "demo", "--cpu", "--quick", "torch==2.13.0", "--json")
    assert made.code == EXIT_DONE, made
    added = torchup("kernel", "add", "demo", "--no-verify", "--json")
    steps = added.document("torchup.outcome/v1")["steps"]
    assert (added.code, steps[-1]["id"], steps[-1]["status"]) == (EXIT_DONE, "kernel", "done")
    environment = torchup.home / "envs" / "demo"
    lab = another_jupyter(torchup)

    ran = subprocess.run(
        [lab / "bin" / "python", "-c", RUN, "demo"],
        env={**torchup.env, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.split() == [str(environment), "2.13.0+cpu", str(environment)], ran

    checked = torchup("kernel", "check", "demo", "--jupyter", str(lab), "--json")
    found = checked.document("torchup.kernel-checks/v1")["checks"][0]
    assert (checked.code, found["ok"]) == (EXIT_DONE, True), found
    assert found["answer"]["executable"] == str(environment / "bin" / "python")
    assert found["answer"]["file"].startswith(str(environment))
    assert (found["answer"]["version"], found["answer"]["device"]) == ("2.13.0+cpu", "cpu")

    # The same file, but for an interpreter that isn't the environment's.
    file = torchup.root / "xdg-data" / "jupyter" / "kernels" / "demo" / "kernel.json"
    spec = json.loads(file.read_text())
    spec["argv"][0] = str(lab / "bin" / "python")
    del spec["metadata"]
    other = file.parent.parent / "wrong" / "kernel.json"
    other.parent.mkdir()
    other.write_text(json.dumps(spec | {"display_name": "demo"}))
    checked = torchup("kernel", "check", "wrong", "--json")
    found = checked.document("torchup.kernel-checks/v1")["checks"][0]
    assert (checked.code, found["ok"]) == (EXIT_NO, False)
    assert "torch" in found["answer"]["error"]

    # A file in the folder where the notebook lies comes before every package.
    (torchup.root / "torch.py").write_text("__version__ = 'none'\n")
    checked = torchup("kernel", "check", "demo")
    assert checked.code == EXIT_NO
    assert str(torchup.root / "torch.py") in checked.out
