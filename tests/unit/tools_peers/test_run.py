"""The peers themselves, on a few machines."""

from __future__ import annotations

from typing import Final

import pytest
from tools.compare_peers import ASK, run_peers
from tools.peers.machines import load_subjects
from tools.peers.scratch import NoScratchError
from tools.peers.stage import check_namespaces

from torchup.facts.load import load_catalogue

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MACHINES: Final = ("gtx1080-r580", "gtx970-windows", "arc-a770", "no-gpu")


def test_the_peers_are_led_to_the_stand_in() -> None:
    try:
        check_namespaces()
    except NoScratchError as error:
        pytest.skip(str(error))
    subjects = {one.id: one for one in load_subjects() if one.id in MACHINES}
    record = run_peers(list(subjects.values()))
    catalogue = load_catalogue()
    for name, answers in record.answers.items():
        for key, answer in answers.items():
            platform = subjects[key].machine.platform
            assert answer.kind == "build", (name, key, answer)
            assert catalogue.build(answer.version, answer.build, platform), (name, key, answer)
    assert set(record.versions) == set(ASK)
    assert record.answers["uv"]["no-gpu"].build == "cpu"
    assert record.answers["uv"]["arc-a770"].build == "xpu"
    assert record.answers["uv"]["gtx1080-r580"].build.startswith("cu")
