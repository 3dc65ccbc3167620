"""What would be done is said before it is, by the use cases of the command line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from madeenvironments import USUAL, make_environment
from torchup.api.kernels import adding
from torchup.host.real import RealHost
from torchup.model import text
from torchup.state import undo
from torchup.web import jobs as module
from torchup.wire.web import OrderV1
from webclient import OWN

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from torchup.web.here import Here


@pytest.fixture
def demo(here: Here) -> Path:
    """An environment that was whole once: its numpy is another one now."""
    was = {"torch": "2.13.0+cpu", "numpy": "1.26.9", "pip": "99.0"}
    return make_environment(here.home.root, "demo", {**was, "numpy": "2.1.0"}, locked=was)


def ask(client: TestClient, **order: object) -> dict[str, Any]:
    answer = client.post("/api/preview", json=order, headers=OWN)
    found: dict[str, Any] = answer.json()
    return found


def change(here: Here, path: Path, data: bytes = b"new") -> undo.Change:
    return undo.change(
        RealHost(),
        here.home,
        what=text("ide.what", name="demo"),
        edits=[undo.Write(path=str(path), data=data)],
        command="ide",
        about="demo",
    )


@pytest.mark.usefixtures("demo")
def test_a_repair_says_what_it_would_install(client: TestClient) -> None:
    found = ask(client, command="repair", name="demo", findings=["environment-broken"])
    assert found["schema"] == "torchup.preview/v1"
    assert found["line"] == "torchup repair demo --finding environment-broken"
    assert found["needed"]
    assert found["lines"][0]["kind"] == "do"
    assert any("numpy" in one["text"] for one in found["lines"])
    nothing = ask(client, command="repair", name="demo", findings=["user-site-leak"])
    assert nothing["code"] == "repair.no-finding"


def test_an_undo_says_which_files_and_keeps_what_came_later(
    here: Here, client: TestClient, tmp_path: Path
) -> None:
    path = tmp_path / "settings.json"
    made = change(here, path)
    found = ask(client, command="undo", change=made.id)
    assert found["lines"] == [{"kind": "change", "text": f"{path} goes again"}]
    (listed,) = client.get("/api/changes").json()["changes"]
    assert (listed["id"], listed["undoable"]) == (made.id, True)
    path.write_text("by hand")
    assert ask(client, command="undo", change=made.id)["code"] == "kept.changed-since"
    assert not client.get("/api/changes").json()["changes"][0]["undoable"]
    assert ask(client, command="undo", change="20200101-000000")["code"] == "undo.unknown"


@pytest.mark.usefixtures("demo")
def test_an_ide_is_told_what_it_will_be_told(client: TestClient, tmp_path: Path) -> None:
    found = ask(client, command="ide", name="demo", ide="vscode", folder=str(tmp_path))
    assert str(tmp_path / ".vscode" / "settings.json") in found["lines"][0]["text"]
    assert not (tmp_path / ".vscode").exists()
    away = ask(client, command="ide", name="demo", ide="vscode", folder=str(tmp_path / "no"))
    assert away["code"] == "ide.no-folder"
    nobody = ask(client, command="ide", name="nobody", ide="vscode", folder=str(tmp_path))
    assert nobody["code"] == "apply.no-such-environment"


@pytest.mark.usefixtures("demo")
def test_packages_that_cannot_be_had_are_an_error_and_no_plan(client: TestClient) -> None:
    for command in ("add", "remove", "upgrade"):
        found = ask(client, command=command, name="demo", requirements=["nobody-knows-it"])
        assert found["schema"] == "torchup.error/v1", found
        assert found["message"]


def test_an_order_that_says_all_itself_has_no_lines(client: TestClient) -> None:
    found = ask(client, command="delete", name="demo")
    assert (found["needed"], found["lines"]) == (True, [])


def test_what_a_job_changed_can_be_undone_from_it(
    here: Here, client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = change(here, tmp_path / "a")
    script = (
        "import sys; sys.path[:0] = sys.argv[1:2]\n"
        "from pathlib import Path\n"
        "from torchup.host.real import RealHost\n"
        "from torchup.model import text\n"
        "from torchup.state import undo\n"
        "from torchup.state.home import Home\n"
        "for about in ('demo', 'other'):\n"
        "    undo.change(RealHost(), Home(Path(sys.argv[1])), what=text('ide.what', name=about),\n"
        "        edits=[undo.Write(path=sys.argv[2] + about, data=b'x')], command='ide',\n"
        "        about=about)\n"
    )
    command = [sys.executable, "-c", script, str(here.home.root), str(tmp_path / "b-")]
    monkeypatch.setattr(module, "command_of", lambda *_: command)
    job = here.jobs.start(
        OrderV1(command="ide", name="demo", ide="vscode", folder=str(tmp_path)), "en"
    )
    job.wait(30)
    assert job.state == "done", job.told
    found = client.get(f"/api/jobs/{job.id}").json()
    (made,) = found["changes"]
    assert made != before.id
    assert f'value="{made}"' in client.get(f"/jobs/{job.id}").text


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with nothing of their own."""
    folder = tmp_path / "user"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_PATH", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_a_kernel_comes_and_goes(here: Here, client: TestClient, user: Path) -> None:
    make_environment(here.home.root, "demo", {**USUAL, "ipykernel": "7.0.0"})
    path = user / ".local/share/jupyter/kernels/demo/kernel.json"
    found = ask(client, command="kernel-add", name="demo")
    assert [one["kind"] for one in found["lines"]] == ["come"]
    assert str(path) in found["lines"][0]["text"]
    path.parent.mkdir(parents=True)
    path.write_text('{"argv": ["python"], "display_name": "Mine"}')
    theirs = ask(client, command="kernel-delete", kernel="demo")
    assert theirs["code"] == "kernel.not-own", "what torchup didn't write stays"
    taken = ask(client, command="kernel-add", name="demo")
    assert taken["code"] == "kernel.taken"
    path.unlink()
    context = here.context()
    adding.write(context, adding.prepare(context, "demo", adding.place_of(context)))
    gone = ask(client, command="kernel-delete", kernel="demo")
    assert gone["lines"] == [{"kind": "go", "text": str(path)}]
    assert path.exists()


@pytest.mark.usefixtures("demo")
def test_pycharm_is_told_in_its_own_files(client: TestClient, user: Path, tmp_path: Path) -> None:
    order = {"command": "ide", "name": "demo", "ide": "pycharm", "folder": str(tmp_path)}
    assert ask(client, **order)["code"] == "ide.no-pycharm"
    (user / ".config/JetBrains/PyCharm2026.1/options").mkdir(parents=True)
    found = ask(client, **order)
    assert any(".idea/misc.xml" in one["text"] for one in found["lines"]), found
    assert not (tmp_path / ".idea").exists()
