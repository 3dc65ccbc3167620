"""What logs, mails and web pages write before the lines of an output."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.readers import READERS
from torchup.readers.decoration import undecorated

LINES = (
    "==============NVSMI LOG==============",
    "",
    "Driver Version                            : 550.54.15",
    "Attached GPUs                             : 1",
    "GPU 00000000:41:00.0",
    "    Product Name                          : NVIDIA A40",
    "    FB Memory Usage",
    "        Total                             : 46068 MiB",
)
PLAIN = "\n".join(LINES)


def before(*prefixes: str) -> str:
    return "\n".join(
        prefixes[at % len(prefixes)].format(n=at + 1) + line for at, line in enumerate(LINES)
    )


@pytest.mark.parametrize(
    "prefixes",
    [
        ["2025-09-01T10:00:0{n}Z "],
        ["2025-09-01T10:00:00.123456{n}Z "],
        ["2025-09-01 10:00:0{n},123 INFO "],
        ["2025/09/01 10:00:0{n} "],
        ["[2025-09-01 10:00:0{n}] "],
        ["[10:00:0{n}] "],
        ["10:00:0{n}.5 "],
        ["[    1.00000{n}] "],
        ["[Sun Feb 23 16:24:1{n} 2025] "],
        ["Nov  5 14:05:0{n} node7 prolog[812]: "],
        ["2025-09-01T10:00:00.12{n}Z stdout F "],
        ["gpu-job\tShow the card\t2025-09-01T10:00:00.123456{n}Z "],
        ["worker-1  | "],
        ["worker-1  | 2025-09-01T10:00:0{n}Z "],
        ["[pod/train-0/main] "],
        ["node07: "],
        ["[1,0]<stdout>:"],
        ["[rank0]: "],
        ["> "],
        ["> > "],
        ["    "],
        ["{n:6d}\t"],
        ["{n}. "],
    ],
)
def test_a_prefix_before_every_line_is_taken_away(prefixes: list[str]) -> None:
    found = undecorated(before(*prefixes))
    assert [line for line in found.split("\n") if line] == [line for line in LINES if line]
    (gpu,) = READERS["nvidia-smi-q"].read(found).gpus or ()
    assert (gpu.name, gpu.memory_mib) == ("NVIDIA A40", 46068)


def test_a_quoted_block_in_a_longer_mail() -> None:
    words = "\n".join(f"And this is line {n} of the answer." for n in range(20))
    found = undecorated(before("> ") + "\n" + words)
    assert found == f"{PLAIN}\n{words}"
    assert undecorated(f"> a\n{words}") == f"> a\n{words}"


def test_spaces_of_a_web_page() -> None:
    assert undecorated(PLAIN.replace(" ", "\N{NO-BREAK SPACE}")) == PLAIN


def test_list_items() -> None:
    assert undecorated("- a b\n- c\n") == "a b\nc\n"
    assert undecorated("name: x\n- c\n") == "name: x\n- c\n"


def test_colours_go_even_where_the_escape_was_lost() -> None:
    coloured = "\r\n".join(f"\x1b[1;32m{line}\x1b[0m" for line in LINES)
    assert undecorated(coloured) == PLAIN
    assert undecorated("\n".join(f"[32m{line}[0m" for line in LINES)) == PLAIN
    assert undecorated("\x1b]0;title\x07ok") == "ok"


def test_commands_between_the_lines_of_a_log_do_not_matter() -> None:
    text = "$ docker compose logs\n" + before("worker-1  | ")
    assert undecorated(text).split("\n")[1:3] == ["==============NVSMI LOG==============", ""]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "[0] NVIDIA L4 | 35'C,   0 % |   300 / 23034 MB |",
        "01:00.0 VGA compatible controller: NVIDIA Corporation GP104 (rev a1)",
        "0, NVIDIA L4, 24576 MiB",
        "2025/09/01 10:00:00.123, NVIDIA L4, 24576 MiB",
        ">>> import torch\n>>> torch.version.cuda\n'12.4'",
        "[me@host ~]$ lspci\n12:00.0 VGA compatible controller: x",
        "channels:\n  - conda-forge\n  - nvidia\n",
        "",
    ],
)
def test_what_has_no_prefix_stays(text: str) -> None:
    assert undecorated(text) == text


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_any_text(text: str) -> None:
    assert isinstance(undecorated(text), str)


@pytest.mark.parametrize("letters", ["> ", "- ", "1 ", "[1m", "a | ", "10:00:00 ", "\x1b[", "\t"])
def test_much_of_it_is_read_soon(letters: str) -> None:
    began = time.process_time()
    undecorated(letters * (2_000_000 // len(letters)))
    undecorated((letters + "\n") * (2_000_000 // (len(letters) + 1)))
    assert time.process_time() - began < 20
