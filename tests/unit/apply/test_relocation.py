"""Paths in scripts and settings, in all the ways they are written."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.apply.relocation import Relocation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WAS = "/home/me/envs/demo"
names = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0\n\r", exclude_categories=["Cc"]),
    min_size=1,
    max_size=20,
).filter(lambda name: name not in {".", ".."})


def told(text: str, now: str, was: str = WAS) -> str:
    return Relocation((was, now)).content(text.encode(), f"{now}/bin/x").decode()


@pytest.mark.parametrize(
    "text",
    [
        "{}", "x={}", "x={}/bin:/usr/bin", '"{}"', "({})", "-I{}/include -L{}/lib", "a {} b",
        "%{}%", "{}\n", "[{}, {}]", '@set "VIRTUAL_ENV={}"',
    ],
)  # fmt: skip
def test_a_whole_path_is_replaced(text: str) -> None:
    assert told(text.replace("{}", WAS), "/mnt/new") == text.replace("{}", "/mnt/new")


@pytest.mark.parametrize(
    "text", ["{}2", "{}-old/bin", "/mnt{}", "x/y{}/bin", "my-a{}", "ü{}", "{}.bak", "nothing"]
)
def test_a_part_of_another_path_stays(text: str) -> None:
    whole = text.replace("{}", WAS)
    assert told(whole, "/mnt/new") == whole


def shell(path: str) -> str:
    return f"export X={shlex.quote(path)}\n"


def document(path: str) -> str:
    return json.dumps({"path": path})


def plain_document(path: str) -> str:
    return json.dumps({"path": path}, ensure_ascii=False)


def address(path: str) -> str:
    return json.dumps({"url": PurePosixPath(path).as_uri()})


def _read(text: str) -> dict[str, str]:
    return {
        key: unquote(value) if key == "url" else value for key, value in json.loads(text).items()
    }


@pytest.mark.parametrize("write", [shell, document, plain_document, address])
@given(first=names, second=names)
def test_each_way_of_writing_it(write: Callable[[str], str], first: str, second: str) -> None:
    was, now = f"/w/{first}", f"/n/{second}"
    after = told(write(f"{was}/a b"), now, was)
    wanted = write(f"{now}/a b")
    if write is shell:
        assert shlex.split(after) == shlex.split(wanted)
    else:
        assert _read(after) == _read(wanted)


def test_windows_paths() -> None:
    relocation = Relocation((r"C:\envs\demo", r"D:\neue Platte\demo"))
    for before, after in (
        (r"home = C:\envs\demo", r"home = D:\neue Platte\demo"),
        (r"x = C:/envs/demo/Scripts", "x = D:/neue Platte/demo/Scripts"),
        (r'{"p": "C:\\envs\\demo\\x"}', r'{"p": "D:\\neue Platte\\demo\\x"}'),
        ('{"url": "file:///C:/envs/demo/x"}', '{"url": "file:///D:/neue%20Platte/demo/x"}'),
        (r"C:\envs\demo2", r"C:\envs\demo2"),
    ):
        assert relocation.content(before.encode(), "x").decode() == after
    assert relocation.path(r"C:\envs\demo\Scripts") == r"D:\neue Platte\demo\Scripts"
    assert relocation.path(r"C:\envs\demonstration") == r"C:\envs\demonstration"


@pytest.mark.parametrize("options", ["", " -E"])
@pytest.mark.parametrize("name", ["with a blank", "it's", 'the "one"', "x" * 120, "plain"])
def test_scripts_start_wherever_they_lie(tmp_path: Path, name: str, options: str) -> None:
    place = tmp_path / name
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "python").symlink_to(sys.executable)
    script = place / "bin" / "tool"
    body = "import sys\nprint(sys.argv[1:])\n"
    was = f"#!{WAS}/bin/python{options}\n{body}"
    script.write_text(told(was, str(place)))
    script.chmod(0o755)
    done = subprocess.run([script, "a b"], capture_output=True, text=True, check=True)
    assert done.stdout == "['a b']\n"


def test_binary_files_stay() -> None:
    data = b"\x7fELF\0" + WAS.encode()
    assert Relocation((WAS, "/x")).content(data, "/x/bin/tool") is data


def test_a_shell_script_reads_a_name_that_is_not_ascii(tmp_path: Path) -> None:
    script = tmp_path / "told"
    script.write_text(told(f'#!/bin/sh\necho "{WAS}/bin"\n', "/磁盘/环境"), encoding="utf-8")
    done = subprocess.run(["sh", script], capture_output=True, check=True)
    assert done.stdout.decode() == "/磁盘/环境/bin\n"
