"""Editing pip's configuration: what is asked for changes, and nothing else."""

from __future__ import annotations

from configparser import RawConfigParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.integrate.pip_conf import NotPlainError, PipConf

URL = "https://mirror.example/simple"


def after(text: str | bytes) -> bytes:
    file = PipConf(text.encode() if isinstance(text, str) else text)
    file.set("global", "index-url", URL)
    return file.data()


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("", f"[global]\nindex-url = {URL}\n"),
        ("[global]\n", f"[global]\nindex-url = {URL}\n"),
        ("[global]", f"[global]\nindex-url = {URL}"),
        ("# mine\n[global]\nIndex_URL: x ; y\n", f"# mine\n[global]\nIndex_URL: {URL}\n"),
        (
            "[global]\nindex-url =\n    https://a\n    # b\n\n[install]\nuser = no\n",
            f"[global]\nindex-url = {URL}\n\n[install]\nuser = no\n",
        ),
        (
            "[install]\r\nuser = no\r\n",
            f"[install]\r\nuser = no\r\n\r\n[global]\r\nindex-url = {URL}\r\n",
        ),
        (
            "[global]\ntimeout = 60\n\n# about install\n[install]\n",
            f"[global]\ntimeout = 60\nindex-url = {URL}\n\n# about install\n[install]\n",
        ),
        ("[global]\n# index-url = old\n", f"[global]\n# index-url = old\nindex-url = {URL}\n"),
        ("\ufeff[global]\nindex-url=a\n", f"\ufeff[global]\nindex-url = {URL}\n"),
    ],
)
def test_a_key_is_set_in_its_place(before: str, then: str) -> None:
    assert after(before).decode() == then


def test_what_is_not_utf8_is_carried_along_byte_by_byte() -> None:
    before = b"# \xd6\xd0\xce\xc4\n[global]\ncache-dir = D:\\\xbb\xba\xb4\xe6\n"
    assert after(before) == before + f"index-url = {URL}\n".encode()


@pytest.mark.parametrize(
    "text", [b"\xff\xfe[\0g\0", b"[global\n", b"index-url = a\n", b"[a]\nx = 1\nx = 2\n"]
)
def test_what_pip_cannot_read_is_not_edited(text: bytes) -> None:
    with pytest.raises(NotPlainError):
        PipConf(text)


def test_values_of_several_lines_are_read_and_taken_away() -> None:
    text = "[global]\nfind-links =\n  a\n  ; no\n  b\ntimeout = 3\n"
    file = PipConf(text.encode())
    assert file.get("global", "find_links") == "a\nb"
    assert file.unset("global", "find-links")
    assert not file.unset("global", "find-links")
    assert file.data() == b"[global]\ntimeout = 3\n"


@given(st.binary() | st.text("[]ab=:#; \t\r\n").map(str.encode))
def test_what_is_not_changed_stays_byte_for_byte(data: bytes) -> None:
    try:
        file = PipConf(data)
    except NotPlainError:
        return
    assert file.data() == data


def test_both_kinds_of_line_ends_stay() -> None:
    assert after(b"[global]\r\na = 1\nb = 2\r\n") == (
        f"[global]\r\na = 1\nb = 2\r\nindex-url = {URL}\r\n".encode()
    )
    assert after(b"[global]\r\na = 1") == f"[global]\r\na = 1\r\nindex-url = {URL}".encode()


NAMES = st.sampled_from(["index-url", "timeout", "find-links", "user", "proxy"])
LINES = st.lists(
    st.tuples(NAMES, st.sampled_from(["", "x", "a = b", "\n  y\n  z"])), unique_by=lambda o: o[0]
)


@given(one=LINES, other=LINES, key=NAMES, value=st.sampled_from(["new", "\nk\nl"]))
def test_configparser_reads_what_was_set_and_all_the_rest(
    one: list[tuple[str, str]], other: list[tuple[str, str]], key: str, value: str
) -> None:
    body = [f"{name} = {said}" for name, said in one]
    text = "\n".join(
        ["# top", "[install]", *(f"{k}: {v}" for k, v in other), "", "[global]", *body, ""]
    )
    before, file = RawConfigParser(), PipConf(text.encode())
    before.read_string(text)
    file.set("global", key, value)
    now = RawConfigParser()
    now.read_string(file.data().decode())
    assert now["global"][key].split() == value.split()
    assert dict(now["install"]) == dict(before["install"])
    rest = {k: v for k, v in before["global"].items() if k != key}
    assert {k: v for k, v in now["global"].items() if k != key} == rest
