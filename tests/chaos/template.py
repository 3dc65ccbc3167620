"""What lies in a home before something goes wrong: one thing for each command to be about."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from uv import find_uv_bin

from chaos.commands import BUNDLED, FACTS, NO_VERIFY, SPEC
from cli.process import DEAD
from condachannels import make_forge
from factswheel import facts_wheel
from fleethosts import local, shell
from torchup.fleet.parcel import make_parcel
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup
    from indexserver import IndexServer

_FILES: Final = {
    "notes.txt": "nobody touches this\n",
    ".bashrc": "export MINE=1\n",
    ".condarc": "channels:\n  - own # first\n",
    ".vscode/settings.json": '{\n  // mine\n  "editor.tabSize": 2, // two\n}\n',
    ".idea/misc.xml": '<?xml version="1.0" encoding="UTF-8"?>\n<project version="4">\n</project>\n',
    "xdg-config/JetBrains/PyCharm2025.1/options/jdk.table.xml": "<application>\n</application>\n",
    "xdg-data/jupyter/kernels/lost/kernel.json": json.dumps(
        {
            "argv": ["{home}/envs/a/bin/python0", "-m", "ipykernel_launcher", "-f", "{file}"],
            "display_name": "lost",
            "language": "python",
            "metadata": {"torchup": {"environment": "a"}},
        }
    ),
    "xdg-config/pip/pip.conf": "# mine\n[global]\ntimeout = 30\n",
    "xdg-config/uv/uv.toml": "# mine\n[pip]\nno-build = true\n",
}


def lay_out(torchup: Torchup, server: IndexServer) -> dict[str, str]:
    """Lay out files of the user's and torchup's own; return what stands for them in commands."""
    root = torchup.root
    settings = f'# mine\nhome = "{torchup.home}"\n'
    for name, text in {**_FILES, "config/config.toml": settings}.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text.replace("{home}", str(torchup.home)))
    channel = make_forge(root / "channels")
    forge = ("--backend", "conda", "--channel", channel)
    for words in (
        ("create", "a", *SPEC),
        ("clone", "a", "b"),
        ("clone", "a", "t"),
        ("toolkit", "add", "-n", "t", "--cuda", "13.0", NO_VERIFY),
        ("create", "q", *forge, *SPEC, "tabulate"),
        ("kernel", "add", "a", "--as", "old", NO_VERIFY),
        ("clone", "a", "r"),
        ("add", "-n", "b", "six", NO_VERIFY),
        ("lock", "a", "-o", "pylock.a.toml"),
        ("bundle", "create", *BUNDLED, "-o", "lab.torchup"),
        ("mirror", "use", "tuna", "--write", "all", "--yes", "--offline"),
    ):
        done = torchup(*words)
        assert done.code == 0, (words, done)
    packages = next((torchup.home / "envs" / "r").glob("lib/python3.*/site-packages"))
    uv = [find_uv_bin(), "venv", "--quiet", "--no-project", str(root / "foreign")]
    subprocess.run(uv, check=True, env=torchup.env)
    others = next((root / "foreign").glob("lib/python3.*/site-packages"))
    shutil.copytree(packages, others, dirs_exist_ok=True)
    (packages / "numpy" / "__init__.py").unlink()
    _facts(server.root / "facts.whl", root)
    _host(root)
    done = torchup("fleet", "probe", "-i", "hosts.ini")
    assert done.code == 0, done
    return {**_changes(torchup), "{channel}": channel, "{new-home}": str(root / "new-home")}


def _facts(made: Path, root: Path) -> None:
    if not made.exists():
        facts_wheel(made.parent, "2999-01-02").rename(made)
    (root / FACTS).write_bytes(made.read_bytes())


def _host(root: Path) -> None:
    """Make a host of a fleet: a shell that has torchup already, and a home of its own."""
    place = root / "host"
    (root / "parcel").mkdir()
    digest = make_parcel(RealHost(), root / "parcel").digest
    program = place / "fleet" / digest / "bin" / "torchup"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m torchup "$@"\n')
    program.chmod(0o755)
    (program.parent.parent / ".done").touch()
    own = f"export TORCHUP_FLEET_DIR={place / 'fleet'} TORCHUP_HOME={place / 'home'}"
    own += f" PIP_INDEX_URL={DEAD}/simple PIP_RETRIES=0"
    ssh = shell(place / "ssh", home=place, before=own)
    (root / "hosts.ini").write_text(local("one", ssh) + "\n")


def _changes(torchup: Torchup) -> dict[str, str]:
    found = torchup("undo", "--list", "--json").document("torchup.changes/v1")["changes"]
    named = {one["command"]: one["id"] for one in found}
    return {"{mirror}": named["mirror use"], "{of-b}": named["add"]}
