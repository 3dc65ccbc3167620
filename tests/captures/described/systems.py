"""Distributions, interpreters and toolkits: what is installed beside the hardware."""

from __future__ import annotations

from captures import products as p
from captures.parts import (
    ARCH,
    DEBIAN_12,
    NVML_MISSING,
    UBUNTU_20,
    UBUNTU_22,
    UBUNTU_24,
    Described,
    env,
    environment,
    file,
    linux,
    machine,
    nvidia,
    on_bus,
    plugged,
    program,
    python,
    refused,
    toolkit,
)
from stubs.machines import ran

_MUSL = "/lib/ld-musl-x86_64.so.1"
_HOME = "/home/user"
_GCC_13 = "gcc (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0\nCopyright (C) 2023 Free Software\n"
_NVCC = "nvcc: NVIDIA (R) Cuda compiler driver\nCuda compilation tools, release {}, V{}\n"
_CONDA = f"{_HOME}/miniconda3"
_ENV = f"{_CONDA}/envs/ml"
MACHINES = (
    Described(
        name="alpine-container",
        shows="Alpine in a container: musl, for which no build is published",
        capture=machine(
            linux("alpine", "3.20.3", kernel="6.8.0-49-generic", libc=None),
            file(_MUSL),
            {"ran": (ran(_MUSL, err="musl libc (x86_64)\nVersion 1.2.5\n", code=1),)},
            file("/.dockerenv"),
            python("/usr/bin/python3.12", "3.12.8"),
        ),
    ),
    Described(
        name="centos-7-tesla-k40",
        shows="CentOS 7 with glibc 2.17 and a Kepler card",
        capture=machine(
            linux("centos", "7", kernel="3.10.0-1160.119.1.el7.x86_64", libc="glibc 2.17"),
            *nvidia(p.TESLA_K40, driver="470.256.02", cuda=11040, opened=False),
            python("/usr/bin/python3.6", "3.6.8"),
        ),
    ),
    Described(
        name="nixos-rtx-3090",
        shows="NixOS: the driver's libraries under /run, no interpreter in the usual folders",
        capture=machine(
            linux("nixos", "24.11", kernel="6.6.63", libc="glibc 2.40"),
            *nvidia(p.RTX_3090, driver="565.77", cuda=12070),
            env(PATH="/run/current-system/sw/bin", LD_LIBRARY_PATH="/run/opengl-driver/lib"),
            python("/run/current-system/sw/bin/python3.12", "3.12.7"),
        ),
    ),
    Described(
        name="chroot-without-os-release",
        shows="a chroot without os-release: the distribution is unknown",
        capture=machine(UBUNTU_20, file("/etc/os-release", "")),
    ),
    Described(
        name="slackware-without-avx",
        shows="a processor without AVX",
        capture=machine(
            linux(
                "slackware",
                "15.0",
                kernel="5.15.19",
                libc="glibc 2.33",
                cpu="Intel(R) Pentium(R) CPU G620 @ 2.60GHz",
                flags="fpu sse2 ssse3 sse4_1 sse4_2",
                memory_gib=4,
            )
        ),
    ),
    Described(
        name="toolkits-side-by-side",
        shows="three CUDA toolkits of which the one that CUDA_HOME names wins, cuDNN beside one",
        capture=machine(
            UBUNTU_22,
            *nvidia(p.RTX_4090, driver="550.144.03", cuda=12040),
            toolkit("10.2.89"),
            toolkit("11.8.89"),
            toolkit("12.4.131"),
            {"links": {"/usr/local/cuda": "/usr/local/cuda-12.4"}},
            file(
                "/usr/local/cuda-11.8/include/cudnn_version.h",
                "#define CUDNN_MAJOR 8\n#define CUDNN_MINOR 9\n#define CUDNN_PATCHLEVEL 7\n",
            ),
            env(CUDA_HOME="/usr/local/cuda-11.8"),
        ),
    ),
    Described(
        name="toolkit-by-nvcc",
        shows="a toolkit that wins by its nvcc on the path, compilers with their versions",
        capture=machine(
            UBUNTU_24,
            *nvidia(p.RTX_4090, driver="580.95.05", cuda=13000),
            toolkit("12.8.61"),
            toolkit("13.0.48"),
            program("nvcc", "/usr/local/cuda-12.8/bin/nvcc", _NVCC.format("12.8", "12.8.61")),
            program("gcc", "/usr/bin/gcc", _GCC_13),
            program("ninja", "/usr/bin/ninja", "1.11.1\n"),
        ),
    ),
    Described(
        name="toolkit-of-the-distribution",
        shows="Debian's own toolkit, known by its header, and no driver",
        capture=machine(
            DEBIAN_12,
            plugged(p.GTX_1650, driver=""),
            refused(NVML_MISSING),
            file("/usr/lib/cuda/include/cuda.h", "#define CUDA_VERSION 11080\n"),
        ),
    ),
    Described(
        name="pythons-of-every-kind",
        shows="Pythons of pyenv, uv, conda and the system, one free-threaded, one PyPy",
        capture=machine(
            UBUNTU_24,
            python("/usr/bin/python3.12", "3.12.3"),
            python(f"{_HOME}/.pyenv/versions/3.11.9/bin/python", "3.11.9"),
            python(f"{_HOME}/.pyenv/versions/pypy3.10-7.3.17/bin/pypy3", "3.10.14", name="pypy"),
            python(
                f"{_HOME}/.local/share/uv/python/cpython-3.14.0+freethreaded-linux/bin/python",
                "3.14.0",
                free=True,
            ),
            python(f"{_CONDA}/bin/python", "3.13.1"),
            python("/usr/bin/python3.5", "3.5.10"),
        ),
    ),
    Described(
        name="conda-environment-with-torch",
        shows="a conda environment that holds torch, and a channel with its token taken out",
        capture=machine(
            UBUNTU_22,
            *nvidia(p.RTX_3090, driver="535.183.01", cuda=12020),
            python(f"{_CONDA}/bin/python", "3.12.4"),
            file(f"{_CONDA}/conda-meta/conda-24.5.0-py312h06a4308_0.json", "{}"),
            file(f"{_CONDA}/conda-meta/python-3.12.4-h5148396_1.json", "{}"),
            file(f"{_ENV}/conda-meta/python-3.10.14-h955ad1f_1.json", "{}"),
            file(f"{_ENV}/conda-meta/pytorch-2.4.0-py3.10_cuda12.1_cudnn9.1.0_0.json", "{}"),
            file(f"{_ENV}/lib/python3.10/site-packages/torch-2.4.0.dist-info/METADATA"),
            file(
                f"{_HOME}/.condarc",
                "channels:\n  - https://conda.example/t/***/lab\n  - defaults\n",
            ),
            env(CONDA_EXE=f"{_CONDA}/bin/conda"),
        ),
    ),
    Described(
        name="venv-with-torch",
        shows="an active environment that holds torch, and a mirror that pip is set to",
        capture=machine(
            ARCH,
            on_bus("0000:00:02.0", "8086:9a49", driver="i915"),
            python("/usr/bin/python3.13", "3.13.1"),
            environment(f"{_HOME}/.venv", "3.13", "torch-2.6.0+cpu", "torchvision-0.21.0+cpu"),
            {"executables": (f"{_HOME}/.venv/bin/python",)},
            env(VIRTUAL_ENV=f"{_HOME}/.venv", PYTHONPATH="/opt/lib"),
            file(
                f"{_HOME}/.config/pip/pip.conf",
                "[global]\nindex-url = https://***@mirror.example/simple\n",
            ),
            file(
                f"{_HOME}/.local/share/jupyter/kernels/ml/kernel.json",
                '{"argv": ["/home/user/.venv/bin/python"], "display_name": "ML"}',
            ),
        ),
    ),
)
