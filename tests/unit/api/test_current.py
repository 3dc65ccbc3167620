"""Which environment is meant where none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.api.context import Context
from torchup.api.environments.current import FOLDER_FILE, current
from torchup.apply.marker import marker_path
from torchup.errors import UsageError
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    project = tmp_path / "project" / "deep"
    project.mkdir(parents=True)
    monkeypatch.chdir(project)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    for name in ("demo", "other"):
        marker = marker_path(tmp_path / "home" / "envs" / name)
        marker.parent.mkdir(parents=True)
        marker.write_text("{}")
    return Context(RealHost(), Home(tmp_path / "home"))


def test_the_nearest_word_counts(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"environment\.none-named"):
        current(context, None, None)
    assert current(context, None, "other").by == "default"
    (tmp_path / "project" / FOLDER_FILE).write_text("demo\n")
    found = current(context, None, "other")
    assert (found.name, found.by) == ("demo", "folder")
    assert found.where.endswith(FOLDER_FILE)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "home" / "envs" / "other"))
    assert (current(context, None, None).name, current(context, None, None).by) == (
        "other",
        "active",
    )
    assert current(context, "third", None).by == "named"


def test_another_tools_environment_is_none_of_ours(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere" / "demo"
    elsewhere.mkdir(parents=True)
    monkeypatch.setenv("VIRTUAL_ENV", str(elsewhere))
    assert current(context, None, "other").by == "default"
    monkeypatch.setenv("VIRTUAL_ENV", "")
    assert current(context, None, "other").by == "default"


def test_what_windows_editors_write_is_read(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "project" / FOLDER_FILE
    for said in ("demo\r\n".encode("utf-16"), b"\xef\xbb\xbfdemo\n", b"# mine\n\ndemo\nx\n"):
        file.write_bytes(said)
        assert current(context, None, "other").name == "demo"


def test_the_active_one_is_not_entered_again(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "home" / "envs" / "other"))
    assert current(context, None, "demo").name == "other"
    assert current(context, None, "demo", entering=True).name == "demo"


def test_an_empty_file_says_nothing(context: Context, tmp_path: Path) -> None:
    (tmp_path / "project" / FOLDER_FILE).write_text(" \n")
    assert current(context, None, "other").by == "default"
