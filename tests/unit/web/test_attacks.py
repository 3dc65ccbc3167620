"""Each attack that the page stands against is played here."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from torchup.errors import UsageError
from torchup.web.app import make_app
from torchup.web.gate import Gate
from torchup.web.orders import words_of
from torchup.wire.web import OrderV1
from webclient import OWN, PORT, enter

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.web.here import Here

PATHS = (
    *("/", "/choose", "/environments", "/fix", "/speed", "/api/machine", "/api/jobs"),
    *("/fix/look?wait", "/api/doctor", "/api/changes", "/speed/mirrors"),
)
ORDER = {"command": "create", "name": "demo"}


@pytest.mark.parametrize("path", [*PATHS, "/static/script.js", "/api/openapi.json"])
def test_nobody_gets_anything_without_the_cookie(path: str, stranger: TestClient) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "has not come in" in answer.text


def test_a_guessed_cookie_opens_nothing(stranger: TestClient) -> None:
    stranger.cookies.set(f"torchup-{PORT}", "x" * 43)
    assert stranger.get("/").status_code == 401


def test_the_link_works_once(gate: Gate, stranger: TestClient) -> None:
    enter(gate, stranger)
    stranger.cookies.clear()
    assert "has been used" in stranger.get(gate.link).text
    assert stranger.get("/").status_code == 401


def test_the_link_leads_on_whoever_is_in_already(gate: Gate, client: TestClient) -> None:
    assert client.get(gate.link).headers["location"] == "/"


@pytest.mark.parametrize("ticket", ["", "x", "x" * 43])
def test_a_wrong_ticket_opens_nothing_and_spends_nothing(
    ticket: str, gate: Gate, stranger: TestClient
) -> None:
    assert stranger.get("/enter", params={"ticket": ticket}).status_code == 401
    enter(gate, stranger)


def test_scripts_cannot_read_the_cookie_and_other_sites_do_not_send_it(
    gate: Gate, stranger: TestClient
) -> None:
    cookie = stranger.get(gate.link).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize(
    "name", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", "[::1]:8765", ""]
)
def test_dns_rebinding_gets_nowhere(name: str, client: TestClient) -> None:
    answer = client.get("/", headers={"Host": name})
    assert answer.status_code == 421


def test_the_usual_port_may_be_left_out(here: Here) -> None:
    usual = Gate(make_app(here), here.host, 80, here.words("en"))
    client = TestClient(usual, base_url="http://127.0.0.1", follow_redirects=False)
    assert client.get("/").status_code == 401
    assert client.get("/", headers={"Host": f"127.0.0.1:{PORT}"}).status_code == 421


def test_a_second_host_gets_nowhere(client: TestClient) -> None:
    hosts = [("Host", f"127.0.0.1:{PORT}"), ("Host", "evil.example")]
    assert client.get("/", headers=hosts).status_code == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1234", f"https://127.0.0.1:{PORT}"]
)
def test_other_sites_start_nothing(origin: str, client: TestClient) -> None:
    answer = client.post("/api/jobs", json=ORDER, headers={"Origin": origin})
    assert answer.status_code == 403
    assert client.get("/api/jobs").json()["jobs"] == []


def test_a_change_without_an_origin_is_refused(client: TestClient) -> None:
    assert client.post("/api/jobs", json=ORDER).status_code == 403
    assert client.delete("/api/jobs/x").status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_read_nothing(site: str, client: TestClient) -> None:
    assert client.get("/api/machine", headers={"Sec-Fetch-Site": site}).status_code == 403


def test_a_form_of_another_site_is_no_document(client: TestClient) -> None:
    sent = {"Content-Type": "text/plain", **OWN}
    answer = client.post("/api/jobs", content='{"command":"create","name":"demo"}', headers=sent)
    assert answer.json()["code"] == "web.not-json"


def test_every_answer_tells_browsers_to_be_careful(stranger: TestClient, gate: Gate) -> None:
    refused = stranger.get("/")
    enter(gate, stranger)
    for answer in (refused, *(stranger.get(path) for path in PATHS)):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"


def test_nothing_stands_inline_that_the_policy_would_block(client: TestClient) -> None:
    for path in PATHS:
        page = client.get(path).text
        assert "style=" not in page
        assert "onclick" not in page
        assert "<script>" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/static/../gate.py", "/static/%2e%2e/gate.py", "/static/..%2fgate.py",
        "/static//etc/passwd", "/environments/..%2f..%2fetc", "/environments/%2e%2e",
        "/environments/..%2f..%2fetc/export",
    ],
)  # fmt: skip
def test_paths_lead_nowhere_else(path: str, client: TestClient) -> None:
    answer = client.get(path)
    assert answer.status_code in {400, 404}
    assert "root:" not in answer.text
    assert "class Gate" not in answer.text


HOSTILE = [
    "-rf", "--home=/tmp/x", "../demo", "/etc", "a/b", "a\\b", "a b", "$(id)", "a;id", "conda:base",
    "a\n", "con", ".", "..", "a\x00b",
]  # fmt: skip


WHOLE = {"requirements": ["numpy"], "ide": "vscode", "folder": "/tmp", "kernel": "demo"}
"""What the orders need beside a name."""


@pytest.mark.parametrize(
    "command",
    [
        "create", "verify", "delete", "clone", "repair", "add", "remove", "upgrade", "kernel-add",
        "ide", "notebook",
    ],
)  # fmt: skip
def test_hostile_names_start_nothing(command: str, client: TestClient) -> None:
    for name in HOSTILE:
        sent = {"command": command, "name": name, "target": name, **WHOLE}
        for path in ("/api/jobs", "/api/preview"):
            answer = client.post(path, json=sent, headers=OWN)
            assert answer.status_code == 400, (name, answer.text)
    assert client.get("/api/jobs").json()["jobs"] == []


@pytest.mark.parametrize("path", ["/api/doctor", "/fix/look", "/fix/look?wait"])
def test_hostile_names_are_not_looked_into(path: str, client: TestClient) -> None:
    for name in HOSTILE:
        answer = client.get(path, params={"name": name, "wait": ""})
        assert answer.status_code == 400, (name, answer.text)
        answer = client.post("/fix", data={"text": "x", "name": name}, headers=OWN)
        assert answer.status_code == 400, (name, answer.text)


@pytest.mark.parametrize(
    "given",
    [
        {"command": "repair", "findings": ["--yes"]},
        {"command": "repair", "findings": ["kernel moved"]},
        {"command": "repair", "findings": ["mirror-retired\n"]},
        {"command": "undo"},
        {"command": "undo", "change": "--force"},
        {"command": "undo", "change": "../20261130-000000"},
        {"command": "undo", "change": "20261130-000000\n"},
        {"command": "kernel-delete"},
        {"command": "kernel-delete", "kernel": "--yes"},
        {"command": "kernel-delete", "kernel": "../demo"},
        {"command": "kernel-delete", "kernel": "demo kernel"},
        {"command": "add", "name": "demo"},
        {"command": "add", "name": "demo", "requirements": ["--channel=x"]},
        {"command": "add", "name": "demo", "requirements": ["./wheel.whl"]},
        {"command": "add", "name": "demo", "requirements": ["-r/etc/passwd"]},
        {"command": "remove", "name": "demo", "every": True},
        {"command": "notebook", "name": "demo"},
        {"command": "notebook", "name": "demo", "folder": "tmp"},
        {"command": "notebook", "name": "demo", "folder": "/tmp\nx"},
        {"command": "ide", "name": "demo", "folder": "/tmp"},
        {"command": "ide", "name": "demo", "ide": "emacs", "folder": "/tmp"},
        {"command": "ide", "name": "demo", "ide": "vscode"},
        {"command": "ide", "name": "demo", "ide": "vscode", "folder": "projects/demo"},
        {"command": "ide", "name": "demo", "ide": "vscode", "folder": "--all"},
        {"command": "ide", "name": "demo", "ide": "vscode", "folder": "/tmp\n/etc"},
        {"command": "ide", "name": "demo", "ide": "vscode", "folder": "/tmp\u202e"},
        {"command": "ide", "name": "demo", "ide": "vscode", "folder": "/" + "x" * 1001},
        {"command": "ide", "name": "demo", "ide": "vscode", "folder": "/nonexistent\x00"},
    ],
)
def test_hostile_orders_start_nothing(given: dict[str, object], client: TestClient) -> None:
    for path in ("/api/jobs", "/api/preview"):
        answer = client.post(path, json=given, headers=OWN)
        assert answer.status_code == 400, answer.text
    assert client.get("/api/jobs").json()["jobs"] == []


@pytest.mark.parametrize(
    "given",
    [
        {"requirements": ["--machine=/etc/passwd"]},
        {"requirements": ["-r/etc/passwd"]},
        {"requirements": ["torch; rm -rf /"]},
        {"requirements": ["torch\n"]},
        {"requirements": ["torch ==2.13.0\0"]},
        {"requirements": ["torch\u2028==2.13.0"]},
        {"python": "/bin/sh"},
        {"python": "3.12\n"},
        {"python": "3.\u0661\u0662"},
        {"build": "cu126\n"},
        {"as_of": "2026-01-01\n"},
        {"build": "--wheels"},
        {"as_of": "auto"},
        {"home": "/etc"},
        {"name": "x" * 65},
        {"command": "config"},
    ],
)
def test_hostile_wishes_start_nothing(given: dict[str, object], client: TestClient) -> None:
    answer = client.post("/api/jobs", json={**ORDER, **given}, headers=OWN)
    assert answer.status_code == 400, answer.text


@given(name=st.text(min_size=1, max_size=64), wish=st.text(min_size=1, max_size=40))
def test_no_word_becomes_an_option_or_a_path(name: str, wish: str) -> None:
    try:
        words = words_of(OrderV1(command="create", name=name, requirements=(wish,)))
    except UsageError:
        return
    assert not words[1].startswith((".", "-", "/", "~"))
    assert not {"/", "\\", ":"} & set(words[1])
    assert not words[2].startswith(("-", ".", "/"))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None
)
@given(text=st.text(max_size=60))
def test_what_is_typed_is_never_markup(text: str, client: TestClient) -> None:
    hostile = f"<script>alert(1)</script>{text}<img src=x onerror=alert(1)>"
    for path in (
        f"/choose?gpu={quote(hostile)}",
        f"/environments/{quote(hostile)}",
        f"/fix/look?wait&name={quote(hostile)}",
        f"/fix/look?first={quote(hostile)}",
    ):
        assert "<script>alert" not in client.get(path).text
    said = client.post("/fix", data={"text": hostile}, headers=OWN).text
    assert "<script>alert" not in said
    assert "<img src=x" not in said


def test_a_log_without_end_is_not_read(client: TestClient) -> None:
    answer = client.post("/fix", data={"text": "x" * 3_000_000}, headers=OWN)
    assert answer.status_code == 400
    assert "2500000" in answer.text


@given(folder=st.text(min_size=1, max_size=60))
def test_no_folder_becomes_an_option(folder: str) -> None:
    order = OrderV1(command="ide", name="demo", ide="pycharm", folder=folder)
    try:
        words = words_of(order)
    except UsageError:
        return
    assert words[:4] == ("ide", "pycharm", "demo", "--project")
    assert words[4].startswith(("/", "~"))
    assert words[4].isprintable()


def test_another_user_of_the_machine_is_not_let_in(
    gate: Gate, stranger: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("torchup.web.gate.is_anothers", lambda *_: True)
        answer = stranger.get(gate.link)
    assert answer.status_code == 403
    assert "Another user" in answer.text
    assert "set-cookie" not in answer.headers
    enter(gate, stranger)


def test_nothing_secret_is_written_to_disk(tmp_path: Path, gate: Gate, client: TestClient) -> None:
    assert client.get("/").status_code == 200
    ticket = gate.link.rpartition("=")[2].encode()
    files = [path for path in tmp_path.rglob("*") if stat.S_ISREG(path.stat().st_mode)]
    assert not [path for path in files if ticket in path.read_bytes()]


def test_a_stolen_cookie_is_of_no_use_to_another_user(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A server of another user on another port is sent the cookie too.
    with monkeypatch.context() as patched:
        patched.setattr("torchup.web.gate.is_anothers", lambda *_: True)
        for path in ("/", "/api/jobs"):
            assert client.get(path).status_code == 403, path
        ordered = client.post("/api/jobs", json=ORDER, headers=OWN)
        assert ordered.status_code == 403
        assert ordered.json()["code"] == "web.refused.user"
    assert client.get("/").status_code == 200
