"""What programs say of the devices that they ask for: CUDA, JAX, ONNX, ollama, llama.cpp, Slurm, Linux.

libcuda and cudart: the names of ``CUresult`` and ``cudaError_t``; bitsandbytes: ``cextension.py``,
``cuda_setup``; the kernel: ``traps:`` lines and signals.
"""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Sign

_FAILED: Final = r"\w*(?:Error|Exception|ERROR|[Ff]atal|FATAL|[Ee]rror)\b"
"""What makes a sentence the reason why a program stopped, not a remark or a page of a manual."""

SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "cuda-init-unknown-error": (
        Sign(52, "unknown error", r"(?:CUDA|cuda|cuInit|cudaGetDeviceCount|ggml_cuda_init|CUDA_ERROR_UNKNOWN).{0,80}unknown error|error=?\(?(?:30|999)\)?|returned (?:30|999)\b"),
        Sign(52, "cuda_error_unknown"),
        Sign(50, "nvidia-uvm", r"(?:No such file|not found|missing|fail|cannot|permission denied)"),
        Sign(50, "nvidia_uvm", r"(?:not|fail|missing|busy)"),
        Sign(50, "uvm kernel module"),
        Sign(46, "cuda_error_operating_system"),
        Sign(50, "cudaerrorinitializationerror"),
        Sign(46, "cuda_error_not_permitted"),
        Sign(48, "devices busy or unavailable"),
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
        Sign(60, "device_count()", r"(?:torch\.cuda\.)?device_count\(\) (?:is|returned|==) 0\b"),
        Sign(60, "out of range", r"GPU (?:index|id|device) .{0,30}out of range|gpu.{0,20}out of range"),
        Sign(58, "requested", r"[Rr]equested (?:GPU|gpu|device).{0,60}(?:not available|does not exist|only \d|unavailable)"),
    ),
    "mig-misconfigured": (
        Sign(84, "no mig devices were found"),
        Sign(70, "mig", r"\bMIG (?:[Mm]ode|device|instance|GPU)\b.{0,60}(?:[Ff]ail|[Ii]nvalid|\bnot (?:supported|found|permitted)|\berror\b|unsupported|Insufficient|pending)"),
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
        Sign(72, "compute capability", rf"{_FAILED}(?:.*(?:[Rr]equires?|[Mm]inimum|at least|[Nn]eeds?|>=|only supported on|must be).{{0,60}}[Cc]ompute [Cc]apability|.*[Cc]ompute [Cc]apability.{{0,60}}(?:is required|or (?:higher|newer|above|greater)|at least|>=|too low|minimum|lower than|is not supported))"),
        Sign(70, "bfloat16 is only supported on gpus"),
        Sign(70, "only supports ampere"),
        Sign(70, "triton only supports cuda"),
        Sign(66, "unsupported gpu architecture", r"compute_[2-7]\d\b"),
        Sign(64, "gpu architecture", r"(?:too old|no longer supported|not supported any)"),
        Sign(66, "cudnn_status_arch_mismatch", "", 0, ("!recent-card",)),
    ),
    "bitsandbytes-cuda-setup": (
        Sign(84, "csrc/ops.cu", r"^Error .{0,80} at line \d+ in file \S*csrc/ops\.cu"),
        Sign(78, "bitsandbytes", r"(?:native library.{0,40}(?:not|fail|missing|error)|library (?:not found|load error)|binary (?:not found|at)|CUDA Setup failed|VERSION MISMATCH|not available in CPU-only|Forgot to compile|without GPU support|non-existent|_cuda\d+\S* (?:not|cannot)|libbitsandbytes.{1,120}(?:not|cannot|undefined))"),
        Sign(76, "cuda setup", r"CUDA[_ ]SETUP: (?:WARNING|ERROR|Required|Something|Problem|CUDA detection|The CUDA|Setup)"),
        Sign(74, "libbitsandbytes", r"libbitsandbytes[^\n]{0,120}(?:cannot|not |undefined|missing|No such|fail|error)"),
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
        Sign(76, "x86-64-v", r"(?:CPU (?:ISA level is lower|does not support)|[Ff]atal glibc error)"),
        Sign(80, "cpu does not support x86-64-v"),
        Sign(78, "cpu isa level is lower than required"),
        Sign(78, "invalid opcode", r"trap|python|traps:"),
        *(
            Sign(80, word)
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
}  # fmt: skip
"""Cause → what it looks like."""
