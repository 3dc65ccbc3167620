"""Mirrors on the page: shown before anything is written, raced live, taken back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from torchup.web import jobs as module
from torchup.web.orders import command_of, words_of
from torchup.web.races import mirror_event, standings
from torchup.wire.web import MirrorOrderV1
from webclient import OWN

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from torchup.web.here import Here

HOSTILE = "<script>alert(1)</script>"
TELLS = """\
import json, sys
def say(place, **told):
    told = {"event": "mirror", "kind": "pypi", "mirror": place, "place": f"https://{place}", **told}
    print(json.dumps(told), file=sys.stderr, flush=True)
for place in ("slow", "fast", "gone"):
    say(place, state="asking")
say("fast", state="measuring", holds="yes", latency_ms=20, fresh="2.15.0")
say("slow", state="done", holds="yes", latency_ms=10, rate=1_000_000, fresh="2.14.1")
say("gone", state="done", holds="unknown", code="sources.refused",
    args={"url": "https://gone", "why": "Connection refused"})
say("fast", state="done", holds="yes", latency_ms=20, rate=9_000_000, fresh="2.15.0")
print(json.dumps({"event": "mirror", "kind": "nothing", "place": 1}), file=sys.stderr, flush=True)
print(json.dumps({"schema": "torchup.mirrors/v1", "action": "test", "best": ["pypi=fast"]}))
"""


@pytest.fixture
def settled(here: Here, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of torchup's and pip's own, away from those of whoever runs the tests."""
    tmp_path = here.home.root.parent
    for name in ("UV_DEFAULT_INDEX", "TORCHUP_FRAMEWORK_INDEX", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("TORCHUP_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("HOME", str(tmp_path))
    pip = tmp_path / "xdg" / "pip" / "pip.conf"
    pip.parent.mkdir(parents=True)
    pip.write_text("# mine\n[global]\nindex-url = https://ada:secret@own.example/simple\n")
    return pip


def order(client: TestClient, **wanted: Any) -> Any:  # noqa: ANN401 - a document
    return client.post("/api/mirrors", json=wanted, headers=OWN)


def run(client: TestClient, here: Here, **wanted: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = order(client, **wanted)
    assert answer.status_code == 202, answer.text
    job = here.jobs.find(answer.json()["id"])
    job.wait(60)
    found: dict[str, Any] = client.get(f"/api/jobs/{job.id}").json()
    return found


def test_a_choice_is_shown_and_nothing_is_written(settled: Path, client: TestClient) -> None:
    before = settled.read_bytes()
    given = {"pick": ["pypi=tuna", "python=nju"], "write": ["pip", "conda"]}
    page = client.get("/speed/mirrors/use", params=given).text
    assert "<code>mirror.pypi</code>" in page
    assert "+index-url = https://pypi.tuna.tsinghua.edu.cn/simple" in page
    assert "-index-url = https://***@own.example/simple" in page
    assert "secret" not in page
    assert "conda has no setting for what was chosen." in page
    assert settled.read_bytes() == before
    assert not (settled.parents[2] / "config.toml").exists()
    sent = {"action": "use", "picks": ["pypi=tuna"], "write": ["pip"]}
    found = client.post("/api/mirrors/preview", json=sent, headers=OWN).json()
    assert found["schema"] == "torchup.mirror-preview/v1"
    assert found["settings"] == [{"key": "mirror.pypi", "was": "", "now": "tuna"}]
    assert found["files"][0]["change"] == "changed"


@pytest.mark.slow
def test_a_choice_is_made_and_taken_back(settled: Path, here: Here, client: TestClient) -> None:
    before = settled.read_bytes()
    done = run(client, here, action="use", picks=["pypi=tuna"], write=["pip"])
    assert (done["state"], done["command"], done["name"]) == ("done", "mirror", "")
    assert b"tuna" in settled.read_bytes()
    used = {one["kind"]: one for one in client.get("/api/mirrors").json()["used"]}
    assert used["pypi"]["mirror"] == "tuna"
    page = client.get("/speed/mirrors").text
    change = page.partition('name="change" value="')[2].partition('"')[0]
    assert run(client, here, action="undo", change=change)["state"] == "done"
    assert settled.read_bytes() == before
    assert 'name="change"' not in client.get("/speed/mirrors").text
    assert run(client, here, action="use", picks=["pypi=nju"])["state"] == "done"
    assert "mirror.pypi" in client.get("/speed/mirrors/reset").text
    assert run(client, here, action="reset")["state"] == "done"
    assert client.get("/api/mirrors").json()["used"][0]["origin"] != "mirror.pypi"


@pytest.mark.usefixtures("settled")
def test_a_race_is_watched_place_by_place(
    here: Here, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "command_of", lambda *_: [sys.executable, "-c", TELLS])
    done = run(client, here, action="test", kinds=["pypi"])
    assert done["line"] == "torchup mirror test --kind pypi"
    told = [one["mirror"] for one in done["events"] if one["kind"] == "mirror"]
    assert [one["state"] for one in told if one["mirror"] == "fast"] == [
        "asking", "measuring", "done"
    ]  # fmt: skip
    page = client.get("/speed/mirrors", params={"job": done["id"]}).text
    rows = [part.partition("</th>")[0].rpartition('">')[2] for part in page.split("<tr class=")[1:]]
    assert [one.removesuffix("</span>") for one in rows] == ["fast", "slow", "gone"]
    assert "9 MB/s" in page
    assert "2.15.0" in page
    assert "does not answer (Connection refused)" in page
    assert "/speed/mirrors/use?pick=pypi%3Dfast" in page
    chinese = client.get("/speed/mirrors", params={"lang": "zh_CN"}).text
    assert "没有回应" in chinese, "another one watches in another language, and comes back to it"


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"action": "list"},
        {"action": "use"},
        {"action": "use", "picks": ["tuna"]},
        {"action": "use", "picks": ["--write=all"]},
        {"action": "use", "picks": ["pypi=tuna\n"]},
        {"action": "use", "picks": ["pypi=a b"]},
        {"action": "use", "picks": ["pypi=\u202ea"]},
        {"action": "use", "picks": ["nvidia=x"]},
        {"action": "use", "picks": ["pypi=tuna"], "write": ["bash"]},
        {"action": "use", "picks": ["pypi=tuna"], "home": "/etc"},
        {"action": "test", "kinds": ["--all"]},
        {"action": "test", "planned": ["--machine=/etc/passwd"]},
        {"action": "test", "planned": ["-r/etc/passwd"]},
        {"action": "undo"},
        {"action": "undo", "change": "last"},
        {"action": "undo", "change": "../../etc"},
        {"action": "undo", "change": "20261130-120000\n"},
        {"action": "undo", "change": "--force"},
    ],
)
def test_hostile_orders_start_nothing(wanted: dict[str, object], client: TestClient) -> None:
    answer = order(client, **wanted)
    assert answer.status_code == 400, answer.text
    assert client.get("/api/jobs").json()["jobs"] == []


def test_a_change_that_is_not_of_mirrors_stays(
    settled: Path, here: Here, client: TestClient
) -> None:
    from torchup.model import text
    from torchup.state import undo

    assert order(client, action="undo", change="20261130-120000").status_code == 404
    edit = undo.Write(path=str(settled), data=b"x")
    made = undo.change(
        here.host, here.home, what=text("undo.what.kernel", name="demo"), edits=[edit]
    )
    answer = order(client, action="undo", change=made.id)
    assert (answer.status_code, answer.json()["code"]) == (400, "undo.unknown")
    assert settled.read_bytes() == b"x"


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("pick=pypi=tuan", 400),
        ("pick=pypi=douban", 404),
        (f"pick=pypi={HOSTILE}", 400),
        ("", 400),
        ("pick=pypi=tuna&write=sh", 400),
        ("pick=pypi=" + "x" * 400, 400),
    ],
)
def test_wrong_choices_are_pages_that_say_so(query: str, status: int, client: TestClient) -> None:
    answer = client.get(f"/speed/mirrors/use?{query}")
    assert answer.status_code == status, answer.text
    assert "<h1>" in answer.text
    assert HOSTILE not in answer.text


def test_a_setting_that_means_nothing_can_still_be_forgotten(
    settled: Path, client: TestClient
) -> None:
    (settled.parents[2] / "config.toml").write_text('[mirror]\npypi = "tuan"\n')
    page = client.get("/speed/mirrors")
    assert page.status_code == 200
    assert "tuan" in page.text
    assert "/speed/mirrors/reset" in page.text


@pytest.mark.usefixtures("settled")
def test_only_one_is_at_the_mirrors(
    here: Here, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(module, "command_of", lambda *_: waits)
    assert order(client, action="test").status_code == 202
    answer = order(client, action="use", picks=["pypi=tuna"])
    assert (answer.status_code, answer.json()["code"]) == (409, "web.mirrors-busy")
    assert "data-race" in client.get("/speed/mirrors").text
    here.jobs.close()


def test_a_login_is_in_no_line(here: Here) -> None:
    own = MirrorOrderV1(action="use", picks=("pypi=https://ada:pw@own.example/simple",))
    job = module.Job(own, here, "en")
    assert "pw" not in job.line
    assert "--yes" in command_of(own, here, "en")
    assert words_of(own)[2] == own.picks[0]


def test_what_cannot_be_read_is_no_place() -> None:
    from torchup.words import Words

    for told in ({}, {"kind": "pypi"}, {"kind": "pypi", "mirror": 1, "place": "", "state": "x"}):
        assert mirror_event(told, Words()) is None
    good = {"kind": "pypi", "mirror": "a", "place": "b", "state": "done", "code": "no.such.code"}
    found = mirror_event(good | {"args": "odd"}, Words())
    assert found is not None
    assert standings([found], ended=False) == {"pypi": [found]}
    assert msgspec.json.encode(found)
