from __future__ import annotations

from torchup.api.fleet.together import Trouble, afterwards, before
from torchup.words import load_words

SEEN = {
    "a": {"address": "10.0.0.1", "interface": "ib0", "hostname": "a", "resolved": ["10.0.0.1"]},
    "b": {"address": "10.0.0.2", "interface": "ib0", "hostname": "b", "resolved": ["127.0.1.1"]},
    "c": {"address": "10.0.0.3", "interface": "ib0", "hostname": "c", "resolved": []},
}
MET = {
    "a": {"listens": "", "peers": {"b": {"why": "", "skew": 0.1}, "c": {"why": "", "skew": -62.0}}},
    "b": {"listens": "", "peers": {"a": {"why": ""}, "c": {"why": "timeout"}}},
    "c": {"listens": "", "peers": {"a": {"why": "refused"}, "b": {"why": "No route to host"}}},
}


def codes(found: tuple[Trouble, ...]) -> list[tuple[str, str, bool]]:
    for one in found:
        assert load_words("en").text(one.what)
        assert load_words("zh_CN").text(one.what)
    return [
        (one.what.code.removeprefix("fleet.together-"), one.what.args.get("host", ""), one.stops)
        for one in found
    ]


def test_what_stops_comes_first() -> None:
    assert codes(before(SEEN, MET)) == [
        ("silent", "b", True),
        ("refused", "c", True),
        ("no-way", "c", True),
        ("loopback", "b", False),
        ("nameless", "c", False),
        ("clock", "c", False),
    ]


def test_a_host_that_can_not_listen_is_named_once() -> None:
    met = {
        "a": {"listens": "Address already in use", "peers": {}},
        "b": {"listens": "", "peers": {"a": {"why": "refused"}}},
    }
    assert codes(before({"a": SEEN["a"]}, met)) == [("deaf", "a", True)]


def test_a_slow_cable_is_named() -> None:
    pairs = [[0, 1, 10.0], [0, 2, 9.0], [1, 2, 1.0]]
    found = afterwards(["a", "b", "c"], {"right": True, "pairs": pairs})
    assert codes(found) == [("slow", "b", False)]
    assert found[0].what.args["other"] == "c"
    assert codes(afterwards(["a", "b"], {"right": False, "pairs": []})) == [("wrong", "", True)]
    assert afterwards(["a", "b"], {"right": True, "pairs": [[0, 1, 0.1]]}) == ()
