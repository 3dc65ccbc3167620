from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.host.capture import Capture, CaptureHost
from torchup.model import Source
from torchup.model.software import Setting
from torchup.sources.reach import reach
from torchup.sources.settings import read_settings

HOME = "/home/user"


def linux(files: dict[str, str], **env: str) -> CaptureHost:
    return CaptureHost(
        Capture(system="linux", machine="x86_64", env={"HOME": HOME, **env}, files=files)
    )


def test_the_most_specific_place_of_pip_wins() -> None:
    files = {
        "/etc/pip.conf": "[global]\nindex-url = https://a.example/simple\ntimeout = 60\n",
        f"{HOME}/.config/pip/pip.conf": "[global]\nindex_url = https://me:pw@b.example/simple\n",
    }
    assert read_settings(linux(files, PIP_TIMEOUT="5")) == (
        _pip("index-url", "https://a.example/simple", "/etc/pip.conf", wins=False),
        _pip("timeout", "60", "/etc/pip.conf", wins=False),
        _pip("index-url", "https://***@b.example/simple", f"{HOME}/.config/pip/pip.conf"),
        _pip("timeout", "5", "PIP_TIMEOUT"),
    )


def _pip(key: str, value: str, origin: str, *, wins: bool = True) -> Setting:
    return Setting(tool="pip", key=key, value=value, origin=origin, wins=wins)


def test_uvs_variables_win_over_its_files() -> None:
    files = {
        "/etc/uv/uv.toml": 'offline = true\nlink-mode = "copy"\n',
        f"{HOME}/.config/uv/uv.toml": 'link-mode = "symlink"\n[pip]\nno-index = false\n',
    }
    found = read_settings(linux(files, UV_LINK_MODE="hardlink"))
    assert [(one.key, one.value, one.wins) for one in found] == [
        ("offline", "true", True),
        ("link-mode", '"copy"', False) if False else ("link-mode", "copy", False),
        ("link-mode", "symlink", False),
        ("no-index", "false", True),
        ("link-mode", "hardlink", True),
    ]


def test_pips_section_of_a_command_wins_from_any_file() -> None:
    files = {
        "/etc/pip.conf": "[install]\nindex-url = https://a.example/simple\n",
        f"{HOME}/.config/pip/pip.conf": "[global]\nindex-url = https://b.example/simple\n",
    }
    winner = next(one for one in read_settings(linux(files)) if one.wins)
    assert (winner.value, winner.origin) == ("https://a.example/simple", "/etc/pip.conf")


def test_lists_of_uv_are_joined() -> None:
    files = {"/etc/uv/uv.toml": 'find-links = ["/a"]\n'}
    assert all(one.wins for one in read_settings(linux(files, UV_FIND_LINKS="/b")))


@fuzzed
@given(st.text())
def test_any_file_may_be_configuration(text: str) -> None:
    read_settings(linux({"/etc/pip.conf": text, "/etc/uv/uv.toml": text}))


def test_sources_that_do_not_answer_say_why() -> None:
    host = linux({"/wheels/x.whl": ""})
    places = [_source("links-1", "file:///wheels"), _source("links-2", "file:///gone")]
    places.append(_source("primary", "https://pypi.example/simple"))
    found = reach(host, places, "torch")
    assert [(one.id, one.took_ms, one.why and one.why.code) for one in found] == [
        ("links-1", 0, None),
        ("links-2", None, "reach.no-folder"),
        ("primary", None, "network.unreachable"),
    ]


def _source(name: str, url: str) -> Source:
    return Source(id=name, kind="index", role="extra", url=url, origin="test")


def test_condas_files_add_to_lists_and_override_single_values() -> None:
    files = {
        "/opt/conda/.condarc": "channels:\n  - conda-forge\nchannel_priority: strict\n",
        "/etc/conda/condarc.d/10-lab.yml": "channel_alias: https://lab.example\nsolver: classic\n",
        f"{HOME}/.condarc": (
            "channels:\n  - https://me:pw@c.example/t/tk-123/lab\n  - defaults\n"
            "channel_priority: flexible\nssl_verify: false\nalways_yes: true\n"
        ),
    }
    found = read_settings(linux(files, CONDA_OFFLINE="true"), ["/opt/conda"])
    assert [(one.key, one.value, one.origin, one.wins) for one in found] == [
        ("channel_alias", "https://lab.example", "/etc/conda/condarc.d/10-lab.yml", True),
        ("solver", "classic", "/etc/conda/condarc.d/10-lab.yml", True),
        ("channels", "conda-forge", "/opt/conda/.condarc", True),
        ("channel_priority", "strict", "/opt/conda/.condarc", False),
        ("channels", "https://***@c.example/t/***/lab, defaults", f"{HOME}/.condarc", True),
        ("channel_priority", "flexible", f"{HOME}/.condarc", True),
        ("ssl_verify", "false", f"{HOME}/.condarc", True),
        ("offline", "true", "CONDA_OFFLINE", True),
    ]
    assert {one.tool for one in found} == {"conda"}


@fuzzed
@given(st.text())
def test_any_condarc_is_read_without_an_error(text: str) -> None:
    read_settings(linux({f"{HOME}/.condarc": text}))


def test_the_token_of_a_mapping_is_hidden_too() -> None:
    text = "custom_channels:\n  lab: https://c.example/t/tk-123\n"
    (found,) = read_settings(linux({f"{HOME}/.condarc": text}))
    assert "tk-123" not in found.value
