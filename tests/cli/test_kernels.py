"""kernel: registered, listed, taken away, mended."""

from __future__ import annotations

import json
import shutil
import sys
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import as_root
from cli.process import has_next_step, one_error
from cli.test_documents import read
from madeenvironments import USUAL, make_environment
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from torchup.wire import v1
from torchup.wire.connecting import KernelChecksV1, KernelsV1

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.process import Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")
WITH = {**USUAL, "ipykernel": "7.0.0"}


def kernels(torchup: Torchup) -> Path:
    return torchup.root / "xdg-data" / "jupyter" / "kernels"


def states(torchup: Torchup, *where: str) -> dict[str, str]:
    found = read(torchup("kernel", "--json", *where), KernelsV1, "torchup.kernels/v1")
    return {one.name: one.state for one in found.kernels}


def foreign(torchup: Torchup, name: str, python: str, title: str = "") -> Path:
    folder = kernels(torchup) / name
    folder.mkdir(parents=True)
    argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": title or name, "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    return folder


def test_an_environment_becomes_a_kernel(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo", WITH, environment={"HSA_X": "10.3$0"})
    tried = torchup("kernel", "add", "demo", "--dry-run", "--json")
    assert read(tried, v1.OutcomeV1, "torchup.outcome/v1").steps[0].status == "skipped"
    assert not kernels(torchup).exists()
    done = torchup("kernel", "add", "demo", "--title", "论文 (GPU)")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert "论文 (GPU)" in done.out
    assert done.out.splitlines()[-1].endswith("torchup kernel check demo")
    folder = kernels(torchup) / "demo"
    spec = json.loads((folder / "kernel.json").read_text())
    assert spec["argv"][0] == str(path / "bin" / "python")
    assert spec["display_name"] == "论文 (GPU)"
    assert spec["env"] == {
        "HSA_X": "10.3$$0",
        "VIRTUAL_ENV": str(path),
        "PATH": f"{path / 'bin'}:${{PATH}}",
    }
    assert {one.name for one in folder.iterdir()} == {
        *("kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg")
    }
    assert states(torchup) == {"demo": "ok"}
    again = torchup("kernel", "add", "demo", "--json")
    assert read(again, v1.OutcomeV1, "torchup.outcome/v1").steps[0].status == "skipped"
    assert torchup("undo").code == EXIT_DONE
    assert not folder.exists()


def test_a_prefix_and_a_given_jupyter(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    lab = torchup.root / "my lab"
    (lab / "bin").mkdir(parents=True)
    (lab / "bin" / "python").symlink_to(sys.executable)
    jupyter = lab / "bin" / "jupyter"
    jupyter.write_text(f"#!{lab}/bin/python\n")
    jupyter.chmod(0o755)
    assert torchup("kernel", "add", "demo", "--jupyter", str(jupyter)).code == EXIT_DONE
    assert (lab / "share/jupyter/kernels/demo/kernel.json").exists()
    assert torchup("kernel", "add", "demo", "--prefix", "my lab", "--as", "two").code == EXIT_DONE
    assert (lab / "share/jupyter/kernels/two/kernel.json").exists()
    assert not kernels(torchup).exists()


def test_what_was_registered_elsewhere_is_found_again(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    hub = torchup.root / "my hub"
    hub.mkdir()
    where = ("--prefix", "my hub")
    done = torchup("kernel", "add", "demo", "--title", "mine", *where)
    assert done.out.splitlines()[-1].endswith('torchup kernel check demo --prefix "my hub"')
    file = hub / "share/jupyter/kernels/demo/kernel.json"
    again = torchup("kernel", "add", "demo", *where, "--json")
    assert read(again, v1.OutcomeV1, "torchup.outcome/v1").steps[0].status == "skipped"
    assert json.loads(file.read_text())["display_name"] == "mine"
    assert states(torchup) == {}
    assert states(torchup, *where) == {"demo": "ok"}
    assert has_next_step(one_error(torchup("kernel", "check", "demo"), EXIT_NO))
    checked = torchup("kernel", "check", "demo", *where, "--json")
    (one,) = read(checked, KernelChecksV1, "torchup.kernel-checks/v1").checks
    assert one.kernel.path == str(file)
    disk = torchup.root / "disk"
    disk.mkdir()
    assert torchup("move", "demo", "--to", str(disk)).code == EXIT_DONE
    assert states(torchup, *where) == {"demo": "moved"}
    assert torchup("kernel", "repair", *where).code == EXIT_DONE
    assert states(torchup, *where) == {"demo": "ok"}
    assert torchup("kernel", "delete", "demo", *where).code == EXIT_DONE
    assert not file.exists()


def test_what_is_wrong_is_told_and_mended(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    make_environment(torchup.home, "old", WITH)
    for name in ("demo", "old"):
        assert torchup("kernel", "add", name).code == EXIT_DONE
    foreign(torchup, "theirs", "/gone/bin/python")
    foreign(torchup, "any", "python")
    foreign(torchup, "x-twin", sys.executable, "demo (PyTorch)")
    site = torchup.root / "site"
    shutil.copytree(kernels(torchup) / "demo", site / "kernels" / "DEMO")
    shutil.rmtree(torchup.home / "envs" / "old")
    torchup.env["JUPYTER_PATH"] = str(site)
    assert states(torchup) == {
        "DEMO": "ok",
        "demo": "hidden",
        "old": "gone",
        "theirs": "gone",
        "any": "open",
        "x-twin": "double",
    }
    shown = torchup("kernel")
    assert shown.out.splitlines()[-1].endswith("torchup kernel repair")
    assert "/gone/bin/python" in shown.out
    tried = torchup("kernel", "repair", "--dry-run")
    assert "theirs" in tried.out
    assert (kernels(torchup) / "old").exists()
    done = torchup("kernel", "repair")
    assert (done.code, done.err) == (EXIT_NO, ""), "one that torchup didn't write is left"
    assert states(torchup) == {"DEMO": "ok", "theirs": "gone", "any": "open", "x-twin": "double"}
    assert torchup("kernel", "repair", "--yes").code == EXIT_DONE
    assert "theirs" not in states(torchup)
    assert torchup("undo").code == EXIT_DONE
    assert "theirs" in states(torchup)


def test_a_kernel_follows_its_environment(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    assert torchup("kernel", "add", "demo").code == EXIT_DONE
    disk = torchup.root / "disk"
    disk.mkdir()
    moved = torchup("move", "demo", "--to", str(disk))
    assert moved.code == EXIT_DONE, moved
    assert "torchup kernel add demo" in moved.out
    assert states(torchup) == {"demo": "moved"}
    assert torchup("kernel", "repair", "demo").code == EXIT_DONE
    assert states(torchup) == {"demo": "ok"}
    spec = json.loads((kernels(torchup) / "demo" / "kernel.json").read_text())
    assert spec["argv"][0].startswith(str(disk))
    assert spec["env"]["VIRTUAL_ENV"].startswith(str(disk))
    assert spec["env"]["PATH"].startswith(str(disk))


def test_a_kernel_that_another_program_starts_gets_its_python(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo", WITH)
    assert torchup("kernel", "add", "demo").code == EXIT_DONE
    file = kernels(torchup) / "demo" / "kernel.json"
    spec = json.loads(file.read_text())
    launched = spec["argv"]
    env = shutil.which("env") or ""
    file.write_text(json.dumps(spec | {"argv": [env, "MKL=1", *launched]}))
    checked = torchup("kernel", "check", "demo", "--json", PATH="/nowhere")
    (one,) = read(checked, KernelChecksV1, "torchup.kernel-checks/v1").checks
    assert "jupyter_client" in one.wrong[0], "env isn't asked to be a Python"
    assert torchup("kernel", "repair", "demo").code == EXIT_DONE
    argv = json.loads(file.read_text())["argv"]
    assert argv == [str(path / "bin" / "python"), *launched[1:]]


@pytest.mark.parametrize("name", ["数据", "数据-2"])
def test_a_name_without_latin_letters(torchup: Torchup, name: str) -> None:
    make_environment(torchup.home, name, WITH)
    done = torchup("kernel", "add", name)
    assert (done.code, done.err) == (EXIT_DONE, "")
    (folder,) = kernels(torchup).iterdir()
    assert folder.name == f"env-{sha256(name.encode()).hexdigest()[:8]}"
    assert json.loads((folder / "kernel.json").read_text())["display_name"] == f"{name} (PyTorch)"
    assert torchup("kernel", "add", name).code == EXIT_DONE
    assert torchup("kernel", "delete", name).code == EXIT_DONE
    assert states(torchup) == {}


def test_another_homes_kernel_is_not_taken_for_ones_own(torchup: Torchup) -> None:
    other = make_environment(torchup.root / "other", "demo", WITH)
    make_environment(torchup.home, "demo", WITH)
    added = torchup("kernel", "add", "demo", TORCHUP_HOME=str(torchup.root / "other"))
    assert added.code == EXIT_DONE
    assert states(torchup) == {"demo": "ok"}
    before = (kernels(torchup) / "demo" / "kernel.json").read_bytes()
    assert has_next_step(one_error(torchup("kernel", "add", "demo"), EXIT_NO))
    assert (kernels(torchup) / "demo" / "kernel.json").read_bytes() == before
    shutil.rmtree(other)
    assert states(torchup) == {"demo": "moved"}, "now it can only mean this home's"
    assert torchup("kernel", "repair").code == EXIT_DONE
    assert states(torchup) == {"demo": "ok"}


def test_what_a_deleted_environment_leaves_is_told(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    assert torchup("kernel", "add", "demo").code == EXIT_DONE
    done = torchup("delete", "demo", "--yes")
    assert "torchup kernel repair demo" in done.out
    assert torchup("kernel", "repair", "demo").code == EXIT_DONE
    assert states(torchup) == {}


def test_others_kernels_are_deleted_only_on_request(torchup: Torchup) -> None:
    folder = foreign(torchup, "theirs", sys.executable)
    said = one_error(torchup("kernel", "delete", "theirs"), EXIT_NO)
    assert "--yes" in said
    assert torchup("kernel", "delete", "THEIRS", "--dry-run").code == EXIT_DONE
    assert folder.exists()
    assert torchup("kernel", "delete", "theirs", "--yes").code == EXIT_DONE
    assert not folder.exists()


def test_a_name_that_is_taken(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    folder = foreign(torchup, "demo", sys.executable)
    said = one_error(torchup("kernel", "add", "demo"), EXIT_NO)
    assert str(folder) in said
    assert torchup("kernel", "add", "demo", "--as", "demo-2").code == EXIT_DONE
    shutil.rmtree(folder)
    foreign(torchup, "demo", "/gone/bin/python")
    assert torchup("kernel", "add", "demo").code == EXIT_DONE, "it can't be started any more"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "nothing"), EXIT_NO),
        (("add",), EXIT_USAGE),
        (("add", "demo", "--as", "ä b"), EXIT_USAGE),
        (("add", "demo", "--prefix", "/nowhere"), EXIT_USAGE),
        (("add", "demo", "--jupyter", "/nowhere/jupyter"), EXIT_USAGE),
        (("add", "demo", "--jupyter", ".", "--prefix", "."), EXIT_USAGE),
        (("list", "--title", "x"), EXIT_USAGE),
        (("check", "nothing"), EXIT_NO),
        (("check", "--yes"), EXIT_USAGE),
        (("delete",), EXIT_USAGE),
        (("delete", "nothing"), EXIT_NO),
        (("remove", "demo"), EXIT_USAGE),
    ],
)
def test_wrong_words(torchup: Torchup, words: tuple[str, ...], code: int) -> None:
    make_environment(torchup.home, "demo", WITH)
    said = one_error(torchup("kernel", *words), code)
    assert has_next_step(said)
    assert (words != ("add",)) or "torchup kernel add NAME" in said


def test_an_environment_that_torchup_did_not_make(torchup: Torchup) -> None:
    path = make_environment(torchup.root / "elsewhere", "theirs")
    shutil.rmtree(path / ".torchup")
    said = one_error(torchup("kernel", "add", str(path)), EXIT_NO)
    assert f"{path}/bin/python -m pip install ipykernel" in said


@pytest.mark.slow
@as_root
def test_a_folder_that_may_not_be_written(torchup: Torchup, tmpfs: Callable[[str], Path]) -> None:
    make_environment(torchup.home, "demo", WITH)
    data = tmpfs("ro,size=64k")
    torchup.env["XDG_DATA_HOME"] = str(data)
    said = one_error(torchup("kernel", "add", "demo"), EXIT_OUTSIDE)
    assert str(data) in said
    findings = torchup("doctor", "--json").document("torchup.diagnosis/v1")["findings"]
    (found,) = [one for one in findings if one["code"] == "jupyter-no-permission"]
    assert found["because"] == [str(data)]
    elsewhere = torchup.root / "lab"
    elsewhere.mkdir()
    assert torchup("kernel", "add", "demo", "--prefix", "lab").code == EXIT_DONE


def test_a_file_where_a_folder_belongs(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    kernels(torchup).parent.mkdir(parents=True)
    kernels(torchup).write_text("a file")
    said = one_error(torchup("kernel", "add", "demo"), EXIT_OUTSIDE)
    assert str(kernels(torchup)) in said


def test_one_that_cannot_be_started_says_why(torchup: Torchup) -> None:
    foreign(torchup, "plain", sys.executable)
    torchup.env["PATH"] = "/nowhere"
    done = torchup("kernel", "check", "--json")
    found = read(done, KernelChecksV1, "torchup.kernel-checks/v1")
    assert (done.code, found.ok, found.checks[0].answer) == (EXIT_NO, False, None)
    assert "jupyter_client" in found.checks[0].wrong[0]
    assert "jupyter_client" in torchup("kernel", "check", "plain", "--lang", "zh_CN").out


@pytest.mark.slow
def test_doctor_finds_them_and_repair_untangles(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo", WITH)
    make_environment(torchup.home, "old", WITH)
    assert torchup("kernel", "add", "old").code == EXIT_DONE
    shutil.rmtree(torchup.home / "envs" / "old")
    wrong = foreign(torchup, "demo", sys.executable) / "kernel.json"
    before = wrong.read_bytes()
    found = torchup("doctor", "--json").document("torchup.diagnosis/v1")["findings"]
    codes = {one["code"]: one for one in found}
    assert {"kernel-without-python", "kernel-of-other-environment"} <= codes.keys()
    assert codes["kernel-of-other-environment"]["because"] == [str(wrong)]
    done = torchup("repair", "--finding", "kernel-of-other-environment", "--yes")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert json.loads(wrong.read_text())["argv"][0] == str(path / "bin" / "python")
    assert torchup("repair", "--finding", "kernel-without-python").code == EXIT_DONE
    assert states(torchup) == {"demo": "ok"}
    assert torchup("undo").code == EXIT_DONE
    assert torchup("undo").code == EXIT_DONE
    assert wrong.read_bytes() == before
    assert states(torchup) == {"demo": "ok", "old": "gone"}


def test_doctor_tells_two_of_one_title_and_repair_renames_ones_own(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", WITH)
    theirs = foreign(torchup, "a-twin", sys.executable, "demo (PyTorch)")
    also_theirs = foreign(torchup, "b-twin", sys.executable, "demo (PyTorch)")
    before = {one: (one / "kernel.json").read_bytes() for one in (theirs, also_theirs)}
    assert torchup("kernel", "add", "demo").code == EXIT_DONE
    ours = kernels(torchup) / "demo" / "kernel.json"
    found = torchup("doctor", "--json").document("torchup.diagnosis/v1")["findings"]
    double = {one["because"][0]: one for one in found if one["code"] == "kernel-double"}
    safeties = {path: one["remedies"][0]["safety"] for path, one in double.items()}
    assert safeties == {str(also_theirs / "kernel.json"): "manual", str(ours): "safe"}
    assert torchup("repair", "--finding", "kernel-double").code == EXIT_DONE
    assert json.loads(ours.read_text())["display_name"] == "demo (PyTorch) (demo)"
    assert {one: (one / "kernel.json").read_bytes() for one in before} == before
    assert states(torchup) == {"a-twin": "ok", "b-twin": "double", "demo": "ok"}
    listed = torchup("kernel").out.splitlines()
    assert listed[-1].endswith("torchup kernel check"), "repair can mend none of these"
