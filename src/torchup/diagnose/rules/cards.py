"""Causes at the card and at what this build of torch was made for."""

from __future__ import annotations

import re
from typing import Final

from torchup.diagnose.rule import Rule, Sign

_NO_DRIVER: Final = "found no nvidia driver"
_NOT_COMPILED: Final = r"Torch not (?:compiled|linked) with CUDA(?: enabled)?"
_COMPATIBLE: Final = (
    r"CUDA capability sm_(\d+)[af]? is not compatible with the current PyTorch installation"
    r"[\s\S]*?(?:supports CUDA capabilities|supported (?:arch|capabilit)\w+:?)\s+([^\n]*(?:\n[^\n]*compute_\d+)?)"
)
# torch.cuda: since 2.7 a range, since 2.9 a list of what was compiled in.
_RANGE: Final = (
    r"which is of cuda capability (\d+)\.(\d+)\.[\s\S]*?supported by this version of PyTorch is\s*"
    r"\((\d+)\.(\d+)\) - \((\d+)\.(\d+)\)"
)
_LIST: Final = (
    r"which is of compute capability \(CC\) (\d+)\.(\d+)[\s\S]*?"
    r"hardware CCs it supports:((?:\s*- [^\n]*which supports hardware[^\n]*)+)"
)


def _newer(match: re.Match[str]) -> float:
    """Tell whether the card is newer than all that the build was compiled for."""
    compiled = [int(one) for one in re.findall(r"(?:sm|compute)_(\d+)", match[2])]
    return 1.0 if compiled and int(match[1]) > max(compiled) else 0.0


def _older(match: re.Match[str]) -> float:
    """Tell whether something newer than the card was compiled, which is what an old card meets."""
    compiled = [int(one) for one in re.findall(r"(?:sm|compute)_(\d+)", match[2])]
    return 1.0 if compiled and int(match[1]) <= max(compiled) else 0.0


def _above_range(match: re.Match[str]) -> float:
    """Tell whether the card is newer than the range that a build says it supports."""
    card, _, highest = _pairs(match)
    return 1.0 if card > highest else 0.0


def _below_range(match: re.Match[str]) -> float:
    """Tell whether the card is older than the range that a build says it supports."""
    card, lowest, _ = _pairs(match)
    return 1.0 if card < lowest else 0.0


def _pairs(match: re.Match[str]) -> list[tuple[int, int]]:
    numbers = [int(one) for one in match.groups()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _above_list(match: re.Match[str]) -> float:
    """Tell whether the card is newer than all that a build lists."""
    return 1.0 - _below_list(match)


def _below_list(match: re.Match[str]) -> float:
    """Tell whether something newer than the card is in a build's list."""
    listed = re.findall(r"- (\d+)\.(\d+) which", match[3])
    compiled = [(int(major), int(minor)) for major, minor in listed]
    return 1.0 if compiled and (int(match[1]), int(match[2])) <= max(compiled) else 0.0


RULES: Final = (
    Rule(
        code="torch-cpu-build-on-gpu-machine",
        signs=(
            Sign(44, "cuda.is_available()", r"cuda\.is_available\(\)\)?[^\n]{0,12}\n?[^\n]{0,12}False", 1),
            Sign(62, "torch.cuda.is_available(): false"),
            Sign(52, "not linked with support for", r"not linked with support for cuda"),
            Sign(50, "without aten_cuda library"),
            Sign(52, "pytorch was compiled without cuda support"),
            Sign(50, "arguments from the 'cuda' backend", r"aten::"),
            Sign(48, "cudaaccelerator` can not run"),
            Sign(48, "cudaaccelerator can not run"),
            Sign(48, "no supported gpu backend found"),
            Sign(52, "but your machine only has", r"only has:? \[\]"),
            Sign(46, "can only be used on cuda devices"),
            Sign(52, "torch not ", _NOT_COMPILED),
            Sign(84, "+cpu)", r"\(you have \d\S*\+cpu\)"),
            Sign(62, "cuda used to build pytorch", r"CUDA used to build PyTorch:\s*(?:None|Could not collect)", 0, ("nvidia",)),
            Sign(48, "+cpu", r"torch\S{0,20}[\s:=]+['\"]?\d\.\d+\.\d+\S{0,12}\+cpu", 0, ("nvidia",)),
            Sign(46, "deserialize object on a cuda device", r"torch\.cuda\.is_available\(\) is False"),
            Sign(46, "torch is not able to use gpu"),
            Sign(50, "no gpu found", r"(?:Error|Exception): No GPU found"),
            Sign(52, "doesn't support bf16/gpu"),
            Sign(44, "cuda is not available", r"User provided device_type of 'cuda', but CUDA is not available"),
            Sign(60, "cpu version of", r"(?:CPU[- ]only|CPU version of) (?:py)?torch", 0, ("nvidia",)),
            Sign(58, "compiled without gpu support", r"torch.{0,60}compiled without (?:GPU|CUDA) support"),
            Sign(50, "_cuda_setdevice", r"module 'torch\._C' has no attribute '_cuda_(?:setDevice|getDevice\w*)'"),
            Sign(50, "cpuonly", r"^\s*cpuonly\s+\d", 0, ("nvidia",)),
            Sign(40, "_cpu_", r"pytorch\s+\d\S*\s+\S*_cpu_", 0, ("nvidia",)),
        ),
        lifts={"nvidia": 26, "no-nvidia": -34, "macos": -26, "cpu-build": 14, "chosen-cpu": -40, "amd": -16, "driver-works": 10},
    ),
    Rule(
        code="cuda-code-on-machine-without-nvidia",
        signs=(
            Sign(34, "cuda.is_available()", r"cuda\.is_available\(\)\)?[^\n]{0,12}\n?[^\n]{0,12}False", 1),
            Sign(42, "not linked with support for", r"not linked with support for cuda"),
            Sign(40, "without aten_cuda library"),
            Sign(40, "arguments from the 'cuda' backend", r"aten::"),
            Sign(40, "cudaaccelerator", r"can not run on your system"),
            Sign(40, "no supported gpu backend found"),
            Sign(40, "can only be used on cuda devices"),
            Sign(44, "active drivers ([])", r"0 active drivers"),
            Sign(46, "torch not ", _NOT_COMPILED),
            Sign(38, "deserialize object on a cuda device", r"torch\.cuda\.is_available\(\) is False"),
            Sign(36, "torch is not able to use gpu"),
            Sign(36, _NO_DRIVER),
            Sign(30, "no cuda gpus are available"),
            Sign(30, "no cuda-capable device"),
            Sign(36, "nvcc", r"nvcc.{0,40}(?:not found|未找到命令)", 0, ("macos",)),
            Sign(42, "+cu", r"(?:satisfies the requirement|matching distribution for).{0,40}torch\S*\+cu\d+", 0, ("macos",)),
        ),
        lifts={"no-nvidia": 40, "macos": 34, "chosen-cpu": 40, "nvidia": -40, "intel-gpu": 14, "amd": 12, "container": -6, "wsl": -8},
    ),
    Rule(
        code="gpu-arch-too-new-for-build",
        signs=(
            Sign(50, "invalid device function", r"(?<!HIP error: )invalid device function(?!.*HIP)", 0, ("!amd",)),
            Sign(44, "device kernel image is invalid"),
            Sign(84, "invalid value for --gpu-architecture"),
            Sign(93, "is not compatible with the current pytorch", _COMPATIBLE, 6, (), _newer),
            Sign(93, "which is of cuda capability", _RANGE, 3, (), _above_range),
            Sign(93, "which is of compute capability (cc)", _LIST, 16, (), _above_list),
            Sign(50, "is not compatible with the current pytorch", r"(?:RTX 50\d\d|RTX PRO|B[123]00|GB[123]0\d|H100|RTX 40\d\d|RTX 30\d\d)[^\n]*is not compatible"),
            Sign(48, "no kernel image is available"),
            Sign(66, "unsupported gpu architecture", r"nvcc fatal\s*:\s*Unsupported gpu architecture 'compute_(?:[89]\d|1\d\d)\w?'"),
            Sign(80, "sm_", r"(?:Value|GPU name|arch) 'sm_1[0-9]\d\w?' is not defined|is not a recognized processor|ptxas fatal.*sm_\d+.*not defined"),
            Sign(66, "unknown cuda arch", r"Unknown CUDA arch \((?:1[0-2]|9|8)\.\d\w?(?:\+PTX)?\)"),
            Sign(60, "could not find an entry", r"sm_1\d\d"),
            Sign(64, "no kernel for", r"no kernel for .{0,30}sm_1\d\d"),
            Sign(55, "cudnn_status_arch_mismatch"),
        ),
        lifts={"no-nvidia": -30, "amd": -20, "recent-card": 8, "old-card": -12},
        over=("cuda-init-unknown-error",),
    ),
    Rule(
        code="gpu-arch-dropped-by-build",
        signs=(
            Sign(47, "invalid device function", r"(?<!HIP error: )invalid device function(?!.*HIP)", 0, ("!amd",)),
            Sign(38, "device kernel image is invalid"),
            Sign(90, "too old to be supported"),
            Sign(58, "_status_arch_mismatch"),
            Sign(62, "compute capability of at least", r"only supported on GPUs with compute capability"),
            Sign(60, "only supports ampere gpus or newer"),
            Sign(58, "but your gpu has capability", r"\(too old\)"),
            Sign(94, "no longer supports this gpu", r"PyTorch no longer supports this GPU because it is too old"),
            Sign(92, "is not compatible with the current pytorch", _COMPATIBLE, 6, (), _older),
            Sign(93, "which is of cuda capability", _RANGE, 3, (), _below_range),
            Sign(93, "which is of compute capability (cc)", _LIST, 16, (), _below_list),
            Sign(40, "no kernel image is available"),
            Sign(60, "minimum cuda capability supported", r"minimum cuda capability supported by this library is"),
            Sign(60, "too old for triton", r"only CUDA (?:GPUs?|Capability) >= 7\.0|Found .* which is too old to be supported by the triton"),
            Sign(56, "device capability", r"(?:Error|Exception|ERROR)\b.*requires? .{0,30}(?:compute|device) capability (?:of at least |>= ?)\d"),
            Sign(56, "unsupported gpu architecture", r"Unsupported gpu architecture 'compute_[2-7]\d'"),
        ),
        lifts={"no-nvidia": -30, "amd": -20, "recent-card": -12, "old-card": 12},
        over=("cuda-init-unknown-error",),
    ),
)  # fmt: skip
