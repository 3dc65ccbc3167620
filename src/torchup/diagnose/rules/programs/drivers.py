"""NVIDIA's driver, its tools and its containers, and what doesn't find them.

Driver: ``NVRM`` lines of the kernel's log, Xid errors; container toolkit:
``nvidia-container-cli``, ``nvidia-ctk``; libcuda: the names of ``CUresult`` and ``cudaError_t``.
"""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Sign
from torchup.diagnose.rules.phrases import CANNOT_OPEN, COMMAND_MISSING

_NO_LIBCUDA: Final = (
    rf"(?:libcuda\.so(?:\.1)?(?:\.\d+)*:? {CANNOT_OPEN}|Unable to (?:find|dynamically load|load) (?:the )?\S*\"?cuda\"?.{{0,40}}(?:lib|librar)"
    r"|[Uu]nable to find cuda lib|[Ff]ailed to dlopen libcuda|(?:could not|cannot|can't|couldn't|unable to) (?:find|load|open|locate) (?:the )?(?:library )?['\"`]?(?:libcuda|nvcuda)"
    r"|CUDA driver library cannot be found|libcuda\S* (?:is |was )?not found|Could not load dynamic library 'libcuda|shared library with base name ['\"]?(?:cuda|nvcuda))"
)

SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "wsl-libcuda-missing": (
        *(
            Sign(62, key, _NO_LIBCUDA, 0, ("wsl",))
            for key in ("libcuda", "cuda lib under the names", "cuda driver library", '"cuda" shared library', "base name")
        ),
        Sign(74, "unknown error (303)", "", 0, ("wsl",)),
        Sign(60, "libnvidia-ml.so", r"couldn't find libnvidia-ml", 0, ("wsl",)),
        Sign(56, "communicate with the nvidia driver", "", 0, ("wsl",)),
    ),
    "docker-no-gpu-passthrough": (
        *(
            Sign(50, key, _NO_LIBCUDA, 0, ("container",))
            for key in ("libcuda", "cuda lib under the names", "cuda driver library", '"cuda" shared library', "base name")
        ),
        Sign(74, "arch_list[-1] +=", "", 0, ("container",)),
        Sign(50, "gpu-capable device", r"No GPU|no gpu", 0, ("container",)),
        Sign(56, "could not select device driver", r"capabilities: \[\[gpu"),
        # docker before 19.03 and compose before 1.28 know no GPUs.
        Sign(78, "--gpus", r"(?:unknown flag|flag provided but not defined|unrecognized|unknown option|no such option|unknown shorthand).{0,20}--?gpus"),
        Sign(76, "additional propert", r"[Aa]dditional propert(?:y|ies) .{0,30}\b(?:gpus|devices|runtime|device_requests|capabilities)\b"),
        Sign(76, "unsupported config option", r"(?:gpus|runtime|devices|deploy|device_requests)"),
        Sign(74, "reservations", r"(?:[Ii]nvalid|[Uu]nsupported|not (?:allowed|supported)|ignored).{0,80}reservations|reservations.{0,80}(?:[Ii]nvalid|[Uu]nsupported|not (?:allowed|supported)|ignored)"),
        Sign(66, "gpu functionality will not be available"),
        Sign(60, "devices cgroup"),
        Sign(76, "capabilities is required", r"devices"),
        # The images for Jetson hold empty files where the host's libraries are to be put.
        Sign(78, "file too short", r"/(?:nvidia|tegra|aarch64-linux-gnu)/(?:\S*/)?lib\S+: file too short"),
    ),
    "no-nvidia-driver": (
        *(
            Sign(46, key, _NO_LIBCUDA, 0, ("!wsl", "!container"))
            for key in ("libcuda", "cuda lib under the names", "cuda driver library", '"cuda" shared library', "base name")
        ),
        # torch's cpp_extension asks every card for its architecture, and there is none.
        Sign(74, "arch_list[-1] +=", "", 0, ("!container",)),
        Sign(50, "cudasupporterror", r"^(?!.*802)"),
        Sign(66, "unknown error (303)"),
        Sign(36, "no cuda-capable device"),
        Sign(52, "no cuda gpus are available", "", 0, ("smi-missing",)),
        Sign(44, "no nvidia gpu detected"),
        Sign(46, "please install the nvidia driver"),
        Sign(44, "nvidia driver", r"(?:NVIDIA|Nvidia|nvidia) drivers? (?:is |are )?(?:not (?:installed|found|present|detected)|missing)"),
    ),
    "nvidia-kernel-module-not-loaded": (
        Sign(84, "communicate with the nvidia driver"),
        Sign(70, "nvidia driver", r"(?:can(?:not|['\u2019]t)|could(?: not|n['\u2019]t)|unable to) (?:find|load|reach|talk to|connect to)(?: the| an?)? nvidia driver"),
        Sign(84, "bad exit status", r"(?:nvidia|dkms|kernel)"),
        Sign(84, "bad return status for module build"),
        Sign(80, "error! ", r"^Error! .{0,80}(?:module|kernel|headers|nvidia)"),
        Sign(80, "unable to load the kernel module"),
        Sign(80, "unable to load the 'nvidia"),
        Sign(80, "nvidia-installer", r"(?:ERROR|failed)"),
        Sign(78, "installation has failed", r"NVIDIA|nvidia-installer\.log"),
        Sign(80, "unable to find the kernel source tree"),
        Sign(80, "kernel headers", r"(?:not (?:be )?found|cannot be found|missing|not installed|could not be found)"),
        Sign(80, "nouveau kernel driver"),
        Sign(78, "module nvidia not found"),
        Sign(78, "module nvidia is not found"),
        Sign(78, "modprobe", r"modprobe: .{0,60}nvidia|[Cc]ould not (?:insert|load).{0,30}nvidia"),
        Sign(76, "could not insert 'nvidia"),
        Sign(76, "key was rejected by service"),
        Sign(76, "required key not available"),
        Sign(76, "loading of module with unavailable key is rejected"),
        Sign(76, "lockdown", r"nvidia"),
        Sign(72, "nvrm: ", r"NVRM: (?:The NVIDIA probe routine (?:failed|was not called)|No NVIDIA|None of the NVIDIA|failed to (?:load|register)|This can occur when a driver such as)"),
        Sign(60, "/dev/nvidiactl", r"No such file|cannot access|not found"),
        Sign(62, "driver/nvidia/version", r"No such file"),
        Sign(60, "nvidia_drm", r"(?:not|fail)"),
        # RPM Fusion's service that puts nouveau in its place.
        Sign(80, "nvidia kernel module", r"NVIDIA kernel module (?:not found|missing)"),
        Sign(80, "bound to nouveau", r"NVRM"),
        Sign(72, "nvidia device files", r"ensure that the NVIDIA device files"),
        Sign(74, "nvidia driver is not loaded"),
    ),
    "gpu-hardware-lost": (
        Sign(88, "fallen off the bus"),
        Sign(88, "gpu is lost"),
        Sign(86, "gpu lost from the bus"),
        Sign(86, "gpu requires reset"),
        Sign(86, "gpu recovery action"),
        Sign(84, "nvrm: xid", r"Xid \([^)]*\): (?:48|61|62|63|64|69|74|79|81|92|94|95|110|119|120|121|122|123|136|140|143|144|145|146|149|150|151|154|155|156|158)\b"),
        Sign(84, "rm_init_adapter"),
        Sign(84, "rminitadapter failed"),
        Sign(82, "unable to determine the device handle"),
        Sign(80, "double bit ecc"),
        Sign(80, "row remap", r"(?:fail|pending)"),
        Sign(80, "unable to change power state", r"D3cold to D0"),
        Sign(76, "pcie bus error", r"severity=(?:Uncorrected|Corrected)"),
        Sign(70, "cuda_error_ecc_uncorrectable"),
        Sign(70, "hardware error", r"CUDA error: .{0,40}hardware|NVRM"),
    ),
    "driver-too-old-for-cuda-runtime": (
        Sign(84, "driver is too old"),
        Sign(84, "driver too old"),
        # NVIDIA's own images, as they begin.
        Sign(84, "was built for nvidia driver release", r"but\s+version \S+ was detected", 2),
        # CUDA's samples and others print the number alone.
        *(Sign(70, key, r"\bcu(?:da)?[A-Z]\w+(?:\(\))?\b.{0,40}\b35\b") for key in ("#35", "returned 35", "error 35", "error=35", "code 35", "code=35", "(35)")),
        Sign(84, "driver", r"(?:(?:NVIDIA|CUDA|GPU|graphics|display) driver) (?:on your system )?(?:version )?(?:is )?(?:too old|out of date|outdated)"),
        Sign(70, "driver version is insufficient"),
        Sign(80, "minimum driver", r"(?:does not meet|required|[Ff]ound)"),
        Sign(78, "requires nvidia driver"),
        Sign(78, "unsupported ptx version"),
        Sign(78, "unsupported toolchain"),
        Sign(76, "symbol lookup for cu", r"symbol lookup for cu\w+_v\d failed|symbol lookup for cu[A-Z]\w+ failed"),
        Sign(74, "undefined symbol", r"undefined symbol:? cu(?:Ctx|Mem|Device|Stream|Launch|Graph|Kernel|Library|Module|TensorMap|Green|Get|Multicast)\w*\s*$"),
        Sign(72, "ptx jit compiler library", r"not found|too old|version"),
        Sign(70, "cuda_error_unsupported_ptx_version"),
        Sign(70, "please update your gpu driver"),
        Sign(70, "upgrade your nvidia driver"),
        Sign(70, "update your nvidia driver"),
    ),
    "driver-library-version-mismatch": (
        Sign(70, "cuda version: err!", "", 0, ("!wsl",)),
        Sign(86, "driver/library version mismatch"),
        # The driver's own libraries bear its version.
        Sign(66, "libnvidia-", rf"libnvidia-[\w-]+\.so\.\d{{3}}\.\d+(?:\.\d+)?:? {CANNOT_OPEN}"),
        Sign(84, "api mismatch", r"NVRM|kernel module"),
        Sign(84, "nvml library version"),
        Sign(84, "lib_rm_version_mismatch"),
        Sign(80, "cuda_error_system_driver_mismatch"),
        Sign(80, "unsupported display driver / cuda driver"),
        Sign(78, "kernel version", r"does not match DSO version|doesn't match"),
        Sign(78, "does not match dso version"),
    ),
    "nvml-unavailable": (
        Sign(60, "nvml", r"NVML(?:Error)?_?(?:LibraryNotFound|Uninitialized|NotSupported|NotFound)|NVML (?:library|shared library).{0,30}(?:not found|missing|could not)|(?:[Cc]ould not|[Ff]ailed to|[Cc]an(?:no|')t) (?:load|find|init\w*).{0,20}NVML"),
        Sign(58, "libnvidia-ml", rf"libnvidia-ml\S*:? (?:{CANNOT_OPEN}|(?:is )?not found|wrong ELF class)"),
        Sign(56, "failed to initialize nvml"),
        Sign(56, "pynvml", r"NVMLError"),
    ),
    "fabric-manager-802": (
        Sign(86, "nvidia-fabricmanager", r"(?:[Ff]ail|inactive|dead|not (?:running|found|active|loaded)|could not|error|exited|mismatch)"),
        Sign(86, "nv-fabricmanager", r"(?:[Ff]ail|inactive|dead|error|exit|mismatch|WARNING)"),
        Sign(86, "fabric manager", r"(?:[Ff]ail|not (?:running|started|installed|active)|version.{0,40}(?:match|differ)|error)"),
        Sign(84, "nv_warn_nothing_to_do"),
        Sign(82, "nvswitch", r"(?:[Ff]ail|error|not initialized|in progress|NV_ERR)"),
        Sign(80, "fabric state", r"(?:In Progress|Not (?:Started|Supported)|Failure)"),
        Sign(80, "code=802"),
        Sign(80, "[802]", r"\[802\].{0,40}(?:cu[A-Z]|CUDA)"),
        Sign(80, "system not yet initialized", r"CUDA|cuda|802"),
        Sign(80, "cudaerrorsystemnotready"),
        Sign(80, "returned 802"),
    ),
    "nvidia-container-runtime-error": (
        Sign(86, "nvidia-container-cli", r"nvidia-container-cli(?:\.real)?: (?!command)"),
        Sign(84, "could not select device driver"),
        Sign(82, "oci runtime", r"(?:nvidia|hook|prestart|CDI)"),
        Sign(80, "running hook", r"running hook #\d|nvidia|prestart"),
        Sign(80, "prestart", r"nvidia|prestart hook #"),
        Sign(80, "unknown or invalid runtime name"),
        Sign(80, "unknown runtime specified"),
        Sign(78, "nvidia-container-runtime"),
        Sign(78, "nvidia-container-toolkit", r"(?:[Ff]ail|error|no such|not found|[Uu]nable|conflict)"),
        Sign(78, "nvidia-ctk", r"(?:[Ff]ail|error|no such|not found)"),
        Sign(78, "unresolvable cdi devices"),
        Sign(76, "no known gpu vendor found"),
        # NVIDIA's plugin for Kubernetes.
        Sign(80, "if this is a gpu node, did you"),
        Sign(76, "cdi", r"(?:CDI|cdi)\S* (?:device|spec|registry|hook).{0,60}(?:[Ff]ail|error|unresolvable|not found|conflict)"),
        Sign(76, "failed to initialize nvml: unknown error", "", 0, ("container",)),
        Sign(74, "could not load uvm kernel module"),
        Sign(72, "nvidia-docker", r"nvidia-docker\S* ?\|.{0,60}Error"),
        Sign(70, "mount error", r"(?:nvidia|libnvidia|file creation failed)"),
        Sign(66, "failed to initialize nvml: insufficient permissions", "", 0, ("container",)),
    ),
    "cuda-forward-compat-804": (
        Sign(88, "forward compatibility was attempted"),
        Sign(84, "cuda_error_compat_not_supported_on_device"),
        Sign(84, "compat mode", r"UNAVAILABLE|not (?:available|supported)"),
        Sign(84, "cuda forward compatibility mode", r"Failed to detect|UNAVAILABLE|not"),
    ),
    "cuda-code-on-machine-without-nvidia": (
        Sign(40, "nvidia-smi", rf"nvidia-smi: {COMMAND_MISSING}", 0, ("macos",)),
        Sign(50, "cuda", r"CUDA (?:is )?not (?:available|supported).{0,40}(?:macOS|Mac|Apple|darwin)"),
    ),
}  # fmt: skip
"""Cause → what it looks like."""
