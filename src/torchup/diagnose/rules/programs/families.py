"""The family that a message belongs to, where nobody has told its cause.

A loader, a driver or a library says in every message of its own what it is about. Where no rule
knows the message, that much is still worth a guess: these signs count for little more than nothing,
so they come first only where nothing else was found, and second where that is weak itself.
"""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Sign

_FAILS: Final = r"(?:[Ff]ail|[Ee]rror|ERROR|cannot|could not|couldn't|unable|not (?:found|supported|available)|missing|abort)"
_OF_USERS: Final = r"(?:device-side|out of memory|an illegal|misaligned|invalid (?:argument|configuration)|unspecified launch|CUBLAS_|CUSPARSE_|CUSOLVER_|no kernel image)"

SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "extension-built-for-other-torch": (
        Sign(30, "undefined symbol"),
        Sign(28, "symbol not found", r"dlopen|\.so|\.dylib"),
    ),
    "torchvision-torch-mismatch": (
        Sign(28, "torchvision", r"site-packages[/\\]torchvision[/\\](?:extension|_meta_registrations|__init__|ops|io)[^\n]*\n(?:[^\n]*\n){0,3}\s*(?:ImportError|OSError|RuntimeError|AttributeError): ", 4),
    ),
    "torchaudio-torch-mismatch": (
        Sign(28, "torchaudio", r"site-packages[/\\]torchaudio[/\\](?:_?extension|__init__|_internal|lib)[^\n]*\n(?:[^\n]*\n){0,3}\s*(?:ImportError|OSError|RuntimeError|AttributeError): ", 4),
        Sign(32, "libtorch_cuda_c", r"libtorch_cuda_c(?:pp|u)\.so: cannot open"),
    ),
    "system-library-missing": (Sign(30, "cannot open shared object file"),),
    "windows-dll-other": (Sign(30, "or one of its dependencies", r"\.(?:dll|pyd)"),),
    "cuda-runtime-lib-missing": tuple(
        Sign(30, key, rf"{key}\w*\.so\b.{{0,80}}{_FAILS}")
        for key in ("libcudart", "libcublas", "libcufft", "libcurand", "libcusparse", "libcusolver", "libcupti", "libnvrtc", "libnvjitlink", "libnvtoolsext")
    ),
    "cuda-init-unknown-error": (
        Sign(28, "cuda error: ", rf"CUDA error: (?!{_OF_USERS})"),
        Sign(28, "cuda driver error: ", r"CUDA driver error: (?!out of memory|invalid argument)"),
    ),
    "cudnn-not-initialized": (Sign(28, "cudnn", rf"(?:cuDNN|CUDNN|cudnn)\w*\b.{{0,60}}{_FAILS}|{_FAILS}.{{0,60}}(?:cuDNN|CUDNN)"),),
    "nccl-network": (Sign(28, "nccl", rf"\bNCCL\b(?! INFO).{{0,60}}{_FAILS}"),),
    "mps-op-not-implemented": (Sign(28, "mps", r"(?:Error|error): .{0,120}\bMPS\b"),),
    "rocm-gfx-unsupported": (
        Sign(28, "hip", rf"\b(?:HIP|hip[A-Z]\w+|rocm|ROCm|MIOpen|rocBLAS|hipBLAS\w*)\b.{{0,60}}{_FAILS}"),
    ),
    "nvidia-container-runtime-error": (
        Sign(30, "error response from daemon", r"nvidia|NVIDIA|gpu|GPU|CDI"),
    ),
    "nvidia-kernel-module-not-loaded": (
        Sign(30, "nvrm: ", rf"NVRM: .*{_FAILS}"),
        Sign(30, "nvidia", rf"\b[Nn](?:vidia|VIDIA)\b.{{0,40}}kernel module.{{0,60}}{_FAILS}"),
    ),
    "no-nvidia-driver": (Sign(28, "nvidia driver", rf"NVIDIA driver.{{0,60}}{_FAILS}"),),
    "conda-unsatisfiable": (Sign(30, "solving environment: failed", r"failed\s*$"),),
    "torch-version-not-available": (
        Sign(30, "satisfies the requirement", r"requirement torch(?:vision|audio)?==\S+(?!.*from versions)"),
    ),
    "python-version-has-no-wheel": (
        Sign(30, "satisfies the requirement", r"requirement torch(?:vision|audio)?(?![\w=<>~!-])(?!.*from versions)"),
    ),
    "pip-ssl-certificate": (Sign(30, "sslerror", r"SSLError"),),
}  # fmt: skip
"""Cause → what it looks like."""
