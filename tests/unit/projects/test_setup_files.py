"""``setup.py`` and ``setup.cfg`` are read and never run."""

from __future__ import annotations

from torchup.projects.setup_files import read_setup_cfg, read_setup_py
from unit.projects.reading import lines, told

PROGRAM = """\
import torch
from setuptools import setup

NEEDS = ["numpy>=1.16"]
raise SystemExit("never run")
setup(
    name="thing",
    python_requires=">=3.6",
    install_requires=NEEDS + ["torch>=1.3", "fork @ git+https://x.test/fork.git"],
)
"""


def test_lists_that_are_written_out_are_followed() -> None:
    found = read_setup_py(PROGRAM, "setup.py")
    assert lines(found) == ["numpy>=1.16", "torch>=1.3"]
    assert found.pythons == ">=3.6"
    assert [one.number for one in found.packages] == [4, 9]
    assert told(found) == [("left-git", "fork @ git+https://x.test/fork.git")]


def test_what_is_computed_is_named() -> None:
    text = "import setuptools\nsetuptools.setup(install_requires=open('r.txt').read())\n"
    found = read_setup_py(text, "setup.py")
    assert (lines(found), told(found)) == ([], [("needs-computed", "install_requires")])


def test_a_list_that_names_itself_ends() -> None:
    assert lines(read_setup_py("A = A + ['x']\nsetup(install_requires=A)\n", "setup.py")) == ["x"]


def test_a_program_of_another_python_is_named() -> None:
    assert told(read_setup_py("print 'two'\n", "setup.py")) == [("program-unreadable", "setup.py")]


def test_setup_cfg() -> None:
    text = (
        "[options]\npython_requires = >=3.7\ninstall_requires =\n"
        "    torch==1.9.0  # why\n    numpy\n"
    )
    found = read_setup_cfg(text, "setup.cfg")
    assert (lines(found), found.pythons) == (["torch==1.9.0", "numpy"], ">=3.7")
    assert told(read_setup_cfg("no section\n", "setup.cfg")) == [
        ("program-unreadable", "setup.cfg")
    ]


def test_the_framework_in_an_extra_alone() -> None:
    program = (
        "E = {'docs': ['sphinx'], 'torch': ['torch>=1.8', 'torchaudio', 'six']}\n"
        "setup(install_requires=['numpy'], extras_require=E)\n"
    )
    assert lines(read_setup_py(program, "setup.py")) == ["numpy", "torch>=1.8", "torchaudio"]
    config = "[options]\ninstall_requires = numpy\n[options.extras_require]\nall =\n  torch>=1.8\n"
    assert lines(read_setup_cfg(config, "setup.cfg")) == ["numpy", "torch>=1.8"]
