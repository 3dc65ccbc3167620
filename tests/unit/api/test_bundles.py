"""What goes into a bundle, how it is judged, and how it is served."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins
from msgspec.structs import replace

from torchup import __version__
from torchup.api.bundle import installing, own, targets
from torchup.api.bundle.checking import check, fits
from torchup.api.bundle.serving import Index, lines_for
from torchup.api.bundle.targets import words_of
from torchup.api.context import Context
from torchup.api.locks.rows import recipe_of
from torchup.api.machines.described import Described
from torchup.api.solve.inputs import target_of
from torchup.backends import uv_archives
from torchup.backends.lock_writing import Written, lock_text, marker_of
from torchup.bundles.launchers import bundled
from torchup.bundles.reading import OpenBundle, open_bundle
from torchup.bundles.writing import write_bundle
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.host.real import RealHost
from torchup.host.serving import Answer, Asked, Part
from torchup.model import (
    Driver,
    Gpu,
    Interpreter,
    Machine,
    Os,
    Reason,
    Requirement,
    SourceSet,
    Stack,
)
from torchup.model import Source as ModelSource
from torchup.model.bundles import Bundle, BundleFile, BundlePython, BundleTarget, BundleTool
from torchup.model.locked import LockRow
from torchup.state.home import Home
from unit.sources.fakehost import FileHost
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torchup.bundles.writing import Source

LINUX = Machine(os=Os(system="linux"), arch="x86_64")
KEY = "cpython-3.12.9-linux-x86_64-gnu"
ROW = LockRow(
    name="here",
    platform="linux-x86_64",
    stack=Stack(
        python="3.12",
        packages={"torch": "2.13.0"},
        build="cpu",
        runtime="",
        device="cpu",
        origin="wheel",
        index_url="",
    ),
    words="here",
)


def made(folder: Path, wheels: list[Path], row: LockRow = ROW) -> Path:
    """A bundle of these wheels, for Linux and Python 3.12."""
    python = folder / "cpython-3.12.9.tar.gz"
    python.write_bytes(b"python")
    sources = {f"wheels/{one.name}": one for one in wheels} | {f"python/{python.name}": python}
    files = tuple(
        BundleFile(
            path=path,
            sha256=hashlib.sha256(one.read_bytes()).hexdigest(),
            size=one.stat().st_size,
        )
        for path, one in sorted(sources.items())
    )
    packages = tuple(
        {
            "name": one.name.partition("-")[0],
            "version": one.name.split("-")[1],
            "wheels": [
                {"path": f"wheels/{one.name}", "hashes": {"sha256": _sha256(one)}},
            ],
        }
        for one in wheels
    )
    lock = lock_text([Written(row=row, packages=packages)], [marker_of(LINUX, "3.12")], "").encode()
    paths = tuple(f"wheels/{one.name}" for one in wheels)
    target = BundleTarget(
        name="here",
        platform="linux-x86_64",
        python="3.12",
        build="cpu",
        packages={"torch": "2.13.0"},
        wheels=paths,
        interpreter=KEY,
    )
    interpreter = BundlePython(
        key=KEY,
        version="3.12.9",
        os="linux",
        arch="x86_64",
        libc="gnu",
        path=f"python/{python.name}",
    )
    index = Bundle(
        torchup="1.0",
        lock=hashlib.sha256(lock).hexdigest(),
        targets=(target,),
        files=files,
        tools=(BundleTool(platform="linux-x86_64", python="3.12", wheels=paths, interpreter=KEY),),
        pythons=(interpreter,),
    )
    path = folder / "lab.torchup"

    def opener(one: Path) -> Source:
        return lambda: one.open("rb")

    write_bundle(path, index, lock, {path: opener(one) for path, one in sources.items()})
    return path


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def torch(folder: Path, requires: tuple[str, ...] = (), tag: str = "") -> Path:
    linux = "cp312-cp312-manylinux_2_28_x86_64"
    return make_wheel(folder, "torch", "2.13.0+cpu", tag=tag or linux, requires=requires)


def codes(path: Path) -> dict[str, str]:
    with open_bundle(path) as bundle:
        return {one.code: one.subject for one in check(bundle)}


def test_a_sound_bundle_has_nothing_to_complain_of(tmp_path: Path) -> None:
    needs = (
        'six>=1.10; python_version >= "3.8"',
        'tomli; python_version < "3.11"',
        'pywin32; sys_platform == "win32"',
        'jax; extra == "jax"',
    )
    wheels = [torch(tmp_path, needs), make_wheel(tmp_path, "six", "1.17.0")]
    assert not codes(made(tmp_path, wheels))


def test_what_is_lacking_is_named(tmp_path: Path) -> None:
    assert codes(made(tmp_path, [torch(tmp_path, ("six>=1.10",))])) == {"needs": "torch: six>=1.10"}
    old = make_wheel(tmp_path, "six", "1.0")
    with open_bundle(made(tmp_path, [torch(tmp_path, ("six>=1.10",)), old])) as bundle:
        found = check(bundle)
    assert {(one.code, one.has) for one in found} == {("needs", "six 1.0")}
    assert {one.target for one in found} == {"here", "linux-x86_64"}


def test_extras_that_are_asked_for_count(tmp_path: Path) -> None:
    wheels = [
        torch(tmp_path, ("six[fast]",)),
        make_wheel(
            tmp_path, "six", "1.17.0", requires=('speed; extra == "fast"',), extras=("fast",)
        ),
    ]
    assert codes(made(tmp_path, wheels)) == {"needs": 'six: speed; extra == "fast"'}


def test_a_wheel_for_another_system_or_python(tmp_path: Path) -> None:
    windows = torch(tmp_path, tag="cp312-cp312-win_amd64")
    assert codes(made(tmp_path, [windows])) == {"tag": windows.name}
    late = make_wheel(tmp_path, "six", "1.17.0", requires_python=">=3.13")
    assert codes(made(tmp_path, [torch(tmp_path), late])) == {"python": "six"}


def test_what_old_wheels_say_is_read_or_told(tmp_path: Path) -> None:
    old = make_wheel(
        tmp_path, "six", "1.17.0", requires_python=">=2.7.*, !=3.0.*", requires=("torch (>=1.0.*)",)
    )
    assert not codes(made(tmp_path, [torch(tmp_path, ("six (>=1.0.*,<2)",)), old]))
    early = make_wheel(tmp_path, "six", "1.17.0", requires_python=">=3.13.*")
    assert codes(made(tmp_path, [torch(tmp_path), early])) == {"python": "six"}
    odd = make_wheel(tmp_path, "six", "1.17.0", requires_python="three", requires=("a b c",))
    with open_bundle(made(tmp_path, [torch(tmp_path), odd])) as bundle:
        found = check(bundle)
    told = {(one.subject, one.has) for one in found}
    assert told == {("six", "three"), ("six", "a b c")}
    assert {one.code for one in found} == {"unreadable"}
    assert not any(one.fault for one in found), "it is installed all the same"


@pytest.mark.parametrize(
    ("name", "line", "good"),
    [
        ("six-1.0-py2.py3-none-any.whl", "3.12", True),
        ("a-1-cp312-cp312-manylinux_2_28_x86_64.whl", "3.12", True),
        ("a-1-cp311-cp311-manylinux_2_28_x86_64.whl", "3.12", False),
        ("a-1-cp38-abi3-manylinux2014_x86_64.whl", "3.12", True),
        ("a-1-cp313-abi3-manylinux2014_x86_64.whl", "3.12", False),
        ("a-1-py3-none-manylinux_2_17_x86_64.whl", "3.12", True),
        ("a-1-cp314-cp314t-linux_x86_64.whl", "3.14t", True),
        ("a-1-cp314-cp314-linux_x86_64.whl", "3.14t", False),
        ("a-1-cp312-cp312-manylinux_2_28_aarch64.whl", "3.12", False),
        ("a-1-cp312-cp312-macosx_14_0_universal2.whl", "3.12", False),
        ("no wheel.whl", "3.12", False),
    ],
)
def test_which_wheels_fit(name: str, line: str, good: bool) -> None:
    assert fits(name, LINUX, line) is good


def test_torchup_takes_itself_along(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    first, second = (own.write_own_wheel(folder) for folder in folders)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        names = archive.namelist()
        assert "torchup/__main__.py" in names
        assert "torchup/bundles/launchers/install.sh" in names
        assert not [one for one in names if "__pycache__" in one]
        info = f"torchup-{__version__}.dist-info"
        assert "torchup.__main__:main" in archive.read(f"{info}/entry_points.txt").decode()
        for row in archive.read(f"{info}/RECORD").decode().splitlines():
            name, digest, size = row.rsplit(",", 2)
            if digest:
                data = archive.read(name)
                expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
                assert (digest, size) == (f"sha256={expected.decode()}", str(len(data)))
    assert any(one.startswith("uv") for one in own.requirements())
    assert not [one for one in own.requirements() if "extra" in one]


@pytest.mark.parametrize("version", ["3.12.16", "3.15.0rc1", "3.14.0a7"])
@pytest.mark.parametrize("variant", ["default", "freethreaded"])
def test_a_bundle_s_own_program_lists_its_python_as_torchup_does(
    version: str, variant: str
) -> None:
    python = BundlePython(
        key=KEY, version=version, os="linux", arch="x86_64", libc="gnu", path="p", variant=variant
    )
    row = uv_archives.list_row(python, "file:///p", "0" * 64)
    assert bundled.list_row(to_builtins(python), "file:///p", "0" * 64) == row


@pytest.mark.parametrize(("python", "own_line"), [("3.12", "3.12"), ("3.10", "3.10")])
def test_one_interpreter_serves_both_where_it_can(python: str, own_line: str) -> None:
    assert own.line_for(python) == own_line
    assert own.line_for("3.8") != "3.8"
    assert not own.line_for("3.14t").endswith("t")


@pytest.mark.parametrize(
    ("said", "asked", "file", "words"),
    [
        (Described(), Requirement(), "", "here"),
        (Described(), Requirement(cpu=True, python="3.11"), "", "cpu,python=3.11"),
        (
            Described(system="windows", gpus=("RTX 3060",)),
            Requirement(),
            "",
            "windows,gpu=RTX 3060",
        ),
        (Described(), Requirement(build="cu126"), "lab", "./lab,cu126"),
        (Described(), Requirement(python="/usr/bin/python3"), "lab.json", "lab.json"),
    ],
)
def test_a_machine_in_words_can_be_read_again(
    said: Described, asked: Requirement, file: str, words: str
) -> None:
    assert words_of(said, asked, file) == words
    again = recipe_of(f"x={words}")
    assert again.file == (words.partition(",")[0] if file else "")
    assert again.described.system == said.system


def test_the_version_of_macos_that_wheels_ask_for() -> None:
    mac = Machine(os=Os(system="macos"), arch="arm64")
    release = load_catalogue().release("2.13.0")
    assert release is not None
    floor = release.floor("macos-arm64", "3.12")
    assert floor == f"macos {target_of(mac, ROW.stack).macos}"
    known = Machine(os=Os(system="macos", version="15.1"), arch="arm64")
    assert target_of(known, ROW.stack).macos == "15.1"
    assert target_of(LINUX, ROW.stack).macos is None


def card(driver: str) -> Machine:
    return Machine(
        os=Os(system="linux", libc="glibc 2.35"),
        arch="x86_64",
        gpus=(Gpu(index=0, vendor="nvidia", name="a card", arch="sm_86"),),
        drivers=(Driver(vendor="nvidia", version=driver),),
        pythons=(Interpreter(path="/p", version="3.12.1", implementation="CPython"),),
    )


@pytest.mark.skipif(sys.platform != "linux", reason="files are chosen by this machine's tags")
def test_a_driver_that_is_too_old_is_said(tmp_path: Path) -> None:
    stack = replace(
        ROW.stack, packages={"torch": "2.9.1"}, build="cu126", runtime="12.6", device="cuda"
    )
    wheel = make_wheel(tmp_path, "torch", "2.9.1+cu126", tag="cp312-cp312-manylinux_2_28_x86_64")
    pinned = replace(stack, pins={"torch": "2.9.1+cu126"})
    path = made(tmp_path, [wheel], replace(ROW, stack=pinned))
    context = Context(FileHost(), Home(tmp_path / "home"), offline=True)
    with open_bundle(path) as opened:
        old = installing.prepare(context, card("470.82"), opened)
        assert old.chosen is None
        (judged,) = old.judged
        assert isinstance(judged.why, Reason)
        assert "driver" in judged.why.code
        assert judged.why.has == "470.82"
        new = installing.prepare(context, card("560.35"), opened)
        assert new.chosen is not None
        assert new.name == "lab", "it is called as the file is"
        assert [one.name for one in new.artifacts] == ["torch"]
        without = replace(card("560.35"), pythons=())
        assert not installing.prepare(context, without, opened).python, "the bundle brings it"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBundle]:
    folder = tmp_path_factory.mktemp("served")
    wheels = [
        torch(folder, ("six",)),
        make_wheel(folder, "six", "1.17.0", requires_python=">=2.7", files={"six.py": "x" * 999}),
    ]
    with open_bundle(made(folder, wheels)) as opened:
        yield opened


def get(bundle: OpenBundle, path: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Index(bundle).answer(Asked(path, named))


def body(answer: Answer) -> bytes:
    if isinstance(answer.body, bytes):
        return answer.body
    part: Part = answer.body
    with part.path.open("rb") as stream:
        stream.seek(part.start)
        return stream.read(part.size)


def test_the_index_is_one_of_pep_503_and_691(bundle: OpenBundle) -> None:
    page = body(get(bundle, "/simple/six/")).decode()
    assert 'data-requires-python="&gt;=2.7"' in page
    name = "six-1.17.0-py3-none-any.whl"
    digest = bundle.files[f"wheels/{name}"].sha256
    assert f"/files/{name}#sha256={digest}" in page
    accept = "application/vnd.pypi.simple.v1+json"
    answer = get(bundle, "/simple/six/", accept=accept)
    assert answer.headers["Content-Type"] == accept
    (file,) = json.loads(body(answer))["files"]
    metadata = body(get(bundle, f"/files/{name}.metadata"))
    assert file["core-metadata"]["sha256"] == hashlib.sha256(metadata).hexdigest()
    assert b"Name: six" in metadata
    assert file["hashes"]["sha256"] == hashlib.sha256(body(get(bundle, file["url"]))).hexdigest()
    projects = json.loads(body(get(bundle, "/simple/", accept=accept)))["projects"]
    assert [one["name"] for one in projects] == ["six", "torch"]
    assert get(bundle, "/simple/six").status == 301
    assert get(bundle, "/simple/SIX/").status == 200
    assert body(get(bundle, "/whl/cpu/torch/"))
    assert get(bundle, "/whl/cu126/torch/").status == 404
    assert b"six" not in body(get(bundle, "/whl/cpu/"))


def test_pythons_and_launchers_are_served(bundle: OpenBundle) -> None:
    rows = json.loads(body(get(bundle, "/python/downloads.json", host="10.0.0.7:8765")))
    assert rows[KEY]["url"] == "http://10.0.0.7:8765/python/cpython-3.12.9.tar.gz"
    assert body(get(bundle, "/python/cpython-3.12.9.tar.gz")) == b"python"
    script = body(get(bundle, "/install.sh", host="10.0.0.7:8765")).decode()
    assert "SERVED='http://10.0.0.7:8765'" in script
    power = body(get(bundle, "/install.ps1", host="10.0.0.7:8765")).decode()
    assert "$Served = 'http://10.0.0.7:8765'" in power
    assert not power.startswith("\ufeff")
    evil = body(get(bundle, "/install.sh", host="x'; rm -rf ~; '")).decode()
    assert "rm -rf ~" not in evil
    assert body(get(bundle, "/lab.torchup")) == bundle.path.read_bytes()
    lines = lines_for(bundle, "http://10.0.0.7:8765")
    assert lines[0] == "curl -fsSL http://10.0.0.7:8765/install.sh | sh"
    assert "torch==2.13.0+cpu" in lines[-1]
    assert "--trusted-host 10.0.0.7 " in lines[-1]
    assert b"torch==2.13.0" in body(get(bundle, "/"))


def test_each_target_has_its_lines(bundle: OpenBundle) -> None:
    (one,) = bundle.index.targets
    other = replace(one, name="old", packages={"torch": "2.9.1"}, build="cu126")
    same = replace(one, name="twin")
    shown = OpenBundle(
        bundle.path,
        bundle._stream,
        bundle.archive,
        replace(bundle.index, targets=(one, other, same)),
        bundle.lock,
    )
    lines = lines_for(shown, "http://10.0.0.7:8765")[-6:]
    assert (lines[0], lines[3]) == ("# here, twin", "# old")
    assert all(one.endswith("torch==2.13.0+cpu") for one in lines[1:3])
    assert all(one.endswith("torch==2.9.1+cu126") for one in lines[4:])


@pytest.mark.parametrize(
    "path",
    [
        *("/files/../bundle.json", "/files//etc/passwd", "/python/../../x", "/bundle.json", "/x"),
        *("/files/", "/files/.metadata", "/simple/../six/", "/install.sh/x", "/simple/no/"),
    ],
)
def test_nothing_else_is_served(bundle: OpenBundle, path: str) -> None:
    assert get(bundle, path).status == 404


@settings(deadline=None)
@given(
    first=st.integers(0, 1500), last=st.integers(0, 1500), kind=st.sampled_from(["a-b", "a-", "-b"])
)
def test_ranges_are_parts_of_the_whole(
    bundle: OpenBundle, first: int, last: int, kind: str
) -> None:
    path = "/files/six-1.17.0-py3-none-any.whl"
    whole = body(get(bundle, path))
    said = kind.replace("a", str(first)).replace("b", str(last))
    answer = get(bundle, path, range=f"bytes={said}")
    start, end = {
        "a-b": (first, min(last + 1, len(whole))),
        "a-": (first, len(whole)),
        "-b": (max(0, len(whole) - last), len(whole)),
    }[kind]
    if start >= end:
        assert answer.status == 416
        assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"
        return
    assert answer.status == 206
    assert body(answer) == whole[start:end]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(whole)}"
    again = get(bundle, path, range=f"bytes={said}", if_range='"another"')
    assert again.status == 200, "another file's parts don't belong together"


@pytest.mark.parametrize("said", ["bytes=-", "bytes=1-2,4-5", "lines=1-2", "bytes=a-b", ""])
def test_a_range_that_can_not_be_read_gives_the_whole(bundle: OpenBundle, said: str) -> None:
    assert get(bundle, "/files/six-1.17.0-py3-none-any.whl", range=said).status == 200


@pytest.mark.parametrize(
    ("files", "base", "found"),
    [
        (("whl/cpu/torch/torch-2.13.0+cpu-cp312-cp312-linux_x86_64.whl",), "whl", True),
        (("whl/cpu/torch-2.14.0+cpu-cp312-cp312-linux_x86_64.whl",), "whl", True),
        (("whl/cpu/numpy-2.0-cp312-cp312-linux_x86_64.whl",), "whl", False),
        (("whl/torch-2.13.0+cpu-cp312-cp312-linux_x86_64.whl",), "", False),
    ],
)
def test_the_framework_s_own_folder_has_its_wheels(
    files: tuple[str, ...],
    base: str,
    found: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    index = ModelSource(id="pypi", kind="index", role="primary", url="https://pypi.org/simple")
    framework = (tmp_path / base).as_uri() if base else ""
    sources = SourceSet(primary=index, framework_base=framework)
    monkeypatch.setattr(targets, "sources_of", lambda _context: sources)
    context = Context(RealHost(), Home(tmp_path / "home"))
    with open_bundle(made(tmp_path, [torch(tmp_path / "made")])) as bundle:
        if found:
            targets._see_folder(context, bundle)
            return
        with pytest.raises(UsageError) as caught:
            targets._see_folder(context, bundle)
    assert caught.value.code == "bundle.folder-needed"
