"""A small Slurm: it stands in for each of Slurm's commands by the name that it is started by.

``nodes.json`` beside it describes the nodes; what was submitted is kept there too. Tasks run when
their array is released, one after the other, each as the node that it was sent to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, TextIO

HERE = Path(os.environ["FAKE_SLURM"])


def tell(line: str, stream: TextIO = sys.stdout) -> None:
    stream.write(f"{line}\n")
    stream.flush()


def nodes() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((HERE / "nodes.json").read_text())
    return found


def kept() -> dict[str, dict[str, Any]]:
    file = HERE / "jobs.json"
    return json.loads(file.read_text()) if file.exists() else {}


def keep(jobs: dict[str, dict[str, Any]]) -> None:
    (HERE / "jobs.json").write_text(json.dumps(jobs))


def as_node(name: str, argv: list[str], **more: str) -> subprocess.Popen[bytes]:
    node = nodes()[name]
    path = ":".join(filter(None, (node.get("programs", ""), os.environ["PATH"])))
    env = {**os.environ, **more, "SLURMD_NODENAME": name, "PATH": path}
    return subprocess.Popen(argv, env=env)


def sinfo(_words: list[str]) -> int:
    for name, node in nodes().items():
        for _partition in range(2):  # a node is listed once for each of its partitions
            tell(f"{name}|{node.get('state', 'idle')}|{node.get('gres', '(null)')}")
    return 0


def sbatch(words: list[str]) -> int:
    jobs = kept()
    at = next(i for i, word in enumerate(words) if not word.startswith("-"))
    number = str(100 + len(jobs))
    jobs[number] = {"options": words[:at], "script": words[at:], "sent": {}}
    keep(jobs)
    tell(f"{number};lab")
    if any(one.startswith("--dependency=") for one in words):
        subprocess.run(["bash", *words[at:]], check=False, stdout=sys.stderr)
    return 0


def scontrol(words: list[str]) -> int:
    jobs = kept()
    if words[:2] == ["show", "config"]:
        tell(f"MaxArraySize            = {os.environ.get('FAKE_MOST', '1001')}")
    elif words[:2] == ["show", "hostnames"]:
        tell("\n".join(words[2].split(",")))
    elif words[:2] == ["show", "node"]:
        tell(f"NodeName={words[2]} Arch=x86_64\n   NodeAddr={nodes()[words[2]]['address']} Port=1")
    elif words[0] == "update":
        given = dict(word.split("=", 1) for word in words[1:])
        if os.environ.get("FAKE_REFUSES") == given["ReqNodeList"]:
            tell("Invalid node name specified", sys.stderr)
            return 1
        number, task = given["JobId"].split("_")
        jobs[number]["sent"][task] = given["ReqNodeList"]
        keep(jobs)
    elif words[0] == "release":
        job = jobs[words[1]]
        for task, name in job["sent"].items():
            if not nodes()[name].get("dies"):
                as_node(name, ["bash", *job["script"]], SLURM_ARRAY_TASK_ID=task).wait()
    return 0


def scancel(words: list[str]) -> int:
    (HERE / "cancelled").write_text(words[0])
    return 0


def srun(words: list[str]) -> int:
    at = words.index("sh")
    names = os.environ["SLURM_JOB_NODELIST"].split(",")
    running = [as_node(name, words[at:], SLURM_NODEID=str(rank)) for rank, name in enumerate(names)]
    return max(one.wait() for one in running)


sys.exit(globals()[Path(sys.argv[0]).name](sys.argv[1:]))
