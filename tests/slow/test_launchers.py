"""install.sh for real: a stripped search path, a stand-in mirror, dash and bash."""

from __future__ import annotations

import platform
import re
import sys
from typing import TYPE_CHECKING

import pytest

from indexserver import IndexServer
from launchers import SHELLS, bare_environment, bare_path, make_uv_wheel, pack_python, run
from torchup.bundles.head import launcher
from torchup.facts.mirrors import load_mirrors
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="install.sh is for POSIX systems"),
]
STARTED = """\
import os, sys

def main():
    print("started:", *sys.argv[1:], os.environ.get("UV_DEFAULT_INDEX"), sys.base_prefix)
"""


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexServer]:
    """A mirror of PyPI with two uvs and a small torchup."""
    root = tmp_path_factory.mktemp("mirror")
    simple = root / "simple"
    make_uv_wheel(simple, "0.13.9")
    make_wheel(simple, "uv", "0.14.0", tag="py3-none-win_amd64")
    make_wheel(simple, "uv", "0.9.30", tag=f"py3-none-manylinux_2_17_{platform.machine()}")
    info = "torchup-9.9.dist-info/entry_points.txt"
    files = {"started.py": STARTED, info: "[console_scripts]\ntorchup = started:main\n"}
    make_wheel(simple, "torchup", "9.9", files=files)
    with IndexServer(root).start() as server:
        yield server


@pytest.fixture(scope="module")
def pythons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of interpreters with the one that runs now."""
    return pack_python(tmp_path_factory.mktemp("pythons"))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """install.sh as a user downloads it."""
    path = tmp_path / "install.sh"
    path.write_bytes(launcher("install.sh"))
    return path


@pytest.mark.parametrize(("shell", "fetcher"), list(zip(SHELLS, ("curl", "wget"), strict=False)))
def test_from_a_mirror(  # noqa: PLR0917  # fixtures
    shell: str, fetcher: str, mirror: IndexServer, pythons: Path, script: Path, tmp_path: Path
) -> None:
    path = bare_path(tmp_path / "bin", shell, fetcher)
    home = tmp_path / "a home"
    home.mkdir()
    environment = bare_environment(
        path,
        home,
        TORCHUP_INDEX=mirror.index(),
        UV_PYTHON_DOWNLOADS_JSON_URL=str(pythons),
    )
    done = run([str(path / shell), str(script), "--yes", "demo"], environment, tmp_path)
    assert done.returncode == 0, done
    last = done.stdout.splitlines()[-1]
    assert last.startswith(f"started: start --yes demo {mirror.index()} {home}"), done
    assert (home / ".local" / "bin" / "torchup").is_symlink()
    assert "export PATH" in done.stdout
    slash = environment | {"TORCHUP_INDEX": f"{mirror.index()}/"}
    again = run([str(path / shell), str(script)], slash, tmp_path)
    assert again.returncode == 0, again
    assert not [one for one in mirror.requests if "//" in one.path]
    assert mirror.asked("uv-0.13.9"), "the newest one for this machine is taken"
    assert not mirror.asked("uv-0.9.30")
    assert not mirror.asked("uv-0.14.0")


def test_where_no_mirror_answers(script: Path, tmp_path: Path) -> None:
    path = bare_path(tmp_path / "bin", "curl")
    environment = bare_environment(
        path, tmp_path, TORCHUP_INDEX="http://127.0.0.1:9/simple", TORCHUP_WAIT_S="1"
    )
    done = run([str(path / "sh"), str(script)], environment, tmp_path)
    assert done.returncode == 3, done
    assert "TORCHUP_INDEX" in done.stderr
    assert "bring a bundle" in done.stderr
    chinese = run([str(path / "sh"), str(script)], environment | {"LANG": "zh_CN.UTF-8"}, tmp_path)
    assert "离线包" in chinese.stderr
    assert not list((tmp_path / ".local").glob("**/tool"))


def test_a_login_is_never_shown(
    mirror: IndexServer, pythons: Path, script: Path, tmp_path: Path
) -> None:
    path = bare_path(tmp_path / "bin", "curl")
    place = mirror.index().replace("://", "://reader:s3cret@")
    environment = bare_environment(
        path, tmp_path, TORCHUP_INDEX=place, UV_PYTHON_DOWNLOADS_JSON_URL=str(pythons)
    )
    unreached = environment | {"TORCHUP_INDEX": "http://reader:s3cret@127.0.0.1:9/simple"}
    mirror.login = "reader:s3cret"
    try:
        ended = [
            run([str(path / "sh"), str(script)], environment | more, tmp_path)
            for more in ({}, {"TORCHUP_SPEC": "torchup>99"}, unreached)
        ]
    finally:
        mirror.login = ""
    assert [one.returncode for one in ended] == [0, 3, 3], ended
    *said, started = ended[0].stdout.splitlines()
    assert "s3cret" in started, "torchup itself gets it"
    assert f"Fetching uv from {mirror.index()}" in said
    assert f"could not be installed from {mirror.index()}." in ended[1].stderr
    assert "(http://127.0.0.1:9/simple)" in ended[2].stderr
    assert "s3cret" not in "".join([*said, *(one.stdout + one.stderr for one in ended[1:])])
    power = launcher("install.ps1").decode("utf-8-sig")
    told = [one for one in power.splitlines() if "Say " in one or "Stop-With " in one]
    assert not [one for one in told if "from $one" in one or "from $index" in one]


def test_a_wrong_file_is_not_run(mirror: IndexServer, script: Path, tmp_path: Path) -> None:
    path = bare_path(tmp_path / "bin", "curl")
    environment = bare_environment(path, tmp_path, TORCHUP_INDEX=mirror.index(), TORCHUP_WAIT_S="1")
    mirror.faults["uv-0.13.9"] = "wrong-hash"
    try:
        done = run([str(path / "sh"), str(script)], environment, tmp_path)
    finally:
        mirror.faults.clear()
    assert done.returncode == 3, done
    assert "Installing" not in done.stdout


def test_the_nearest_mirror_is_taken(
    mirror: IndexServer, pythons: Path, script: Path, tmp_path: Path
) -> None:
    text = script.read_text()
    head, _, rest = text.partition('INDEXES="')
    _, _, tail = rest.partition('"')
    places = f"http://127.0.0.1:9/simple\n{mirror.index('nothing')}\n{mirror.index()}"
    script.write_text(f'{head}INDEXES="{places}"{tail}')
    path = bare_path(tmp_path / "bin", "curl")
    environment = bare_environment(
        path, tmp_path, UV_PYTHON_DOWNLOADS_JSON_URL=str(pythons), TORCHUP_WAIT_S="5"
    )
    done = run([str(path / "sh"), str(script)], environment, tmp_path)
    assert done.returncode == 0, done
    assert f"started: start {mirror.index()}" in done.stdout


@pytest.mark.parametrize(
    ("kind", "shell", "power"), [("pypi", "INDEXES", "$Indexes"), ("python", "PYTHONS", "$Pythons")]
)
def test_the_mirrors_are_those_that_are_known_to_live(kind: str, shell: str, power: str) -> None:
    text = launcher("install.sh").decode()
    named = text.partition(f'\n{shell}="')[2].partition('"')[0].split()
    text = launcher("install.ps1").decode("utf-8-sig")
    block = text.partition(f"\n{power} = @(")[2].partition(")")[0]
    on_windows = re.findall(r"'([^']+)'", block)
    assert len(named) > 3
    assert on_windows == named
    known = {
        url
        for one in load_mirrors().of(kind)
        if one.state in {"official", "alive"}
        for url in (one.url, *one.also)
    }
    assert set(named) <= known


def test_the_scripts_for_windows_say_the_same_as_the_one_for_others() -> None:
    power = launcher("install.ps1").decode("utf-8-sig")
    assert "$named.TrimEnd('/')" in power
    assert launcher("install.cmd").count(b"\r\n") == launcher("install.cmd").count(b"\n")
    assert launcher("install.ps1").startswith(b"\xef\xbb\xbf"), "PowerShell 5 reads it as UTF-8"
    assert power.count("{") == power.count("}")
    assert power.count("(") == power.count(")")
