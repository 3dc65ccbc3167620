import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import pip_config_file

GOOD = """# my mirrors
[global]
timeout = 60
index-url = https://pypi.example.org/simple
extra-index-url =
    https://one.example.org/simple
    ; not this one
    https://two.example.org/simple

[install]
Trusted_Host: one.example.org two.example.org
no-index =
"""


def test_the_settings_of_install() -> None:
    reading = pip_config_file.read(GOOD)
    assert reading.state == "ok"
    assert reading.facts == {
        "index_url": "https://pypi.example.org/simple",
        "extra_index_urls": ["https://one.example.org/simple", "https://two.example.org/simple"],
        "trusted_host": "one.example.org two.example.org",
        "trusted_hosts": ["one.example.org", "two.example.org"],
        "timeout": "60",
        "settings": {
            "timeout": "60",
            "index-url": "https://pypi.example.org/simple",
            "extra-index-url": "\nhttps://one.example.org/simple\nhttps://two.example.org/simple",
            "trusted-host": "one.example.org two.example.org",
        },
        "sections": {
            "global": {
                "timeout": "60",
                "index-url": "https://pypi.example.org/simple",
                "extra-index-url": (
                    "\nhttps://one.example.org/simple\nhttps://two.example.org/simple"
                ),
            },
            "install": {"trusted-host": "one.example.org two.example.org", "no-index": ""},
        },
        "valid": True,
        "error": None,
        "line_endings": "LF",
        "bom": False,
    }


@pytest.mark.parametrize(
    ("text", "ends", "bom"),
    [
        ("\N{ZERO WIDTH NO-BREAK SPACE}" + GOOD, "LF", True),
        (GOOD.replace("\n", "\r\n"), "CRLF", False),
        (GOOD.replace("\n", "\r"), "CR", False),
        (f"It says:\n```ini\n{GOOD}```\n", "LF", False),
        (f"me@host:~$ cat ~/.config/pip/pip.conf\n{GOOD}me@host:~$ ", "LF", False),
    ],
)
def test_it_is_read_however_it_was_pasted(text: str, ends: str | None, bom: bool) -> None:
    assert pip_config_file.matches(text)
    facts = pip_config_file.read(text).facts
    assert facts == pip_config_file.read(GOOD).facts | {"line_endings": ends, "bom": bom}


def test_the_section_of_install_goes_before_the_global_one_but_not_with_an_empty_value() -> None:
    text = "[install]\nindex-url=b\ntimeout=\n[global]\nindex-url=a\ntimeout=5\n"
    facts = pip_config_file.read(text).facts
    assert (facts["index_url"], facts["timeout"]) == ("b", "5")


def test_other_commands_settings_are_not_those_of_install() -> None:
    facts = pip_config_file.read("[download]\nindex-url=b\n").facts
    assert facts["index_url"] is None
    assert facts["sections"] == {"download": {"index-url": "b"}}


def test_an_address_keeps_its_user_and_its_marks() -> None:
    facts = pip_config_file.read("[global]\nindex-url = https://u:p@h/s?a=b#c\n").facts
    assert facts["index_url"] == "https://u:p@h/s?a=b#c"


def test_the_section_default_holds_in_all() -> None:
    facts = pip_config_file.read("[DEFAULT]\ntimeout=9\n[global]\nindex-url=a\n").facts
    assert facts["timeout"] == "9"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("index-url = a\n", "no-section"),
        ("[global]\nindex-url\n", "no-option"),
        ("[global]\n= a\n", "no-option"),
        ("[global]\n[global]\n", "duplicate-section"),
        ("[global]\nindex-url=a\nIndex-URL=b\n", "duplicate-option"),
        ("[global\nindex-url=a\n", "no-section"),
        ("[]\nindex-url=a\n", "no-section"),
    ],
)
def test_of_what_pip_cannot_read_nothing_holds(text: str, error: str) -> None:
    reading = pip_config_file.read(text)
    assert reading.state == "invalid"
    assert reading.facts["valid"] is False
    assert reading.facts["error"] == error
    assert reading.facts["index_url"] is None


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "[global]\n"])
def test_an_empty_file_is_good(text: str) -> None:
    reading = pip_config_file.read(text)
    assert reading.facts["valid"] is True
    assert reading.facts["index_url"] is None


@pytest.mark.parametrize(
    "text", ["", "global.index-url='a'\n", "channels:\n  - a\n", "[core]\na=1\n"]
)
def test_other_texts_are_of_another_kind(text: str) -> None:
    assert not pip_config_file.matches(text)


@fuzzed
@given(st.text() | spoiled(GOOD))
def test_it_never_raises(text: str) -> None:
    pip_config_file.matches(text)
    assert pip_config_file.read(text).kind == "pip-config-file"
