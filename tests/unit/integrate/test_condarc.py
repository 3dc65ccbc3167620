"""Editing conda's settings, and making them readable again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.facts.conda_settings import load_conda_facts
from torchup.integrate.condarc import Condarc, FaultError, marks_of
from torchup.integrate.condarc_mends import decoded, is_good, mended, misfits

FACTS = load_conda_facts()
COMMENTED = """\
# the lab's
channels:
  - conda-forge  # first
  # then
  - defaults
custom_channels:
  ours: https://packages.lab.test/conda
ssl_verify: true   # never off
"""


def test_a_change_keeps_comments_and_everything_else() -> None:
    file = Condarc(COMMENTED)
    file.add("channels", "ours", first=False)
    file.set("show_channel_urls", value=True)
    assert file.text() == COMMENTED.replace("  - defaults\n", "  - defaults\n  - ours\n") + (
        "show_channel_urls: true\n"
    )


def test_an_item_that_is_there_moves() -> None:
    file = Condarc(COMMENTED)
    file.add("channels", "defaults", first=True)
    assert file.settings["channels"] == ["defaults", "conda-forge"]
    file.add("channels", "defaults", first=True)
    assert file.settings["channels"] == ["defaults", "conda-forge"]


def test_a_list_goes_with_its_last_item_and_a_mapping_with_its_last_name() -> None:
    file = Condarc(COMMENTED)
    assert file.remove("channels", "defaults")
    assert file.remove("channels", "conda-forge")
    assert not file.remove("channels", "conda-forge")
    assert file.unset("custom_channels.ours")
    assert not file.unset("custom_channels.ours")
    assert file.settings == {"ssl_verify": True}


def test_a_name_in_a_mapping_is_set_and_replaced() -> None:
    file = Condarc("")
    file.set("custom_channels.pytorch", "http://a.test")
    assert file.replace("custom_channels.pytorch", "http://a.test", "https://a.test")
    assert file.text() == "custom_channels:\n  pytorch: https://a.test\n"
    assert not file.replace("custom_channels.pytorch", "http://a.test", "x")
    assert not file.replace("nothing.there", "a", "b")


def test_what_is_replaced_by_one_that_is_there_is_not_doubled() -> None:
    file = Condarc("channels: [a, b]\n")
    assert file.replace("channels", "a", "b")
    assert file.settings == {"channels": ["b"]}


def test_a_key_is_renamed_in_its_place_and_lists_are_joined() -> None:
    file = Condarc("chanels: [a, b]\nssl_verify: true\n")
    assert file.rename("chanels", "channels")
    assert list(file.settings) == ["channels", "ssl_verify"]
    both = Condarc("channel: [a, b]\nchannels: [b, c]\n")
    assert both.rename("channel", "channels")
    assert both.settings == {"channels": ["b", "c", "a"]}
    assert not both.rename("channel", "channels")


def test_comments_of_an_otherwise_empty_file_stay() -> None:
    file = Condarc("# nothing yet")
    assert file.text() == "# nothing yet"
    file.set("offline", value=True)
    assert file.text() == "# nothing yet\noffline: true\n"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("channels:\n\t- a\n", 2, 1),
        ("ssl_verify: true\nchannels: a: b\n", 2, 12),
        ("- a\n", 1, 1),
        ("ssl_verify: true\nssl_verify: false\n", 2, 1),
        ("proxy_servers:\n  http: %x\n", 2, 9),
        ("ssl_verify: true\nchannels: " + 5000 * "[", 2, 61),
    ],
    ids=["tab", "two signs", "list", "twice", "mark", "deep"],
)
def test_a_broken_file_is_told_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(FaultError) as caught:
        Condarc(text)
    assert (caught.value.fault.line, caught.value.fault.column) == (line, column)
    assert caught.value.fault.why


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("channels:\n\t- a\n", {"channels": ["a"]}),
        ("channels:-defaults\n", {"channels": ["defaults"]}),
        ("channels\n  - a\n", {"channels": ["a"]}),
        ("ssl_verify:false\n", {"ssl_verify": False}),
        ("ssl_verify = false\n", {"ssl_verify": False}),
        ("channels\uff1a\n  - a\n", {"channels": ["a"]}),
        ("channels:\n - a\n- b\n", {"channels": ["a", "b"]}),
        ("channels:\n  -a\n  - b\n", {"channels": ["a", "b"]}),
        ("channels: conda-forge, defaults\n", {"channels": ["conda-forge", "defaults"]}),
        (
            "channels:\n  - a\nssl_verify: true\nchannels:\n  - b\nssl_verify: false\n",
            {"channels": ["a", "b"], "ssl_verify": False},
        ),
        ('envs_dirs:\n  - "C:\\Users"\n', {"envs_dirs": ["C:\\Users"]}),
        ("proxy_servers:\n  http: @x\n", {"proxy_servers": {"http": "@x"}}),
        ("  channels:\n    - a\nssl_verify: true\n", {"channels": ["a"], "ssl_verify": True}),
    ],
)
def test_slips_are_mended_as_they_were_meant(text: str, meant: dict[str, object]) -> None:
    assert not is_good(text, FACTS)
    found = mended(text, FACTS)
    assert found is not None
    assert Condarc(found).settings == meant


@pytest.mark.parametrize("text", ["<html>\n<body>404</body>\n", "- a\n- b\n", "just words"])
def test_what_was_never_settings_is_not_mended(text: str) -> None:
    assert mended(text, FACTS) is None


def test_comments_stay_when_a_slip_is_mended() -> None:
    text = "# mine\nchannels:\n\t- a  # best\n"
    assert mended(text, FACTS) == "# mine\nchannels:\n  - a  # best\n"


def test_settings_of_another_kind_are_named() -> None:
    assert misfits({"channels": "a", "proxy_servers": [], "ssl_verify": "x"}, FACTS) == (
        "channels",
        "proxy_servers",
    )


@pytest.mark.parametrize(
    ("data", "text", "plain"),
    [
        ("a: é".encode(), "a: é", True),
        ("a: é".encode("utf-8-sig"), "a: é", True),
        ("a: é".encode("utf-16"), "a: é", False),
        ("a: 中".encode("gb18030"), "a: 中", False),
        (b"a: \xff", "a: ÿ", False),
    ],
)
def test_other_encodings_are_read(data: bytes, text: str, *, plain: bool) -> None:
    assert decoded(data) == (text, plain)


def test_marks_of_conda_are_found() -> None:
    text = "channels:  #!final\n  - a  #!top\n  - b   # mine #!bottom\nssl_verify: true #!final\n"
    assert marks_of(text) == {
        "channels": "final",
        "channels a": "top",
        "channels b": "bottom",
        "ssl_verify": "final",
    }


@given(st.text(max_size=200))
def test_no_text_upsets_the_mends(text: str) -> None:
    found = mended(text, FACTS)
    assert found is None or is_good(found, FACTS)


NAMES = st.text("abcdefgh-/:.", min_size=1, max_size=12).map(lambda name: f"x{name}x")


@given(st.lists(NAMES, unique=True, max_size=5), NAMES, st.booleans())
def test_adding_changes_nothing_else(held: list[str], new: str, first: bool) -> None:
    text = "ssl_verify: true # a\nchannels:\n" + "".join(f"    - {one}\n" for one in held)
    file = Condarc(text)
    file.add("channels", new, first=first)
    others = [one for one in held if one != new]
    wanted = [new, *others] if first else [*others, new]
    assert Condarc(file.text()).settings == {"ssl_verify": True, "channels": wanted}
    assert "# a" in file.text()
