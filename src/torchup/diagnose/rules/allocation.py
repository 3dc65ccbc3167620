"""Causes at which cards a process is given, and at cards that fail."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign

_NO_DRIVER: Final = "found no nvidia driver"

RULES: Final = (
    Rule(
        code="cuda-visible-devices-wrong",
        signs=(
            Sign(44, "cuda_error_no_device"),
            Sign(44, "no hip gpus are available"),
            Sign(62, "invalid device ordinal"),
            Sign(56, "cuda_error_invalid_device"),
            Sign(58, "invalid cuda device", r"Invalid CUDA ['\"]?device"),
            Sign(48, "no cuda gpus are available"),
            Sign(44, "no cuda-capable device", r"no CUDA-capable device is detected"),
            Sign(70, "cuda_visible_devices", r"CUDA_VISIBLE_DEVICES\s*=\s*['\"]?(?:-1|['\"]{2}|\s*$|[4-9]\b|1\d\b)"),
            Sign(66, "invalid device id"),
            Sign(66, "gpu you requested", r"You requested gpu:? \[.*\]\s*\n?\s*But your machine only has", 1),
            Sign(66, "but your machine only has"),
            Sign(60, "hip_visible_devices", r"HIP_VISIBLE_DEVICES\s*=\s*['\"]?-1"),
            Sign(54, "attempting to deserialize object on cuda device", r"on CUDA device \d+ but torch\.cuda\.device_count\(\) is \d"),
        ),
        lifts={"mig": -20, "colab": -4, "scheduler": -6, "problem:nvidia-hidden": 40, "no-nvidia": -20},
    ),
    Rule(
        code="no-gpu-allocated",
        signs=(
            Sign(84, "insufficient nvidia.com/gpu"),
            Sign(40, "cuda.is_available()", r"cuda\.is_available\(\)\)?[^\n]{0,12}\n?[^\n]{0,12}False", 1, ("colab",)),
            Sign(40, "cuda.is_available()", r"cuda\.is_available\(\)\)?[^\n]{0,12}\n?[^\n]{0,12}False", 1, ("scheduler",)),
            Sign(44, _NO_DRIVER, "", 0, ("colab",)),
            Sign(40, _NO_DRIVER),
            Sign(42, "no cuda gpus are available"),
            Sign(44, "no cuda-capable device", r"no CUDA-capable device is detected"),
            Sign(56, "no cuda runtime is found", r"No CUDA runtime is found, using CUDA_HOME"),
            Sign(36, "driver version is insufficient", r"CUDA driver version is insufficient for CUDA runtime version"),
            Sign(72, "cannot connect to gpu backend"),
            Sign(72, "gpu usage limits"),
            Sign(66, "enable a gpu", r"(?:runtime type|hardware accelerator|Notebook settings).{0,60}GPU|enable (?:a )?GPU.{0,40}(?:runtime|notebook|accelerator)"),
            Sign(60, "gres", r"(?:Invalid generic resource|--gres)"),
            Sign(46, "communicate with the nvidia driver", "", 0, ("colab",)),
        ),
        lifts={"colab": 28, "scheduler": 36, "no-nvidia": -16, "macos": -40, "windows": -20, "wsl": -20},
    ),
    Rule(
        code="mig-misconfigured",
        signs=(
            Sign(72, "mig", r"\bMIG\b.{0,60}(?:not (?:supported|enabled|permitted)|invalid|no (?:instances|devices)|fail|error|insufficient|pending)"),
            Sign(64, "device < num_gpus", r"device >= 0 && device < num_gpus INTERNAL ASSERT FAILED"),
            Sign(60, "mig-", r"CUDA_VISIBLE_DEVICES\s*=\s*['\"]?MIG-"),
            Sign(70, "no mig devices found"),
            Sign(52, "no cuda gpus are available", "", 0, ("mig",)),
            Sign(52, "invalid device ordinal", "", 0, ("mig",)),
            Sign(60, "int('mig", r"invalid literal for int\(\) with base 10: 'MIG"),
            Sign(60, "invalid literal", r"invalid literal for int\(\) with base 10: ['\"]MIG"),
        ),
        lifts={"mig": 16, "problem:nvidia-mig-empty": 40},
    ),
    Rule(
        code="gpu-hardware-lost",
        signs=(
            Sign(88, "fallen off", r"fallen off (?:the|of the) bus"),
            Sign(84, "uncorrectable nvlink error"),
            Sign(80, "hardware stack error"),
            Sign(40, "no devices were found"),
            Sign(60, "rm_init_adapter failed"),
            Sign(92, "gpu is lost"),
            Sign(90, "fallen off the bus"),
            Sign(86, "unable to determine the device handle", r"Unable to determine the device handle for (?:GPU|gpu)"),
            Sign(88, "xid", r"NVRM: Xid \([^)]*\): (?:48|62|63|64|74|79|92|94|95|119|120|140)\b|\bXid (?:79|48|62|74|94|95|119)\b"),
            Sign(84, "uncorrectable ecc", r"uncorrectable (?:NVLink|ECC) error"),
            Sign(60, "pcie bus error", r"PCIe Bus Error: severity="),
            Sign(56, "unspecified launch failure", r"unspecified launch failure", 0, ("!windows",)),
            Sign(86, "error_gpu_is_lost"),
            Sign(74, "gpu has fallen"),
            Sign(60, "err!", r"\|\s*ERR!"),
            Sign(60, "rminitadapter failed"),
        ),
        lifts={"problem:nvidia-gpu-lost": 40},
        over=("nvml-unavailable", "cuda-init-unknown-error", "cuda-visible-devices-wrong"),
    ),
)  # fmt: skip
