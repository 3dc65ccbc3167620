from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from torchup.api.fleet.waves import goes_on, waves

KINDS = st.dictionaries(st.text(min_size=1, max_size=4), st.sampled_from("abc"), max_size=30)


def test_one_of_each_kind_goes_first() -> None:
    kinds = {"h1": "cu130", "h2": "cu130", "v1": "cu126", "h3": "cu130", "v2": "cu126"}
    assert waves(kinds, size=2) == (("h1", "v1"), ("h2", "h3"), ("v2",))
    assert waves(kinds) == (("h1", "v1"), ("h2", "h3", "v2"))
    assert waves(kinds, canaries=0) == (tuple(kinds),)
    assert waves({}) == ()


@given(KINDS, st.integers(0, 3), st.integers(0, 7))
def test_every_host_is_in_one_wave(kinds: dict[str, str], canaries: int, size: int) -> None:
    found = waves(kinds, canaries=canaries, size=size)
    assert sorted(host for wave in found for host in wave) == sorted(kinds)
    assert all(found)
    if canaries and found:
        firsts = [kinds[host] for host in found[0]]
        assert all(
            firsts.count(kind) == min(canaries, list(kinds.values()).count(kind))
            for kind in set(kinds.values())
        )
    if size:
        assert all(len(wave) <= size for wave in found[1 if canaries else 0 :])


def test_when_the_next_wave_may_start() -> None:
    assert goes_on(0, 3, canary=True, most=0.0)
    assert not goes_on(1, 30, canary=True, most=0.5)
    assert goes_on(1, 10, canary=False, most=0.1)
    assert not goes_on(2, 10, canary=False, most=0.1)
    assert not goes_on(1, 1, canary=False, most=0.1)
