"""Many hosts: what planning for all of them together costs, and looking at them from afar."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.measure import Figure, compare
from bench.planning import write_machines

if TYPE_CHECKING:
    from bench.sides import Bench

HOSTS: Final = 5
MACHINES: Final = 10_000
_SSH: Final = """#!/bin/sh
PATH=/usr/bin:/bin; export PATH
for last; do :; done
exec /bin/sh -c "$last"
"""


def fleet(bench: Bench) -> list[Figure]:
    """Compare ``fleet plan`` with ``plan --machine``, and ``fleet probe`` with Ansible's facts.

    The hosts are shells on this machine, each reached by an ``ssh`` of its own: what a network adds
    is the same for both sides.
    """
    machines = 10 if bench.tiny else MACHINES
    many = bench.folder / "many.jsonl"
    write_machines(many, machines)
    inventory = str(_inventory(bench.folder))
    ansible = str(Path(sys.executable).with_name("ansible"))
    facts = [ansible, "-i", inventory, "all", "-m", "setup", "-f", str(HOSTS)]
    return [
        compare(
            f"`torchup fleet plan --json`, {machines:,} machines / `torchup plan --json --machine`",
            lambda: bench.ours_or_no("fleet", "plan", "--json", "--machines", str(many)),
            lambda: bench.ours_or_no("plan", "--json", "--machine", str(many)),
            runs=bench.runs,
            warmup=0,
        ),
        compare(
            f"`torchup fleet probe`, {HOSTS} hosts / `ansible -m setup`",
            lambda: bench.ours("fleet", "probe", "-i", inventory, "--forks", str(HOSTS)),
            lambda: bench.plain(facts),
            runs=bench.runs,
            goal=1.3,
        ),
    ]


def _inventory(folder: Path) -> Path:
    lines = []
    for number in range(HOSTS):
        ssh = folder / f"ssh{number}"
        ssh.write_text(_SSH)
        ssh.chmod(0o755)
        lines.append(
            f"host{number} ansible_ssh_executable={ssh} ansible_ssh_transfer_method=piped"
            " ansible_python_interpreter=/usr/bin/python3"
        )
    file = folder / "hosts.ini"
    file.write_text("\n".join(lines) + "\n")
    return file
