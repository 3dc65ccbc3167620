"""Each error text of the tutorials: its cause comes first, and what is offered is run and mends it.

The texts of driver, card and build are walked in ``test_pytorch_in_depth.py``, where the machines
are that print them.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from cli.anaconda import Anaconda
from cli.fixtures import needs_world, sources_of
from cli.world import add_toolkit, add_torch
from condachannels import make_forge
from torchup.api.explain.causes import explain_log
from walks.steps import ends_well, everything, explained, mend, packages, right, ways
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from cli.process import Torchup
    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]
WINDOWS: Final = {"gpu": "RTX 3050", "os": "Windows 11"}
TEXTS: Final = {
    "conda-clobber": [
        "ClobberError : This transaction has incompatible packages due to a shared path.\n",
    ],
    "conda-env-not-writable": [
        "Multiple Errors Encountered\n",
        "       base environment : C:\\ProgramData\\anaconda3  (read only)\n",
        """Multiple Errors Encountered
EnvironmentNotWritableError: The current user does not have write permissions to the target \
environment.
  environment location: C:\\ProgramData\\Anaconda3
""",
    ],
    "conda-package-corrupted": [
        """CondaVerificationError: The package for python located at \
C:\\Users\\Augenestern\\.conda\\pkgs\\python-3.9.20-h8205438_1
appears to be corrupted. The path 'tcl/tix8.4.3/pref/TK.cs'
specified in the package manifest cannot be found.
""",
    ],
    "pip-launcher-broken": [
        "Fatal error in launcher: Unable to create process using\n",
        """Fatal error in launcher: Unable to create process using '"d:\\bld\\pip\\python.exe" \
"D:\\Anaconda\\envs\\x\\Scripts\\pip.exe" install torch'
""",
    ],
    "kernel-or-pip-of-other-python": ["ModuleNotFoundError: No module named 'ipykernel'\n"],
    "conda-solve-hangs": [
        """Collecting package metadata (current_repodata.json): done
Solving environment: failed with initial frozen solve. Retrying with flexible solve.
Solving environment: -
""",
    ],
    "pip-permission-denied": [
        "[E 14:01:02.345 NotebookApp] Permission denied: D:\\notebooks\n",
        "[W 14:01:02.345 ServerApp] 403 POST /api/contents: Permission denied: a.ipynb\n",
    ],
    "condarc-malformed": [
        """LoadError: Load Error: in C:\\Users\\me\\.condarc on line 4, column 18. Invalid YAML: \
mapping values are not allowed here
""",
    ],
    "nvcc-missing": [
        "nvcc -V 不是内部或者外部命令\n",
        "'nvcc' 不是内部或外部命令，也不是可运行的程序\n",  # noqa: RUF001
        "'nvcc' is not recognized as an internal or external command,\n",
        "nvcc : 无法将“nvcc”项识别为 cmdlet、函数、脚本文件或可运行程序的名称。\n",
        "bash: nvcc: command not found\n",
    ],
}
"""As the tutorials have them, and as the programs themselves print them."""


@pytest.mark.parametrize("cause", TEXTS)
def test_its_cause_comes_first(cause: str) -> None:
    for text in TEXTS[cause]:
        found = explain_log([text.encode()], facts=WINDOWS, system="windows").findings
        assert found[0].code == cause, (text, [one.code for one in found])
        assert found[0].remedies


def cause_of(torchup: Torchup, code: str) -> dict[str, object]:
    first: dict[str, object] = explained(torchup, TEXTS[code][0])[0]
    assert first["code"] == code
    return first


def here(torchup: Torchup, name: str = "") -> set[str]:
    """What is wrong by doctor's word, by its codes."""
    done = torchup("doctor", *filter(None, [name]), "--json").document("torchup.diagnosis/v1")
    return {one["code"] for one in done["findings"]}


def test_an_anaconda_with_three_of_them(torchup: Torchup) -> None:
    """A damaged package in the cache, programs of a moved environment, a blank in ``.condarc``."""
    anaconda = Anaconda(torchup.root)
    broken = anaconda.break_it()
    before = {name: broken[name].read_bytes() for name in ("condarc", "pip")}
    found = {"conda-package-corrupted", "pip-launcher-broken", "condarc-malformed"}
    assert found <= here(torchup)
    mend(torchup, cause_of(torchup, "conda-package-corrupted"), "repair", "--yes")
    left = {one.name.removesuffix(".conda") for one in broken["pkgs"].iterdir()}
    assert left == {"whole-1.0-0", "unused-1.0-0"}, "only the damaged entries went"
    mend(torchup, cause_of(torchup, "pip-launcher-broken"), "repair", "--yes")
    assert right(torchup, "run", "conda:course", "--", str(broken["pip"])) == "pip\n"
    mend(torchup, cause_of(torchup, "condarc-malformed"), "config conda mend")
    right(torchup, "config", "conda", "mend", "--yes")  # the same without --dry-run
    assert not found & here(torchup)
    right(torchup, "config", "conda", "undo")
    right(torchup, "undo", "--yes")
    assert {name: broken[name].read_bytes() for name in before} == before


def test_conda_s_solver_and_two_packages_at_one_file(torchup: Torchup) -> None:
    """The solve that never ends is made by torchup's; pip then writes over what conda installed."""
    make_forge(torchup.root / "channels")
    alias = (torchup.root / "channels").as_uri()
    (torchup.root / ".condarc").write_text(f"channel_alias: {alias}\n")
    mend(torchup, cause_of(torchup, "conda-solve-hangs"), "create", "--yes", NAME="pytorch")
    path = torchup.home / "envs" / "pytorch"
    page = torchup.root / "page"
    make_wheel(page, "numpy", "1.0", files={"numpy/__init__.py": "other = 1\n"})
    python = ("--python", str(path / "bin" / "python"), "--disable-pip-version-check")
    over = ("install", "--no-index", "--find-links", str(page), "--ignore-installed", "numpy")
    pip = [sys.executable, "-m", "pip", *python, *over]
    subprocess.run(pip, env=torchup.env, check=True, capture_output=True)
    assert torchup("verify", "pytorch", "--quick").code == 1
    broken = everything(path)
    (look, *_rest) = ways(cause_of(torchup, "conda-clobber"))
    assert look.commands == (("torchup", "doctor"),)
    done = torchup("doctor", "--json").document("torchup.diagnosis/v1")["findings"]
    (dead,) = [one for one in done if one["code"] == "environment-broken"]
    assert ("torchup", "repair", "pytorch") in ways(dead)[0].commands
    (found,) = [one for one in done if one["code"] == "conda-clobber"]
    mend(torchup, found, "repair", "--yes")
    right(torchup, "verify", "pytorch")
    assert "conda-clobber" not in here(torchup)
    right(torchup, "undo", "--yes")
    assert everything(path) == broken


def test_a_base_that_is_read_only_and_jupyter(bare: Torchup) -> None:
    """An environment of one's own in the place of base, shown in Jupyter's menu."""
    anaconda = Anaconda(bare.root)
    theirs = everything(anaconda.base)
    mend(bare, cause_of(bare, "conda-env-not-writable"), "create demo", "--yes")
    ends_well(bare, "demo", "2.14.1+cpu", cards=0)
    right(bare, "use", "demo")
    mend(bare, cause_of(bare, "kernel-or-pip-of-other-python"), "kernel add", "--yes")
    assert "ipykernel" in packages(bare, "demo")
    listed = right(bare, "kernel", "list", "--json")
    assert str(bare.home / "envs" / "demo") in listed
    assert not {one for one in here(bare, "demo") if one.startswith("kernel")}
    assert everything(anaconda.base) == theirs, "nothing of it was touched"


def test_nvcc_that_is_missing(own: IndexServer, torchup: Torchup) -> None:
    """PyTorch runs without it; where something is to be compiled, it comes into one environment."""
    add_toolkit(own.root, "13.0.2")
    add_torch(own.root, "2.13.0", "cu130")
    torchup.env |= sources_of(own)
    asked = ("torch==2.13.0", "--build", "cu130", "--no-verify", "--yes")
    right(torchup, "create", "pytorch", *asked)
    right(torchup, "use", "pytorch")
    path = torchup.home / "envs" / "pytorch"
    before = everything(path)
    mend(torchup, cause_of(torchup, "nvcc-missing"), "toolkit add", "--no-verify", "--yes")
    assert "13.0" in right(torchup, "run", "pytorch", "--", "nvcc", "--version")
    right(torchup, "undo", "--yes")
    assert everything(path) == before
