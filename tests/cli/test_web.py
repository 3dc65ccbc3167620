"""``torchup web`` as a real process."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from cli.fixtures import as_root, needs_world
from cli.process import CPU, has_next_step, one_error
from madeenvironments import make_environment
from torchup.host.listening import listen_on_loopback
from webclient import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.process import Torchup


CURL = shutil.which("curl") or ""
NOBODY = 65534


@pytest.fixture
def server(torchup: Torchup) -> Iterator[tuple[Any, dict[str, Any]]]:
    process = torchup.start("web", "--json", "--offline")
    assert process.stdout is not None
    yield process, msgspec.json.decode(process.stdout.readline())
    process.kill()
    process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no polite signal to send")
def test_it_says_where_it_is_and_ends_when_it_is_told(server: tuple[Any, dict[str, Any]]) -> None:
    process, said = server
    assert said["schema"] == "torchup.web/v1"
    page = Page(said["url"])
    assert page.ask("/")[0] == 401
    page.enter()
    status, _, text = page.ask("/?wait")
    assert status == 200
    assert b'class="chain"' in text
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert err == b""


def test_a_job_runs_a_torchup_of_its_own(server: tuple[Any, dict[str, Any]]) -> None:
    page = Page(server[1]["url"])
    page.enter()
    status, _, text = page.ask("/api/jobs", "POST", {"command": "verify", "name": "nobody"})
    assert status == 202
    events = page.ask(f"/api/jobs/{msgspec.json.decode(text)['id']}/events")[2].decode()
    ended = msgspec.json.decode(events.rstrip().splitlines()[-1].removeprefix("data: "))
    assert ended["state"] == "no"
    assert ended["result"]["code"] == "apply.no-such-environment"


def wait(page: Page, order: dict[str, Any]) -> dict[str, Any]:
    """Start a job, and return how it ended."""
    status, _, text = page.ask("/api/jobs", "POST", order)
    assert status == 202, text
    events = page.ask(f"/api/jobs/{msgspec.json.decode(text)['id']}/events")[2].decode()
    ended = msgspec.json.decode(events.rstrip().splitlines()[-1].removeprefix("data: "))
    assert isinstance(ended, dict)
    return ended


def test_what_is_wrong_in_the_folder_is_mended_and_the_mend_is_undone(torchup: Torchup) -> None:
    # The file would also be taken for the library by whatever looks for modules here.
    shadow = torchup.root / "random.py"
    shadow.write_text("import nothing_of_that_name\n")
    (torchup.root / "train.py").write_text("import torch\n")
    process = torchup.start("web", "--json", "--offline")
    assert process.stdout is not None
    page = Page(msgspec.json.decode(process.stdout.readline())["url"])
    page.enter()
    shown = page.ask("/fix/look?wait")[2].decode()
    assert 'id="finding-shadowing-local-file"' in shown
    order = {"command": "repair", "findings": ["shadowing-local-file"]}
    preview = msgspec.json.decode(page.ask("/api/preview", "POST", order)[2])
    assert preview["needed"]
    assert shadow.exists()
    ended = wait(page, order)
    assert ended["state"] == "done", ended
    assert not shadow.exists()
    (change,) = ended["changes"]
    assert wait(page, {"command": "undo", "change": change})["state"] == "done"
    assert shadow.exists()
    process.kill()
    process.communicate()


def test_ports_that_are_none_or_taken(torchup: Torchup) -> None:
    for port in ("x", "65536", "-1", ""):
        assert has_next_step(one_error(torchup("web", f"--port={port}"), 2))
    with listen_on_loopback(0) as taken:
        said = one_error(torchup("web", "--port", str(taken.getsockname()[1])), 3)
    assert "can't be had" in said


def test_without_the_extra_it_says_how_to_get_it(torchup: Torchup) -> None:
    blocked = torchup.root / "blocked"
    blocked.mkdir()
    code = "import sys; sys.modules['uvicorn'] = None\n"
    (blocked / "sitecustomize.py").write_text(code)
    done = torchup("web", PYTHONPATH=str(blocked))
    assert 'pip install "torchup[web]"' in one_error(done, 3)


@needs_world
def test_progress_names_steps_and_checks(connected: Torchup) -> None:
    done = connected("create", "demo", *CPU, "--json", "--progress", "json")
    told = [msgspec.json.decode(line) for line in done.err.splitlines()]
    steps = [one["step"] for one in told if one["event"] == "step"]
    assert steps == ["environment", "install", "verify"]
    checks = {one["code"]: one["status"] for one in told if one["event"] == "check"}
    assert checks["matmul"] == "pass"


@as_root
@pytest.mark.skipif(not CURL, reason="there is no curl to be another user's browser")
def test_another_user_of_this_machine_stays_outside(server: tuple[Any, dict[str, Any]]) -> None:
    url = server[1]["url"]
    command = [CURL, "--silent", "--noproxy", "*", url]
    said = subprocess.run(command, capture_output=True, check=True, user=NOBODY, env={})
    assert b"Another user of this machine" in said.stdout
    page = Page(url)
    page.enter()  # the link was not spent
    assert page.ask("/?wait")[0] == 200


JUPYTER = """\
#!{python}
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print(sys.argv[1:], file=sys.stderr)
print("    http://127.0.0.1:8888/lab?token=0123456789abcdef", file=sys.stderr, flush=True)
time.sleep(60)
"""


def test_jupyter_runs_until_it_is_stopped_and_keeps_nothing_else_from_running(
    torchup: Torchup, server: tuple[Any, dict[str, Any]]
) -> None:
    program = make_environment(torchup.home, "lab") / "bin" / "jupyter"
    program.write_text(JUPYTER.format(python=sys.executable))
    program.chmod(0o755)
    page = Page(server[1]["url"])
    page.enter()
    order = {"command": "notebook", "name": "lab", "folder": str(torchup.root)}
    job = msgspec.json.decode(page.ask("/api/jobs", "POST", order)[2])["id"]
    deadline = time.monotonic() + 30
    while b"token=" not in (shown := page.ask(f"/jobs/{job}")[2]):
        assert time.monotonic() < deadline, shown
        time.sleep(0.1)
    assert b'href="http://127.0.0.1:8888/lab?token=0123456789abcdef"' in shown
    assert f"--ServerApp.root_dir={torchup.root}" in shown.decode()
    beside = wait(page, {"command": "verify", "name": "lab", "quick": True})
    assert beside["state"] == "no", "it was let in, and there is no framework in there"
    page.ask(f"/api/jobs/{job}", "DELETE")
    while b'"running"' in (said := page.ask(f"/api/jobs/{job}")[2]):
        assert time.monotonic() < deadline, said
        time.sleep(0.1)
    assert msgspec.json.decode(said)["state"] in {"done", "stopped"}
