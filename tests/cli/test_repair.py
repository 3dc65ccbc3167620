"""``torchup repair``, as a process."""

from __future__ import annotations

import io
import zipfile
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from madeenvironments import LINE, make_environment
from torchup.api.repairs.proposal import Proposal
from torchup.cli.commands import repair
from torchup.model import Text
from torchup.model.finding import Finding

if TYPE_CHECKING:
    from cli.process import Torchup
    from torchup.cli.session import Session

GONE = "  - https://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/free/\n"
OLD = f"channels:\n{GONE}  - defaults\nssl_verify: false\n"


@pytest.fixture
def condarc(torchup: Torchup) -> Path:
    path = Path(torchup.env["HOME"]) / ".condarc"
    path.write_text(OLD)
    return path


def test_what_is_safe_is_mended_and_the_rest_is_named(torchup: Torchup, condarc: Path) -> None:
    dry = torchup("repair", "--dry-run", "--offline")
    assert dry.code == 0
    assert condarc.read_text() == OLD
    done = torchup("repair", "--offline")
    assert done.code == 0
    assert condarc.read_text() == OLD.replace(GONE, "")
    assert "torchup repair --finding conda-ssl-off" in done.out
    assert torchup("undo").code == 0
    assert condarc.read_text() == OLD


def test_what_asks_is_mended_where_it_is_named(torchup: Torchup, condarc: Path) -> None:
    ended = torchup("repair", "--finding", "conda-ssl-off", "--offline", "--json")
    outcome = ended.document("torchup.outcome/v1")
    assert [one["id"] for one in outcome["steps"]] == ["conda-ssl-off"]
    assert outcome["left"] == []
    assert condarc.read_text() == OLD.replace("ssl_verify: false\n", "")
    assert torchup("undo").code == 0
    assert torchup("repair", "--yes", "--offline").code == 0
    assert condarc.read_text() == "channels:\n  - defaults\n"
    assert torchup("undo").code == torchup("undo").code == 0
    assert condarc.read_text() == OLD


def test_what_is_left_stands_in_the_document(torchup: Torchup, condarc: Path) -> None:
    outcome = torchup("repair", "--offline", "--json").document("torchup.outcome/v1")
    assert [one["code"] for one in outcome["left"]] == ["conda-ssl-off"]
    condarc.write_text("channels:\n\t- a: [\n")
    outcome = torchup("repair", "--offline", "--json").document("torchup.outcome/v1")
    assert not outcome["ok"]


def test_nothing_wrong_is_said(torchup: Torchup) -> None:
    done = torchup("repair", "--offline")
    assert (done.code, done.err) == (0, "")
    assert "othing" in done.out


def test_a_file_with_a_librarys_name_is_renamed_and_named_back(torchup: Torchup) -> None:
    file = torchup.root / "torch.py"
    file.write_text("print('mine')\n")
    (torchup.root / "train.py").write_text("")
    found = torchup("doctor", "--offline", "--json").document("torchup.diagnosis/v1")["findings"]
    assert [one["code"] for one in found] == ["shadowing-local-file"]
    asks = torchup("repair", "--offline")
    assert "torchup repair --finding shadowing-local-file" in asks.out
    assert file.exists()
    assert torchup("repair", "--yes", "--offline").code == 0
    assert (torchup.root / "my_torch.py").read_text() == "print('mine')\n"
    assert not file.exists()
    assert torchup("undo").code == 0
    assert file.read_text() == "print('mine')\n"
    (torchup.root / "my_torch.py").write_text("taken")
    assert torchup("repair", "--yes", "--offline").code == 0
    assert file.exists()


def test_files_that_are_cut_off_leave_pips_cache(torchup: Torchup, tmp_path: Path) -> None:
    folder = tmp_path / "pip" / "http-v2" / "a"
    folder.mkdir(parents=True)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as wheel:
        wheel.writestr("a.py", "x" * 1000)
    (folder / "good.body").write_bytes(whole.getvalue())
    (folder / "cut.body").write_bytes(whole.getvalue()[:200])
    (folder / "cut").write_bytes(b"its headers")
    (folder / "page.body").write_bytes(b"<html>")
    cache = {"PIP_CACHE_DIR": str(tmp_path / "pip")}
    found = torchup("doctor", "--offline", "--json", **cache).document("torchup.diagnosis/v1")
    assert [one["code"] for one in found["findings"]] == ["pip-cache-cut-off"]
    assert torchup("repair", "--offline", **cache).code == 0
    assert sorted(one.name for one in folder.iterdir()) == ["good.body", "page.body"]
    assert torchup("undo").code == 0
    assert (folder / "cut.body").read_bytes() == whole.getvalue()[:200]
    assert (folder / "cut").read_bytes() == b"its headers"


def test_packages_from_outside_are_kept_out(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo", {"torch": "2.13.0+cpu"})
    outside = Path(torchup.env["HOME"]) / ".local" / "lib" / f"python{LINE}" / "site-packages"
    add_record(outside, "numpy", "1.0")
    settings = path / "pyvenv.cfg"
    closed = settings.read_bytes()
    opened = closed.replace(b"= false", b"= TRUE")
    settings.write_bytes(opened)
    found = torchup("doctor", "demo", "--offline", "--json").document("torchup.diagnosis/v1")
    assert "user-site-leak" in [one["code"] for one in found["findings"]]
    named = ("repair", "demo", "--finding", "user-site-leak", "--offline")
    assert torchup(*named).code == 1, "it doesn't compute, so it was put back"
    assert settings.read_bytes() == opened
    assert torchup(*named, "--no-verify").code == 0
    assert settings.read_bytes() == closed
    assert torchup("undo").code == 0
    assert settings.read_bytes() == opened


def test_conda_leaves_the_users_packages_alone(torchup: Torchup) -> None:
    home = Path(torchup.env["HOME"])
    prefix = home / "miniconda3" / "envs" / "work"
    for folder in (prefix, home / "miniconda3"):
        (folder / "conda-meta").mkdir(parents=True)
        (folder / "conda-meta" / f"python-{LINE}.1-0.json").write_text("{}")
    (home / "miniconda3" / "conda-meta" / "conda-24.1-0.json").write_text("{}")
    add_record(home / ".local" / "lib" / f"python{LINE}" / "site-packages", "numpy", "1.0")
    state = prefix / "conda-meta" / "state"
    state.write_text('{"env_vars": {"A": "1"}, "other": 2}')
    done = torchup("repair", "--finding", "user-site-leak", "--offline")
    assert done.code == 0, done
    said = msgspec.json.decode(state.read_bytes())
    assert said == {"env_vars": {"A": "1", "PYTHONNOUSERSITE": "1"}, "other": 2}
    assert torchup("undo").code == 0
    assert state.read_text() == '{"env_vars": {"A": "1"}, "other": 2}'


def test_where_a_variable_is_set_is_said(torchup: Torchup) -> None:
    (Path(torchup.env["HOME"]) / ".bashrc").write_text("# mine\nexport PYTHONPATH=/x\n")
    done = torchup("repair", "--offline", PYTHONPATH="/x", PYTHONHOME="")
    assert "Unset it" in done.out
    found = torchup("doctor", "--offline", "--json", PYTHONPATH="/x").document(
        "torchup.diagnosis/v1"
    )["findings"]
    (one,) = (one for one in found if one["code"] == "pythonpath-set")
    assert one["because"] == [f"{torchup.env['HOME']}/.bashrc:2: export PYTHONPATH=/x"]


def add_record(folder: Path, name: str, version: str) -> None:
    record = folder / f"{name}-{version}.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")


@pytest.mark.usefixtures("condarc")
@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("--finding", "nonsense"), "repair.no-finding", 2),
        (("no-such",), "apply.no-such-environment", 1),
        (("./no-such",), "foreign.none-there", 1),
        (("a", "b"), "cli.too-much", 2),
        (("--finding",), "cli.option-without-value", 2),
    ],
)
def test_wrong_words_are_one_clear_error(
    torchup: Torchup, words: tuple[str, ...], code: str, status: int
) -> None:
    ended = torchup("repair", *words, "--offline", "--json")
    assert (ended.code, ended.error["code"]) == (status, code)


def test_what_had_no_repair_at_its_turn_is_left_only_where_it_is_still_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    what = Text("undo.what.conda", {"path": "a"})
    mended, still = (Finding(code=code, severity="error", title=what) for code in "ab")
    now = Finding(code="b", severity="error", title=what, because=("line 1",))
    monkeypatch.setattr(repair, "_look", lambda *_: (None, (now,)))
    done: list[str] = []
    monkeypatch.setattr(repair, "_say_done", lambda one, _: done.append(one.finding.code))
    idle = [Proposal(finding=one, title=what) for one in (mended, still)]
    session = cast("Session", SimpleNamespace())
    assert repair._still_there(Namespace(), idle, session) == [now]
    assert done == ["a"]
    assert repair._still_there(Namespace(), [], session) == []
