"""Readers take whatever they are given: they return, or name the file as malformed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spoiledtexts import spoiled
from torchup.errors import UsageError
from torchup.projects.conda import read_conda_file
from torchup.projects.dockerfile import read_dockerfile
from torchup.projects.imports import modules_of_notebook, modules_of_program, read_imports
from torchup.projects.kinds import kind_of
from torchup.projects.locks import read_poetry_lock, read_pylock, read_uv_lock
from torchup.projects.pipfile import read_pipfile, read_pipfile_lock
from torchup.projects.pyproject import read_pyproject
from torchup.projects.readme import read_readme
from torchup.projects.requirements import read_requirements_list
from torchup.projects.setup_files import read_setup_cfg, read_setup_py
from torchup.projects.texts import text_of
from unit.projects import test_conda, test_pyproject_and_locks, test_setup_files

if TYPE_CHECKING:
    from collections.abc import Callable
LIST: Final = (
    "-f https://x.test/a.html\ntorch==1.8.0+cu111 ; python_version < '4'\n"
    "numpy=1.21=py38_0\na @ file:///b/c-1.0-py3-none-any.whl\n-e git+https://x.test/r.git#egg=r\n"
    "six==1.16.0 --hash=sha256:aa \\\n  --hash=sha256:bb\n"
)
README: Final = (
    "pip install 'torch>=1.4' -f x\nPython 3.7+, PyTorch 1.10, CUDA 10.2\nconda install a=1 -c b\n"
)
DOCKER: Final = "ARG A=1\nFROM nvcr.io/nvidia/pytorch:${A:-21.10}-py3\nRUN pip install a \\\n b\n"
NOTEBOOK: Final = '{"cells": [{"cell_type": "code", "source": ["import a\\n"]}]}'
GOOD: Final = (
    LIST,
    README,
    DOCKER,
    NOTEBOOK,
    test_conda.BY_HAND,
    test_conda.EXPORTED,
    test_pyproject_and_locks.PROJECT,
    test_pyproject_and_locks.POETRY,
    test_pyproject_and_locks.UV_LOCK,
    test_pyproject_and_locks.PYLOCK,
    test_pyproject_and_locks.POETRY_LOCK,
    test_pyproject_and_locks.PIPFILE_LOCK,
    test_setup_files.PROGRAM,
)
ODD: Final = (
    '[project]\ndependencies = 3\nrequires-python = []\n[tool.poetry]\ndependencies = "x"\n',
    '[[package]]\nname = 3\nversion = []\nwheels = [1]\nsource = "x"\n[[packages]]\nname = {}\n',
    '{"default": [], "_meta": 3}',
    "dependencies: {a: b}\n",
    "dependencies:\n  - {pip: 3}\n  - [a, b]\n  - 3\n",
    '{"cells": [3, {"cell_type": "code", "source": 3}]}',
)

READERS: Final[dict[str, Callable[[str], object]]] = {
    "requirements": lambda text: read_requirements_list(text, "f", lambda *_: None),
    "conda": lambda text: read_conda_file(text, "f"),
    "pyproject": lambda text: read_pyproject(text, "f"),
    "uv.lock": lambda text: read_uv_lock(text, "f"),
    "pylock": lambda text: read_pylock(text, "f"),
    "poetry.lock": lambda text: read_poetry_lock(text, "f", frozenset({"torch"})),
    "pipfile": lambda text: read_pipfile(text, "f"),
    "pipfile.lock": lambda text: read_pipfile_lock(text, "f"),
    "setup.py": lambda text: read_setup_py(text, "f"),
    "setup.cfg": lambda text: read_setup_cfg(text, "f"),
    "dockerfile": lambda text: read_dockerfile(text, "f"),
    "readme": lambda text: read_readme(text, "f"),
    "program": modules_of_program,
    "notebook": modules_of_notebook,
    "imports": lambda text: read_imports(text.split(), (), "f"),
    "kind": kind_of,
}


def take(name: str, text: str) -> None:
    with suppress(UsageError):
        READERS[name](text)


@pytest.mark.parametrize("name", READERS)
@given(text=spoiled(*GOOD) | st.text(max_size=200) | st.sampled_from(ODD))
def test_no_reader_raises(name: str, text: str) -> None:
    take(name, text)


@given(st.binary(max_size=300))
def test_every_file_has_a_text(data: bytes) -> None:
    assert "\0" not in text_of(data)
