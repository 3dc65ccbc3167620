"""``torchup config conda``, as a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

OLD = """\
# from a tutorial
channels:
  - http://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/free/  # fast
  - http://mirrors.tuna.tsinghua.edu.cn/anaconda/cloud/conda-forge/linux-64
  - defaults
ssl_verify: false
proxy_servers:
  http: http://me:secret@proxy.test:3128
"""


@pytest.fixture
def condarc(torchup: Torchup) -> Path:
    from pathlib import Path

    return Path(torchup.env["HOME"]) / ".condarc"


def test_what_counts_and_what_is_wrong_is_shown(torchup: Torchup, condarc: Path) -> None:
    condarc.write_text(OLD)
    shown = torchup("config", "conda")
    assert shown.code == 0
    assert "secret" not in shown.out
    assert str(condarc) in shown.out
    found = torchup("config", "conda", "--json").document("torchup.conda-config/v1")
    assert "secret" not in str(found)
    codes = [one["code"] for one in found["findings"]]
    assert codes == [
        "conda-channel-gone",
        "conda-channel-platform",
        "conda-channel-insecure",
        "conda-ssl-off",
        "conda-channels-mixed",
    ]
    assert found["places"][-1] == str(condarc)


def test_mending_is_shown_first_then_done_then_undone(torchup: Torchup, condarc: Path) -> None:
    condarc.write_text(OLD)
    dry = torchup("config", "conda", "mend", "--dry-run")
    assert dry.code == 0
    assert "secret" not in dry.out
    assert condarc.read_text() == OLD
    done = torchup("config", "conda", "mend")
    assert done.code == 0
    assert condarc.read_text() == OLD.replace(
        "  - http://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/free/  # fast\n", ""
    ).replace("http://mirrors", "https://mirrors").replace("/linux-64", "")
    assert "conda-ssl-off" in done.out
    assert torchup("config", "conda", "mend", "conda-ssl-off").code == 0
    assert "ssl_verify" not in condarc.read_text()
    assert torchup("config", "conda", "undo").code == 0
    assert torchup("config", "conda", "undo").code == 0
    assert condarc.read_text() == OLD
    assert torchup("config", "conda", "undo").code == 1


def test_a_broken_file_is_named_with_its_place_and_mended(torchup: Torchup, condarc: Path) -> None:
    broken = "# mine\nchannels:\n\t- defaults\n"
    condarc.write_text(broken)
    shown = torchup("config", "conda")
    assert shown.code == 1
    assert f"{condarc}:3:1" in shown.out
    assert torchup("config", "conda", "add", "channels", "conda-forge").code == 1
    assert torchup("config", "conda", "mend").code == 0
    assert condarc.read_text() == broken  # asks first, and nobody is there to ask
    assert torchup("config", "conda", "mend", "--yes").code == 0
    assert condarc.read_text() == "# mine\nchannels:\n  - defaults\n"
    assert torchup("config", "conda").code == 0


def test_lists_are_added_to_ordered_and_taken_from(torchup: Torchup, condarc: Path) -> None:
    def channels() -> list[str]:
        return torchup("config", "conda", "get", "channels").out.split()

    assert torchup("config", "conda", "get", "channels").code == 1
    assert torchup("config", "conda", "add", "channels", "a", "b").code == 0
    assert channels() == ["a", "b"]
    assert torchup("config", "conda", "add", "channels", "c", "d", "--first").code == 0
    assert channels() == ["c", "d", "a", "b"]
    assert torchup("config", "conda", "set", "channels", "b", "a").code == 0
    assert channels() == ["b", "a"]
    assert torchup("config", "conda", "remove", "channels", "b").code == 0
    assert channels() == ["a"]
    assert torchup("config", "conda", "unset", "channels").code == 0
    assert condarc.read_text() == ""


def test_single_values_are_typed(torchup: Torchup, condarc: Path) -> None:
    for key, value in (
        ("show_channel_urls", "yes"),
        ("remote_max_retries", "5"),
        ("ssl_verify", "/etc/company.pem"),
        ("custom_channels.ours", "https://conda.lab.test"),
    ):
        assert torchup("config", "conda", "set", key, value).code == 0
    assert condarc.read_text() == (
        "show_channel_urls: true\nremote_max_retries: 5\nssl_verify: /etc/company.pem\n"
        "custom_channels:\n  ours: https://conda.lab.test\n"
    )
    assert (
        torchup("config", "conda", "get", "custom_channels.ours").out == "https://conda.lab.test\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("nonsense",), "conda.config-usage", 2),
        (("set", "channels"), "conda.config-usage", 2),
        (("set", "chanels", "a"), "conda.config-key", 2),
        (("set", "offline", "perhaps"), "conda.config-value", 2),
        (("set", "remote_max_retries", "many"), "conda.config-value", 2),
        (("set", "channel_priority", "often"), "conda.config-value", 2),
        (("set", "ssl_verify", "a", "b"), "conda.config-one-value", 2),
        (("set", "custom_channels", "a"), "conda.config-mapping", 2),
        (("set", "channels.a", "b"), "conda.config-no-mapping", 2),
        (("add", "ssl_verify", "a"), "conda.config-no-list", 2),
        (("remove", "channels", "a"), "conda.config-not-there", 1),
        (("mend", "nonsense"), "conda.config-no-finding", 2),
        (("undo",), "conda.config-nothing-to-undo", 1),
    ],
)
def test_wrong_words_get_one_clear_error(
    torchup: Torchup, words: tuple[str, ...], code: str, status: int
) -> None:
    done = torchup("config", "conda", *words, "--json")
    assert (done.code, done.error["code"]) == (status, code)


def test_where_nothing_is_wrong_the_error_says_so_too(torchup: Torchup) -> None:
    done = torchup("config", "conda", "mend", "nonsense")
    assert done.err.splitlines()[0].endswith("What is wrong: -")


def test_what_another_file_says_is_named(torchup: Torchup, condarc: Path) -> None:
    other = condarc.parent / ".conda" / ".condarc"
    other.parent.mkdir()
    other.write_text("channels: [a]\n")
    done = torchup("config", "conda", "remove", "channels", "a")
    assert done.code == 1
    assert str(other) in done.err
    named = torchup("config", "conda", "remove", "channels", "a", "--file", str(other))
    assert named.code == 0
    assert other.read_text() == ""


def test_options_of_conda_belong_to_conda(torchup: Torchup) -> None:
    done = torchup("config", "set", "lang", "en", "--first", "--json")
    assert (done.code, done.error["code"]) == (2, "conda.config-only")
