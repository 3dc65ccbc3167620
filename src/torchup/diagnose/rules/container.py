"""Causes at containers, WSL and small C libraries."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import COMMAND_MISSING

RULES: Final = (
    Rule(
        code="docker-no-gpu-passthrough",
        signs=(
            Sign(44, "no hip gpus are available"),
            Sign(44, "failed to dlopen libcuda"),
            Sign(46, "found no nvidia driver"),
            Sign(40, "nvidia-smi", rf"nvidia-smi\b.{{0,40}}{COMMAND_MISSING}"),
            Sign(82, "the nvidia driver was not detected", r"WARNING: The NVIDIA Driver was not detected\.\s+GPU functionality will not be available"),
            Sign(70, "use the nvidia container toolkit", r"Use (?:the NVIDIA Container Toolkit|'nvidia-docker run'|'docker run --gpus all')"),
            Sign(40, "no cuda gpus are available"),
            Sign(40, "no cuda-capable device"),
            Sign(40, "libcuda.so", r"libcuda\.so(?:\.1)?:? cannot open shared object file"),
            Sign(36, "failed to initialize nvml", r"Failed to initialize NVML: (?:Unknown|Insufficient)"),
            Sign(34, "could not find cuda drivers"),
            Sign(30, "torch.cuda.is_available()", r"is_available\(\)[\s\S]{0,60}False", 3),
        ),
        lifts={"container": 34, "!container": -12, "no-nvidia": -20, "macos": -40, "wsl": -8, "problem:nvidia-container-no-devices": 40, "problem:nvidia-container-no-libraries": 40, "problem:nvidia-container-no-driver": 30},
    ),
    Rule(
        code="nvidia-container-runtime-error",
        signs=(
            Sign(92, "could not select device driver", r"could not select device driver (?:['\"].{0,12}['\"] )?with capabilities"),
            Sign(92, "nvidia-container-cli", r"nvidia-container-cli(?:\.real)?: "),
            Sign(88, "unknown runtime specified nvidia"),
            Sign(88, "unknown or invalid runtime name: nvidia"),
            Sign(84, "nvidia-container-runtime", r"nvidia-container-runtime.{0,80}(?:no such file|not found|fail|error|denied)|exec: \"nvidia-container-runtime"),
            Sign(78, "error running hook", r"error running (?:prestart )?hook"),
            Sign(74, "cdi", r"unresolvable CDI devices|CDI device injection failed|failed to (?:inject|generate) CDI"),
            Sign(74, "cgroup subsystem devices", r"failed to get cgroup|container_linux.{0,200}nvidia|mountpoint for devices not found|cgroup subsystem devices not found"),
            Sign(70, "auto-detected mode as", r"Auto-detected mode as"),
            Sign(70, "libnvidia-ml.so.1", r"load library failed: libnvidia-ml\.so\.1"),
            Sign(70, "initialization error", r"initialization error: (?:nvml error|driver error|load library)"),
            Sign(60, "nvidia-docker", r"nvidia-docker(?:2|d)?.{0,60}(?:not found|fail|no such|error)"),
        ),
        over=("docker-no-gpu-passthrough", "nvml-unavailable"),
    ),
    Rule(
        code="wsl-libcuda-missing",
        signs=(
            Sign(76, "cuda version: err!", "", 0, ("wsl",)),
            Sign(56, "dlopen libcuda", r"(?:[Ff]ailed|unable) to dlopen libcuda"),
            # cuDNN 8 opens libcuda.so itself, a link that WSL's own folder lacks.
            Sign(70, "could not load library libcudnn", r"Could not load library libcudnn\S+\. Error: libcuda\.so: cannot open shared object file"),
            Sign(44, "libcuda.so", r"libcuda\.so(?:\.1)?\b.{0,20}cannot open shared object file"),
            Sign(78, "/usr/lib/wsl/lib", r"/usr/lib/wsl/lib.{0,60}(?:not a symbolic link|is not|missing)"),
            Sign(46, "found no nvidia driver", "", 0, ("wsl",)),
            Sign(52, "libcuda", r"(?:could not|cannot|can't|unable to|not).{0,40}libcuda", 0, ("wsl",)),
            Sign(56, "communicate with the nvidia driver", "", 0, ("wsl",)),
            Sign(60, "gpu access blocked by the operating system"),
            Sign(56, "failed to initialize nvml", "", 0, ("wsl",)),
            Sign(40, "nvidia-smi", rf"nvidia-smi\b.{{0,40}}{COMMAND_MISSING}", 0, ("wsl",)),
        ),
        lifts={"wsl": 40, "container": -8, "macos": -40, "nvidia": 4, "bitsandbytes": 6, "problem:nvidia-wsl-libraries": 30, "problem:nvidia-wsl-path": 30, "problem:nvidia-wsl-linux-driver": 30},
        over=("cudnn-library-missing", "bitsandbytes-cuda-setup", "nvml-unavailable"),
    ),
    Rule(
        code="shm-too-small",
        signs=(
            Sign(92, "out of shared memory", r"dataloader's workers are out of shared memory|DataLoader worker .{0,60}out of shared memory"),
            Sign(86, "killed by signal: bus error"),
            Sign(88, "insufficient shared memory", r"insufficient shared memory \(shm\)"),
            Sign(86, "/dev/shm", r"(?:unable to (?:write|open|mmap|resize)|No space left|error while creating shared memory|too small).{0,120}(?:/dev/shm|</torch_|shm)|/dev/shm.{0,80}(?:No space left|full|too small|100%)"),
            Sign(80, "shared memory", r"unable to (?:open|write to file|mmap|resize) .{0,40}(?:shared memory object|</?torch_\d+)|Error while creating shared memory segment"),
            Sign(80, "</torch_", r"unable to (?:open|write to file|mmap|resize) "),
            Sign(52, "bus error", r"Bus error(?: \(core dumped\))?", 0, ("container",)),
            Sign(70, "nccl", r"NCCL WARN .{0,80}(?:shm|shared memory).{0,80}(?:fail|error|No space)"),
            Sign(34, "no space left on device", "", 0, ("container",)),
        ),
        lifts={"container": 6},
        over=("nccl-network", "disk-full"),
    ),
    Rule(
        code="musl-alpine",
        signs=(
            Sign(84, "ld-linux-x86-64.so.2", r"Error loading shared library ld-linux"),
            Sign(80, "error relocating"),
            Sign(70, "musllinux", r"musllinux.{0,60}(?:not|no)|not a supported wheel.{0,40}musl"),
            Sign(60, "satisfies the requirement torch", "", 0, ("alpine",)),
            Sign(56, "matching distribution found for torch", "", 0, ("alpine",)),
            Sign(60, "does not currently provide packages for pypi", "", 0, ("alpine",)),
            Sign(56, "symbol not found", r"__\w+: symbol not found", 0, ("!macos",)),
            Sign(70, "ld-musl", r"ld-musl.{0,60}(?:not|no such|error)"),
            Sign(70, "no solution found", r"(?:musllinux|musl)", 12),
        ),
        lifts={"alpine": 30, "windows": -40, "macos": -40},
        over=("wrong-package-name", "python-version-has-no-wheel", "torch-version-not-available"),
    ),
)  # fmt: skip
