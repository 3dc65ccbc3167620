"""From a log to its cause."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchup.api.explain.causes import about_cause, explain_log
from torchup.diagnose.judge import NONE_OF_IT
from torchup.diagnose.log import PIECE, decode, pieces
from torchup.diagnose.rules import RULES
from torchup.facts.causes import load_cause_facts
from torchup.model import Gpu, Machine, Os, Problem
from torchup.words import Words

NO_DRIVER = "RuntimeError: Found no NVIDIA driver on your system.\n"
CPU_BUILD = "AssertionError: Torch not compiled with CUDA enabled\n"


def codes(text: str, **facts: str) -> list[str]:
    return [one.code for one in explain_log([text.encode()], facts=facts).findings]


def test_every_cause_has_a_rule_words_and_a_way_out() -> None:
    ruled = [rule.code for rule in RULES]
    known = load_cause_facts().codes
    assert len(ruled) == len(set(ruled))
    assert set(ruled) == set(known)
    words = Words()
    for code in known:
        found = about_cause(code)
        assert words.text(found.title)
        assert found.remedies or code == NONE_OF_IT
        assert all(words.text(one.title) for one in found.remedies)


def test_keys_are_lower_case_and_consequences_are_causes() -> None:
    known = {rule.code for rule in RULES}
    for rule in RULES:
        assert set(rule.over) <= known, rule.code
        assert all(sign.key and sign.key == sign.key.lower() for sign in rule.signs), rule.code


@pytest.mark.parametrize(
    ("text", "facts", "cause"),
    [
        (CPU_BUILD, {"gpu": "RTX 3060"}, "torch-cpu-build-on-gpu-machine"),
        (CPU_BUILD, {"os": "macOS 14"}, "cuda-code-on-machine-without-nvidia"),
        (NO_DRIVER, {}, "no-nvidia-driver"),
        (NO_DRIVER, {"os": "docker on Ubuntu"}, "docker-no-gpu-passthrough"),
        (NO_DRIVER, {"os": "WSL2"}, "wsl-libcuda-missing"),
        (NO_DRIVER, {"os": "Linux (Colab)"}, "no-gpu-allocated"),
    ],
)
def test_what_is_known_of_the_machine_decides(text: str, facts: dict[str, str], cause: str) -> None:
    assert codes(text, **facts)[0] == cause


def test_a_probe_decides_as_well() -> None:
    machine = Machine(
        os=Os(system="linux"),
        arch="x86_64",
        gpus=(Gpu(index=0, vendor="nvidia"),),
        problems=(Problem(code="nvidia-nouveau"),),
    )
    found = explain_log([NO_DRIVER.encode()], machine=machine).findings
    assert found[0].code == "nvidia-kernel-module-not-loaded"


def test_the_question_that_decides_is_named_where_nothing_is_known() -> None:
    assert explain_log([CPU_BUILD.encode()]).question in {"nvidia", "no-nvidia"}
    assert not explain_log([CPU_BUILD.encode()], facts={"gpu": "RTX 3060"}).question


@pytest.mark.parametrize(
    ("card", "cause"),
    [("sm_120", "gpu-arch-too-new-for-build"), ("sm_61", "gpu-arch-dropped-by-build")],
)
def test_an_old_and_a_new_card_are_told_apart_by_their_numbers(card: str, cause: str) -> None:
    text = (
        f"X with CUDA capability {card} is not compatible with the current PyTorch installation.\n"
        "The current PyTorch install supports CUDA capabilities sm_70 sm_75 sm_80 sm_86 sm_90.\n"
    )
    assert codes(text) == [cause]


@pytest.mark.parametrize(
    ("asked", "listed", "cause"),
    [
        ("torch==2.1.2+cu118", "2.1.0, 2.1.1, 2.1.2", "index-url-missing"),
        ("torch==1.8.0", "2.0.0, 2.0.1", "torch-version-not-available"),
        ("torch==1.8.0+cu111", "2.0.0, 2.0.1", "torch-version-not-available"),
        ("torch>=1.3", "none", "python-version-has-no-wheel"),
        ("torch>=1.3", "0.1.2, 0.1.2.post1", "python-version-has-no-wheel"),
        ("torch==0.3.1", "0.1.2, 0.1.2.post1", "torch-version-not-available"),
    ],
)
def test_what_pip_lists_tells_the_cause(asked: str, listed: str, cause: str) -> None:
    text = (
        f"ERROR: Could not find a version that satisfies the requirement {asked} "
        f"(from versions: {listed})\nERROR: No matching distribution found for {asked}\n"
    )
    assert codes(text)[0] == cause


@pytest.mark.parametrize(
    "text",
    [
        "",
        "epoch 1 loss 0.3\nepoch 2 loss 0.2\n",
        "UserWarning: The given NumPy array is not writable\n  warnings.warn(\n",
        (
            "A matching Triton is not available, some optimizations will not be enabled.\n"
            "Error caught was: No module named 'triton'\n"
        ),
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n",
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (4x7 and 8x8)\n",
        "KeyError: 'labels'\n",
    ],
)
def test_no_fault_of_the_environment_is_no_finding_that_counts(text: str) -> None:
    assert codes(text) in ([], [NONE_OF_IT])


def test_the_root_comes_before_its_consequence() -> None:
    text = (
        "WARNING: pip is configured with locations that require TLS/SSL, however the ssl module in "
        "Python is not available.\nERROR: Could not find a version that satisfies the requirement "
        "torch (from versions: none)\n"
    )
    found = codes(text)
    assert found[0] == "python-ssl-module-missing"
    assert "python-version-has-no-wheel" in found


def test_lines_are_quoted_with_their_numbers() -> None:
    (first, *_) = explain_log([f"a\nb\n\x1b[31m{NO_DRIVER}\x1b[0m".encode()]).findings
    assert first.because == ("3: RuntimeError: Found no NVIDIA driver on your system.",)


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "gb18030"])
def test_other_encodings_are_read(coding: str) -> None:
    text = 'OSError: [WinError 127] 找不到指定的程序。 Error loading "D:\\torch\\lib\\shm.dll"\n'
    found = explain_log([text.encode(coding)]).findings
    assert found[0].code == "windows-dll-other"


def test_a_long_log_is_read_in_pieces_and_says_the_same() -> None:
    filler = "INFO step loss=0.31 lr=0.001\n" * 60_000
    text = f"{filler}{NO_DRIVER}{filler}".encode()
    assert len(text) > 3 * PIECE
    blocks = [text[place : place + 70_001] for place in range(0, len(text), 70_001)]
    (first, *_) = explain_log(blocks).findings
    assert first.code == "no-nvidia-driver"
    assert first.because[0].startswith("60001: ")


def test_what_is_said_on_lines_of_two_pieces_is_seen_once() -> None:
    card = "X with CUDA capability sm_120 is not compatible with the current PyTorch installation."
    built = "The current PyTorch install supports CUDA capabilities sm_50 sm_90."
    for shift in range(0, 240, 20):
        filler = "x" * (PIECE - shift) + "\n"
        (first, *_) = explain_log([f"{filler}{card}\n{built}\n".encode()]).findings
        assert (first.code, len(first.because)) == ("gpu-arch-too-new-for-build", 1)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5))
def test_no_bytes_upset_it(blocks: list[bytes]) -> None:
    explain_log(blocks)


@given(st.text(max_size=400), st.integers(1, 50))
def test_pieces_hold_every_line_once(text: str, size: int) -> None:
    blocks = [text.encode()[place : place + size] for place in range(0, len(text.encode()), size)]
    whole = "".join(decode(blocks))
    found = [line for piece in pieces([whole]) for line in piece.lines[piece.fresh :]]
    assert len(found) >= whole.count("\n") + 1


def test_commands_are_for_the_shell_of_the_system() -> None:
    text = b"OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already\n"
    here = explain_log([text]).findings[0].remedies[-1].commands
    there = explain_log([text], system="windows").findings[0].remedies[-1].commands
    assert here == (("export KMP_DUPLICATE_LIB_OK=TRUE",),)
    assert there == (('$env:KMP_DUPLICATE_LIB_OK = "TRUE"',),)


def test_the_package_of_the_lines_is_named_in_the_command() -> None:
    text = (
        "ImportError: /v/lib/python3.11/site-packages/flash_attn_2_cuda.cpython-311.so: "
        "undefined symbol: _ZN3c105ErrorC2E\n"
    )
    first = explain_log([text.encode()]).findings[0]
    assert ("torchup", "add", "flash-attn") in first.remedies[0].commands


LOST = "cannot open shared object file: No such file or directory"


@pytest.mark.parametrize(
    ("lines", "offered"),
    [
        (
            ("Could not load library libcudnn_ops_infer.so.8. Error: libcudnn_ops_infer.so.8:",),
            False,
        ),
        (
            ("W tensorflow/x/dso_loader.cc:64] Could not load dynamic library 'libcudnn.so.8':",),
            True,
        ),
        (("ImportError: libcudart.so.11.0:",), False),
        (
            (
                "Could not load dynamic library 'libcublas.so.11':",
                "Cannot dlopen some GPU libraries",
            ),
            True,
        ),
    ],
)
def test_a_way_out_of_one_program_is_offered_where_the_log_is_of_it(
    lines: tuple[str, ...], *, offered: bool
) -> None:
    first = explain_log(["\n".join(f"{line} {LOST}" for line in lines).encode()]).findings[0]
    assert first.code in ("cudnn-library-missing", "cuda-runtime-lib-missing")
    titles = [one.title.code for one in first.remedies]
    assert ("fix.newer-framework" in titles) is offered
    assert set(titles) - {"fix.newer-framework"}
    assert "fix.newer-framework" in [one.title.code for one in about_cause(first.code).remedies]
