import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import kernel_json

GOOD = """{
 "argv": [
  "/opt/envs/torch/bin/python",
  "-m",
  "ipykernel_launcher",
  "-f",
  "{connection_file}"
 ],
 "display_name": "Python 3 (torch)",
 "language": "python",
 "metadata": {"debugger": true},
 "env": {"CUDA_VISIBLE_DEVICES": "0"}
}
"""


def test_a_kernel_of_python() -> None:
    reading = kernel_json.read(GOOD)
    assert reading.state == "ok"
    assert reading.facts == {
        "display_name": "Python 3 (torch)",
        "language": "python",
        "argv": [
            "/opt/envs/torch/bin/python",
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
        ],
        "env": {"CUDA_VISIBLE_DEVICES": "0"},
        "interpreter": "/opt/envs/torch/bin/python",
        "module": "ipykernel_launcher",
        "valid": True,
    }


@pytest.mark.parametrize(
    ("argv", "interpreter"),
    [
        ('"C:\\\\Users\\\\me\\\\env\\\\python.exe", "-m", "x"', "C:\\Users\\me\\env\\python.exe"),
        ('"python3.11", "-m", "x"', "python3.11"),
        ('"/usr/bin/env", "A=1", "python3", "-m", "x"', "python3"),
        ('"/home/me/start.sh", "-f"', None),
        ('"conda", "run", "-n", "x", "python"', None),
        ('"R", "--slave"', None),
        ("", None),
        ("1, null", None),
    ],
)
def test_the_interpreter_is_a_python_or_none(argv: str, interpreter: str | None) -> None:
    reading = kernel_json.read(f'{{"argv": [{argv}], "language": "x"}}')
    assert reading.facts["interpreter"] == interpreter


@pytest.mark.parametrize(
    "text",
    [
        "\N{ZERO WIDTH NO-BREAK SPACE}" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        f"My kernel:\n```json\n{GOOD}```\nDoes it look right?",
        f"(base) me@host:~$ cat kernel.json\n{GOOD}(base) me@host:~$ ",
    ],
)
def test_it_is_read_however_it_was_pasted(text: str) -> None:
    assert kernel_json.matches(text)
    assert kernel_json.read(text).facts == kernel_json.read(GOOD).facts


def test_of_a_text_that_is_cut_off_the_whole_values_are_read() -> None:
    reading = kernel_json.read(GOOD[: GOOD.index('"metadata"')])
    assert reading.state == "truncated"
    assert reading.facts["valid"] is False
    assert reading.facts["display_name"] == "Python 3 (torch)"
    assert reading.facts["interpreter"] == "/opt/envs/torch/bin/python"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "unreadable"),
        ("hello", "unreadable"),
        ("{}", "unreadable"),
        ('{"argv": ["a",], }', "invalid"),
        ("[" * 100_000, "unreadable"),
        ('{"argv": [' + "9" * 10_000 + "]}", "invalid"),
    ],
)
def test_what_is_wrong_is_said(text: str, state: str) -> None:
    reading = kernel_json.read(text)
    assert reading.facts["valid"] is False
    assert reading.state == state


def test_brackets_without_end_are_no_trouble() -> None:
    reading = kernel_json.read('{"a":' * 100_000)
    assert reading.facts["valid"] is False
    assert reading.state in {"invalid", "truncated"}


@fuzzed
@given(st.text() | spoiled(GOOD))
def test_it_never_raises(text: str) -> None:
    kernel_json.matches(text)
    assert kernel_json.read(text).kind == "kernel-json"
