from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from torchup.api import undoing
from torchup.errors import NoAnswerError, OutsideError
from torchup.model import Text
from torchup.state.undo.records import Change
from torchup.web import jobs as module
from torchup.wire.web import OrderV1

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from torchup.web.here import Here
    from torchup.web.jobs import Job

DIFFERS = """\
import json, sys
step = {"id": "create", "status": "skipped", "took_s": 0, "detail": sys.argv[1]}
print(json.dumps({"schema": "torchup.outcome/v1", "ok": not sys.argv[1], "steps": [step]}))
sys.exit(1 if sys.argv[1] else 0)
"""
TELLS = """\
import json, sys, time
say = lambda **told: print(json.dumps(told), file=sys.stderr, flush=True)
say(event="step", step="install")
say(event="progress", label="create.fetching", code="create.package",
    args={"package": "torch"}, done=5, total=10)
print("a line of its own", file=sys.stderr, flush=True)
say(event="check", code="matmul", status="pass", detail="", took_s=0.1)
say(event="check", code="import", status="fail", detail="no-import", took_s=0.1)
say(event="note", code="no.such.code", args={})
time.sleep(float(sys.argv[1]))
print(json.dumps({"schema": "torchup.outcome/v1", "ok": True}))
sys.exit(int(sys.argv[2]))
"""


def play(monkeypatch: pytest.MonkeyPatch, *, takes_s: float = 0, code: int = 0) -> None:
    command = [sys.executable, "-c", TELLS, str(takes_s), str(code)]
    monkeypatch.setattr(module, "command_of", lambda *_: command)


def start(here: Here, name: str = "demo") -> Job:
    return here.jobs.start(OrderV1(command="create", name=name), "en")


@pytest.mark.parametrize(
    ("code", "state"), [(0, "done"), (1, "no"), (2, "failed"), (3, "failed"), (130, "stopped")]
)
def test_a_job_ends_as_its_command_does(
    code: int, state: str, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, code=code)
    job = start(here)
    job.wait(20)
    assert job.state == state
    assert job.result == {"schema": "torchup.outcome/v1", "ok": True}


def test_what_it_tells_is_worded_for_whoever_watches(
    here: Here, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch)
    job = start(here)
    job.wait(20)
    found = client.get(f"/api/jobs/{job.id}").json()
    assert [one["text"] for one in found["events"]][:3] == [
        "Installing the packages", "a line of its own", "Matrix product"
    ]  # fmt: skip
    assert [one["status"] for one in found["events"] if one["kind"] == "check"] == ["pass", "fail"]
    chinese = client.get(f"/api/jobs/{job.id}", params={"lang": "zh_CN"}).json()
    assert chinese["events"][0]["text"] == "正在安装软件包"
    assert "torchup create demo" in client.get(f"/jobs/{job.id}").text
    assert client.get("/api/jobs").json()["jobs"][0]["state"] == "done"


def test_several_watch_one_job_and_come_back_to_it(
    here: Here, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, takes_s=0.5)
    job = start(here)
    first = client.get(f"/api/jobs/{job.id}/events").text
    again = client.get(f"/api/jobs/{job.id}/events").text
    assert first.count("event: told") == again.count("event: told") == 5
    assert "event: progress" in first
    assert '"done":5,"total":10' in first
    later = client.get(f"/api/jobs/{job.id}/events", params={"after": 3}).text
    assert later.count("event: told") == 2
    resumed = client.get(f"/api/jobs/{job.id}/events", headers={"Last-Event-ID": "4"}).text
    assert resumed.count("event: told") == 1
    for text in (first, again, later, resumed):
        assert text.rstrip().splitlines()[-2] == "event: end"


def test_a_job_is_stopped(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, takes_s=60)
    job = start(here)
    started = time.perf_counter()
    job.stop()
    job.wait(20)
    assert job.state == "stopped"
    assert time.perf_counter() - started < 20


def test_two_jobs_never_share_an_environment(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, takes_s=60)
    start(here)
    with pytest.raises(OutsideError) as raised:
        start(here)
    assert raised.value.code == "web.job-there"
    with pytest.raises(OutsideError) as raised:
        here.jobs.start(OrderV1(command="clone", name="other", target="demo"), "en")
    assert raised.value.details["name"] == "demo", "the one that is busy is named"
    for name in ("a", "b", "c"):
        start(here, name)
    with pytest.raises(OutsideError) as raised:
        start(here, "d")
    assert raised.value.code == "web.too-many-jobs"
    here.jobs.close()
    assert all(one.state == "stopped" for one in here.jobs.all())


def test_a_job_that_never_was(here: Here) -> None:
    with pytest.raises(NoAnswerError):
        here.jobs.find("x")


def test_a_program_that_cannot_be_started(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "command_of", lambda *_: ["/nonexistent/torchup"])
    job = start(here)
    job.wait(20)
    assert job.state == "failed"
    assert [one["event"] for one in job.told] == ["line"]
    assert "torchup" in job.told[0]["text"]


NO = """\
import json, sys
reason = {"effect": "reject", "text": "CUDA 13.0 builds need a newer driver."}
print(json.dumps({"schema": "torchup.plan/v1", "reasons": [reason],
                  "near_misses": [{"remedy": "Take 2.14.1 with cu126."}]}))
sys.exit(1)
"""


def test_a_no_says_why_and_what_comes_nearest(
    here: Here, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "command_of", lambda *_: [sys.executable, "-c", NO])
    job = start(here)
    job.wait(20)
    page = client.get(f"/jobs/{job.id}").text
    assert "CUDA 13.0 builds need a newer driver." in page
    assert "Take 2.14.1 with cu126." in page


def test_an_error_says_what_to_do_next(
    here: Here, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = '{"schema": "torchup.error/v1", "message": "No space.", "hint": "torchup clean"}'
    monkeypatch.setattr(
        module, "command_of", lambda *_: [sys.executable, "-c", f"print({error!r}); exit(3)"]
    )
    job = start(here)
    job.wait(20)
    page = client.get(f"/jobs/{job.id}").text
    assert "No space." in page
    assert "<code>torchup clean</code>" in page


def test_a_name_in_other_letters_is_the_same_environment(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, takes_s=5)
    job = start(here, "demo")
    with pytest.raises(OutsideError) as caught:
        start(here, "Demo")
    assert caught.value.code == "web.job-there"
    job.stop()
    job.wait(20)


def test_what_a_job_changed_is_found_however_its_name_was_spelled(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch)
    order = OrderV1(command="add", name="Demo", requirements=("numpy",))
    what = Text(code="undo.what.add", args={})
    made = Change(id="c1", at="2026-01-01T00:00:00", command="add", what=what, about="demo")
    monkeypatch.setattr(undoing, "newest_first", lambda _home: (made,))
    monkeypatch.setattr(undoing, "ids", lambda _home: frozenset())
    job = here.jobs.start(order, "en")
    job.wait(20)
    assert job.undoable == ("c1",)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("it has torch 2.13.0", "demo is there already and differs: it has torch 2.13.0"),
        ("", "demo is there already and is what was asked for"),
    ],
)
def test_a_name_that_is_taken_is_said_with_the_way_on(
    why: str, said: str, here: Here, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "command_of", lambda *_: [sys.executable, "-c", DIFFERS, why])
    job = start(here)
    job.wait(20)
    page = client.get(f"/jobs/{job.id}").text
    assert said in page
    assert ("Take another name" in page) == bool(why)
    assert 'id="told"' not in page, "an empty log is no help"
