"""conda's packages in a bundle: carried to another home, installed without a network, served."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cli.fixtures import sources_of
from cli.process import DEAD, Result, Torchup
from cli.test_bundles import changed, report, with_lock
from condachannels import SUBDIR, make_forge
from indexserver import IndexServer, make_wheel
from launchers import cut_off
from torchup.api.bundle.serving import Index, lines_for
from torchup.bundles.reading import open_bundle
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.host.serving import serve

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
        reason="the local channels have packages for Linux",
    ),
]

BARE = ("--no-python", "--no-torchup")
WANTED = ("torch==2.13.0", "six", "--backend", "conda", "--no-companions")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - a generator's
    """A channel, and an index with what no channel has."""
    root = tmp_path_factory.mktemp("channels")
    make_forge(root)
    make_wheel(root / "simple", "six", "1.17.0", files={"six.py": "__version__ = '1.17.0'\n"})
    make_wheel(root / "simple", "pip", "99.0")
    with IndexServer(root).start() as running:
        yield running


def channel(server: IndexServer) -> tuple[str, str]:
    return ("--channel", f"{server.url}/files/conda-forge")


@pytest.fixture(scope="module")
def bundle(
    tmp_path_factory: pytest.TempPathFactory, server: IndexServer
) -> tuple[Path, dict[str, Any]]:
    """A bundle for this machine, and the report of making it."""
    made = Torchup(tmp_path_factory.mktemp("maker"), **sources_of(server))
    done = made("bundle", "create", *WANTED, *channel(server), *BARE, "-o", "lab.torchup", "--json")
    assert done.code == EXIT_DONE, done
    assert not made.left()
    assert not list((made.home / "cache" / "fetched").iterdir()), "the bundle has them"
    return made.root / "lab.torchup", report(done)


@pytest.fixture
def file(bundle: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    return Path(shutil.copy(bundle[0], tmp_path / "lab.torchup"))


def cut_off_from_all(torchup: Torchup, *words: str) -> Result:
    command = [*cut_off(), *torchup.argv(*words)]
    done = subprocess.run(
        command, env=torchup.env, cwd=torchup.root, capture_output=True, check=False, timeout=60
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_the_report_names_every_package(
    bundle: tuple[Path, dict[str, Any]], server: IndexServer
) -> None:
    found = bundle[1]["bundle"]
    (target,) = found["targets"]
    names = {one.rpartition("/")[2].rsplit("-", 2)[0] for one in target["conda"]}
    assert {"python", "pytorch", "numpy", "pip"} <= names
    assert all(one.startswith("conda/conda-forge/") for one in target["conda"])
    assert [one.partition("-")[0] for one in target["wheels"]] == ["wheels/six"]
    urls = {one["path"]: one.get("url", "") for one in found["files"]}
    assert all(urls[one].startswith(f"{server.url}/files/conda-forge/") for one in target["conda"])


def test_it_is_installed_with_the_network_cut_off(
    file: Path, torchup: Torchup, server: IndexServer
) -> None:
    done = cut_off_from_all(torchup, "create", "demo", "--from", str(file), "--json")
    assert done.code == EXIT_DONE, done.out
    outcome = done.document("torchup.outcome/v1")
    assert outcome["verify"]["ok"]
    made = outcome["environment"]
    assert (made["backend"], made["packages"]["torch"]) == ("conda", "2.13.0+cpu")
    ran = torchup("run", "demo", "--", "python", "-c", "import torch, six; print(six.__version__)")
    assert ran.out.strip() == "1.17.0"
    # Its records name the channel that the packages were from, and nothing of how they came.
    place = torchup.home / "envs" / "demo"
    metas = [json.loads(one.read_text()) for one in (place / "conda-meta").glob("*.json")]
    assert all(one["url"].startswith(f"{server.url}/files/conda-forge/") for one in metas)
    assert not list((torchup.home / "cache" / "work").iterdir())
    assert str(torchup.home / "cache") not in (place / ".torchup" / "pylock.toml").read_text()
    again = torchup("create", "demo", "--from", str(file))
    assert again.code == EXIT_DONE, again
    assert "nothing to do" in again.out
    assert torchup("doctor", "demo").code == EXIT_DONE
    copied = cut_off_from_all(torchup, "clone", "demo", "copy", "--json")
    assert copied.code == EXIT_DONE, copied


def test_an_environment_of_conda_s_is_bundled_as_it_is(
    server: IndexServer, torchup: Torchup, tmp_path: Path
) -> None:
    made = Torchup(tmp_path / "maker", **sources_of(server))
    made.root.mkdir()
    done = made("create", "work", *WANTED[:1], *WANTED[2:], *channel(server), "--no-verify")
    assert done.code == EXIT_DONE, done
    other = made("bundle", "create", "work", "--backend", "uv", *BARE, "--json")
    assert (other.code, other.error["code"]) == (EXIT_USAGE, "bundle.environment-backend")
    done = made("bundle", "create", "work", *BARE, "--json")
    assert done.code == EXIT_DONE, done
    file = made.root / "work.torchup"
    assert made("bundle", "verify", str(file)).code == EXIT_DONE
    done = cut_off_from_all(torchup, "create", "--from", str(file), "--json")
    assert done.code == EXIT_DONE, done
    assert done.document("torchup.outcome/v1")["environment"]["name"] == "work"
    assert made("add", "-n", "work", "tabulate", "--no-verify").code == EXIT_DONE
    again = made("bundle", "update", str(file), "--json")
    assert again.code == EXIT_DONE, again
    said = report(again)
    new = [one["size"] for one in said["bundle"]["files"] if "tabulate" in one["path"]]
    assert [said["fetched"]] == new
    assert cut_off_from_all(torchup, "sync", str(file), "--no-verify").code == EXIT_DONE
    assert torchup("run", "work", "--", "tabulate").out == "a table\n"


def test_what_it_was_made_of_is_solved_anew(file: Path, server: IndexServer) -> None:
    made = Torchup(file.parent, **sources_of(server))
    done = made("bundle", "update", str(file), "--json")
    assert done.code == EXIT_DONE, done
    assert report(done)["fetched"] == 0


def test_a_sound_one_is_verified_and_shown(file: Path, torchup: Torchup) -> None:
    done = torchup("bundle", "verify", str(file), "--json")
    assert done.code == EXIT_DONE, done
    assert {one["code"] for one in report(done)["findings"]} == {"no-engine", "no-tool"}
    shown = torchup("bundle", "show", str(file))
    assert "conda's packages: 5" in shown.out
    assert "· conda" in shown.out
    chinese = torchup("bundle", "show", str(file), "--lang", "zh_CN")
    assert "个 conda 软件包" in chinese.out


@pytest.mark.parametrize("part", ["pytorch-2.13.0", "numpy-1.26.9"])
def test_a_package_that_was_tampered_with_is_found_and_never_installed(
    part: str, file: Path, torchup: Torchup
) -> None:
    with open_bundle(file) as bundle:
        path = next(one for one in bundle.files if part in one)
        with bundle.opened(path) as stream:
            data = bytearray(stream.read())
    data[len(data) // 2] ^= 1
    changed(file, {path: bytes(data)})
    found = torchup("bundle", "verify", str(file), "--json")
    assert found.code == EXIT_NO
    assert ("hash", path) in {(one["code"], one["subject"]) for one in report(found)["findings"]}
    done = torchup("create", "demo", "--from", str(file), "--json")
    assert done.code == EXIT_USAGE
    assert done.error["code"] == "bundle.tampered"
    assert torchup.left() == []


def test_a_lock_with_a_package_that_is_not_in_it(file: Path, torchup: Torchup) -> None:
    def other(lock: str) -> str:
        line = next(one for one in lock.splitlines() if "numpy-1.26.9" in one)
        digest = line.partition('sha256 = "')[2][:64]
        return lock.replace(digest, "0" * 64)

    with_lock(file, other)
    done = torchup("create", "demo", "--from", str(file), "--json")
    assert done.code == EXIT_USAGE
    assert done.error["code"] == "bundle.damaged"
    assert "numpy" in done.error["message"]


def test_what_a_package_needs_and_is_not_there(file: Path, torchup: Torchup) -> None:
    with_lock(file, lambda lock: lock.replace("numpy >=1.23", "numpi >=1.23"))
    found = torchup("bundle", "verify", str(file), "--json")
    assert found.code == EXIT_NO
    assert any("numpi" in one["text"] for one in report(found)["findings"])


def test_what_installs_them_comes_along(file: Path, torchup: Torchup) -> None:
    """As a real bundle has it; torchup's own wheels are the business of other tests."""
    wheel = make_wheel(file.parent / "w", "py_rattler", "0.28.0", files={"rattler/__init__.py": ""})
    data = wheel.read_bytes()
    with zipfile.ZipFile(file) as archive:
        index = json.loads(archive.read("bundle.json"))
    (target,) = index["targets"]
    target["engine"] = f"wheels/{wheel.name}"
    digest = hashlib.sha256(data).hexdigest()
    index["files"].append({"path": target["engine"], "sha256": digest, "size": len(data)})
    changed(file, {target["engine"]: data, "bundle.json": json.dumps(index).encode()})
    found = torchup("bundle", "verify", str(file), "--json")
    assert {one["code"] for one in report(found)["findings"]} == {"no-tool"}
    done = cut_off_from_all(torchup, "create", "demo", "--from", str(file), "--no-verify")
    assert done.code == EXIT_DONE, done


def test_a_class_installs_from_it(file: Path, tmp_path: Path) -> None:
    ready, port = threading.Event(), 0

    def listening(taken: int) -> None:
        nonlocal port
        port = taken
        ready.set()

    with open_bundle(file) as bundle:
        thread = threading.Thread(
            target=serve, args=("127.0.0.1", 0, Index(bundle).answer, listening), daemon=True
        )
        thread.start()
        assert ready.wait(10)
        base = f"http://127.0.0.1:{port}"
        lines = lines_for(bundle, base)
        ours = next(one for one in lines if one.startswith("torchup create"))
        theirs = next(one for one in lines if one.startswith("conda create"))
        student = Torchup(tmp_path / "student", HTTPS_PROXY=DEAD, UV_DEFAULT_INDEX=f"{base}/simple")
        student.root.mkdir()
        done = student(*ours.split()[1:], "six", "--no-companions", "--json")
        assert done.code == EXIT_DONE, done
        assert student("run", "lab", "--", "python", "-c", "import torch, six").code == EXIT_DONE
        assert f"-c {base}/conda/conda-forge" in theirs
        assert "pytorch=2.13.0=cpu_generic_" in theirs
        whole = json.loads(repodata(base, SUBDIR))
        assert any(one.startswith("pytorch-") for one in whole["packages.conda"])
        assert any(one.startswith("numpy-") for one in whole["packages"])
        empty = json.loads(repodata(base, "win-64"))
        assert not empty["packages"] | empty["packages.conda"]


def repodata(base: str, subdir: str) -> bytes:
    from urllib.request import urlopen

    with urlopen(f"{base}/conda/conda-forge/{subdir}/repodata.json") as answer:
        found: bytes = answer.read()
        return found


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("six", "--channel", "conda-forge"), "ask.channel-without-conda"),
        (("six", "--backend", "conga"), "backend.unknown"),
        (("six", "--backend", "conda", "--channel", "/not/there"), "conda.bad-channel"),
    ],
)
def test_bad_input(words: tuple[str, ...], code: str, torchup: Torchup) -> None:
    done = torchup("bundle", "create", *words, "--json")
    assert done.code == EXIT_USAGE, done
    assert done.error["code"] == code


def test_options_that_belong_to_making_one(file: Path, torchup: Torchup) -> None:
    done = torchup("bundle", "verify", str(file), "--backend", "conda", "--json")
    assert done.code == EXIT_USAGE
    assert done.error["code"] == "bundle.usage"
