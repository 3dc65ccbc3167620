"""What is wrong with conda's settings."""

from __future__ import annotations

from typing import Any

import pytest

from torchup.diagnose.conda_settings import Judged, judge_conda
from torchup.facts.conda_settings import load_conda_facts
from torchup.integrate.condarc import Condarc
from torchup.integrate.condarc_mends import misfits
from torchup.model.conda import CondaFile, Edit

FACTS = load_conda_facts()
TUNA = "mirrors.tuna.tsinghua.edu.cn/anaconda"


def judged(text: str) -> tuple[Judged, ...]:
    settings = Condarc(text).settings
    file = CondaFile(path="/u/.condarc", settings=settings, misfits=misfits(settings, FACTS))
    return judge_conda([file], FACTS)


def codes(text: str) -> list[str]:
    return [one.finding.code for one in judged(text)]


@pytest.mark.parametrize(
    "text",
    [
        "channels: [conda-forge, defaults]\nssl_verify: true\nchannel_priority: strict\n",
        f"channels: ['https://{TUNA}/cloud/conda-forge/']\n",
        f"default_channels: ['https://{TUNA}/pkgs/main', 'https://{TUNA}/pkgs/r']\n",
        f"custom_channels:\n  conda-forge: https://{TUNA}/cloud\n",
        "ssl_verify: /etc/ssl/company.pem\n",
        "channel_alias: https://conda.lab.test\nsomething_of_a_plugin: 1\n",
        "channels: ['http://conda.lab.test/ours', '/srv/linux-64-ours', ./noarch]\n",
        "",
    ],
)
def test_good_settings_are_left_alone(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code", "edits"),
    [
        (
            f"channels: ['https://{TUNA}/pkgs/free/']\n",
            "conda-channel-gone",
            [Edit(action="remove", key="channels", value=f"https://{TUNA}/pkgs/free/")],
        ),
        (
            f"channels: ['https://{TUNA}/pkgs/main/win-64/']\n",
            "conda-channel-platform",
            [
                Edit(
                    action="replace",
                    key="channels",
                    value=f"https://{TUNA}/pkgs/main/win-64/",
                    new=f"https://{TUNA}/pkgs/main",
                )
            ],
        ),
        (
            f"custom_channels:\n  pytorch: http://{TUNA}/cloud\n",
            "conda-channel-insecure",
            [
                Edit(
                    action="replace",
                    key="custom_channels.pytorch",
                    value=f"http://{TUNA}/cloud",
                    new=f"https://{TUNA}/cloud",
                )
            ],
        ),
        (
            "default_channels: ['http://repo.continuum.io/pkgs/main']\n",
            "conda-host-moved",
            [
                Edit(
                    action="replace",
                    key="default_channels",
                    value="http://repo.continuum.io/pkgs/main",
                    new="https://repo.anaconda.com/pkgs/main",
                )
            ],
        ),
        (
            "channel_alias: https://mirrors.163.com/anaconda/cloud\n",
            "conda-mirror-retired",
            [Edit(action="unset", key="channel_alias")],
        ),
        ("verify_ssl: 'False'\n", "conda-ssl-off", [Edit(action="unset", key="verify_ssl")]),
        (
            "chanel_priority: strict\n",
            "condarc-unknown-key",
            [Edit(action="rename", key="chanel_priority", new="channel_priority")],
        ),
        (
            "channel_priority: often\n",
            "condarc-bad-choice",
            [Edit(action="unset", key="channel_priority")],
        ),
        (
            "channels: [pytorch]\n",
            "conda-channel-frozen",
            [Edit(action="remove", key="channels", value="pytorch")],
        ),
        ("solver: classic\n", "conda-solver-classic", [Edit(action="unset", key="solver")]),
        (
            "channels: [defaults, conda-forge]\n",
            "conda-channels-mixed",
            [Edit(action="set", key="channel_priority", value="strict")],
        ),
    ],
)
def test_each_leftover_is_named_with_its_mend(text: str, code: str, edits: list[Edit]) -> None:
    (found,) = judged(text)
    assert found.finding.code == code
    assert list(found.edits) == edits
    assert bool(found.finding.remedies) == bool(edits)


def test_one_address_with_two_faults_is_written_once() -> None:
    address = f"http://{TUNA}/cloud/conda-forge/linux-64"
    first, second = judged(f"channels: ['{address}']\n")
    assert first.edits == second.edits
    assert first.edits[0].new == f"https://{TUNA}/cloud/conda-forge"


def test_no_token_is_told() -> None:
    text = "channels: ['http://conda.anaconda.org/t/ab-secret/ours/linux-64']\n"
    for one in judged(text):
        said: Any = (one.finding.title.args, one.finding.because, one.finding.remedies)
        assert "secret" not in str(said)
        assert "ab-secret" in one.edits[0].new


def test_a_value_of_another_kind_stops_conda() -> None:
    (found,) = judged("channels: defaults\n")
    assert (found.finding.code, found.finding.severity) == ("condarc-wrong-kind", "error")


def test_broken_and_unreadable_files_are_errors() -> None:
    broken = CondaFile(
        path="/u/.condarc", state="malformed", line=2, column=3, why="no", mended="x"
    )
    closed = CondaFile(path="/e/.condarc", state="unreadable")
    first, second = judge_conda([broken, closed], FACTS)
    assert first.finding.because == ("/u/.condarc:2:3: no",)
    assert first.edits == (Edit(action="rewrite"),)
    assert second.finding.code == "condarc-unreadable"
    assert second.edits == ()
