"""``--project`` and files that aren't lists for pip, as the user sees them."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import needs_world
from cli.process import Torchup, has_next_step, one_error
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE

if TYPE_CHECKING:
    from pathlib import Path

AMPERE = ("--gpu", "sm_86", "--driver", "550.54", "--os", "linux", "--arch", "x86_64")
BLACKWELL = ("--gpu", "sm_120", "--driver", "580.65", "--os", "linux", "--arch", "x86_64")
UV_LOCK = """\
version = 1
[[package]]
name = "torch"
version = "2.1.0"
[[package]]
name = "x"
source = { virtual = "." }
dependencies = [{ name = "torch" }]
"""
NAME = "一个 项目 'x' 🙂"
"""A folder with spaces, a quotation mark, Chinese characters and an emoji."""


def project(torchup: Torchup, files: dict[str, str | bytes], name: str = NAME) -> str:
    folder: Path = torchup.root / name
    for file, text in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    folder.mkdir(exist_ok=True)
    return name


def planned(torchup: Torchup, *arguments: str, code: int = EXIT_DONE) -> Any:  # noqa: ANN401  # a document
    done = torchup("plan", "--json", *arguments)
    assert done.code == code, done
    return done.document("torchup.plan/v1")


def refused(torchup: Torchup, *arguments: str) -> dict[str, str]:
    done = torchup("plan", "--json", *arguments)
    assert done.code == EXIT_USAGE, done
    return done.error


def codes(document: Any) -> set[str]:  # noqa: ANN401  # a document
    return {one["code"] for one in document["reasons"]}


def test_an_old_project_becomes_a_stack_that_runs(torchup: Torchup) -> None:
    name = project(
        torchup,
        {
            "requirements.txt": "torch==1.4.0\nnumpy\n-e .\n".encode("utf-16"),
            "README.md": "Python 3.6",
        },
    )
    document = planned(torchup, "--project", name, *AMPERE)
    assert document["stack"]["packages"]["torch"] == "1.7.0"
    assert document["stack"]["python"] == "3.8"
    assert {"moved-forward", "moved-python-gone", "left-editable", "project-read"} <= codes(
        document
    )


def test_the_answer_in_words_names_what_was_read(torchup: Torchup) -> None:
    name = project(torchup, {"train.py": "import torch, cv2\nimport zzz_unheard_of\n"})
    done = torchup("plan", "--project", name, *AMPERE)
    assert done.code == EXIT_DONE, done
    assert "cv2 → opencv-python" in done.out
    assert "zzz_unheard_of" in done.out
    assert "--project" in done.out.splitlines()[-1]


def test_a_pin_that_a_card_can_not_run_is_an_honest_no(torchup: Torchup) -> None:
    name = project(torchup, {"environment.yml": "dependencies: [python=3.9, pytorch=1.12.1]\n"})
    document = planned(torchup, "--project", name, *BLACKWELL, code=EXIT_NO)
    assert document["stack"] is None
    assert "pin-stays" in codes(document)
    done = torchup("plan", "--project", name, *BLACKWELL)
    assert "environment.yml:1 asks for torch==1.12.1" in done.out
    assert "torchup create NAME torch==" in done.out


def test_what_is_named_on_the_command_line_counts_first(torchup: Torchup) -> None:
    name = project(torchup, {"requirements.txt": "torch==1.12.1\n"})
    document = planned(torchup, "torch==2.7.1", "--project", name, *BLACKWELL)
    assert document["stack"]["packages"]["torch"] == "2.7.1"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_day_of_the_last_commit(torchup: Torchup) -> None:
    name = project(torchup, {"requirements.txt": "torch\nnumpy\n"})
    day = "2021-06-01T12:00:00+00:00"
    who = {
        f"GIT_{one}_{what}": "x" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    env = {**os.environ, **who, "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", *words], cwd=torchup.root / name, env=env, check=True)
    document = planned(torchup, "--project", name, "--as-of", "auto", *AMPERE)
    assert document["stack"]["packages"]["torch"] == "1.8.1"
    assert document["stack"]["python"] == "3.8"
    assert "day-of-commit" in codes(document)
    today = torchup("plan", "--project", name, *AMPERE)
    assert "The project is of 2021-06-01 and leaves the version open; --as-of auto" in today.out
    pinned = planned(torchup, "torch==2.4.1", "--project", name, *AMPERE)
    assert "project-is-old" not in codes(pinned)


def test_without_a_project_there_is_no_day_of_its_own(torchup: Torchup) -> None:
    error = refused(torchup, "--as-of", "auto", *AMPERE)
    assert error["code"] == "projects.auto-without"
    assert error["hint"]


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        ({}, "projects.nothing", "environment.yml"),
        ({"notes.txt": "nothing"}, "projects.nothing", "requirements.txt"),
        ({"requirements.txt": "mxnet\n"}, "projects.no-framework", "mxnet"),
        (
            {"environment.yml": "dependancies:\n- pytorch\n"},
            "projects.misspelt-key",
            "dependancies",
        ),
        (
            {"requirements.txt": "torch\nnumpy<1.20\n-r b.txt\n", "b.txt": "numpy==1.21\n"},
            "projects.conflict",
            "b.txt line 1",
        ),
    ],
    ids=range(5),
)
def test_what_stops_is_named(
    torchup: Torchup, files: dict[str, str | bytes], code: str, said: str
) -> None:
    error = refused(torchup, "--project", project(torchup, files), *AMPERE)
    assert error["code"] == code
    assert said in error["message"] + error["hint"]
    assert error["hint"]


def test_a_folder_that_is_not_there(torchup: Torchup) -> None:
    error = refused(torchup, "--project", "nowhere", *AMPERE)
    assert (error["code"], bool(error["hint"])) == ("projects.no-folder", True)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("environment.yml", "dependencies:\n  - python=3.9\n  - pip:\n    - torch==2.1.0\n"),
        ("pyproject.toml", '[project]\nname = "x"\ndependencies = ["torch==2.1.0"]\n'),
        (
            "pylock.toml",
            'lock-version = "1.0"\n[[packages]]\nname = "torch"\nversion = "2.1.0"\n',
        ),
        (
            "uv.lock",
            UV_LOCK,
        ),
    ],
)
def test_files_that_are_no_lists_are_read_by_their_content(
    torchup: Torchup, file: str, text: str
) -> None:
    name = project(torchup, {file: text})
    document = planned(torchup, "-r", f"{name}/{file}", *AMPERE)
    assert document["stack"]["packages"]["torch"] == "2.1.0"


@pytest.mark.parametrize("file", ["pylock.toml", "uv.lock"])
def test_a_malformed_lock_that_is_named_stops(torchup: Torchup, file: str) -> None:
    text = (
        'lock-version = "1.0"\n[[packages\n'
        if file == "pylock.toml"
        else "version = 1\n[[package]]\nx\n"
    )
    name = project(torchup, {file: text})
    error = refused(torchup, "-r", f"{name}/{file}", *AMPERE)
    assert (error["code"], bool(error["hint"])) == ("projects.malformed", True)


def test_lists_that_include_each_other_end(torchup: Torchup) -> None:
    name = project(torchup, {"a.txt": "-r b.txt\ntorch==2.1.0\n", "b.txt": "-r a.txt\n"})
    document = planned(torchup, "-r", f"{name}/a.txt", *AMPERE)
    assert document["stack"]["packages"]["torch"] == "2.1.0"


@needs_world
@pytest.mark.slow
def test_an_environment_is_planned_for_a_project(connected: Torchup) -> None:
    name = project(
        connected, {"requirements.txt": "torch>=2\nsix\n-e .\ngit+https://x.test/a.git\n"}
    )
    done = connected("create", "demo", "--project", name, "--dry-run", "--cpu", "--json")
    assert done.code == EXIT_DONE, done
    document = done.document("torchup.plan/v1")
    assert {"torch", "six"} <= {one["name"] for one in document["artifacts"]}
    assert {"left-editable", "left-git"} <= codes(document)


def test_an_error_is_one_line_and_a_next_step(torchup: Torchup) -> None:
    done = torchup("plan", "--project", "nowhere")
    assert has_next_step(one_error(done, EXIT_USAGE))


def test_lists_that_contradict_each_other_are_named_with_their_lines(torchup: Torchup) -> None:
    name = project(torchup, {"a.txt": "torch\nnumpy<1.20\n", "b.txt": "\n\nnumpy==1.21\n"})
    error = refused(torchup, "-r", f"{name}/a.txt", "-r", f"{name}/b.txt", *AMPERE)
    assert error["code"] == "projects.conflict"
    assert "a.txt line 2" in error["message"]
    assert "b.txt line 3" in error["message"]


def test_a_mistake_on_the_command_line_is_told_first(torchup: Torchup) -> None:
    name = project(torchup, {"requirements.txt": "torch\n"})
    assert refused(torchup, "torch==one", "--project", name, *AMPERE)["hint"]
