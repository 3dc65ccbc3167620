"""Causes at the NVIDIA driver: its age, its module, its libraries, its first call."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import COMMAND_MISSING

_NO_DRIVER: Final = "found no nvidia driver"
_UNKNOWN: Final = "cuda unknown error"

RULES: Final = (
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
)  # fmt: skip
