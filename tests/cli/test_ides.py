"""ide: which interpreter each IDE would use, and telling them."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest

from cli.process import has_next_step, one_error
from cli.test_documents import read
from madeenvironments import make_environment
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.wire.connecting import IdesV1, UsedV1

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")
KEY = "python.defaultInterpreterPath"


def used(torchup: Torchup, *arguments: str) -> dict[str, UsedV1]:
    done = torchup("ide", "check", "--json", *arguments)
    found: IdesV1 = read(done, IdesV1, "torchup.ides/v1")
    return {one.ide: one for one in found.ides}


def user_folder(torchup: Torchup, program: str = "Code") -> Path:
    folder = torchup.root / "xdg-config" / program / "User"
    folder.mkdir(parents=True)
    return folder


def charm(torchup: Torchup, name: str = "PyCharm2025.1") -> Path:
    folder = torchup.root / "xdg-config" / "JetBrains" / name
    (folder / "options").mkdir(parents=True)
    return folder


SETTINGS = '{\n  // mine\n  "editor.tabSize": 2, // two\n}\n'


def test_vscode_is_told_and_its_comments_stay(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    user_folder(torchup)
    user_folder(torchup, "Cursor")
    file = torchup.root / "my 项目" / ".vscode" / "settings.json"
    file.parent.mkdir(parents=True)
    file.write_text(SETTINGS)
    options = ("ide", "vscode", "demo", "--project", "my 项目")
    assert torchup(*options, "--dry-run").code == EXIT_DONE
    assert file.read_text() == SETTINGS
    done = torchup(*options)
    assert (done.code, done.err) == (EXIT_DONE, "")
    python = path / "bin" / "python"
    added = f'  "{KEY}": "{python}",\n}}\n'
    assert file.read_text() == SETTINGS.replace("}\n", added)
    for ide in ("VS Code", "Cursor"):
        one = used(torchup, "--project", "my 项目")[ide]
        assert (one.interpreter, one.environment, one.version) == (
            str(python),
            "demo",
            "2.13.0+cpu",
        )
        assert str(file) in one.why
    before = file.read_bytes()
    assert torchup(*options).code == EXIT_DONE
    assert file.read_bytes() == before
    assert torchup("undo").code == EXIT_DONE
    assert file.read_text() == SETTINGS


def test_the_folders_own_link_is_named(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    (torchup.root / ".venv").symlink_to(path)
    assert torchup("ide", "vscode", "demo").code == EXIT_DONE
    settings = json.loads((torchup.root / ".vscode" / "settings.json").read_text())
    assert settings == {KEY: "${workspaceFolder}/.venv/bin/python"}
    assert used(torchup)["VS Code"].environment == "demo"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="its SQLite opens nothing in memory")
def test_what_somebody_picked_counts_and_is_told(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    store = user_folder(torchup) / "globalStorage"
    store.mkdir()
    picked = "/usr/bin/python3"
    value = {f"WORKSPACE_FOLDER_INTERPRETER_PATH_{torchup.root}": picked, "other": [1]}
    with sqlite3.connect(store / "state.vscdb") as base:
        base.execute("CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)")
        base.execute("INSERT INTO ItemTable VALUES (?, ?)", ("ms-python.python", json.dumps(value)))
    done = torchup("ide", "vscode", "demo")
    assert done.code == EXIT_DONE
    assert picked in done.out
    assert "Python: Clear Workspace Interpreter Setting" in done.out
    told = torchup("ide", "vscode", "demo", "--json").document("torchup.outcome/v1")["steps"]
    assert "Python: Clear Workspace Interpreter Setting" in told[-1]["detail"]
    one = used(torchup)["VS Code"]
    assert (one.interpreter, one.environment) == (picked, None)
    (torchup.root / ".vscode" / "settings.json").unlink()
    for _ in "new", "there":
        connected = torchup("use", "demo", "--connect", "vscode")
        assert connected.code == EXIT_DONE
        assert picked in connected.out
        assert "Python: Clear Workspace Interpreter Setting" in connected.out
    findings = torchup("doctor", "--json").document("torchup.diagnosis/v1")["findings"]
    (found,) = [one for one in findings if one["code"] == "ide-of-other-environment"]
    (remedy,) = found["remedies"]
    assert (remedy["safety"], remedy["commands"]) == ("manual", [])
    with sqlite3.connect(store / "state.vscdb") as base:
        key = f"WORKSPACE_FOLDER_INTERPRETER_PATH_{torchup.root}"
        same = json.dumps({key: str(torchup.home / "envs" / "demo" / "bin" / "python3")})
        base.execute("UPDATE ItemTable SET value = ?", (same,))
    assert "Clear Workspace" not in torchup("ide", "vscode", "demo").out, "its other name"
    (store / "state.vscdb").write_bytes(b"broken")
    one = used(torchup)["VS Code"]
    assert one.environment == "demo"
    assert one.notes, "it is said that the store can't be read"


def test_what_vscode_would_do_by_itself(torchup: Torchup) -> None:
    user = user_folder(torchup)
    assert used(torchup)["VS Code"].interpreter is None
    (user / "settings.json").write_text(json.dumps({KEY: "~/own/bin/python"}))
    one = used(torchup)["VS Code"]
    assert (one.interpreter, one.exists) == (str(torchup.root / "own/bin/python"), False)
    assert torchup("ide").code == EXIT_NO
    (user / "settings.json").unlink()
    (torchup.root / ".venv").symlink_to(make_environment(torchup.home, "demo"))
    one = used(torchup)["VS Code"]
    assert one.interpreter == str(torchup.root / ".venv" / "bin" / "python")


def test_what_is_worked_with_from_another_machine(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    machine = torchup.root / ".vscode-server" / "data" / "Machine"
    machine.mkdir(parents=True)
    (machine / "settings.json").write_text(json.dumps({KEY: "/usr/bin/python3"}))
    one = used(torchup)["VS Code (remote)"]
    assert one.interpreter == "/usr/bin/python3"
    assert one.notes, "what was picked lies on the other machine"
    assert torchup("ide", "vscode", "demo").code == EXIT_DONE
    assert used(torchup)["VS Code (remote)"].environment == "demo"


def test_every_environment_is_offered_everywhere(torchup: Torchup) -> None:
    assert has_next_step(one_error(torchup("ide", "vscode", "--all"), EXIT_NO))
    code, cursor = user_folder(torchup), user_folder(torchup, "Cursor")
    (code / "settings.json").write_text(SETTINGS)
    (cursor / "settings.json").write_text('{"python.venvPath": "~/mine"}')
    done = torchup("ide", "vscode", "--all")
    assert (done.code, done.err) == (EXIT_DONE, "")
    added = f'  "python.venvPath": "{torchup.home / "envs"}",\n}}\n'
    assert (code / "settings.json").read_text() == SETTINGS.replace("}\n", added)
    assert (cursor / "settings.json").read_text() == '{"python.venvPath": "~/mine"}'
    assert "~/mine" in done.out
    one_error(torchup("ide", "vscode", "demo", "--all"), EXIT_USAGE)


def test_pycharm_learns_of_it_in_every_version(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    new, old = charm(torchup), charm(torchup, "PyCharmCE2024.3")
    done = torchup("ide", "pycharm", "demo")
    assert (done.code, done.err) == (EXIT_DONE, "")
    line = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for folder in (new, old):
        table = (folder / "options" / "jdk.table.xml").read_text()
        assert f'<name value="Python {line} (demo)" />' in table
        assert f'<homePath value="{path}/bin/python" />' in table
        assert "VirtualEnvSdkFlavor" in table
    one = used(torchup)["PyCharm 2025.1"]
    assert (one.interpreter, one.environment) == (str(path / "bin" / "python"), "demo")
    again = torchup("ide", "pycharm", "demo", "--json").document("torchup.outcome/v1")
    assert again["steps"] == []
    make_environment(torchup.home, "two")
    assert torchup("ide", "pycharm", "two").code == EXIT_DONE
    assert used(torchup)["PyCharm 2025.1"].environment == "two"
    assert torchup("undo").code == EXIT_DONE
    assert torchup("undo").code == EXIT_DONE
    assert not (torchup.root / ".idea").exists() or not [*(torchup.root / ".idea").iterdir()]
    assert not (new / "options" / "jdk.table.xml").exists()


def test_another_interpreter_of_the_same_name_stays(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    new, old = charm(torchup), charm(torchup, "PyCharmCE2024.3")
    called = f"Python {sys.version_info[0]}.{sys.version_info[1]} (demo)"
    table = (
        '<application>\n  <component name="ProjectJdkTable">\n    <jdk version="2">\n'
        '      <name value="{name}" />\n      <type value="{kind}" />\n'
        '      <homePath value="{home}" />\n    </jdk>\n  </component>\n</application>\n'
    )
    theirs = table.format(name=called, kind="Python SDK", home=sys.executable)
    file = new / "options" / "jdk.table.xml"
    file.write_text(theirs)
    assert torchup("ide", "pycharm", "demo").code == EXIT_DONE
    assert f'<homePath value="{sys.executable}" />' in file.read_text()
    for folder in (new, old):
        assert f'"{called} (2)"' in (folder / "options" / "jdk.table.xml").read_text()
    assert used(torchup)["PyCharm 2025.1"].interpreter == str(path / "bin" / "python")
    again = torchup("ide", "pycharm", "demo", "--json").document("torchup.outcome/v1")
    assert again["steps"] == []
    assert torchup("undo").code == EXIT_DONE
    file.write_text(table.format(name=called, kind="JavaSDK", home="/gone"))
    assert torchup("ide", "pycharm", "demo").code == EXIT_DONE
    assert '"JavaSDK"' in file.read_text(), "names of every kind count"
    assert torchup("undo").code == EXIT_DONE
    file.write_text(table.format(name=called, kind="Python SDK", home="/gone/bin/python"))
    assert torchup("ide", "pycharm", "demo").code == EXIT_DONE
    assert "/gone" not in file.read_text(), "its interpreter is no more"


def test_an_open_pycharm_is_left_alone(torchup: Torchup, tmp_path: Path) -> None:
    import subprocess

    make_environment(torchup.home, "demo")
    folder = charm(torchup)
    fake = tmp_path / "java"
    fake.symlink_to("/bin/sleep")
    with subprocess.Popen([str(fake), "60"]) as running:
        (folder / ".lock").write_text(str(running.pid))
        said = one_error(torchup("ide", "pycharm", "demo"), EXIT_NO)
        charm(torchup, "PyCharm2024.3")
        some = torchup("ide", "pycharm", "demo")
        running.kill()
    assert "PyCharm 2025.1" in said
    assert some.code == EXIT_DONE
    assert "PyCharm 2025.1" in some.out, "it is said which one was left"
    assert not (folder / "options" / "jdk.table.xml").exists()
    (folder / ".lock").write_text(str(os.getpid()))  # a number that was used again
    assert torchup("ide", "pycharm", "demo").code == EXIT_DONE
    assert (folder / "options" / "jdk.table.xml").exists()


def test_a_name_that_pycharm_does_not_know(torchup: Torchup) -> None:
    charm(torchup)
    (torchup.root / ".idea").mkdir()
    (torchup.root / ".idea" / "misc.xml").write_text(
        '<project version="4">\n  <component name="ProjectRootManager" version="2"'
        ' project-jdk-name="Python 3.9 (gone)" project-jdk-type="Python SDK" />\n</project>\n'
    )
    one = used(torchup)["PyCharm 2025.1"]
    assert (one.interpreter, one.exists) == (None, False)
    assert torchup("ide").out.splitlines()[-1].endswith("torchup ide pycharm NAME")
    charm(torchup, "PyCharm2024.3")
    charm(torchup, "DataSpell2024.2")
    assert set(used(torchup)) == {"PyCharm 2025.1", "DataSpell 2024.2"}
    assert "Python 3.9 (gone)" in torchup("ide", "--lang", "zh_CN").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("check", "demo"), EXIT_USAGE),
        (("check", "--project", "/nowhere"), EXIT_USAGE),
        (("vscode",), EXIT_USAGE),
        (("vscode", "nothing"), EXIT_NO),
        (("pycharm", "demo"), EXIT_NO),
        (("emacs", "demo"), EXIT_USAGE),
    ],
)
def test_wrong_words(torchup: Torchup, words: tuple[str, ...], code: int) -> None:
    make_environment(torchup.home, "demo")
    said = one_error(torchup("ide", *words), code)
    assert has_next_step(said)
    assert (words != ("vscode",)) or "torchup ide vscode NAME" in said


def test_files_that_cannot_be_read(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    file = torchup.root / ".vscode" / "settings.json"
    file.parent.mkdir()
    file.write_text("{\n  broken\n}")
    said = one_error(torchup("ide", "vscode", "demo"), EXIT_NO)
    assert f"{file}" in said
    assert "2" in said
    assert torchup("ide").code == EXIT_NO
    folder = charm(torchup)
    (folder / "options" / "jdk.table.xml").write_text("<application>")
    said = one_error(torchup("ide", "pycharm", "demo"), EXIT_NO)
    assert "jdk.table.xml" in said
    idea = torchup.root / ".idea"
    idea.mkdir()
    (idea / "modules.xml").write_text("<project>")
    assert "modules.xml" in used(torchup)["PyCharm 2025.1"].why
    (idea / "modules.xml").unlink()
    idea.rmdir()
    assert not (torchup.root / ".idea").exists()
    assert file.read_text() == "{\n  broken\n}"


@pytest.mark.slow
def test_doctor_finds_an_ide_that_uses_another_python(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    user_folder(torchup)
    file = torchup.root / ".vscode" / "settings.json"
    file.parent.mkdir()
    before = json.dumps({KEY: sys.executable})
    file.write_text(before)
    assert torchup("use", "demo", "--no-connect").code == EXIT_DONE
    findings = torchup("doctor", "--json").document("torchup.diagnosis/v1")["findings"]
    (found,) = [one for one in findings if one["code"] == "ide-of-other-environment"]
    assert found["remedies"][0]["commands"] == [["torchup", "ide", "vscode", "demo"]]
    done = torchup("repair", "--finding", "ide-of-other-environment", "--yes")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert json.loads(file.read_text()) == {KEY: str(path / "bin" / "python")}
    assert torchup("undo").code == EXIT_DONE
    assert file.read_text() == before
