"""NVIDIA's driver, its tools and containers, and what asks it: CUDA, JAX, ONNX, ollama, llama.cpp.

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
    "wsl-libcuda-missing": tuple(
        Sign(62, key, _NO_LIBCUDA, 0, ("wsl",))
        for key in ("libcuda", "cuda lib under the names", "cuda driver library", '"cuda" shared library', "base name")
    ),
    "docker-no-gpu-passthrough": (
        *(
            Sign(50, key, _NO_LIBCUDA, 0, ("container",))
            for key in ("libcuda", "cuda lib under the names", "cuda driver library", '"cuda" shared library', "base name")
        ),
        Sign(74, "arch_list[-1] +=", "", 0, ("container",)),
        Sign(50, "gpu-capable device", r"No GPU|no gpu", 0, ("container",)),
        Sign(70, "could not select device driver", r"capabilities: \[\[gpu"),
        # docker before 19.03 and compose before 1.28 know no GPUs.
        Sign(78, "--gpus", r"(?:unknown flag|flag provided but not defined|unrecognized|unknown option|no such option|unknown shorthand).{0,20}--?gpus"),
        Sign(76, "additional propert", r"[Aa]dditional propert(?:y|ies) .{0,30}\b(?:gpus|devices|runtime|device_requests|capabilities)\b"),
        Sign(76, "unsupported config option", r"(?:gpus|runtime|devices|deploy|device_requests)"),
        Sign(74, "reservations", r"(?:[Ii]nvalid|[Uu]nsupported|not (?:allowed|supported)|ignored).{0,80}reservations|reservations.{0,80}(?:[Ii]nvalid|[Uu]nsupported|not (?:allowed|supported)|ignored)"),
        Sign(66, "gpu functionality will not be available"),
        Sign(60, "devices cgroup", r""),
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
        Sign(44, "no nvidia gpu detected"),
        Sign(46, "please install the nvidia driver"),
        Sign(44, "nvidia driver", r"(?:NVIDIA|Nvidia|nvidia) drivers? (?:is |are )?(?:not (?:installed|found|present|detected)|missing)"),
        Sign(40, "lspci", r"(?:NVIDIA|nouveau)"),
    ),
    "nvidia-kernel-module-not-loaded": (
        Sign(84, "communicate with the nvidia driver"),
        Sign(84, "bad exit status", r"(?:nvidia|dkms|kernel)"),
        Sign(84, "bad return status for module build"),
        Sign(80, "error! ", r"Error! .{0,80}(?:module|kernel|headers|nvidia)"),
        Sign(80, "unable to load the kernel module"),
        Sign(80, "unable to load the 'nvidia"),
        Sign(80, "nvidia-installer", r"(?:ERROR|failed)"),
        Sign(78, "installation has failed", r"NVIDIA|nvidia-installer\.log"),
        Sign(80, "unable to find the kernel source tree"),
        Sign(80, "kernel headers", r"(?:not (?:be )?found|cannot be found|missing|not installed|could not be found)"),
        Sign(80, "nouveau kernel driver", r""),
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
        Sign(84, "driver", r"(?:driver|Driver) (?:on your system )?(?:version )?(?:is )?(?:too old|out of date|outdated)"),
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
        Sign(86, "driver/library version mismatch"),
        # The driver's own libraries bear its version.
        Sign(66, "libnvidia-", rf"libnvidia-[\w-]+\.so\.\d{{3}}\.\d+(?:\.\d+)?:? {CANNOT_OPEN}"),
        Sign(84, "api mismatch", r"NVRM|nvidia|kernel module"),
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
        Sign(80, "system not yet initialized"),
        Sign(80, "cudaerrorsystemnotready"),
        Sign(80, "returned 802"),
    ),
    "nvidia-container-runtime-error": (
        Sign(86, "nvidia-container-cli"),
        Sign(84, "could not select device driver"),
        Sign(82, "oci runtime", r"(?:nvidia|hook|prestart|CDI)"),
        Sign(80, "running hook", r"(?:nvidia|exit status|prestart|error)"),
        Sign(80, "prestart", r"(?:nvidia|hook)"),
        Sign(80, "unknown or invalid runtime name"),
        Sign(80, "unknown runtime specified"),
        Sign(78, "nvidia-container-runtime"),
        Sign(78, "nvidia-container-toolkit", r"(?:[Ff]ail|error|no such|not found|[Uu]nable|conflict)"),
        Sign(78, "nvidia-ctk", r"(?:[Ff]ail|error|no such|not found)"),
        Sign(78, "unresolvable cdi devices"),
        Sign(76, "cdi", r"(?:CDI|cdi)\S* (?:device|spec|registry|hook).{0,60}(?:[Ff]ail|error|unresolvable|not found|conflict)"),
        Sign(76, "failed to initialize nvml: unknown error", "", 0, ("container",)),
        Sign(74, "could not load uvm kernel module"),
        Sign(72, "nvidia-docker", r"nvidia-docker\S* ?\|.{0,60}Error"),
        Sign(70, "mount error", r"(?:nvidia|libnvidia|file creation failed)"),
        Sign(66, "failed to initialize nvml: insufficient permissions", "", 0, ("container",)),
    ),
    "cuda-init-unknown-error": (
        Sign(52, "unknown error", r"(?:CUDA|cuda|cuInit|cudaGetDeviceCount|ggml_cuda_init|CUDA_ERROR_UNKNOWN).{0,80}unknown error|error=?\(?(?:30|999)\)?|returned (?:30|999)\b"),
        Sign(52, "cuda_error_unknown"),
        Sign(50, "nvidia-uvm", r"(?:No such file|not found|missing|fail|cannot|permission denied)"),
        Sign(50, "nvidia_uvm", r"(?:not|fail|missing|busy)"),
        Sign(50, "uvm kernel module"),
        Sign(46, "cuda_error_operating_system"),
        Sign(50, "cudaerrorinitializationerror"),
        Sign(46, "cuda_error_not_permitted"),
        Sign(48, "devices busy or unavailable", ""),
        Sign(46, "cuda initialization", r"CUDA initialization: (?!.*(?:too old|no NVIDIA driver|forward compat|no CUDA GPUs|802|803|804))"),
    ),
    "cuda-unknown-error-after-suspend": (
        Sign(46, "unknown error", r"(?:CUDA|cuda|cuInit|cudaGetDeviceCount|ggml_cuda_init).{0,80}unknown error|error=?\(?(?:30|999)\)?|returned (?:30|999)\b"),
        Sign(46, "cuda_error_unknown"),
    ),
    "cuda-visible-devices-wrong": (
        Sign(72, "invalid device ordinal", "", 0, ("!mig",)),
        Sign(64, "cuda_error_invalid_device"),
        Sign(64, "invalid device", r"(?:[Ii]nvalid|[Uu]nknown|no such) (?:CUDA |GPU |gpu )?device (?:id|index|ordinal|number)"),
        Sign(62, "cuda_visible_devices", r"CUDA_VISIBLE_DEVICES['\"]?\s*(?:=|is|set to|\])\s*['\"]?(?:-1|none|\s*$)|(?:[Ii]nvalid|wrong).{0,40}CUDA_VISIBLE_DEVICES"),
        Sign(62, "but your machine only has"),
        Sign(60, "device index must be"),
        Sign(60, "device_count()", r"(?:torch\.cuda\.)?device_count\(\) (?:is|returned|==) \d"),
        Sign(60, "out of range", r"GPU (?:index|id|device) .{0,30}out of range|gpu.{0,20}out of range"),
        Sign(58, "requested", r"[Rr]equested (?:GPU|gpu|device).{0,60}(?:not available|does not exist|only \d|unavailable)"),
    ),
    "mig-misconfigured": (
        Sign(70, "mig", r"\bMIG\b.{0,80}(?:[Ff]ail|[Ii]nvalid|not |error|No |no |unsupported|Insufficient|pending)"),
        Sign(66, "nvmlerror_notsupported", "", 0, ("mig",)),
        Sign(66, "nvmlerror_invalidargument", "", 0, ("mig",)),
        Sign(66, "device >= 0 && device < num_gpus"),
        Sign(62, "invalid device ordinal", "", 0, ("mig",)),
        Sign(60, "no cuda-capable device", "", 0, ("mig",)),
    ),
    "no-gpu-allocated": (
        Sign(78, "insufficient nvidia.com/gpu"),
        Sign(74, "invalid generic resource"),
        Sign(72, "requested node configuration is not available"),
        Sign(70, "invalid trackable resource"),
        Sign(70, "cannot connect to gpu backend"),
        Sign(68, "gpu quota", r"(?:exceed|limit|reached|run out)"),
        Sign(66, "usage limits in colab"),
        Sign(60, "slurm", r"(?:SLURM_JOB_GPUS|CUDA_VISIBLE_DEVICES)\s*=?\s*(?:NoDevFiles|\(null\)|$)"),
        Sign(74, "nodevfiles"),
    ),
    "gpu-arch-too-new-for-build": (
        Sign(52, "no kernel image", "", 0, ("recent-card",)),
        Sign(56, "cudnn_status_success", "", 0, ("!old-card",)),
        # cuBLAS of CUDA 9 on Turing: a launch fails instead of saying which card it lacks.
        Sign(50, "cublas runtime error", r"the GPU program failed to execute", 0, ("!old-card",)),
        Sign(52, "cudaerrornokernelimagefordevice", "", 0, ("!old-card",)),
        Sign(70, "unsupported gpu architecture", r"compute_(?:8[0-9]|9\d|1[0-2]\d)"),
        Sign(74, "unsupported gpu architecture", r"(?:sm_|compute_)1[0-2]\d"),
        Sign(66, "sm_1", r"(?:sm_1[0-2]\d\w?).{0,60}(?:not supported|unsupported|not defined|not recognized|unknown|is not compatible)"),
        Sign(60, "capability", r"[Cc]apability \(?1[0-2][.,] ?\d\)?.{0,60}(?:not supported|unsupported|too new)"),
    ),
    "gpu-arch-dropped-by-build": (
        Sign(56, "no kernel image", "", 0, ("old-card",)),
        Sign(56, "cudaerrornokernelimagefordevice", "", 0, ("old-card",)),
        Sign(74, "because it is too old"),
        Sign(72, "(too old)", r"capability"),
        Sign(72, "compute capability", r"(?:[Rr]equires?|[Mm]inimum|at least|[Nn]eeds?|>=|only supported on|must be).{0,60}[Cc]ompute [Cc]apability|[Cc]ompute [Cc]apability.{0,60}(?:is required|or (?:higher|newer|above|greater)|at least|>=|too low|minimum|lower than|is not supported)"),
        Sign(70, "bfloat16 is only supported on gpus"),
        Sign(70, "only supports ampere"),
        Sign(70, "triton only supports cuda"),
        Sign(66, "unsupported gpu architecture", r"compute_[2-7]\d\b"),
        Sign(64, "gpu architecture", r"(?:too old|no longer supported|not supported any)"),
        Sign(66, "cudnn_status_arch_mismatch", "", 0, ("!recent-card",)),
    ),
    "cuda-forward-compat-804": (
        Sign(88, "forward compatibility was attempted"),
        Sign(84, "cuda_error_compat_not_supported_on_device"),
        Sign(84, "compat mode", r"UNAVAILABLE|not (?:available|supported)"),
        Sign(84, "cuda forward compatibility mode", r"Failed to detect|UNAVAILABLE|not"),
    ),
    "bitsandbytes-cuda-setup": (
        Sign(78, "bitsandbytes", r"(?:native library|library (?:not found|load error)|binary (?:not found|at)|CUDA Setup failed|VERSION MISMATCH|not available in CPU-only|Forgot to compile|without GPU support|non-existent|_cuda\d+\S* (?:not|cannot)|libbitsandbytes\S+.{0,60}(?:not|cannot|undefined))"),
        Sign(76, "cuda setup", r"CUDA[_ ]SETUP: (?:WARNING|ERROR|Required|Something|Problem|CUDA detection|The CUDA|Setup)"),
        Sign(74, "libbitsandbytes", r"^(?!.*(?:Loading|loading) binary)"),
        Sign(74, "pre-compiled versions", r"CUDA|ROCm"),
        Sign(72, "using `bitsandbytes`", r"requires"),
        Sign(70, "'nonetype' object has no attribute '", r"attribute 'c(?:quantize|dequantize|get|adam|gemm|igemm|lion|momentum|rmsprop|percentile|extract|transform|int8)"),
        Sign(66, "nameerror: name 'str2optimizer"),
        Sign(66, "8-bit optimizers and gpu quantization are unavailable"),
    ),
    "cpu-lacks-instruction": (
        Sign(84, "built using avx"),
        Sign(84, "compiled to use avx instructions, but these aren't"),
        Sign(80, "exception_illegal_instruction"),
        Sign(80, "c000001d", r"0xC000001D"),
        Sign(78, "3221225501"),
        Sign(78, "-1073741795"),
        Sign(80, "lacks", r"(?:CPU|processor).{0,60}lacks.{0,40}(?:AVX|SSE|FMA|instruction)"),
        Sign(78, "avx", r"(?:CPU|processor|machine).{0,80}(?:does not|doesn't|without|no|not) (?:have |support ?)?(?:\S+ ){0,3}AVX|AVX\w* (?:is |instructions? )?(?:required|not (?:supported|available))"),
        Sign(76, "x86-64-v", r"(?:CPU (?:ISA level is lower|does not support)|[Ff]atal glibc error)"),
        Sign(80, "cpu does not support x86-64-v"),
        Sign(78, "cpu isa level is lower than required"),
        Sign(78, "invalid opcode", r"trap|python|traps:"),
        *(
            Sign(80, word, "")
            for word in ("illegal instruction (core", "illegal instruction (speicher", "illegal hardware", "instrucción ilegal", "ilegal instruction", "instruction non permise", "istruzione non consentita", "instrução ilegal", "ungültiger maschinenbefehl", "非法指令", "無效指令", "不正な命令", "명령어가 잘못됨", "błędna instrukcja", "недопустимая инструкция", "ongeldige instructie", "geçersiz komut")
        ),
    ),
    "shm-too-small": (
        Sign(74, "exited unexpectedly", r"DataLoader worker", 0, ("container",)),
        Sign(80, "/dev/shm", r"(?:No space left|full|100%|unable|too small|not enough|cannot allocate|Cannot allocate|64M)"),
        Sign(78, "bus error", r"(?:shared memory|shm|worker|DataLoader|NCCL)"),
        Sign(76, "shared memory", r"(?:insufficient|out of|not enough|unable to (?:open|allocate|create|map)|error while creating|[Ee]rror (?:creating|opening)).{0,40}shared memory"),
        Sign(74, "/torch_", r"unable to (?:open|mmap|write|resize|allocate)"),
        Sign(72, "no space left on device", r"(?:/dev/shm|shm|sem\.|multiprocessing|NCCL)"),
    ),
    "cuda-code-on-machine-without-nvidia": (
        Sign(40, "nvidia-smi", rf"nvidia-smi: {COMMAND_MISSING}", 0, ("macos",)),
        Sign(50, "cuda", r"CUDA (?:is )?not (?:available|supported).{0,40}(?:macOS|Mac|Apple|darwin)"),
    ),
}  # fmt: skip
"""Cause → what it looks like."""
