"""Nothing in a bundle is believed before it was checked."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fuzzing import fuzzed_for_all
from torchup.bundles.head import size_of_head
from torchup.bundles.reading import is_bundle, open_bundle
from torchup.bundles.section import Section
from torchup.bundles.structure import INDEX, LOCK
from torchup.bundles.writing import write_bundle
from torchup.errors import OutsideError, UsageError
from torchup.model.bundles import Bundle, BundleFile, BundlePython, BundleTarget, BundleTool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torchup.bundles.writing import Source

CONTENT = {
    "wheels/six-1.17.0-py3-none-any.whl": b"six" * 300,
    "wheels/torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl": b"",
    "python/cpython-3.11.7.tar.gz": bytes(range(256)),
    "conda/conda-forge/noarch/six-1.17.0-pyh1_0.conda": b"conda" * 100,
}
LOCK_TEXT = b'lock-version = "1.0"\ncreated-by = "torchup"\npackages = []\n'


def index_of(*, tools: bool = True) -> Bundle:
    files = tuple(
        BundleFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        for path, data in sorted(CONTENT.items())
    )
    key = "cpython-3.11.7-linux-x86_64-gnu"
    python = BundlePython(
        key=key,
        version="3.11.7",
        os="linux",
        arch="x86_64",
        libc="gnu",
        path="python/cpython-3.11.7.tar.gz",
    )
    target = BundleTarget(
        name="here",
        platform="linux-x86_64",
        python="3.11",
        build="cpu",
        packages={"torch": "2.13.0"},
        wheels=("wheels/torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl",),
        conda=("conda/conda-forge/noarch/six-1.17.0-pyh1_0.conda",),
        interpreter=key,
    )
    tool = BundleTool(
        platform="linux-x86_64",
        python="3.11",
        wheels=("wheels/six-1.17.0-py3-none-any.whl",),
        interpreter=key,
    )
    return Bundle(
        torchup="0.1.0",
        lock=hashlib.sha256(LOCK_TEXT).hexdigest(),
        targets=(target,),
        files=files,
        tools=(tool,) if tools else (),
        pythons=(python,),
    )


def source(data: bytes) -> Source:
    @contextmanager
    def opened() -> Iterator[io.BytesIO]:
        yield io.BytesIO(data)

    return opened


def write(path: Path, *, tools: bool = True) -> Path:
    sources = {name: source(data) for name, data in CONTENT.items()}
    write_bundle(path, index_of(tools=tools), LOCK_TEXT, sources)
    return path


def read_all(path: Path) -> dict[str, bytes]:
    """Open a bundle and copy everything that is installed from it."""
    with open_bundle(path) as bundle:
        found = {}
        for name in bundle.files:
            into = io.BytesIO()
            bundle.copy(name, into)
            found[name] = into.getvalue()
        assert bundle.lock == LOCK_TEXT
    return found


def refused(path: Path) -> UsageError:
    with pytest.raises(UsageError) as raised:
        read_all(path)
    assert raised.value.code.startswith("bundle."), raised.value
    return raised.value


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that examples may share."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("good") / "lab.torchup").read_bytes()


@pytest.mark.parametrize("tools", [True, False])
def test_the_same_content_makes_the_same_bytes(tmp_path: Path, tools: bool) -> None:
    one = write(tmp_path / "one.torchup", tools=tools)
    other = write(tmp_path / "other.torchup", tools=tools)
    assert one.read_bytes() == other.read_bytes()
    assert read_all(one) == CONTENT
    assert is_bundle(one)
    assert is_bundle(one.rename(tmp_path / "lab.bin")), "by how it begins"
    lock = tmp_path / "pylock.toml"
    lock.write_bytes(LOCK_TEXT)
    assert not is_bundle(lock)


def test_a_file_can_be_cut_out_by_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "lab.torchup")
    data = path.read_bytes()
    with open_bundle(path) as bundle:
        for name, content in CONTENT.items():
            start = bundle.place(name)
            assert data[start : start + len(content)] == content
            with bundle.section(name) as stream:
                assert stream.read() == content
    row = next(line for line in data.splitlines() if line.startswith(b"# linux-x86_64 "))
    _, _, place, size, digest, program = row.decode().split(" ")
    cut = data[int(place) : int(place) + int(size)]
    assert hashlib.sha256(cut).hexdigest() == digest
    assert program == "python3.11"
    assert data[size_of_head() :].startswith(b"PK\x03\x04")


@settings(deadline=None)
@given(at=st.integers(0, 10_000_000))
@example(at=0)
@example(at=4)
def test_a_truncated_bundle_is_refused(good: bytes, place: Path, at: int) -> None:
    path = place / "cut.torchup"
    path.write_bytes(good[: at % len(good)])
    error = refused(path)
    assert error.code in {"bundle.truncated", "bundle.not-one"}


@fuzzed_for_all
@given(
    flips=st.lists(st.tuples(st.integers(0, 10_000_000), st.integers(1, 255)), min_size=1),
    ending=st.booleans(),
)
def test_flipped_bytes_never_come_through(
    good: bytes, place: Path, flips: list[tuple[int, int]], ending: bool
) -> None:
    data = bytearray(good)
    start = len(data) - 900 if ending else size_of_head() - 64  # the zip's own list, or anything
    for at, bits in flips:
        data[start + at % (len(data) - start)] ^= bits
    path = place / "flipped.torchup"
    path.write_bytes(data)
    found: dict[str, bytes] = {}
    code = "bundle."
    try:
        found = read_all(path)
    except UsageError as error:
        code = error.code
    assert code.startswith("bundle.")
    # Where nothing is refused, what was hit means nothing: a date, a permission.
    assert code != "bundle." or found == CONTENT


@settings(deadline=None)
@given(data=st.binary(max_size=400))
def test_any_other_file_is_no_bundle(place: Path, data: bytes) -> None:
    path = place / "any.torchup"
    path.write_bytes(data)
    refused(path)


def rewritten(path: Path, into: Path, change: dict[str, bytes], *, add: bool = False) -> Path:
    """Copy a bundle with other contents, as somebody with a zip program would."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
        for name in change if add else ():
            new.writestr(name, change[name])
    return into


@pytest.mark.parametrize(
    "name",
    [
        *("../evil.whl", "/etc/evil", "wheels/../../evil", "C:/evil", "C:\\evil", "..\\evil"),
        *("wheels\\..\\..\\evil", "\\\\server\\share\\evil"),
    ],
)
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    good = write(tmp_path / "lab.torchup")
    bad = tmp_path / "bad.torchup"
    shutil.copy(good, bad)
    with zipfile.ZipFile(bad, "a") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = name
        archive.writestr(info, b"evil")
    assert refused(bad).code == "bundle.unsafe-name"


def test_a_link_is_refused(tmp_path: Path) -> None:
    bad = write(tmp_path / "lab.torchup")
    with zipfile.ZipFile(bad, "a") as archive:
        info = zipfile.ZipInfo("wheels/link.whl")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, b"/etc/passwd")
    assert refused(bad).code == "bundle.unsafe-name"


def test_an_index_that_names_a_place_outside_is_refused(tmp_path: Path) -> None:
    good = write(tmp_path / "lab.torchup")
    index = index_of()
    files = (*index.files, BundleFile(path="../evil.whl", sha256="0" * 64, size=0))
    evil = msgspec.json.encode(msgspec.structs.replace(index, files=files))
    bad = rewritten(good, tmp_path / "bad.torchup", {INDEX: evil})
    assert refused(bad).code == "bundle.unsafe-name"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("conda/../noarch/six-1-0.conda", "bundle.unsafe-name"),
        ("conda/forge/../six-1-0.conda", "bundle.unsafe-name"),
        ("conda/.hidden/noarch/six-1-0.conda", "bundle.unsafe-name"),
        ("conda/forge/six-1-0.conda", "bundle.unsafe-name"),
        ("conda/forge/noarch/deeper/six-1-0.conda", "bundle.unsafe-name"),
        ("conda/forge/noarch/six.whl", "bundle.damaged"),
        ("conda/forge/noarch/six-1-0.tar.gz", "bundle.damaged"),
    ],
)
def test_a_package_of_conda_s_lies_where_they_lie(tmp_path: Path, place: str, code: str) -> None:
    good = write(tmp_path / "lab.torchup")
    index = index_of()
    files = (*index.files, BundleFile(path=place, sha256="0" * 64, size=0))
    odd = msgspec.json.encode(msgspec.structs.replace(index, files=files))
    bad = rewritten(good, tmp_path / "bad.torchup", {INDEX: odd})
    if code == "bundle.damaged":
        with zipfile.ZipFile(bad, "a") as archive:
            archive.writestr(place, b"")
    assert refused(bad).code == code


def test_a_target_with_a_package_or_an_engine_that_is_not_there(tmp_path: Path) -> None:
    good = write(tmp_path / "lab.torchup")
    index = index_of()
    (target,) = index.targets
    for lacking in (
        msgspec.structs.replace(target, conda=("conda/forge/noarch/a-1-0.conda",)),
        msgspec.structs.replace(target, engine="wheels/py_rattler-0.28.0-py3-none-any.whl"),
    ):
        said = msgspec.json.encode(msgspec.structs.replace(index, targets=(lacking,)))
        bad = rewritten(good, tmp_path / "bad.torchup", {INDEX: said})
        assert refused(bad).code == "bundle.damaged"


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    good = write(tmp_path / "lab.torchup")
    for name, data in CONTENT.items():
        changed = rewritten(good, tmp_path / "bad.torchup", {name: bytes(len(data))})
        if data:
            assert refused(changed).code == "bundle.tampered"
    longer = rewritten(good, tmp_path / "bad.torchup", {next(iter(CONTENT)): b"longer"})
    assert refused(longer).code == "bundle.damaged"
    lock = rewritten(good, tmp_path / "bad.torchup", {LOCK: LOCK_TEXT + b"\n"})
    assert refused(lock).code == "bundle.tampered"


def test_a_newer_bundle_says_who_made_it(tmp_path: Path) -> None:
    good = write(tmp_path / "lab.torchup")
    said = {"schema": "torchup.bundle/v2", "torchup": "9.9", "anything": []}
    newer = rewritten(good, tmp_path / "new.torchup", {INDEX: msgspec.json.encode(said)})
    error = refused(newer)
    assert error.code == "bundle.newer"
    assert error.details["torchup"] == "9.9"


@pytest.mark.parametrize(
    "index", [b"", b"[]", b"{}", b"null", b'{"schema": "torchup.bundle/v1"}', b"\xff", b"[" * 9999]
)
def test_an_index_that_is_none_is_damage(tmp_path: Path, index: bytes) -> None:
    good = write(tmp_path / "lab.torchup")
    bad = rewritten(good, tmp_path / "bad.torchup", {INDEX: index})
    assert refused(bad).code == "bundle.damaged"


def test_an_index_that_serves_nobody_or_names_a_wheel_wrongly_is_damage(tmp_path: Path) -> None:
    good = write(tmp_path / "lab.torchup")
    index = index_of()
    nobody = msgspec.json.encode(msgspec.structs.replace(index, targets=()))
    bad = rewritten(good, tmp_path / "bad.torchup", {INDEX: nobody})
    assert refused(bad).code == "bundle.damaged"
    for name in ("wheels/old.whl", "wheels/six.tar.gz"):
        files = (*index.files, BundleFile(path=name, sha256="0" * 64, size=0))
        odd = msgspec.json.encode(msgspec.structs.replace(index, files=files))
        bad = rewritten(good, tmp_path / "bad.torchup", {INDEX: odd})
        with zipfile.ZipFile(bad, "a") as archive:
            archive.writestr(name, b"")
        error = refused(bad)
        assert (error.code, error.details["name"]) == ("bundle.damaged", name)


def test_a_file_that_is_compressed_or_missing_is_damage(tmp_path: Path) -> None:
    good = write(tmp_path / "lab.torchup")
    bad = tmp_path / "bad.torchup"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert refused(bad).code == "bundle.damaged"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        for name in (INDEX, LOCK):
            new.writestr(name, old.read(name))
    assert refused(bad).code == "bundle.damaged"


def test_a_zip_of_something_else_is_no_bundle(tmp_path: Path) -> None:
    path = tmp_path / "photos.torchup"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("cat.jpg", b"")
    assert refused(path).code == "bundle.not-one"
    with pytest.raises(UsageError, match=r"bundle\.unreadable"), open_bundle(tmp_path):
        pass
    with pytest.raises(UsageError, match=r"bundle\.unreadable"), open_bundle(tmp_path / "no"):
        pass


def test_a_bundle_that_can_not_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    path = write(tmp_path / "lab.torchup")
    before = path.read_bytes()
    wrong = {name: source(data + b"!") for name, data in CONTENT.items()}
    with pytest.raises(OutsideError, match="changed-meanwhile"):
        write_bundle(path, index_of(), LOCK_TEXT, wrong)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@given(
    data=st.binary(max_size=200),
    moves=st.lists(st.tuples(st.integers(0, 220), st.integers(0, 220))),
    around=st.binary(max_size=20),
)
@settings(deadline=None)
def test_a_section_reads_as_a_file_of_its_own(
    place: Path, data: bytes, moves: list[tuple[int, int]], around: bytes
) -> None:
    path = place / "whole"
    path.write_bytes(around + data + around)
    plain = io.BytesIO(data)
    with io.BufferedReader(Section(path, len(around), len(data)), 16) as section:
        for at, count in moves:
            assert section.seek(at) == plain.seek(at)
            assert section.read(count) == plain.read(count)
        assert section.seek(0, io.SEEK_END) == len(data)
