import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import condarc

GOOD = """# mirrors
channels:
  - pytorch   # first
  - "conda-forge"
  - 'defaults'
default_channels: [https://m.example.org/main, https://m.example.org/r]
custom_channels:
  conda-forge: https://m.example.org/cloud
  pytorch: ${MIRROR}/cloud#top
custom_multichannels: {mine: [a, b]}
channel_settings:
- channel: https://x/y
  auth: basic
envs_dirs:
show_channel_urls: true
ssl_verify: no
remote_max_retries: 6
channel_alias: https://m.example.org
"""


def test_the_settings() -> None:
    reading = condarc.read(GOOD)
    assert reading.state == "ok"
    facts = reading.facts
    assert facts["valid"] is True
    assert facts["channels"] == ["pytorch", "conda-forge", "defaults"]
    assert facts["default_channels"] == ["https://m.example.org/main", "https://m.example.org/r"]
    assert facts["custom_channels"] == ["conda-forge", "pytorch"]
    assert facts["custom_channel_urls"] == {
        "conda-forge": "https://m.example.org/cloud",
        "pytorch": "${MIRROR}/cloud#top",
    }
    assert facts["custom_multichannels"] == {"mine": ["a", "b"]}
    assert facts["channel_alias"] == "https://m.example.org"
    assert facts["ssl_verify"] is False
    assert facts["offline"] is None
    assert facts["settings"]["envs_dirs"] is None
    assert facts["settings"]["show_channel_urls"] is True
    assert facts["settings"]["remote_max_retries"] == 6
    assert facts["settings"]["channel_settings"] == [{"channel": "https://x/y", "auth": "basic"}]


@pytest.mark.parametrize(
    "text",
    [
        "\N{ZERO WIDTH NO-BREAK SPACE}" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        "---\n" + GOOD + "...\n",
        f"Mine:\n```yaml\n{GOOD}```\nWhy?\n",
        f"me@host:~$ cat ~/.condarc\n{GOOD}me@host:~$ ",
        "\n".join(f"    {line}" for line in GOOD.splitlines()),
    ],
)
def test_it_is_read_however_it_was_pasted(text: str) -> None:
    assert condarc.matches(text)
    assert condarc.read(text) == condarc.read(GOOD)


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("channels:\n- a\n- b\n", ["a", "b"]),
        ("channels: [a,\n  b,  # why\n  'c d',]\n", ["a", "b", "c d"]),
        ("channels: [ ]\n", []),
        ("channels:\n  [a, https://h:80/x]\n", ["a", "https://h:80/x"]),
        ("channel: [a]\n", ["a"]),
        ("channels:\n", None),
        ("channels: null\n", None),
        ("other: 1\n", None),
        ("channels:\n  -\n  - a\n", ["a"]),
        ("channels:\n  - \"a\\\"b\"\n  - 'c''d' # x\n", ['a"b', "c'd"]),
        ("channels:\n  - long\n    name\n", ["long name"]),
        ('"channels":\n\n  # c\n  - a\n', ["a"]),
    ],
)
def test_lists_in_all_their_forms(text: str, channels: list[str] | None) -> None:
    reading = condarc.read(text)
    assert reading.facts["valid"] is True
    assert reading.facts["channels"] == channels


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("true", True),
        ("False", False),
        ("off", False),
        ("'yes'", True),
        ("/etc/ca.pem", "/etc/ca.pem"),
        ("truststore", "truststore"),
        ("", None),
    ],
)
def test_certificates_are_checked_or_not_or_by_a_file(
    value: str, meaning: bool | str | None
) -> None:
    assert condarc.read(f"ssl_verify: {value}\n").facts["ssl_verify"] == meaning


@pytest.mark.parametrize(
    "text",
    [
        "channels:\n  - a\n - b\n",
        "channels:\n  - a\nssl_verify true\n",
        "channels: [a, b\n",
        "channels: ]\n",
        "channels: a\n",
        "channels:\n  -a\n",
        "channels:\n  a: b\n",
        "custom_channels:\n  - a\n",
        "channels: - a\n",
        "channels: 'a\n",
        "channels:\n\t- a\n",
        "channels: a: b\n",
        "channels: &x [a]\n",
        "channels: @a\n",
        "channels: {a: {b: c}\n",
        "- a\n- b\n",
        "hello\n",
        "channels: [a] b\n",
        "channels:\n  - a\nchannels:\n  - b\n",
        "  channels:\n    - a\nx: 1\n",
        "channels: " + "[" * 100 + "]" * 100,
        "a: " + "\n".join(" " * i + "- -" for i in range(1, 60)),
    ],
)
def test_what_is_no_yaml_holds_nothing(text: str) -> None:
    reading = condarc.read(text)
    assert reading.state == "invalid"
    assert reading.facts["valid"] is False
    assert reading.facts["channels"] is None


def test_of_a_broken_file_the_part_before_is_kept() -> None:
    reading = condarc.read("channel_alias: https://a\nssl_verify true\n")
    assert reading.facts["settings"] == {"channel_alias": "https://a"}


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n"])
def test_an_empty_file_is_good(text: str) -> None:
    reading = condarc.read(text)
    assert reading.facts["valid"] is True
    assert reading.facts["channels"] is None


def test_a_text_over_several_lines() -> None:
    reading = condarc.read("env_prompt: |\n  a\n  b\nx: >-\n  c\n  d\n")
    assert reading.facts["settings"] == {"env_prompt": "a\nb", "x": "c d"}


@pytest.mark.parametrize("text", ["", "channels:\n  - a\ndependencies:\n  - b\n", "a: 1\n"])
def test_other_texts_are_of_another_kind(text: str) -> None:
    assert not condarc.matches(text)


@fuzzed
@given(st.text() | st.text(alphabet="ab:-[]{}'\"#\n ,\\") | spoiled(GOOD))
def test_it_never_raises(text: str) -> None:
    condarc.matches(text)
    assert condarc.read(text).kind == "condarc"
