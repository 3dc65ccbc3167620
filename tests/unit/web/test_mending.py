"""From what is wrong to a button: on the pages Fix and This machine, and in environments."""

from __future__ import annotations

import json
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from madeenvironments import make_environment
from torchup.api.chain.link import Link
from torchup.api.chain.mends import finding_of
from torchup.api.context import Context
from torchup.api.ides.telling import carry_out
from torchup.api.ides.vscode import tell_vscode
from torchup.api.kernels import adding
from torchup.api.repairs.proposal import Proposal
from torchup.model import Text, text
from torchup.model.finding import Finding, Remedy
from torchup.state import undo
from torchup.web.findings import looked
from torchup.web.pages import look
from torchup.web.pages.machine import address
from webclient import OWN

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from torchup.web.here import Here

WAS = {"torch": "2.13.0+cpu", "numpy": "1.26.9", "pip": "99.0"}
ROOT_REMEDY = Remedy(
    title=text("jupyter-no-permission.mend"),
    safety="manual",
    commands=(("sudo", "chown", "-R", "me", "/folder"),),
)


@pytest.fixture
def broken(here: Here) -> Path:
    return make_environment(here.home.root, "demo", {**WAS, "numpy": "2.1.0"}, locked=WAS)


@pytest.fixture
def whole(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.delenv("JUPYTER_DATA_DIR", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    (tmp_path / "user").mkdir()
    return make_environment(here.home.root, "demo", WAS)


@pytest.mark.usefixtures("broken")
def test_what_is_wrong_has_a_button_and_says_what_it_does(client: TestClient) -> None:
    page = client.get("/fix/look?name=demo&wait").text
    assert 'id="finding-environment-broken"' in page
    assert '<input type="hidden" name="finding" value="environment-broken">' in page
    assert "numpy was replaced by another version" in page
    chinese = client.get("/fix/look?name=demo&wait&lang=zh_CN").text
    assert "修复" in chinese
    assert "Mend it" not in chinese


@pytest.mark.usefixtures("broken")
def test_the_first_answer_says_that_somebody_looks(client: TestClient) -> None:
    page = client.get("/fix/look?name=demo&first=numpy2-abi").text
    assert 'data-load="/fix/look?name=demo&amp;first=numpy2-abi&amp;wait=' in page


@pytest.mark.usefixtures("broken")
def test_what_belongs_to_the_error_comes_first_and_says_so(client: TestClient) -> None:
    page = client.get("/fix/look?name=demo&first=environment-broken&wait").text
    assert "belongs to this error" in page
    assert "belongs to this error" not in client.get("/fix/look?name=demo&wait").text


def test_an_environment_that_is_not_there_leads_on(client: TestClient) -> None:
    answer = client.get("/fix/look?name=nobody&wait")
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_an_error_names_its_environment_itself(client: TestClient, broken: Path) -> None:
    said = f'File "{broken}/lib/x.py"\nRuntimeError: operator torchvision::nms does not exist'
    page = client.post("/fix", data={"text": said, "here": "1"}, headers=OWN).text
    assert "<option selected>demo</option>" in page
    assert 'data-fill="/fix/look?name=demo&amp;first=torchvision-torch-mismatch' in page
    there = client.post("/fix", data={"text": said}, headers=OWN).text
    assert "data-fill" not in there, "what happened on another machine is not mended here"


def test_the_administrators_commands_are_only_shown(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Finding(
        code="jupyter-no-permission",
        severity="warning",
        title=text("jupyter-no-permission", folder="/folder"),
        remedies=(ROOT_REMEDY,),
    )
    monkeypatch.setattr("torchup.web.findings.look", lambda *_: (found,))
    page = client.get("/fix/look?wait").text
    assert "sudo chown -R me /folder" in page
    assert "torchup never does it" in page
    assert "<form" not in page.partition('id="proposals"')[2]


def test_places_on_the_page_are_named_once(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tuple(
        Finding(code="twice", severity=severity, title=text("doctor.well"))
        for severity in ("warning", "warning", "info")
    )
    monkeypatch.setattr("torchup.web.findings.look", lambda *_: found)
    seen = looked(here.context(), "")
    assert [(one.anchor, len(one.findings)) for one in seen.left] == [("finding-twice", 2)]
    assert [one.anchor for one in seen.notes] == ["also-twice"]


@pytest.mark.parametrize(
    ("given", "undoable"),
    [
        ({"safety": "safe"}, True),
        ({"safety": "ask", "environment": "demo"}, True),
        ({"safety": "ask", "edits": (undo.Remove(path="/x"),)}, True),
        ({"safety": "ask"}, False),
    ],
)
def test_what_cannot_be_undone_says_so(
    given: dict[str, Any], undoable: bool, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Finding(code="pip-cache-cut-off", severity="warning", title=text("doctor.well"))
    one = Proposal(finding=found, title=text("doctor.well"), **given)
    monkeypatch.setattr("torchup.web.findings.look", lambda *_: (found,))
    monkeypatch.setattr("torchup.api.repairs.mending.propose", lambda *_: one)
    page = client.get("/fix/look?wait").text
    assert ("can't be undone" in unescape(page)) is not undoable


def test_a_verification_is_a_button(client: TestClient, here: Here) -> None:
    make_environment(here.home.root, "demo", WAS)
    page = client.get("/fix/look?name=demo&wait").text
    assert 'data-order="verify"' in page
    odd = Remedy(title=text("doctor.verify"), safety="safe", commands=(("a", "verify", "../x"),))
    assert look.verified(odd) == ""


@pytest.mark.usefixtures("broken")
def test_a_link_of_the_chain_leads_to_its_mend(client: TestClient) -> None:
    page = client.get("/?wait").text
    assert 'class="mend" href="/fix/look?name=demo#finding-environment-not-verified"' in page


LINKS = [
    ("driver", "535", "problem.nvidia-smi-failed", {}, {}),
    ("build", "-", "doctor.no-stack", {}, {}),
    ("environment", "demo", "doctor.broken", {"name": "demo"}, {"environment": "demo"}),
    ("elsewhere", "torch 2.1 · /opt/x", "doctor.well", {}, {"environment": "/opt/x"}),
    ("notebook", "My kernel", "kernel-moved", {"title": "My kernel"}, {}),
    ("editor", "PyCharm 2026.1", "ide-of-other-environment", {"ide": "PyCharm"}, {}),
]
CODES = {"build": "no-stack", "environment": "environment-broken", "driver": "nvidia-smi-failed"}


@pytest.mark.parametrize(("what", "shown", "title", "args", "facts"), LINKS)
def test_each_link_knows_its_finding(
    what: str, shown: str, title: str, args: dict[str, str], facts: dict[str, str]
) -> None:
    worded = Text(code=title, args=args)
    code = CODES.get(what, title)
    own = Finding(code=code, severity="error", title=worded, facts=facts)
    other = Finding(
        code=code.replace("no-stack", "other-stack"),
        severity="error",
        title=text("doctor.well", name="another", title="another", ide="another"),
        facts={"environment": "another"},
    )
    made = {"what": what, "shown": shown, "why": worded}
    link = Link(state="stops", **made)  # type: ignore[arg-type]  # what is one of the links
    assert finding_of(link, (other, own)) is own
    assert finding_of(link, (other,)) is None
    assert finding_of(Link(state="good", **made), (own,)) is None  # type: ignore[arg-type]  # as above
    assert address(own).startswith("/fix/look")


def test_cards_show_what_is_connected(
    client: TestClient, here: Here, whole: Path, tmp_path: Path
) -> None:
    context = Context(here.host, here.home, offline=True)
    assert "no notebook, no IDE" in client.get("/environments").text
    adding.write(context, adding.prepare(context, "demo", adding.place_of(context)))
    folder = tmp_path / "project"
    folder.mkdir()
    carry_out(context, (tell_vscode(context, "demo", str(folder)),))
    theirs = tmp_path / "user" / ".local/share/jupyter/kernels/theirs"
    theirs.mkdir()
    spec = {"argv": [f"{whole}/bin/python", "-m", "x"], "display_name": "<b>Theirs</b>"}
    (theirs / "kernel.json").write_text(json.dumps(spec))
    for path in ("/environments", "/environments/demo"):
        page = client.get(path).text
        assert str(folder) in page
        assert 'name="kernel" value="demo"' in page
        assert "&lt;b&gt;Theirs&lt;/b&gt;" in page
        assert 'value="theirs"' not in page, "what torchup didn't write has no button"
        assert page.count('data-order="undo"') == 1


def test_packages_have_boxes_and_jupyter_its_command(client: TestClient, here: Here) -> None:
    make_environment(here.home.root, "demo", WAS)
    page = client.get("/environments/demo").text
    assert '<input type="checkbox" name="requirement" value="numpy">' in page
    assert "Add JupyterLab" in page
    make_environment(here.home.root, "lab", {**WAS, "jupyterlab": "4.4.0"})
    assert "torchup run lab -- jupyter lab" in client.get("/environments/lab").text


@pytest.mark.usefixtures("broken")
def test_nothing_but_what_can_be_undone_has_an_undo(
    client: TestClient, here: Here, tmp_path: Path
) -> None:
    context = Context(here.host, here.home, offline=True)
    assert "Nothing was changed" in client.get("/fix").text
    damaged = here.home.kept / "20200101-000000"
    damaged.mkdir(parents=True)
    (damaged / "entry.json").write_text("{")
    assert str(damaged) in client.get("/fix").text
    carry_out(context, (tell_vscode(context, "demo", str(tmp_path)),))
    page = client.get("/fix").text
    assert page.count('data-order="undo"') == 1
    (tmp_path / ".vscode" / "settings.json").write_text("{}")
    page = client.get("/fix").text
    assert page.count('data-order="undo"') == 0
    assert "--force" in page
