"""What names the software: pixi, pip, and PyTorch itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from spoiledtexts import spoiled
from torchup.readers import READERS, detect

PIXI = """System
------------
       Pixi version: 0.55.0
           Platform: linux-aarch64
   Virtual packages: __unix=0=0
                   : __linux=6.8.0=0
                   : __glibc=2.39=0
                   : __cuda=12.8=0
          Cache dir: /home/me/.cache/rattler/cache
"""
PIXI_JSON = """{"platform": "osx-arm64", "virtual_packages": ["__unix=0=0", "__osx=15.1=0"],
 "version": "0.55.0"}"""
COLUMNS = """Package                  Version
------------------------ ------------
numpy                    1.26.4
nvidia-cublas-cu12       12.1.3.1
torch                    2.4.1+cu121

[notice] A new release of pip is available: 24.0 -> 24.2
"""
FREEZE = "numpy==2.1.2\ntorch==2.6.0+rocm6.2.4\n-e git+https://example.org/a.git#egg=a\n"
LISTED = '[{"name": "numpy", "version": "2.1.2"}, {"name": "torch", "version": "2.5.1"}]'
SHOWN = "Name: torch\nVersion: 2.7.0+cu128\nSummary: Tensors and Dynamic neural networks\n"
DEBUG = """pip version: pip 24.2 from /opt/venv/lib/python3.11/site-packages/pip (python 3.11)
sys.version: 3.11.9 (main, Apr  6 2024, 17:59:24) [GCC 11.4.0]
sys.executable: /opt/venv/bin/python
sys.platform: linux
Compatible tags: 740
  cp311-cp311-manylinux_2_35_x86_64
  cp311-cp311-manylinux_2_34_x86_64
"""
SESSION = """>>> import torch
>>> torch.__version__
'2.5.1+cu124'
>>> torch.version.cuda
'12.4'
>>> torch.cuda.is_available()
True
>>> torch.cuda.device_count()
2
>>> torch.cuda.get_device_name(0)
'NVIDIA GeForce RTX 3090'
>>> torch.cuda.get_device_name(1)
'NVIDIA GeForce GTX 1080 Ti'
>>> torch.cuda.get_device_capability(1)
(6, 1)
"""
NOTEBOOK = """In [1]: import torch
In [2]: torch.__version__
Out[2]: '2.3.0'
In [3]: torch.cuda.get_device_properties(0)
Out[3]: _CudaDeviceProperties(name='Tesla T4', major=7, minor=5, total_memory=15102MB, \
multi_processor_count=40)
"""
ONE_LINE = """$ python -c "import torch; print(torch.__version__, torch.cuda.is_available())"
2.2.1+cpu False
"""
CELL = """import torch
print("torch:", torch.__version__)
print("CUDA:", torch.version.cuda)
print("card:", torch.cuda.get_device_name(0))

torch: 2.4.0+cu118
CUDA: 11.8
card: Quadro P4000
"""


@pytest.mark.parametrize(
    ("text", "platform", "cuda", "libc"),
    [(PIXI, "linux-aarch64", "12.8", "2.39"), (PIXI_JSON, "osx-arm64", None, None)],
)
def test_pixi(text: str, platform: str, cuda: str | None, libc: str | None) -> None:
    assert detect(text) == "pixi-info"
    found = READERS["pixi-info"].read(text)
    assert (found.facts["platform"], found.cuda, found.libc) == (platform, cuda, libc)
    assert found.facts["pixi_version"] == "0.55.0"


@pytest.mark.parametrize(
    ("text", "torch"),
    [
        (COLUMNS, "2.4.1+cu121"),
        (FREEZE, "2.6.0+rocm6.2.4"),
        (LISTED, "2.5.1"),
        (SHOWN, "2.7.0+cu128"),
        ("$ pip freeze | grep torch\ntorch==2.1.0\ntorchvision==0.16.0\n", "2.1.0"),
    ],
)
def test_what_pip_lists(text: str, torch: str) -> None:
    assert detect(text) == "pip-list"
    found = READERS["pip-list"].read(text)
    assert found.facts["torch"] == torch
    assert (found.packages or {})["torch"]["version"] == torch


def test_prose_with_a_pin_in_it_is_no_list() -> None:
    assert not READERS["pip-list"].matches("I ran this:\ntorch==2.1.0\nand it failed\n")


def test_pip_debug() -> None:
    assert detect(DEBUG) == "pip-debug"
    found = READERS["pip-debug"].read(DEBUG)
    assert (found.python, found.arch, found.libc) == ("3.11.9", "x86_64", "2.35")
    assert found.facts["pythons"] == [{"version": "3.11.9", "path": "/opt/venv/bin/python"}]


@pytest.mark.parametrize(
    ("text", "cards", "facts"),
    [
        (
            SESSION,
            [("NVIDIA GeForce RTX 3090", None, None), ("NVIDIA GeForce GTX 1080 Ti", "6.1", None)],
            {"torch": "2.5.1+cu124", "cuda_build": "12.4", "cuda_available": True},
        ),
        (NOTEBOOK, [("Tesla T4", "7.5", 15102)], {"torch": "2.3.0"}),
        (ONE_LINE, [], {"torch": "2.2.1+cpu", "cuda_available": False}),
        (CELL, [("Quadro P4000", None, None)], {"torch": "2.4.0+cu118", "cuda_build": "11.8"}),
        (
            ">>> torch.backends.mps.is_available()\nTrue\n",
            [],
            {"mps_available": True, "system": "macos"},
        ),
        (">>> torch.cuda.get_device_capability()\n(8, 9)\n", [(None, "8.9", None)], {}),
    ],
)
def test_what_pytorch_answers(
    text: str, cards: list[tuple[str | None, str | None, int | None]], facts: dict[str, Any]
) -> None:
    assert detect(text) == "torch-lines"
    found = READERS["torch-lines"].read(text)
    told = [(gpu.name, gpu.capability, gpu.memory_mib) for gpu in found.gpus or ()]
    assert told == cards
    assert {key: found.facts[key] for key in facts} == facts


def test_a_question_without_an_answer_tells_nothing() -> None:
    text = ">>> torch.cuda.is_available()\nTraceback (most recent call last):\n"
    assert not READERS["torch-lines"].matches(text)


@pytest.mark.parametrize("kind", ["pixi-info", "pip-list", "pip-debug", "torch-lines"])
@settings(max_examples=200)
@given(
    text=spoiled(PIXI, PIXI_JSON, COLUMNS, FREEZE, LISTED, SHOWN, DEBUG, SESSION, NOTEBOOK, CELL)
)
def test_a_spoiled_text_is_read_without_raising(kind: str, text: str) -> None:
    READERS[kind].matches(text)
    assert READERS[kind].read(text).kind == kind
