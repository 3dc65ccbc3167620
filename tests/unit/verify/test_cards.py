"""Cards that a build has no code for, beside those that it is for."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from torchup.host.real import RealHost
from torchup.resolve.constraints import compiles_for, runs_on
from torchup.verify import Expected, verify_environment
from torchup.verify.facts import Card, Facts, judge_fit
from torchup.verify.payload.torch_cards import has_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.verify.conftest import Env

OLD, NEW = Card(name="Old", arch="sm_61"), Card(name="New", arch="sm_86")
FIT = Facts(kind="fit", compiled=("sm_75", "sm_86"), runtime="12.6", driver="12.8")
CARDS = """
class version: cuda, hip = '12.6', None
class cuda:
    chosen = 0
    is_available = staticmethod(lambda: True)
    device_count = staticmethod(lambda: 3)
    get_device_name = staticmethod(lambda index: 'Card %d' % index)
    get_device_capability = staticmethod(lambda index: [(6, 1), (8, 6), (9, 0)][index])
    get_device_properties = staticmethod(lambda index: None)
    get_arch_list = staticmethod(lambda: ['sm_75', 'sm_86', 'sm_90'])
    @staticmethod
    def set_device(index): cuda.chosen = index
class _C:
    _cuda_getDriverVersion = staticmethod(lambda: 12080)
def Generator():
    import os
    if cuda.chosen not in (1, 'cuda:1'): raise RuntimeError('no kernel image')
    os._exit(7)
"""


@pytest.mark.parametrize("code", ["sm_60", "sm_75", "sm_80", "sm_86", "sm_90", "sm_90a", "sm_100f"])
def test_the_payload_knows_the_rules(code: str) -> None:
    ptx = code.replace("sm_", "compute_")
    for card in ("sm_61", "sm_75", "sm_86", "sm_89", "sm_90", "sm_103", "sm_120"):
        assert has_code([code], card, jit=False) == runs_on(code, card, embedded=False)
        assert has_code([ptx], card, jit=True) == compiles_for(code, card)
        assert not has_code([ptx], card, jit=False)


def test_gfx_names_are_compared_whole() -> None:
    for compiled, card in product(("gfx1100", "gfx90a"), repeat=2):
        assert has_code([compiled], card, jit=True) == (compiled == card)


def test_a_card_that_was_left_out_is_no_failure() -> None:
    status, detail = judge_fit(replace(FIT, cards=(OLD, NEW)))
    assert (status, detail) == ("skip", "left-out card=Old arch=sm_61 has='sm_75 sm_86'")
    status, detail = judge_fit(replace(FIT, cards=(OLD,)))
    assert (status, detail) == ("fail", "no-code card=Old arch=sm_61 has='sm_75 sm_86'")
    assert judge_fit(replace(FIT, cards=(NEW,)))[0] == "pass"


@pytest.mark.parametrize(
    ("planned", "status"),
    [((), "skip"), (("sm_86",), "skip"), (("sm_61",), "fail"), (("sm_61", "sm_86"), "fail")],
)
def test_a_card_that_was_planned_for_is_not_left_out(planned: tuple[str, ...], status: str) -> None:
    found, detail = judge_fit(replace(FIT, cards=(NEW, OLD)), planned)
    assert found == status
    assert "card=Old" in detail


def test_features_of_a_card_are_no_other_card() -> None:
    card = Card(name="MI250", arch="gfx90a")
    compiled = ("gfx90a:sramecc+:xnack-", "gfx1100")
    assert judge_fit(Facts(kind="fit", compiled=compiled, cards=(card,)))[0] == "pass"


def test_what_was_left_out_is_not_computed_on(make_env: Callable[[], Env], tmp_path: Path) -> None:
    env = make_env()
    env.package("torch", __init__="__version__ = '2.13.0'\n" + CARDS)
    report = verify_environment(
        RealHost(),
        env.python,
        Expected(framework="torch", version="2.13.0", device="cuda"),
        cache=str(tmp_path),
        level="quick",
        only=("import", "device", "fit", "allocate", "matmul"),
    )
    found = {check.code: (check.status, check.detail) for check in report.checks}
    assert found["device"][0] == "pass"
    assert found["fit"][0] == "skip"
    # Also the second process computes on the first card that there is code for.
    assert found["allocate"] == found["matmul"] == ("fail", "stopped exit=7")
    assert set(found) == {
        *("import", "device", "fit", "allocate", "matmul", "allocate@cuda:2", "matmul@cuda:2")
    }
