from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.backends import Inputs
from torchup.backends.uv_project import config_text, project_text, write_config
from torchup.errors import OutsideError
from torchup.model import Source, SourceSet

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model.source import SourceKind, SourceRole


def source(role: SourceRole, url: str, kind: SourceKind = "index") -> Source:
    return Source(id=role, kind=kind, role=role, url=url)


PRIMARY = source("primary", "https://mirror.example/simple")


def inputs(*requirements: str, **changes: object) -> Inputs:
    values: dict[str, object] = {
        "python": "/usr/bin/python3.14t",
        "minor": "3.14t",
        "requirements": requirements,
        "sources": SourceSet(primary=PRIMARY),
        **changes,
    }
    return Inputs(**values)  # type: ignore[arg-type]  # the caller names real fields


def test_only_what_is_asked_for_gets_the_framework_index() -> None:
    asked = inputs(
        "Frame.Work==2.0+cpu",
        "numpy>=2",
        framework_names=("frame_work", "compiler"),
        framework_index="https://fw.example/cpu",
    )
    read = tomllib.loads(project_text(asked))
    assert read["project"]["requires-python"] == "==3.14.*"
    assert read["project"]["dependencies"] == ["Frame.Work==2.0+cpu", "numpy>=2", "pip"]
    assert read["tool"]["uv"]["sources"] == {"frame-work": {"index": "framework"}}
    assert read["tool"]["uv"]["index"] == [
        {"name": "framework", "url": "https://fw.example/cpu", "explicit": True}
    ]
    again = tomllib.loads(project_text(asked, ("compiler",)))
    assert set(again["tool"]["uv"]["sources"]) == {"frame-work", "compiler"}
    assert again["project"]["dependencies"][-1] == "compiler"


def test_without_a_framework_index_the_primary_serves_all() -> None:
    read = tomllib.loads(project_text(inputs("framework==2.0", framework_names=("framework",))))
    assert "sources" not in read["tool"]["uv"]


def test_pip_is_asked_for_once() -> None:
    read = tomllib.loads(project_text(inputs("PIP<99")))
    assert read["project"]["dependencies"] == ["PIP<99"]


def test_indexes_keep_their_rank_and_the_last_is_the_default() -> None:
    sources = SourceSet(
        primary=PRIMARY,
        extras=(source("extra", "https://a.example/simple"), source("extra", "/flat", "folder")),
        links=(
            source("links", "/wheels", "folder"),
            source("links", "https://l.example/p", "links"),
        ),
    )
    read = tomllib.loads(config_text(sources, never_build=("framework",)))
    assert [entry["url"] for entry in read["index"]] == [
        "https://mirror.example/simple",
        "https://a.example/simple",
        "/flat",
    ]
    assert [entry.get("default", False) for entry in read["index"]] == [False, False, True]
    assert read["index"][2]["format"] == "flat"
    assert read["find-links"] == ["/wheels", "https://l.example/p"]
    assert read["no-build-package"] == ["framework"]


@fuzzed
@given(st.text())
def test_any_address_survives_the_quoting(url: str) -> None:
    read = tomllib.loads(config_text(SourceSet(primary=source("primary", "x" + url))))
    assert read["index"][0]["url"] == "x" + url


def test_the_configuration_is_private(tmp_path: Path) -> None:
    path = write_config(tmp_path / "deep", "x = 1\n")
    assert path.read_text() == "x = 1\n"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError) as caught:
        write_config(tmp_path / "file", "")
    assert caught.value.code == "uv.unwritable"
