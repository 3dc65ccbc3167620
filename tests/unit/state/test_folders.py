"""Where settings and data lie, and homes in every way of naming one."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from torchup.host.real import RealHost
from torchup.state.config import config_path
from torchup.state.folders import user_folder
from torchup.state.home import Home, find_home

VARIABLES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TORCHUP_HOME", "TORCHUP_CONFIG")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("home", [None, "", "relative", "/home/me", "/home/me/", "/"])
@pytest.mark.parametrize("named", [None, "", "relative/config", "/etc/mine", "/etc/mine/", "~/x"])
def test_folders_are_those_of_platformdirs(
    home: str | None, named: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"HOME": home, "XDG_CONFIG_HOME": named, "XDG_DATA_HOME": named}
    for name, value in values.items():
        if value is not None:
            monkeypatch.setenv(name, value)
    host = RealHost()
    config = platformdirs.user_config_path("torchup", appauthor=False)
    assert Path(user_folder(host, "config")) == config
    assert Path(config_path(host)) == config / "config.toml"
    data = platformdirs.user_data_path("torchup", appauthor=False)
    assert Path(user_folder(host, "data")) == data
    assert find_home(host).root == data


def test_a_home_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "me"))
    host = RealHost()
    assert find_home(host, named="here").root == tmp_path / "here"
    assert find_home(host, named="./here/").root == tmp_path / "here"
    assert find_home(host, "~/there").root == tmp_path / "me" / "there"
    monkeypatch.setenv("TORCHUP_HOME", str(tmp_path / "named"))
    assert find_home(host, "~/there") == Home(str(tmp_path / "named"))
    assert find_home(host, "~/there", named="here").root == tmp_path / "here"
    monkeypatch.setenv("TORCHUP_CONFIG", "~/mine.toml")
    assert Path(config_path(host)) == tmp_path / "me" / "mine.toml"
