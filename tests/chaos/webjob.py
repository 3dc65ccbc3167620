"""Lets the page do something: starts the server that is named, orders a job, waits, ends it.

``python webjob.py ORDER COMMAND…``; the exit status is that of the job.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from webclient import Page

_STATUSES = {"done": 0, "no": 1, "failed": 3, "stopped": 130}


def main() -> int:
    """Order one job of a server that may die meanwhile."""
    order, *command = sys.argv[1:]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert server.stdout is not None
    said = server.stdout.readline()
    state = ""
    with suppress(OSError, HTTPException, ValueError, KeyError):
        page = Page(json.loads(said)["url"])
        page.enter()
        status, _, text = page.ask("/api/jobs", "POST", json.loads(order))
        if status == 202:
            told = page.ask(f"/api/jobs/{json.loads(text)['id']}/events")[2].decode()
            state = json.loads(told.rstrip().splitlines()[-1].removeprefix("data: "))["state"]
        else:
            sys.stderr.write(text.decode("utf-8", "replace"))
            state = "no"
    with suppress(OSError):
        server.terminate()
    rest, _ = server.communicate()
    sys.stdout.buffer.write(said + rest)
    if not state:
        return server.returncode if server.returncode >= 0 else 3
    sys.stdout.write(f"the job: {state}\n")
    return _STATUSES.get(state, 3)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # of the page's reader: what torchup makes of it is seen afterwards
        sys.exit(130)
