"""Causes at the card and its driver."""

from __future__ import annotations

import re
from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import COMMAND_MISSING

_NO_DRIVER: Final = "found no nvidia driver"
_UNKNOWN: Final = "cuda unknown error"
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
_RUNTIME: Final = r"cuda ?runtime ?error ?\((?:35|CUDA_ERROR)?\)"


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
        code="driver-too-old-for-cuda-runtime",
        signs=(
            Sign(82, "in the installed cuda driver", r"API call is not supported in the installed CUDA driver"),
            Sign(78, "error 36", r"Error 36\b"),
            Sign(92, "driver on your system is too old", r"NVIDIA driver on your system is too old"),
            Sign(70, "driver version is insufficient", r"CUDA driver version is insufficient for CUDA runtime version"),
            Sign(62, "cuda_error_35"),
            Sign(60, "cudaerrorinsufficientdriver"),
            Sign(62, "unsupported toolchain", r"the provided PTX was compiled with an unsupported toolchain"),
            Sign(62, "cuda_error_unsupported_ptx_version"),
            Sign(95, "unsatisfied condition: cuda", r"unsatisfied condition: cuda\s*>="),
            Sign(70, "requires a driver", r"(?:requires|needs) a? ?(?:newer )?(?:NVIDIA )?driver (?:version )?(?:>=|of at least|\d{3})"),
            Sign(60, "system has unsupported display driver"),
        ),
        lifts={"no-nvidia": -30, "scheduler": -4},
        over=("cuda-init-unknown-error", "nvml-unavailable", "nvidia-container-runtime-error"),
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
            Sign(66, "unknown cuda arch", r"Unknown CUDA arch \((?:1[0-2]|9|8)\.\d\)"),
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
            Sign(56, "device capability", r"requires? .{0,30}(?:compute|device) capability (?:of at least |>= ?)\d"),
            Sign(56, "unsupported gpu architecture", r"Unsupported gpu architecture 'compute_[2-7]\d'"),
        ),
        lifts={"no-nvidia": -30, "amd": -20, "recent-card": -12, "old-card": 12},
        over=("cuda-init-unknown-error",),
    ),
    Rule(
        code="no-nvidia-driver",
        signs=(
            Sign(40, "cuda.is_available()", r"cuda\.is_available\(\)\)?[^\n]{0,12}\n?[^\n]{0,12}False", 1, ("smi-missing",)),
            Sign(40, "cuda_error_no_device"),
            Sign(40, "active drivers ([])", r"0 active drivers"),
            Sign(52, "failed to dlopen libcuda", "", 0, ("!wsl",)),
            Sign(56, _NO_DRIVER),
            Sign(44, "nvidia-smi", rf"nvidia-smi\b.{{0,40}}{COMMAND_MISSING}"),
            Sign(44, "libcuda.so", r"libcuda\.so(?:\.1)?:? cannot open shared object file", 0, ("!wsl", "!container")),
            Sign(44, "nvcuda.dll", r"nvcuda\.dll.{0,60}(?:not found|could not|找不到)|(?:could not|unable to|failed to).{0,40}nvcuda\.dll"),
            Sign(40, "no nvidia driver"),
            Sign(36, "libcuda", r"libcuda\S*:? (?:not found|cannot open)", 0, ("!wsl",)),
            Sign(34, "could not find cuda drivers"),
        ),
        lifts={"no-nvidia": -36, "macos": -36, "container": -14, "wsl": -10, "colab": -14, "scheduler": -10, "module-fails": -10, "nvidia": 12, "problem:nvidia-driver-missing": 40, "driver-works": -14},
        over=("nvml-unavailable",),
    ),
    Rule(
        code="nvidia-kernel-module-not-loaded",
        signs=(
            Sign(66, "kernel driver does not appear to be running"),
            Sign(82, "bad return status for module build"),
            Sign(84, "open nvidia.ko", r"not supported by the open nvidia\.ko"),
            Sign(84, "nvidia open kernel modules", r"requires? use of the NVIDIA open kernel modules"),
            Sign(84, "unable to load the kernel module", r"nvidia\S*\.ko"),
            Sign(44, "no devices were found"),
            Sign(78, "communicate with the nvidia driver"),
            Sign(66, "could not communicate with the nvidia driver"),
            Sign(84, "modprobe", r"modprobe: (?:ERROR|FATAL):.{0,80}nvidia"),
            Sign(76, "key was rejected by service"),
            Sign(70, "required key not available"),
            Sign(70, "nvidia", r"nvidia(?:-dkms)?.{0,60}(?:bad exit status|build.{0,20}failed).{0,40}(?:dkms)?|dkms.{0,40}nvidia.{0,60}(?:fail|bad exit|error)"),
            Sign(60, "nvrm", r"NVRM: (?:The NVIDIA probe routine|No NVIDIA (?:GPU|devices) probed|This can occur when a driver such as)"),
            Sign(58, "nouveau", r"nouveau.{0,60}(?:in use|loaded|blacklist)|(?:in use: ?)nouveau"),
            Sign(34, _NO_DRIVER),
            Sign(34, _UNKNOWN),
            Sign(50, "/dev/nvidia0", r"/dev/nvidia0.{0,40}No such file"),
            Sign(52, "driver not loaded", r"(?:NVML|NVIDIA).{0,60}driver not loaded|nvidia driver not loaded"),
        ),
        lifts={"no-nvidia": -30, "container": -8, "wsl": -30, "module-fails": 24, "problem:nvidia-driver-not-loaded": 40, "problem:nvidia-secure-boot": 40, "problem:nvidia-nouveau": 40, "macos": -40, "windows": -20},
        over=("nvml-unavailable", "no-nvidia-driver", "cuda-init-unknown-error"),
    ),
    Rule(
        code="driver-library-version-mismatch",
        signs=(
            Sign(96, "driver/library version mismatch"),
            Sign(92, "api mismatch", r"NVRM: API mismatch"),
            Sign(86, "nvml_error_lib_rm_version_mismatch"),
            Sign(80, "cudaerrorsystemdrivermismatch"),
            Sign(84, "error 803", r"Error 803\b"),
            Sign(80, "unsupported display driver / cuda driver combination"),
            Sign(86, "client has the version", r"but this (?:kernel module|client) has the version|client has the version"),
        ),
        lifts={"problem:nvidia-driver-mismatch": 4},
        over=("nvml-unavailable", "no-nvidia-driver", "cuda-init-unknown-error", "nvidia-container-runtime-error"),
    ),
    Rule(
        code="nvml-unavailable",
        signs=(
            Sign(62, "can't initialize nvml"),
            Sign(50, "failed to initialize nvml", r"Failed to initialize NVML: (?!Driver/library)"),
            Sign(62, "nvml shared library not found", r"NVML Shared Library Not Found"),
            Sign(60, "nvmlerror", r"NVMLError_(?:LibraryNotFound|Uninitialized|Unknown|NotSupported|DriverNotLoaded|FunctionNotFound)"),
            Sign(58, "libnvidia-ml.so", r"libnvidia-ml\.so(?:\.1)?.{0,60}(?:cannot open|not found|could not|couldn't|No such file)|couldn't find libnvidia-ml"),
            Sign(50, "nvml", r"(?:could not|cannot|failed to|unable to).{0,20}(?:load|init\w*|find|import) (?:py)?nvml"),
            Sign(54, "nvml.dll", r"nvml\.dll.{0,60}(?:not found|could not|找不到)"),
            Sign(40, "nvml_success == r internal assert failed"),
            Sign(40, "nvmlinit", r"nvmlInit.{0,30}(?:fail|error)"),
        ),
        lifts={"container": -6},
    ),
    Rule(
        code="cuda-unknown-error-after-suspend",
        signs=(
            Sign(44, _UNKNOWN),
            Sign(40, "unknown error", r"cuda ?runtime error ?\((?:30|999)\)\s*:? ?unknown error|CUDA_ERROR_UNKNOWN|Error 999: unknown|cudaErrorUnknown"),
        ),
        lifts={"suspend": 40, "container": -16, "scheduler": -14, "colab": -20, "wsl": -14, "module-fails": -12},
    ),
    Rule(
        code="cuda-init-unknown-error",
        signs=(
            Sign(56, "busy or unavailable", r"CUDA-capable device(?:\(s\)|s)?.{0,12}busy or unavailable"),
            Sign(48, "cuda_error_not_initialized"),
            Sign(48, _UNKNOWN),
            Sign(46, "unknown error", r"cuda ?runtime error ?\((?:30|999)\)\s*:? ?unknown error|CUDA_ERROR_UNKNOWN|Error 999: unknown|cudaErrorUnknown"),
            Sign(50, "cuda driver initialization failed"),
            Sign(50, "initialization error", r"(?:CUDA error: |cuda ?runtime error ?\(3\) ?:? ?|Error 3: |CUDA_ERROR_NOT_INITIALIZED: )initialization error"),
            Sign(44, "operating system call failed", r"OS call failed or operation not supported on this OS|Error 304\b|cudaErrorOperatingSystem"),
            Sign(50, "error 304"),
            Sign(48, "nvidia_uvm", r"nvidia[_-]uvm.{0,60}(?:not|missing|fail)|modprobe nvidia[_-]uvm"),
            Sign(40, "failed call to cuinit"),
            Sign(40, "unexpected error from cudagetdevicecount", r"Unexpected error from cudaGetDeviceCount\(\)(?![\s\S]*Error (?:80[234]|36|100)\b)", 2),
        ),
        lifts={"suspend": -10, "no-nvidia": -20, "problem:nvidia-uvm-missing": 40},
    ),
    Rule(
        code="cuda-forward-compat-804",
        signs=(
            Sign(97, "forward compatibility was attempted"),
            Sign(95, "error 804", r"Error 804\b"),
            Sign(90, "cudaerrorcompatnotsupportedondevice"),
            Sign(90, "compat_not_supported_on_device"),
        ),
        over=("cuda-init-unknown-error", "driver-too-old-for-cuda-runtime", "nvml-unavailable"),
    ),
    Rule(
        code="fabric-manager-802",
        signs=(
            Sign(90, "system_not_ready", r"CUDA_ERROR_SYSTEM_NOT_READY"),
            Sign(95, "system not yet initialized", r"CUDA|802|cuda"),
            Sign(93, "error 802", r"Error 802\b"),
            Sign(84, "fabric manager", r"(?:fabric ?manager|nvidia-fabricmanager).{0,80}(?:fail|not running|not active|inactive|mismatch|doesn't match|never|dead|error)"),
            Sign(84, "fabricmanager", r"fabricmanager.{0,80}(?:fail|not running|inactive|mismatch|version.{0,30}(?:don't|does not|doesn't) match|dead)"),
            Sign(80, "cudaerrorsystemnotready"),
            Sign(70, "nvswitch", r"NVSwitch.{0,60}(?:fail|not init|error)"),
        ),
        over=("cuda-init-unknown-error", "nccl-network"),
    ),
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
