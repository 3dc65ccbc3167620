"""A bundle is made here, carried to another home, and installed there without a network."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from uv import find_uv_bin

from cli.fakeframework import torch_files
from cli.fixtures import needs_world, sources_of
from cli.process import DEAD, Result, Torchup, one_error
from cli.world import MINOR
from launchers import cut_off
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from torchup.wire.bundles import BundleReportV1
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexserver import IndexServer

pytestmark = needs_world
BARE = ("--no-python", "--no-torchup")
WANTED = ("torch==2.13.0", "six", "--cpu", "--python", MINOR, "--no-companions")
REPORT = "torchup.bundle-report/v1"
_CP = f"cp{sys.version_info[0]}{sys.version_info[1]}"


@pytest.fixture(scope="module")
def bundle(
    tmp_path_factory: pytest.TempPathFactory, shared_server: IndexServer
) -> tuple[Path, Result]:
    """A bundle for this machine, and what making it said."""
    root = tmp_path_factory.mktemp("maker")
    made = Torchup(root, **sources_of(shared_server))
    done = made("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup", "--json")
    assert done.code == EXIT_DONE, done
    assert not made.left()
    assert not list((made.home / "cache" / "fetched").iterdir()), "the bundle has them"
    return root / "lab.torchup", done


@pytest.fixture
def file(bundle: tuple[Path, Result], tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copy(bundle[0], tmp_path / "lab.torchup"))


def report(done: Result) -> dict[str, Any]:
    found: dict[str, Any] = done.document(REPORT)
    v1 = msgspec.json.decode(done.out, type=BundleReportV1)
    assert v1.action == found["action"]
    return found


def changed(file: Path, members: dict[str, bytes]) -> None:
    """Rewrite a bundle with other contents, as somebody with a zip program would."""
    with zipfile.ZipFile(file) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(file, "w") as new:
        for name, data in (contents | members).items():
            new.writestr(name, data)


def with_lock(file: Path, change: Callable[[str], str]) -> None:
    """Give a bundle another lock, and an index that knows it."""
    with zipfile.ZipFile(file) as archive:
        lock = change(archive.read("pylock.toml").decode()).encode()
        index = json.loads(archive.read("bundle.json"))
    index["lock"] = hashlib.sha256(lock).hexdigest()
    changed(file, {"pylock.toml": lock, "bundle.json": json.dumps(index).encode()})


def test_the_report_names_every_file(bundle: tuple[Path, Result]) -> None:
    found = report(bundle[1])
    assert found["ok"]
    assert found["fetched"] == sum(one["size"] for one in found["bundle"]["files"])
    (target,) = found["bundle"]["targets"]
    assert target["packages"] == {"torch": "2.13.0"}
    assert target["build"] == "cpu"
    named = {one.partition("-")[0] for one in target["wheels"]}
    assert named == {f"wheels/{name}" for name in ("torch", "six", "filelock", "pip")}


def test_it_is_installed_with_the_network_cut_off(file: Path, torchup: Torchup) -> None:
    command = [*cut_off(), *torchup.argv("create", "demo", "--from", str(file), "--json")]
    done = subprocess.run(
        command, env=torchup.env, cwd=torchup.root, capture_output=True, check=False, timeout=60
    )
    found = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert found.code == EXIT_DONE, found
    outcome = found.document("torchup.outcome/v1")
    assert outcome["command"] == "create"
    assert outcome["verify"]["ok"]
    assert outcome["environment"]["packages"]["torch"] == "2.13.0+cpu"
    ran = torchup("run", "demo", "--", "python", "-c", "import torch, six; print(six.__version__)")
    assert ran.out.strip() == "1.17.0"
    assert not list((torchup.home / "cache" / "work").iterdir())
    lock = torchup.home / "envs" / "demo" / ".torchup" / "pylock.toml"
    assert str(torchup.home) not in lock.read_text(), "where the files lay is gone"
    again = torchup("create", "demo", "--from", str(file))
    assert again.code == EXIT_DONE, again
    assert "nothing to do" in again.out


def test_a_large_one_asks_nobody_either(own: IndexServer, tmp_path: Path) -> None:
    big = random.Random(0).randbytes(70_000_000)  # from 64 MiB on the network is looked at
    make_wheel(own.root / "simple", "six", "1.19.0", files={"six.py": "", "six.bin": big})
    made = Torchup(tmp_path / "maker", **sources_of(own))
    made.root.mkdir(exist_ok=True)
    done = made("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup", "--progress", "none")
    assert done.code == EXIT_DONE, done
    other = Torchup(tmp_path / "other", **sources_of(own))
    other.root.mkdir(exist_ok=True)
    own.requests.clear()
    own.faults[".whl"] = "404"
    done = other("create", "demo", "--from", str(made.root / "lab.torchup"), "--no-verify")
    assert done.code == EXIT_DONE, done
    assert not own.asked(".whl"), "the wheels lie in the bundle"


def test_the_name_is_the_file_s_and_sync_takes_it_too(file: Path, torchup: Torchup) -> None:
    done = torchup("create", "--from", str(file), "--no-verify")
    assert done.code == EXIT_DONE, done
    assert done.out.splitlines()[-1].endswith("torchup run lab -- python train.py")
    assert torchup("remove", "six", "-n", "lab", "--no-verify", "--offline").code in {0, 3}
    synced = torchup("sync", str(file), "-n", "other", "--no-verify", "--lang", "zh_CN")
    assert synced.code == EXIT_DONE, synced
    assert "other" in torchup("list").out


def test_an_environment_of_that_name_is_not_touched(connected: Torchup, file: Path) -> None:
    assert connected("create", "demo", "--cpu", "torch==2.12.1", "--no-verify").code == EXIT_DONE
    done = connected("create", "demo", "--from", str(file))
    assert done.code == EXIT_NO, done
    assert f"torchup sync {file} -n demo" in done.err
    assert "2.12.1" in connected("list").out


def test_verify_and_show(file: Path, torchup: Torchup) -> None:
    done = torchup("bundle", "verify", str(file), "--json")
    assert done.code == EXIT_DONE, done
    found = report(done)
    assert {one["code"] for one in found["findings"]} == {"no-python", "no-tool"}
    shown = report(torchup("bundle", "show", str(file), "--json"))
    assert shown["digest"] == found["digest"]
    for lang in ("en", "zh_CN"):
        said = torchup("bundle", "show", str(file), "--lang", lang)
        assert said.code == EXIT_DONE
        assert "torchup create --from lab.torchup" in said.out
        assert shown["digest"] in said.out


def test_verify_names_what_was_changed(file: Path, torchup: Torchup) -> None:
    with zipfile.ZipFile(file) as archive:
        name = next(one for one in archive.namelist() if "six" in one)
        size = archive.getinfo(name).file_size
    changed(file, {name: bytes(size)})
    found = report(torchup("bundle", "verify", str(file), "--json"))
    assert not found["ok"]
    assert [one["subject"] for one in found["findings"] if one["severity"] == "error"] == [name]
    done = torchup("bundle", "verify", str(file))
    assert done.code == EXIT_NO
    made = torchup("create", "demo", "--from", str(file), "--progress", "none")
    assert made.code == EXIT_USAGE, made
    assert f"{name} is not what the bundle's index says" in made.err
    assert len(made.err.splitlines()) == 2
    assert not torchup.left(), "nothing is half-done"


def test_verify_sees_what_a_machine_would_lack(
    own: IndexServer, tmp_path: Path, torchup: Torchup
) -> None:
    made = Torchup(tmp_path, **sources_of(own))
    assert made("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup").code == EXIT_DONE
    file = tmp_path / "lab.torchup"

    def without(lock: str) -> str:
        parts = lock.split("[[packages]]")
        return "[[packages]]".join(one for one in parts if 'name = "filelock"' not in one)

    with_lock(file, without)
    done = torchup("bundle", "verify", str(file))
    assert done.code == EXIT_NO, done
    assert "torch: filelock is asked for and not there" in done.out


def test_update_fetches_only_the_difference(own: IndexServer, tmp_path: Path) -> None:
    made = Torchup(tmp_path, **sources_of(own))
    assert made("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup").code == EXIT_DONE
    file = tmp_path / "lab.torchup"
    before = file.read_bytes()
    same = report(made("bundle", "update", str(file), "--json"))
    assert same["fetched"] == 0
    assert file.read_bytes() == before, "the same content makes the same bytes"
    make_wheel(own.root / "simple", "six", "1.18.0")
    shutil.rmtree(made.home / "cache" / "uv")
    own.requests.clear()
    done = made("bundle", "update", str(file), "--json")
    assert done.code == EXIT_DONE, done
    found = report(done)
    assert 0 < found["fetched"] < found["reused"]
    assert any("six-1.18.0" in one["path"] for one in found["bundle"]["files"])
    fetched = {one.path.rpartition("/")[2] for one in own.asked(".whl", "GET")}
    assert fetched <= {"six-1.18.0-py3-none-any.whl"} | {
        one for one in fetched if one.endswith(".metadata")
    }


def test_update_mends_a_damaged_bundle(own: IndexServer, tmp_path: Path) -> None:
    made = Torchup(tmp_path, **sources_of(own))
    assert made("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup").code == EXIT_DONE
    file = tmp_path / "lab.torchup"
    before = file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        info = next(one for one in archive.infolist() if "six" in one.filename)
    data = bytearray(before)
    data[info.header_offset + 100] ^= 1
    file.write_bytes(data)
    assert made("bundle", "verify", str(file)).code == EXIT_NO
    mended = report(made("bundle", "update", str(file), "--json"))
    assert mended["fetched"] == info.file_size
    assert file.read_bytes() == before


def test_update_takes_no_other_wheel_than_one_of_the_folder(
    own: IndexServer, tmp_path: Path
) -> None:
    folder = tmp_path / "built here"
    built = {"torch/built_here.py": "", **torch_files("2.13.0+cpu")}
    make_wheel(
        folder,
        "torch",
        "2.13.0+cpu",
        tag=f"{_CP}-{_CP}-linux_x86_64",
        files=built,
        requires=["six"],
    )
    made = Torchup(tmp_path, **sources_of(own))
    words = (*WANTED, *BARE, "--wheels", str(folder), "-o", "lab.torchup")
    assert made("bundle", "create", *words).code == EXIT_DONE
    file = tmp_path / "lab.torchup"
    before = file.read_bytes()
    said = one_error(made("bundle", "update", "lab.torchup"), EXIT_USAGE)
    assert "torch-2.13.0+cpu" in said
    assert "torchup bundle update lab.torchup --wheels DIR" in said
    assert "文件夹" in made("bundle", "update", "lab.torchup", "--lang", "zh_CN").err
    assert file.read_bytes() == before
    other = tmp_path / "other"
    make_wheel(other, "elsewhere", "1.0")
    links = {"PIP_FIND_LINKS": str(other)}
    said = one_error(made("bundle", "update", "lab.torchup", **links), EXIT_USAGE)
    assert "torch-2.13.0+cpu" in said, "a folder without such a wheel is no answer"
    assert file.read_bytes() == before
    done = made("bundle", "update", "lab.torchup", "--wheels", str(folder))
    assert done.code == EXIT_DONE, done
    assert file.read_bytes() == before


def test_update_names_the_description_that_is_gone(own: IndexServer, tmp_path: Path) -> None:
    made = Torchup(tmp_path, **sources_of(own))
    (tmp_path / "here.json").write_text(made("probe", "--json").out)
    words = ("torch==2.13.0", "--cpu", "--python", MINOR, "--no-companions", *BARE)
    done = made("bundle", "create", *words, "--machine", "here.json", "-o", "lab.torchup")
    assert done.code == EXIT_DONE, done
    assert made("bundle", "update", "lab.torchup").code == EXIT_DONE
    (tmp_path / "here.json").rename(tmp_path / "gone.json")
    said = one_error(made("bundle", "update", "lab.torchup"), EXIT_USAGE)
    assert "lab.torchup is for the machine that here.json describes" in said


def test_targets_share_files_and_each_machine_takes_its_own(
    own: IndexServer, tmp_path: Path, torchup: Torchup
) -> None:
    files = torch_files("2.13.0+cpu")
    tag = f"{_CP}-{_CP}-win_amd64"
    make_wheel(
        own.root / "whl" / "cpu", "torch", "2.13.0+cpu", tag=tag, files=files, requires=["filelock"]
    )
    made = Torchup(tmp_path, **sources_of(own))
    rows = ("--row", "lab=cpu,linux", "--row", "laptops=cpu,windows", "--row", "old=cu126,linux")
    done = made(
        *("bundle", "create", "torch==2.13.0", "six", "--python", MINOR, "--no-companions"),
        *(*rows, *BARE, "-o", "lab.torchup", "--json"),
    )
    assert done.code == EXIT_DONE, done
    index = report(done)["bundle"]
    assert [one["platform"] for one in index["targets"]] == [
        *("linux-x86_64", "windows-x86_64", "linux-x86_64")
    ]
    names = [one["path"] for one in index["files"]]
    assert len(names) == len(set(names)), "what several have lies there once"
    assert any("win_amd64" in one for one in names)
    assert torchup("bundle", "verify", str(tmp_path / "lab.torchup")).code == EXIT_DONE
    taken = torchup("create", "demo", "--from", str(tmp_path / "lab.torchup"), "--no-verify")
    assert taken.code == EXIT_DONE, taken
    assert "for windows-x86_64" in taken.out
    assert "2.13.0+cpu" in torchup("list").out


def test_a_bundle_for_another_machine_says_why(
    own: IndexServer, tmp_path: Path, torchup: Torchup
) -> None:
    make_wheel(
        own.root / "whl" / "cpu",
        "torch",
        "2.13.0+cpu",
        tag=f"{_CP}-{_CP}-win_amd64",
        files=torch_files("2.13.0+cpu"),
        requires=["filelock"],
    )
    made = Torchup(tmp_path, **sources_of(own))
    windows = ("torch==2.13.0", "--os", "windows", "--cpu", "--python", MINOR, "--no-companions")
    assert made("bundle", "create", *windows, *BARE, "-o", "win.torchup").code == EXIT_DONE
    done = torchup("create", "demo", "--from", str(tmp_path / "win.torchup"))
    assert done.code == EXIT_NO, done
    assert "for windows-x86_64; this machine is linux-x86_64" in done.out
    card = ("torch==2.13.0", "--gpu", "RTX 3060", "--driver", "560", "--python", MINOR)
    done = made("bundle", "create", *card, "--no-companions", *BARE, "-o", "card.torchup")
    assert done.code == EXIT_DONE, done
    done = torchup("create", "demo", "--from", str(tmp_path / "card.torchup"))
    assert done.code == EXIT_NO, done
    assert "no card" in done.out
    assert "--row" in done.out, "it is taken where it is named"
    assert not torchup.left()


def test_a_python_that_is_not_here(file: Path, torchup: Torchup) -> None:
    def other(lock: str) -> str:
        named = lock.replace(f'python = "{MINOR}"', 'python = "3.99"')
        return named.replace(f"python_version == '{MINOR}'", "python_version == '3.99'")

    with_lock(file, other)
    done = torchup("create", "demo", "--from", str(file))
    assert done.code == EXIT_NO, done
    assert not torchup.left()


@pytest.mark.slow
def test_a_server_that_breaks_off_is_asked_for_the_rest(own: IndexServer, tmp_path: Path) -> None:
    big = random.Random(0).randbytes(50_000)  # nothing that compresses
    make_wheel(own.root / "simple", "six", "1.19.0", files={"six.py": "", "six.bin": big})
    made = Torchup(tmp_path, **sources_of(own))
    own.slow_s = 0  # what tells about the wheel comes as it should
    own.faults |= {".whl.metadata": "slow", "six-1.19.0-py3-none-any.whl": "truncated"}
    done = made("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup", "--progress", "none")
    assert done.code == EXIT_OUTSIDE, done
    assert "six-1.19.0-py3-none-any.whl can't be fetched" in done.err
    assert not (tmp_path / "lab.torchup").exists()
    own.faults.clear()
    own.requests.clear()
    done = made("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup")
    assert done.code == EXIT_DONE, done
    asked = [one for one in own.asked("six-1.19.0", "GET") if one.path.endswith(".whl")]
    (rest,) = asked
    assert rest.headers["range"].startswith("bytes="), "what had arrived is kept"
    whole = [one for one in own.asked("filelock", "GET") if one.path.endswith(".whl")]
    assert not whole, "and what was whole is not fetched again"
    assert made("bundle", "verify", "lab.torchup").code == EXIT_DONE


def test_logins_get_files_and_stay_out_of_the_bundle(own: IndexServer, tmp_path: Path) -> None:
    own.login = "reader:s3cret"
    place = own.url.replace("://", f"://{own.login}@")
    made = Torchup(
        tmp_path, UV_DEFAULT_INDEX=f"{place}/simple", TORCHUP_FRAMEWORK_INDEX=f"{place}/whl"
    )
    done = made("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup", "--json")
    assert done.code == EXIT_DONE, done
    assert "s3cret" not in done.out + done.err
    assert b"s3cret" not in (tmp_path / "lab.torchup").read_bytes()
    assert {one["url"].partition("/files")[0] for one in report(done)["bundle"]["files"]} == {
        own.url
    }


def test_a_kept_file_that_was_damaged_is_fetched_again(own: IndexServer, tmp_path: Path) -> None:
    made = Torchup(tmp_path, **sources_of(own))
    command = ("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup", "--progress", "none")
    own.faults["six-1.17.0"] = "wrong-hash"
    assert made(*command).code == EXIT_OUTSIDE
    kept = list((made.home / "cache" / "fetched").glob("*/*.whl"))
    assert kept
    for one in kept:
        one.write_bytes(one.read_bytes()[:-1])
    own.faults.clear()
    done = made(*command)
    assert done.code == EXIT_DONE, done
    assert made("bundle", "verify", "lab.torchup").code == EXIT_DONE


def test_a_wrong_file_is_not_taken(own: IndexServer, tmp_path: Path) -> None:
    made = Torchup(tmp_path, **sources_of(own))
    own.faults["six-1.17.0"] = "wrong-hash"
    done = made("bundle", "create", *WANTED, *BARE, "-o", "lab.torchup", "--progress", "none")
    assert done.code == EXIT_OUTSIDE, done
    assert "its hash is another one" in done.err
    assert not (tmp_path / "lab.torchup").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create",), "not said"),
        (("create", "torch", "-o", "lab.zip"), "lab.zip.torchup"),
        (("create", "torch", "--row", "a=cpu", "--gpu", "RTX 3060"), "twice"),
        (("create", "torch", "--port", "80"), "--port"),
        (("verify",), "one bundle"),
        (("verify", "a", "b"), "one bundle"),
        (("show", "nothing.torchup"), "nothing.torchup"),
        (("serve", "nothing.torchup", "--port", "99999"), "99999"),
        (("serve", "nothing.torchup", "--json"), "JSON"),
        (("bake",), "bake"),
        (("create", "torch", "-o", "no/such/lab.torchup"), "no/such"),
    ],
)
def test_wrong_usage(torchup: Torchup, words: tuple[str, ...], said: str) -> None:
    done = torchup("bundle", *words)
    assert done.code == EXIT_USAGE, done
    assert said in done.out + done.err
    assert "Next" in done.err or done.error["hint"]


def test_wrong_ways_to_make_of_one(torchup: Torchup, file: Path) -> None:
    said = one_error(torchup("create", "demo", "six", "--from", str(file)), EXIT_USAGE)
    assert "settled" in said
    said = one_error(torchup("create", "demo", "--from", f"{DEAD}/lab.torchup"), EXIT_USAGE)
    assert "curl -O" in said
    said = one_error(torchup("create", "demo", "--row", "x"), EXIT_USAGE)
    assert "--from" in said
    said = one_error(torchup("create", "demo", "--row", "x", "--from", str(file)), EXIT_USAGE)
    assert "here" in said
    here = Torchup(torchup.root)
    assert "already" in here("bundle", "create", "torch", "-o", "lab.torchup").err


def test_start_offers_the_bundle(torchup: Torchup, file: Path) -> None:
    shown = torchup("start", "--from", str(file), "--offline")
    assert shown.code == EXIT_DONE, shown
    assert shown.out.splitlines()[-1].endswith(f"torchup create --from {file}")
    assert not torchup.left()
    made = torchup("start", "demo", "--from", str(file), "--yes", "--offline")
    assert made.code == EXIT_DONE, made
    after = torchup("start", "--offline")
    assert "torchup run demo -- python" in after.out


def serving(torchup: Torchup, file: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server on a free port; return it and its address."""
    child = torchup.start("bundle", "serve", str(file), "--port", "0", "--host", "127.0.0.1")
    assert child.stdout is not None
    base = ""
    while not base:
        line = child.stdout.readline().decode()
        assert line, "it ended"
        base = next((word.rstrip(",") for word in line.split() if word.startswith("http://")), "")
    return child, base


def test_pip_and_uv_install_from_the_server(torchup: Torchup, file: Path) -> None:
    child, base = serving(torchup, file)
    try:
        target = torchup.root / "by-uv"
        env = {name: value for name, value in torchup.env.items() if name != "UV_DEFAULT_INDEX"}
        with_uv = [find_uv_bin(), "pip", "install", "--target", str(target), "--no-cache"]
        subprocess.run(
            [*with_uv, "--index-url", f"{base}/simple/", "torch==2.13.0+cpu", "--python", MINOR],
            env=env,
            check=True,
            capture_output=True,
        )
        assert (target / "torch").is_dir()
        assert (target / "filelock").is_dir()
        target = torchup.root / "by-pip"
        with_pip = [sys.executable, "-m", "pip", "install", "--target", str(target), "--isolated"]
        done = subprocess.run(
            [*with_pip, "--no-cache-dir", "--index-url", f"{base}/simple/", "six"],
            env=env | {"PIP_FIND_LINKS": ""},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done
        assert (target / "six").is_dir()
        student = Torchup(
            torchup.root / "student",
            UV_DEFAULT_INDEX=f"{base}/simple",
            TORCHUP_FRAMEWORK_INDEX=f"{base}/whl",
        )
        student.root.mkdir()
        made = student("create", "demo", "torch==2.13.0", "--cpu", "--quick", "--no-companions")
        assert made.code == EXIT_DONE, made
    finally:
        child.terminate()
        child.communicate(timeout=10)
