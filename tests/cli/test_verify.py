"""``verify``, ``bench`` and ``report`` as processes, with a stand-in for the framework."""

from __future__ import annotations

import json
import os
import shutil
import venv
from typing import TYPE_CHECKING

import pytest

from cli.fakeframework import torch_files
from cli.fixtures import needs_world
from cli.process import CPU, one_error
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.readers import collect_env
from torchup.wire import v1

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

FIGURE = {"name": "matmul", "kind": "fp32", "size": 256, "unit": "FLOP/s", "device": ""}


def kept(path: Path, *rates: float, card: str = "", **more: object) -> str:
    """Write a verification with one figure."""
    found = {
        "schema": "torchup.verify/v1",
        "ok": True,
        "device": "cpu",
        "packages": {"torch": "2.13.0"},
        "checks": [],
        "at": "",
        "python": "3.11.7",
        "devices": [card] if card else [],
        "figures": [{**FIGURE, "samples": rates, **more}] if rates else [],
    }
    path.write_text(json.dumps(found), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("demo", "--all"),
        ("demo", "--quick", "--full"),
        ("demo", "--device", "gpu"),
        ("demo", "--device", "cuda:x"),
        ("--all", "--report", "page.html"),
    ],
)
def test_wrong_questions(torchup: Torchup, arguments: tuple[str, ...]) -> None:
    assert one_error(torchup("verify", *arguments), EXIT_USAGE)


def test_nothing_to_verify(torchup: Torchup) -> None:
    assert one_error(torchup("verify", "--all"), EXIT_NO)
    assert one_error(torchup("report", "nothing"), EXIT_NO)


def test_slower_is_status_one(torchup: Torchup, tmp_path: Path) -> None:
    before = kept(tmp_path / "a.json", 100, 101, 99, 100, 100)
    after = kept(tmp_path / "b.json", 50, 51, 49, 50, 50)
    done = torchup("bench", "compare", before, after)
    assert done.code == EXIT_NO
    assert "matrix product (fp32, 256): 100 FLOP/s before, 50 FLOP/s now, -50 %" in done.out
    found = torchup("bench", "compare", before, after, "--json").document("torchup.bench/v1")
    assert not found["ok"]
    assert found["changes"][0]["change"] == -0.5
    back = torchup("bench", "compare", after, before, "--lang", "zh_CN")
    assert back.code == EXIT_DONE
    assert "+100%" in back.out


def test_another_device_is_named(torchup: Torchup, tmp_path: Path) -> None:
    before = kept(tmp_path / "a.json", 100, 100, 100, 100, card="NVIDIA A100-SXM4-80GB")
    after = kept(tmp_path / "b.json", 50, 50, 50, 50, card="NVIDIA L4")
    done = torchup("bench", "compare", before, after)
    assert done.code == EXIT_NO
    assert "Measured on different devices: NVIDIA A100-SXM4-80GB before, NVIDIA L4" in done.out
    found = torchup("bench", "compare", before, after, "--json").document("torchup.bench/v1")
    assert found["measured_on"] == ["NVIDIA A100-SXM4-80GB", "NVIDIA L4"]
    assert "different devices" not in torchup("bench", "compare", before, before).out


@pytest.mark.parametrize("spoilt", ["", "{", '{"schema": "torchup.machine/v1"}', "[]"])
def test_what_is_no_verification(torchup: Torchup, tmp_path: Path, spoilt: str) -> None:
    good = kept(tmp_path / "a.json", 1)
    (tmp_path / "b.json").write_text(spoilt, encoding="utf-8")
    assert one_error(torchup("bench", "compare", good, str(tmp_path / "b.json")), EXIT_USAGE)


def test_what_can_not_be_compared(torchup: Torchup, tmp_path: Path) -> None:
    good, empty = kept(tmp_path / "a.json", 1), kept(tmp_path / "b.json")
    other = kept(tmp_path / "c.json", 1, size=512)
    for second in (empty, other):
        assert one_error(torchup("bench", "compare", good, second), EXIT_USAGE)
    assert one_error(torchup("bench", "compare", good, str(tmp_path / "none.json")), 3)
    assert one_error(torchup("bench", "forget", good, good), EXIT_USAGE)


@needs_world
def test_an_environment_is_verified_and_reported(connected: Torchup, tmp_path: Path) -> None:
    assert connected("create", "demo", *CPU).code == EXIT_DONE
    logs = connected.home / "logs"
    logs.mkdir()
    (logs / "torchup-1.log").write_text("one line\nand the last", encoding="utf-8")
    unverified = connected("report", "demo", "--format", "collect_env")
    assert collect_env.read(unverified.out).facts["torch"] == "2.13.0+cpu"

    page = tmp_path / "page.html"
    done = connected("verify", "demo", "--report", str(page))
    assert done.code == EXIT_DONE, done
    assert "Not on this device:" in done.out
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    again = connected("verify", "demo", "--json", "--bench").document("torchup.verify/v1")
    assert (again["ok"], again["level"], again["name"]) == (True, "standard", "demo")
    assert {check["code"] for check in again["checks"]} >= {"libraries", "fft", "bench-train"}
    every = connected("verify", "--all", "--quick", "--json")
    assert json.loads(every.out)["name"] == "demo"

    assert connected("create", "another", *CPU).code == EXIT_DONE
    another = connected.home / "envs" / "another"
    (another / ".torchup" / "environment.json").write_text("{", encoding="utf-8")
    broken = connected("verify", "--all", "--quick", "--json")
    assert broken.code == EXIT_NO
    first, second = (json.loads(line) for line in broken.out.splitlines())
    assert (first["schema"], second["schema"]) == ("torchup.error/v1", "torchup.verify/v1")
    assert (second["name"], second["ok"]) == ("demo", True)
    told = connected("verify", "--all", "--quick")
    assert (told.code, "another: " in told.out) == (EXIT_NO, True)
    assert "demo computes on cpu: torch 2.13.0+cpu" in told.out

    shutil.rmtree(another)

    last = connected("show", "demo")
    assert "Loaded libraries" in last.out

    shown = connected("report", "demo")
    assert shown.code == EXIT_DONE
    assert "checks passed" in shown.out
    assert "torch==2.13.0+cpu" in shown.out
    told = connected("report", "demo", "--json").document("torchup.report/v1")
    assert told["errors"] == {"torchup-1.log": "one line\nand the last"}
    assert told["verify"]["ok"]
    read = collect_env.read(told["collect_env"])
    assert (read.state, read.facts["cuda_available"]) == ("ok", False)
    written = tmp_path / "report.md"
    assert connected("report", "demo", "-o", str(written)).code == EXIT_DONE
    assert "collect_env" in written.read_text(encoding="utf-8")
    both = connected("report", "demo", "--json", "--format", "markdown")
    assert both.code == EXIT_USAGE
    nowhere = tmp_path / "page.html" / "page.html"
    assert one_error(connected("report", "demo", "-o", str(nowhere)), 3)


def test_documents_have_schemas() -> None:
    names = {kind.__name__ for kind in v1.DOCUMENTS}
    assert {"BenchV1", "ReportV1", "VerifyV1"} <= names


@needs_world
@pytest.mark.skipif(os.name == "nt", reason="environments are laid out as POSIX has them")
def test_an_adopted_environment_that_failed_is_verified_again(
    torchup: Torchup, tmp_path: Path
) -> None:
    root = tmp_path / "mine"
    venv.create(root, with_pip=False, symlinks=True)
    site = next((root / "lib").glob("python*")) / "site-packages"
    record = site / "torch-2.13.0.dist-info" / "METADATA"
    for path, text in {
        **{site / name: text for name, text in torch_files("2.13.0", broken=True).items()},
        record: "Metadata-Version: 2.1\nName: torch\nVersion: 2.13.0\n",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert torchup("adopt", str(root), "--name", "mine").code == EXIT_DONE
    assert torchup("verify", "mine", "--quick").code == EXIT_NO
    mended = torch_files("2.13.0")["torch/__init__.py"]
    (site / "torch" / "__init__.py").write_text(f"{mended}\n", encoding="utf-8")
    other = torchup("verify", "mine", "--quick", "--device", "cuda")
    assert other.code == EXIT_NO
    assert "cuda" in other.out
    assert torchup("verify", "mine", "--quick").code == EXIT_DONE
    assert torchup("verify", "mine", "--quick", "--device", "cuda").code == EXIT_NO
    (row,) = torchup("list", "--json").document("torchup.environments/v1")["environments"]
    assert row["verified"], "another device says nothing of the planned one"


@pytest.mark.skipif(os.name == "nt", reason="environments are laid out as POSIX has them")
@pytest.mark.parametrize("first", ["torch", "jax"])
def test_any_python_computes_with_what_it_has(torchup: Torchup, tmp_path: Path, first: str) -> None:
    root = tmp_path / "theirs"
    venv.create(root, with_pip=False, symlinks=True)
    site = next((root / "lib").glob("python*")) / "site-packages"
    files = {"jax/__init__.py": "__version__ = '0.8.2'\n"}
    files |= torch_files("2.13.0") if first == "torch" else {}
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    (site / "tensorflow").mkdir()  # what an uninstallation leaves behind
    done = torchup("verify", "--python", str(root / "bin" / "python"), "--quick", "--json")
    assert done.code == EXIT_NO, done
    found = done.document("torchup.verify/v1")
    assert set(found["packages"]) - {"numpy"} == {first, "jax"}
    codes = {one["code"]: one["status"] for one in found["checks"]}
    assert codes["import"] == "pass"
    assert ("jax:import" in codes) == (first == "torch")
    assert not any("tensorflow" in code for code in codes)


def test_measurements_are_listed_and_found_by_name(torchup: Torchup) -> None:
    folder = torchup.home / "measured"
    folder.mkdir(parents=True)
    assert "Nothing" in torchup("bench", "list").out
    for stamp, value in (("20261129-101500", 100), ("20261130-101500", 50)):
        kept(folder / f"{stamp}-demo.json", *(value + n for n in (0, 1, -1, 0, 0)))
    (folder / "20261130-111500-odd.json").write_text("{", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    rows = torchup("bench", "list", "--json").document("torchup.measurements/v1")["measurements"]
    assert [one["id"] for one in rows] == ["20261130-101500-demo", "20261129-101500-demo"]
    assert "torchup bench compare demo" in torchup("bench", "list").out
    for words in ((rows[0]["id"],), (str(folder / "20261129-101500-demo.json"),)):
        alone = torchup("bench", "compare", *words, "--json")
        assert (alone.code, alone.error["code"]) == (EXIT_USAGE, "bench.second-needed")
        assert words[0] in alone.error["hint"]
    ways = (
        ("demo",),
        ("Demo",),
        ("20261129-101500-demo", "demo"),
        ("20261129-101500-demo", rows[0]["id"]),
    )
    for both in ways:
        found = torchup("bench", "compare", *both, "--json")
        assert found.code == EXIT_NO
        assert found.document("torchup.bench/v1")["changes"][0]["change"] == -0.5


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("list", "demo"), "bench.usage", EXIT_USAGE),
        (("compare",), "bench.usage", EXIT_USAGE),
        (("compare", "nobody"), "bench.unknown", EXIT_NO),
        (("compare", "a", "../../etc/passwd"), "bench.unknown", EXIT_NO),
        (("compare", "../x.json", "b"), "bench.unreadable", 3),
        (("compare", "single"), "bench.only-one", EXIT_NO),
    ],
)
def test_measurements_that_are_none(
    words: tuple[str, ...], code: str, status: int, torchup: Torchup
) -> None:
    folder = torchup.home / "measured"
    folder.mkdir(parents=True)
    kept(folder / "20261129-101500-single.json", 1)
    done = torchup("bench", *words, "--json")
    assert (done.code, done.error["code"]) == (status, code)
    assert done.error["hint"]
