"""Real JAX and TensorFlow: in a notebook, in an image's check, held for pip, in a bundle."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from e2e.test_kernels_real import another_jupyter, as_this_machine
from e2e.test_real import FOLDERS, WHEEL
from torchup.errors import EXIT_DONE

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="tried on Linux"),
    pytest.mark.skipif(not FOLDERS, reason=f"no folder of PIP_FIND_LINKS has {WHEEL}"),
]

RUN = """
import sys, nbformat
from nbclient import NotebookClient
book = nbformat.v4.new_notebook()
book.cells.append(nbformat.v4.new_code_cell(sys.argv[2]))
NotebookClient(book, kernel_name=sys.argv[1], timeout=300).execute()
print("".join(one["text"] for one in book.cells[0].outputs if one.get("name") == "stdout"))
"""
SUMS = {
    "jax": "import sys, jax\nprint(sys.prefix, float(jax.numpy.ones((3, 3)).sum()))",
    "tensorflow": (
        "import sys, tensorflow as tf\nprint(sys.prefix, float(tf.reduce_sum(tf.ones((3, 3)))))"
    ),
}


@pytest.mark.parametrize("framework", ["jax", "tensorflow"])
def test_a_notebook_an_image_and_pip(torchup: Torchup, framework: str) -> None:
    as_this_machine(torchup)
    made = torchup("create", "it", framework, "--no-verify", "--json")
    assert made.code == EXIT_DONE, made
    added = torchup("kernel", "add", "it", "--no-verify")
    assert added.code == EXIT_DONE, added
    environment = torchup.home / "envs" / "it"
    lab = another_jupyter(torchup)
    ran = subprocess.run(
        [lab / "bin" / "python", "-c", RUN, "it", SUMS[framework]],
        env={**torchup.env, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.split() == [str(environment), "9.0"], ran

    file = torchup("export", "it", "--containerfile").out
    (check,) = re.findall(r"python -c '.*'", file)
    tried = subprocess.run(
        [environment / "bin" / "python", *shlex.split(check)[1:]],
        env=torchup.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 0, tried

    torchup.env.pop("PIP_CONFIG_FILE", None)
    pinned = made.document("torchup.outcome/v1")["environment"]["packages"][framework]
    refused = torchup("run", "it", "--", "pip", "install", "--dry-run", f"{framework}<{pinned}")
    assert refused.code != EXIT_DONE
    assert f"{framework}=={pinned}" in refused.out + refused.err, "what was planned is held"


def test_a_bundle_of_jax_needs_no_network(torchup: Torchup) -> None:
    as_this_machine(torchup)
    made = torchup("create", "j", "jax", "--no-verify")
    assert made.code == EXIT_DONE, made
    bundle = torchup.root / "j.torchup"
    written = torchup("bundle", "create", "j", "--no-python", "--no-torchup", "-o", str(bundle))
    assert written.code == EXIT_DONE, written
    again = torchup("create", "k", "--from", str(bundle), "--offline", "--quick", "--json")
    assert again.code == EXIT_DONE, again
    assert "jax" in again.document("torchup.outcome/v1")["environment"]["packages"]
