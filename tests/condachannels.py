"""Two small channels: one laid out as conda-forge is, one as the framework's makers' was."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Final

from cli.fakeframework import companion_files, numpy_files, torch_files
from condamaker import MINOR, index, make_package, make_python, python_files
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SUBDIR: Final = "linux-64" if platform.machine() == "x86_64" else "linux-aarch64"
CP: Final = f"py{sys.version_info[0]}{sys.version_info[1]}"
NEW: Final = "2.13.0"
OLD: Final = "1.10.1"
NUMPY: Final = "1.26.9"
_NEXT: Final = f"{sys.version_info[0]}.{sys.version_info[1] + 1}.0a0"
ON_PYTHON: Final = (
    f"python >={MINOR},<{_NEXT}",
    f"python_abi {MINOR}.* *_cp{sys.version_info[0]}{sys.version_info[1]}",
)


def make_forge(root: Path) -> str:
    """Write a channel like conda-forge: builds for the CPU and for two CUDAs, and metapackages.

    The CUDA builds have the higher build numbers, and so are what a solver prefers.
    """
    forge = root / "conda-forge"
    make_python(forge, SUBDIR, MINOR)
    abi = f"{sys.version_info[0]}_cp{sys.version_info[0]}{sys.version_info[1]}"
    make_package(forge, "python_abi", MINOR, abi, depends=(f"python {MINOR}.*",))
    pip = python_files("pip", "99.0", {"pip/__init__.py": ""}, minor=MINOR)
    make_package(forge, "pip", "99.0", "pyh1_0", files=pip, depends=("python >=3.9",))
    numpy = python_files("numpy", NUMPY, numpy_files(NUMPY), minor=MINOR)
    make_package(
        forge,
        "numpy",
        NUMPY,
        f"{CP}h2_0",
        subdir=SUBDIR,
        files=numpy,
        depends=ON_PYTHON,
        ending=".tar.bz2",
    )
    make_package(
        forge,
        "tabulate",
        "0.9.0",
        "pyh3_0",
        depends=("python >=3.7",),
        noarch="python",
        entry_points=("tabulate = tabulate:main",),
        files={
            "site-packages/tabulate.py": "def main():\n    print('a table')\n",
            "site-packages/tabulate-0.9.0.dist-info/METADATA": "Name: tabulate\nVersion: 0.9.0\n",
            "site-packages/tabulate-0.9.0.dist-info/INSTALLER": "conda\n",
        },
    )
    for cuda in ("12.9", "13.0"):
        constrains = (f"__cuda >={cuda.partition('.')[0]}",)
        make_package(forge, "cuda-version", cuda, "h4_3", constrains=constrains)
    for version in ("2.12.1", NEW):
        add_torch(forge, version, "cpu")
        add_torch(forge, version, "cu129")
    add_torch(forge, NEW, "cu130")
    return index(forge)


def add_torch(channel: Path, version: str, build: str, *, broken: bool = False) -> None:
    """Add a torch of one build as conda-forge makes it, with its companions."""
    cuda = f"{build[2:-1]}.{build[-1]}" if build != "cpu" else ""
    word = f"cuda{build[2:]}_generic" if cuda else "cpu_generic"
    number = 200 if cuda else 0
    string = f"{word}_{CP}_h5_{number}"
    on_cuda = (
        ("__cuda", f"cuda-version >={cuda},<{int(cuda.partition('.')[0]) + 1}") if cuda else ()
    )
    files = torch_files(version if not cuda else f"{version}+{build}", broken=broken)
    files = {
        path: data.replace(f"+{build}", "") if isinstance(data, str) else data
        for path, data in files.items()
    }
    make_package(
        channel,
        "pytorch",
        version,
        string,
        subdir=SUBDIR,
        number=number,
        depends=(*ON_PYTHON, "numpy >=1.23", *on_cuda),
        constrains=(f"pytorch-{'cpu' if cuda else 'gpu'} <0",),
        files=python_files("torch", version, files, minor=MINOR),
    )
    meta = "pytorch-gpu" if cuda else "pytorch-cpu"
    kind = word.partition("_")[0]
    make_package(
        channel,
        meta,
        version,
        f"{kind}_h5_{number}",
        subdir=SUBDIR,
        number=number,
        depends=(f"pytorch {version} {kind}*_{number}",),
    )
    release = load_catalogue().release(version)
    assert release is not None, version
    for one in release.companions:
        make_package(
            channel,
            one.name,
            one.version,
            f"{kind}_{CP}_h6_0",
            subdir=SUBDIR,
            depends=(*ON_PYTHON, f"pytorch {version}.* {kind}*"),
            files=python_files(
                one.name, one.version, companion_files(one.name, one.version), minor=MINOR
            ),
        )


def add_tensorflow(channel: Path, version: str, build: str) -> None:
    """Add a TensorFlow of one build as conda-forge makes it, with the CUDA and cuDNN it needs."""
    cuda = f"{build[2:-1]}.{build[-1]}" if build != "cpu" else ""
    on_cuda: tuple[str, ...] = ()
    if cuda:
        on_cuda = (
            "__cuda",
            f"cudatoolkit >={cuda},<{int(cuda.partition('.')[0]) + 1}",
            "cudnn 8.*",
        )
        make_package(channel, "cudatoolkit", f"{cuda}.2", "h2_10", subdir=SUBDIR)
        make_package(
            channel, "cudnn", "8.1.0.77", "h9_0", subdir=SUBDIR, depends=("cudatoolkit 11.*",)
        )
    make_package(
        channel,
        "tensorflow",
        version,
        f"cuda{build[2:]}{CP}h5_0" if cuda else f"cpu_{CP}h5_0",
        subdir=SUBDIR,
        depends=(*ON_PYTHON, "numpy >=1.23", *on_cuda),
        files=python_files(
            "tensorflow",
            version,
            {"tensorflow/__init__.py": f"__version__ = {version!r}\n"},
            minor=MINOR,
        ),
    )
    make_package(channel, "tensorboard", version, "pyh5_0", noarch="python")


def add_jax(channel: Path, version: str, builds: Sequence[str]) -> None:
    """Add a JAX as conda-forge makes it: one jax for all, and a jaxlib for each build."""
    for build in builds:
        cuda = f"{build[2:-1]}.{build[-1]}" if build != "cpu" else ""
        on_cuda = (
            ("__cuda", f"cuda-version >={cuda},<{int(cuda.partition('.')[0]) + 1}") if cuda else ()
        )
        number = 200 if cuda else 0
        make_package(
            channel,
            "jaxlib",
            version,
            f"{f'cuda{build[2:]}' if cuda else build}_{CP}h5_{number}",
            subdir=SUBDIR,
            number=number,
            depends=(*ON_PYTHON, *on_cuda),
            constrains=(f"jax >={version}",),
            files=python_files(
                "jaxlib",
                version,
                {"jaxlib/__init__.py": f"build = {build!r}\n"},
                minor=MINOR,
            ),
        )
    files = {
        "site-packages/jax/__init__.py": f"import jaxlib\n__version__ = {version!r}\n",
        f"site-packages/jax-{version}.dist-info/METADATA": f"Name: jax\nVersion: {version}\n",
        f"site-packages/jax-{version}.dist-info/INSTALLER": "conda\n",
    }
    make_package(
        channel,
        "jax",
        version,
        "pyhd8_0",
        depends=("python >=3.11", "numpy >=1.23", f"jaxlib >={version},<={version}"),
        noarch="python",
        files=files,
    )


def make_makers(root: Path) -> str:
    """Write a channel like the framework's makers' was, for one old release."""
    makers = root / "pytorch"
    make_python(makers, SUBDIR, MINOR, ending=".tar.bz2")
    pip = python_files("pip", "99.0", {"pip/__init__.py": ""}, minor=MINOR)
    make_package(makers, "pip", "99.0", "py_0", files=pip, depends=("python",), ending=".tar.bz2")
    numpy = python_files("numpy", NUMPY, numpy_files(NUMPY), minor=MINOR)
    make_package(makers, "numpy", NUMPY, "py_0", files=numpy, ending=".tar.bz2")
    make_package(makers, "setuptools", "58.0", "py_0", ending=".tar.bz2")
    for kind in ("cpu", "cuda"):
        make_package(makers, "pytorch-mutex", "1.0", kind, ending=".tar.bz2")
    make_package(makers, "cudatoolkit", "11.3.1", "h2_10", subdir=SUBDIR, ending=".tar.bz2")
    release = load_catalogue().release(OLD)
    assert release is not None
    for build, needs in {
        f"py{MINOR}_cpu_0": ("pytorch-mutex 1.0 cpu",),
        f"py{MINOR}_cuda11.3_cudnn8.2.0_0": ("pytorch-mutex 1.0 cuda", "cudatoolkit >=11.3,<11.4"),
    }.items():
        files = python_files("torch", OLD, torch_files(OLD), minor=MINOR)
        make_package(
            makers,
            "pytorch",
            OLD,
            build,
            subdir=SUBDIR,
            depends=(ON_PYTHON[0], *needs),
            files=files,
            ending=".tar.bz2",
        )
        short = "cpu" if "cpu" in build else "cu113"
        for one in release.companions:
            make_package(
                makers,
                one.name,
                one.version,
                f"{CP}_{short}",
                subdir=SUBDIR,
                depends=(ON_PYTHON[0], f"pytorch =={OLD}", needs[0]),
                ending=".tar.bz2",
            )
    (root / "nvidia" / SUBDIR).mkdir(parents=True, exist_ok=True)
    index(root / "nvidia")
    return index(makers)
