from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.apply.conda_list import keep_listed
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


def environment(user: Path, name: str, *, conda: bool = True) -> Path:
    path = user / "envs" / name
    (path / ".torchup").mkdir(parents=True)
    (path / ".torchup" / "environment.json").write_text("{}")
    if conda:
        (path / "conda-meta").mkdir()
    return path


def listed(user: Path) -> list[str]:
    return (user / ".conda" / "environments.txt").read_text().splitlines()


def test_an_environment_is_listed_once_beside_others(user: Path) -> None:
    (user / ".conda").mkdir()
    (user / ".conda" / "environments.txt").write_text("/opt/base\n/somewhere/é else\n")
    work = environment(user, "work")
    keep_listed(RealHost(), work)
    keep_listed(RealHost(), work)
    assert listed(user) == ["/opt/base", "/somewhere/é else", str(work)]


def test_one_that_is_gone_leaves_the_list(user: Path) -> None:
    work, other = environment(user, "work"), environment(user, "other")
    keep_listed(RealHost(), work)
    keep_listed(RealHost(), other)
    for file in sorted(work.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    work.rmdir()
    keep_listed(RealHost(), work)
    assert listed(user) == [str(other)]


def test_an_unfinished_one_and_one_of_uv_s_are_not_listed(user: Path) -> None:
    keep_listed(RealHost(), environment(user, "venv", conda=False))
    unfinished = user / "envs" / "half"
    (unfinished / "conda-meta").mkdir(parents=True)
    keep_listed(RealHost(), unfinished)
    assert not (user / ".conda").exists()


def test_a_list_that_can_t_be_written_keeps_nobody_from_working(user: Path) -> None:
    (user / ".conda").write_text("a file")
    keep_listed(RealHost(), environment(user, "work"))
    assert (user / ".conda").read_text() == "a file"
