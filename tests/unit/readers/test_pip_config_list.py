import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import pip_config_list

GOOD = r"""global.extra-index-url='\nhttps://one.example.org/simple\nhttps://two.example.org/simple'
global.index-url='https://pypi.example.org/simple'
global.timeout='60'
install.trusted-host='one.example.org'
"""


def test_the_settings_of_install() -> None:
    reading = pip_config_list.read(GOOD)
    assert reading.state == "ok"
    facts = reading.facts
    assert facts["index_url"] == "https://pypi.example.org/simple"
    assert facts["extra_index_urls"] == [
        "https://one.example.org/simple",
        "https://two.example.org/simple",
    ]
    assert facts["trusted_host"] == "one.example.org"
    assert facts["timeout"] == "60"
    assert facts["sections"]["install"] == {"trusted-host": "one.example.org"}


@pytest.mark.parametrize(
    "text",
    [
        "\N{ZERO WIDTH NO-BREAK SPACE}" + GOOD,
        GOOD.replace("\n", "\r\n"),
        f"```console\n$ pip config list\n{GOOD}```",
        f"C:\\Users\\me>pip config list\n{GOOD}\nC:\\Users\\me>",
        f"For variant 'user', will try loading '/home/me/.pip/pip.conf'\n{GOOD}",
        f"(base) me@host:~$ python -m pip config list\n{GOOD}",
    ],
)
def test_it_is_read_however_it_was_pasted(text: str) -> None:
    assert pip_config_list.matches(text)
    assert pip_config_list.read(text).facts == pip_config_list.read(GOOD).facts


def test_the_environment_goes_before_the_files() -> None:
    facts = pip_config_list.read(f":env:.index-url='https://env.example.org'\n{GOOD}").facts
    assert facts["index_url"] == "https://env.example.org"


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        (r"'C:\\Users\\me\\certs.pem'", "C:\\Users\\me\\certs.pem"),
        ('"it\'s"', "it's"),
        (r"'\xe9\u4e2d\t\''", "\N{LATIN SMALL LETTER E WITH ACUTE}\u4e2d\t'"),
        (r"'\ud800\UFFFFFFFF'", "\N{REPLACEMENT CHARACTER}" * 2),
        ("plain", "plain"),
    ],
)
def test_values_are_unquoted(printed: str, value: str) -> None:
    assert pip_config_list.read(f"global.cert={printed}").facts["settings"]["cert"] == value


def test_a_value_without_its_closing_quote_is_cut_off() -> None:
    reading = pip_config_list.read("global.index-url='https://a")
    assert reading.state == "truncated"
    assert reading.facts["index_url"] == "https://a"


@pytest.mark.parametrize("text", ["", "\n", "$ pip config list\n", "WARNING: old pip\n"])
def test_no_setting_is_a_good_answer(text: str) -> None:
    reading = pip_config_list.read(text)
    assert reading.state == "ok"
    assert reading.facts["index_url"] is None


def test_another_text_is_unreadable() -> None:
    assert pip_config_list.read("bash: pip: command not found").state == "unreadable"


@fuzzed
@given(st.text() | spoiled(GOOD))
def test_it_never_raises(text: str) -> None:
    pip_config_list.matches(text)
    assert pip_config_list.read(text).kind == "pip-config-list"
