"""Programs that start an interpreter by its full path, built here after their formats."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from torchup.apply.launcher import repointed
from torchup.apply.relocation import Relocation
from torchup.apply.resources import find_resource
from torchup.apply.tree import copy_tree

if TYPE_CHECKING:
    from pathlib import Path

WAS = r"C:\Users\me\AppData\Local\torchup\envs\demo"
NOW = r"D:\große Platte\环境 🙂\demo"
SCRIPTS = NOW + r"\Scripts"
MAIN = "import sys\nsys.exit(0)\n"

moved = Relocation((WAS, NOW)).path


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("__main__.py", MAIN)
    return stream.getvalue()


def stub(*resources: tuple[str, bytes], wide: bool = True) -> bytes:
    """A program of headers and one resource section, the least that the format allows."""
    optional = struct.pack("<H", 0x20B if wide else 0x10B).ljust(112 if wide else 96, b"\0")
    header, section_at, address = 0x40, 0x400, 0x5000
    names, data, leaves, pairs = b"", b"", b"", b""
    base = 16 + 8 + 16 + 8 * len(resources)  # the root, then the names under type 10
    languages = base + 24 * len(resources)
    texts = languages + 16 * len(resources)
    lengths = sum(2 + 2 * len(name) for name, _ in resources)
    below = b""
    for number, (name, content) in enumerate(resources):
        pairs += struct.pack(
            "<2L", 0x80000000 | (texts + len(names)), 0x80000000 | (base + 24 * number)
        )
        below += struct.pack("<12x2H2L", 0, 1, 0, languages + 16 * number)
        leaves += struct.pack("<4L", address + texts + lengths + len(data), len(content), 0, 0)
        names += struct.pack("<H", len(name)) + name.encode("utf-16-le")
        data += content
    root = struct.pack("<12x2H2L", 0, 1, 10, 0x80000000 | 24)
    kind = struct.pack("<12x2H", len(resources), 0) + pairs
    section = root + kind + below + leaves + names + data
    directories = bytes(16) + struct.pack("<2L", address, len(section)) + bytes(13 * 8)
    optional += directories
    coff = struct.pack("<4s2H3L2H", b"PE\0\0", 0x8664, 1, 0, 0, 0, len(optional), 0)
    table = struct.pack("<8s4L16x", b".rsrc", len(section), address, len(section), section_at)
    head = b"MZ".ljust(0x3C, b"\0") + struct.pack("<L", header) + coff + optional + table
    return head.ljust(section_at, b"\0") + section + b"\0" * 64


def distlib(line: str, end: str = "\r\n") -> bytes:
    return b"MZ stub\0" * 40 + f"#!{line}{end}".encode() + zipped()


def uv_tail(path: str, mark: bytes = b"UVSC") -> bytes:
    told = path.encode()
    return b"MZ stub\0" * 40 + zipped() + told + struct.pack("<L", len(told)) + mark


def runs(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("__main__.py").decode() == MAIN


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("options", ["", " -E"])
def test_pips_launchers(end: str, options: str) -> None:
    done = repointed(distlib(rf"{WAS}\Scripts\python.exe{options}", end), SCRIPTS, moved)
    line = done[done.index(b"#!") : done.index(b"PK\3\4")].decode()
    assert line == f'#!"{NOW}\\Scripts\\python.exe"{options}{end}'
    assert runs(done)
    back = repointed(done, WAS + r"\Scripts", Relocation((NOW, WAS)).path)
    assert f'#!"{WAS}\\Scripts\\python.exe"{options}{end}'.encode() in back
    assert runs(back)


@pytest.mark.parametrize("mark", [b"UVSC", b"UVPY"])
def test_uvs_older_launchers(mark: bytes) -> None:
    done = repointed(uv_tail(WAS + r"\Scripts\python.exe", mark), SCRIPTS, moved)
    told = b"python.exe"
    assert done.endswith(told + struct.pack("<L", len(told)) + mark)
    assert runs(done)


@pytest.mark.parametrize("wide", [True, False], ids=["64 bits", "32 bits"])
def test_uvs_launchers(*, wide: bool) -> None:
    path = (WAS + r"\Scripts\python.exe").encode()
    data = stub(
        ("UV_PYTHON_PATH", path),
        ("UV_SCRIPT_DATA", zipped()),
        ("UV_TRAMPOLINE_KIND", b"\1"),
        wide=wide,
    )
    assert runs(data)
    done = repointed(data, SCRIPTS, moved)
    found = find_resource(done, "UV_PYTHON_PATH")
    assert found is not None
    assert done[found.start : found.start + found.length] == b"python.exe"
    kind = find_resource(done, "UV_TRAMPOLINE_KIND")
    assert kind is not None
    assert done[kind.start : kind.start + kind.length] == b"\1"
    assert len(done) == len(data)
    assert runs(done)


def test_an_interpreter_that_moves_with_its_home() -> None:
    was, now = r"C:\Users\me\AppData\Local\torchup", r"D:\torchup homes\of mine"
    data = stub(("UV_PYTHON_PATH", rf"{was}\pythons\cpython-3.12\python.exe".encode()))
    done = repointed(data, rf"{now}\envs\demo\Scripts", Relocation((was, now)).path)
    found = find_resource(done, "UV_PYTHON_PATH")
    assert found is not None
    said = done[found.start : found.start + found.length].decode()
    assert said == r"..\..\..\pythons\cpython-3.12\python.exe"


def test_a_path_that_does_not_fit_is_told() -> None:
    data = stub(("UV_PYTHON_PATH", rb"C:\t\python.exe"))
    with pytest.raises(OSError, match=r"D:"):
        repointed(data, r"E:\x", Relocation((r"C:\t", r"D:\much longer than it was")).path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x7fELF\0" * 9,
        b"MZ",
        b"MZ" + b"\0" * 500,
        uv_tail(r"C:\other\python.exe"),
        distlib(r"C:\other\python.exe"),
        stub(("UV_PYTHON_PATH", rb"C:\other\python.exe")),
        stub(("OTHER", b"x")),
        stub(("UV_PYTHON_PATH", WAS.encode()))[:1040],
        uv_tail(WAS)[:-8] + b"\xff\xff\xff\xffUVSC",
    ],
)
def test_what_else_there_is_stays_as_it_is(data: bytes) -> None:
    assert repointed(data, SCRIPTS, moved) == data


def test_a_copied_environments_launchers_are_changed(tmp_path: Path) -> None:
    source = tmp_path / "demo"
    (source / "Scripts").mkdir(parents=True)
    (source / "Scripts" / "tool.exe").write_bytes(distlib(f"{source}/Scripts/python.exe"))
    target = source.with_name("twin")
    copy_tree(source, target, moved=(str(source), str(target)))
    data = (target / "Scripts" / "tool.exe").read_bytes()
    assert f"#!{target}/Scripts/python.exe".encode() in data
    assert runs(data)
