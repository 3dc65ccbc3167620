"""use and create --project connect what they find in the folder, and write over nothing."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from cli.process import CPU, has_next_step, one_error
from cli.test_documents import read
from madeenvironments import USUAL, make_environment
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from torchup.wire import v1

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Result, Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")
WITH = {**USUAL, "ipykernel": "7.0.0"}
KEY = "python.defaultInterpreterPath"


def steps(done: Result) -> dict[str, str]:
    found = read(done, v1.OutcomeV1, "torchup.outcome/v1")
    return {one.id: one.status for one in found.steps}


def kernel(torchup: Torchup) -> Path:
    return torchup.root / "xdg-data" / "jupyter" / "kernels" / "demo" / "kernel.json"


def test_an_empty_folder_has_nothing_to_connect(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    before = {one.name for one in torchup.root.iterdir()}
    done = torchup("use", "demo")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert {one.name for one in torchup.root.iterdir()} - before == {".torchup-env"}
    assert len(done.out.splitlines()) == 1


def test_what_is_found_is_connected_and_announced(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo", WITH)
    (torchup.root / ".vscode").mkdir()
    (torchup.root / "paper.ipynb").write_text("{}")
    assert steps(torchup("use", "demo", "--dry-run", "--json")) == {
        "use": "skipped",
        "connect-venv": "skipped",
        "connect-kernel": "skipped",
        "connect-vscode": "skipped",
    }
    assert not (torchup.root / ".venv").exists()
    done = torchup("use", "demo")
    assert (done.code, done.err) == (EXIT_DONE, "")
    settings = torchup.root / ".vscode" / "settings.json"
    assert (torchup.root / ".venv").resolve() == path.resolve()
    assert kernel(torchup).exists()
    assert json.loads(settings.read_text()) == {KEY: str(path / "bin" / "python")}
    for told in (".venv", "Jupyter", "VS Code"):
        assert told in done.out
    again = torchup("use", "demo")
    assert len(again.out.splitlines()) == 1, "all is connected"
    assert torchup("undo").code == EXIT_DONE
    assert not settings.exists()
    assert not kernel(torchup).exists()
    assert not (torchup.root / ".venv").is_symlink()


def test_the_status_shows_what_is_connected(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    assert "Connected" not in torchup().out
    (torchup.root / ".vscode").mkdir()
    assert torchup("use", "demo", "--connect", "kernel,vscode").code == EXIT_DONE
    assert "Jupyter: demo · VS Code: demo" in torchup().out
    found = torchup("--json").document("torchup.status/v1")
    assert found["connected"] == [
        {"what": "Jupyter", "environments": ["demo"]},
        {"what": "VS Code", "environments": ["demo"]},
    ]


def test_each_can_be_switched_off(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    (torchup.root / ".vscode").mkdir()
    (torchup.root / "paper.ipynb").write_text("{}")
    assert steps(torchup("use", "demo", "--no-connect", "--json")) == {"use": "done"}
    assert not kernel(torchup).exists()
    done = torchup("use", "demo", "--connect", "kernel", "--json")
    assert steps(done) == {"use": "skipped", "connect-kernel": "done"}
    assert not (torchup.root / ".vscode" / "settings.json").exists()


def test_nothing_that_is_there_is_written_over(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    (torchup.root / ".vscode").mkdir()
    files = {
        ".vscode/settings.json": json.dumps({KEY: "/mine/bin/python"}),
        ".venv/pyvenv.cfg": "home = /mine",
        ".envrc": "use nix\n",
        ".python-version": "3.8\n",
        ".idea/misc.xml": '<project><component name="ProjectRootManager"'
        ' project-jdk-name="mine" project-jdk-type="Python SDK" /></project>',
        "xdg-config/JetBrains/PyCharm2025.1/options/other.xml": "",
    }
    for name, text in files.items():
        (torchup.root / name).parent.mkdir(parents=True, exist_ok=True)
        (torchup.root / name).write_text(text)
    ways = "venv,vscode,pycharm,direnv,python-version"
    done = torchup("use", "demo", "--connect", ways)
    assert (done.code, done.err) == (EXIT_DONE, "")
    for name, text in files.items():
        assert (torchup.root / name).read_text() == text
        assert name.startswith("xdg") or name.partition("/")[0] in done.out
    table = torchup.root / "xdg-config/JetBrains/PyCharm2025.1/options/jdk.table.xml"
    assert not table.exists()


def test_a_venv_that_another_program_owns_is_not_linked(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    (torchup.root / ".vscode").mkdir()
    (torchup.root / "uv.lock").write_text("")
    assert torchup("use", "demo").code == EXIT_DONE
    assert not (torchup.root / ".venv").is_symlink()
    done = torchup("use", "demo", "--connect", "venv", "--lang", "zh_CN")
    assert (torchup.root / ".venv").is_symlink()
    assert "uv" in done.out


def test_what_takes_a_download_is_only_told(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    (torchup.root / "paper.ipynb").write_text("{}")
    done = torchup("use", "demo")
    assert "torchup kernel add demo" in done.out
    assert not kernel(torchup).exists()


def test_what_cannot_be_written_does_not_undo_the_naming(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    (torchup.root / "paper.ipynb").write_text("{}")
    data = torchup.root / "xdg-data"
    data.write_text("a file where a folder belongs")
    assert steps(torchup("use", "demo", "--json")) == {"use": "done", "connect-kernel": "failed"}
    done = torchup("use", "demo")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert str(data) in done.out


def test_a_way_that_was_named_and_fails_is_the_answer(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    (torchup.root / ".idea").mkdir()
    tried = torchup("use", "demo", "--connect", "pycharm,direnv", "--json")
    found = read(tried, v1.OutcomeV1, "torchup.outcome/v1")
    (failed,) = [one for one in found.steps if one.id == "connect-pycharm"]
    assert (tried.code, found.ok, failed.status) == (EXIT_NO, False, "failed")
    assert "PyCharm" in failed.detail
    assert (torchup.root / ".envrc").exists(), "the others are gone"
    assert torchup("use", "demo").code == EXIT_DONE, "nobody named it"
    data = torchup.root / "xdg-data"
    data.write_text("a file where a folder belongs")
    tried = torchup("use", "demo", "--connect", "kernel", "--json")
    found = read(tried, v1.OutcomeV1, "torchup.outcome/v1")
    assert (tried.code, found.ok) == (EXIT_OUTSIDE, False)
    assert str(data) in found.steps[-1].detail
    assert torchup("use", "demo", "--connect", "kernel").code == EXIT_OUTSIDE


def test_a_file_of_direnvs_that_enters_another_is_told(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    make_environment(torchup.home, "two")
    assert torchup("use", "demo", "--connect", "direnv").code == EXIT_DONE
    before = (torchup.root / ".envrc").read_text()
    assert ".envrc" in torchup("use", "two", "--connect", "direnv").out
    assert (torchup.root / ".envrc").read_text() == before


def test_a_modules_own_interpreter_is_not_written_over(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    (torchup.root / "xdg-config/JetBrains/PyCharm2025.1/options").mkdir(parents=True)
    module = torchup.root / ".idea" / "a.iml"
    module.parent.mkdir()
    (module.parent / "modules.xml").write_text(
        '<project><component name="ProjectModuleManager"><modules>'
        '<module filepath="$PROJECT_DIR$/.idea/a.iml" /></modules></component></project>'
    )
    before = (
        '<module><component name="NewModuleRootManager">'
        '<orderEntry type="jdk" jdkName="mine" jdkType="Python SDK" /></component></module>'
    )
    module.write_text(before)
    done = torchup("use", "demo")
    assert (done.code, module.read_text()) == (EXIT_DONE, before)
    assert "mine" in done.out
    assert not (module.parent / "misc.xml").exists()


def test_files_that_are_written_when_asked(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    done = torchup("use", "demo", "--connect", "direnv,python-version")
    assert done.code == EXIT_DONE
    line = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert (torchup.root / ".python-version").read_text() == f"{line}\n"
    envrc = (torchup.root / ".envrc").read_text()
    assert envrc == "eval \"$(torchup activate 'demo' --shell bash)\"\n"
    assert "direnv allow" in done.out


@needs_world
def test_a_project_is_connected_when_its_environment_is_made(connected: Torchup) -> None:
    folder = connected.root / "my paper"
    (folder / ".vscode").mkdir(parents=True)
    (folder / "requirements.txt").write_text("torch==2.13.0\n")
    done = connected("create", "demo", *CPU[:2], "--project", str(folder))
    assert done.code == EXIT_DONE, done
    path = connected.home / "envs" / "demo"
    assert (folder / ".torchup-env").read_text() == "demo\n"
    assert (folder / ".venv").resolve() == path.resolve()
    settings = json.loads((folder / ".vscode" / "settings.json").read_text())
    assert settings == {KEY: str(path / "bin" / "python")}


@pytest.mark.parametrize(
    "words",
    [
        ("use", "demo", "--connect", "emacs"),
        ("use", "demo", "--connect", "kernel", "--no-connect"),
        ("use", "--connect", "kernel"),
        ("use", "demo", "--global", "--connect", "kernel"),
        ("create", "new", "--connect", "kernel"),
    ],
)
def test_wrong_words(torchup: Torchup, words: tuple[str, ...]) -> None:
    make_environment(torchup.home, "demo")
    assert has_next_step(one_error(torchup(*words), EXIT_USAGE))
    assert not (torchup.root / ".torchup-env").exists()
