"""Conda's side of requirements and locks, as text."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.backends.conda_listing import _files, _pythons
from torchup.backends.conda_lock import CondaLock, Locked, read_lock, write_lock
from torchup.backends.conda_prefix import said
from torchup.backends.conda_specs import read_wish
from torchup.backends.pylock import read_packages

PACKAGE = Locked(
    name="numpy",
    version="1.26.4",
    build="py311h64a7726_0",
    build_number=0,
    subdir="linux-64",
    fn="numpy-1.26.4-py311h64a7726_0.conda",
    url="https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py311h64a7726_0.conda",
    channel="conda-forge",
    sha256="ab" * 32,
    size=12,
    depends=("python >=3.11,<3.12.0a0", 'odd "quoted" \\ one'),
)


@pytest.mark.parametrize(
    ("line", "spec"),
    [
        ("numpy", "numpy"),
        ("numpy>=1.2,<2", "numpy <2,>=1.2"),
        ("numpy==1.26.4", "numpy ==1.26.4"),
        ("numpy===1.26.4", "numpy ==1.26.4"),
        ("numpy==1.26.*", "numpy 1.26.*"),
        ("numpy~=1.26.0", "numpy ~=1.26.0"),
        ("numpy!=1.26.1", "numpy !=1.26.1"),
    ],
)
def test_versions_are_said_in_conda_s_way(line: str, spec: str) -> None:
    wish = read_wish(line, {})
    assert wish is not None
    assert wish.spec("numpy") == spec


def test_a_name_is_looked_for_as_conda_may_spell_it() -> None:
    wish = read_wish("Typing-Extensions", {})
    assert wish is not None
    assert wish.names == ("typing-extensions", "typing_extensions", "typing.extensions")


def test_markers_decide() -> None:
    assert read_wish("six; python_version < '3'", {"python_version": "3.11"}) is None
    assert read_wish("six; python_version > '3'", {"python_version": "3.11"}) is not None


@pytest.mark.parametrize("line", ["ray[tune]", "six @ https://h.example/six.whl"])
def test_what_only_pip_can_have_has_no_name_of_conda_s(line: str) -> None:
    wish = read_wish(line, {})
    assert wish is not None
    assert (wish.names, wish.line) == ((), line)


def test_a_lock_comes_back_as_it_was() -> None:
    lock = CondaLock(
        subdir="linux-64",
        specs=("pytorch ==2.9.1 cuda126*",),
        channels=("https://conda.anaconda.org/conda-forge",),
        pinned=("pytorch ==2.9.1 cuda126*",),
        packages=(PACKAGE,),
    )
    text = write_lock(lock)
    assert read_lock(text) == lock
    assert read_packages(text.encode()) == (), "no package is pip's"


def test_a_lock_that_another_program_wrote_is_read_too() -> None:
    lock = CondaLock(subdir="linux-64", specs=("python",), channels=("x",), packages=(PACKAGE,))
    text = write_lock(lock).replace(" = ", "  =  ").replace("size", "# size\nsize")
    assert read_lock(text) == lock


def test_a_lock_of_pip_s_alone_has_none_of_conda_s() -> None:
    assert read_lock('lock-version = "1.0"\npackages = []\n') is None


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x7f")))
def test_any_text_survives_a_lock(text: str) -> None:
    from msgspec.structs import replace

    lock = CondaLock(
        subdir="x", specs=(text,), channels=(), packages=(replace(PACKAGE, name=text),)
    )
    assert read_lock(write_lock(lock)) == lock


def test_a_history_calls_a_package_by_channel_platform_and_file() -> None:
    assert said(PACKAGE.url) == "conda-forge/linux-64::numpy-1.26.4-py311h64a7726_0"
    assert (
        said("file:///srv/chan/noarch/six-1.16.0-pyh_0.tar.bz2")
        == "file:///srv/chan/noarch::six-1.16.0-pyh_0"
    )


def pythons(name: str, *depends: str, version: str = "1", build: str = "0") -> tuple[str, ...]:
    record = SimpleNamespace(
        name=SimpleNamespace(normalized=name), version=version, build=build, depends=list(depends)
    )
    return _pythons(record)


def test_a_package_s_pythons_are_read_from_what_it_needs() -> None:
    assert pythons("pytorch", "python >=3.11,<3.12.0a0") == ("3.11",)
    assert pythons("pytorch", "python >=3.9,<3.10.0a0", "python_abi 3.9.* *_cp39") == ("3.9",)
    assert pythons("pytorch", "python_abi 3.13.* *_cp313t", "python >=3.13") == ("3.13t",)
    assert pythons("pytorch", "python 3.8.*") == ("3.8",)
    assert pythons("six", "python >=3.7") == ("3.7+",)
    assert pythons("six", "python >=3.8,<3.11") == ("3.8", "3.9", "3.10")
    assert pythons("six", "python") == ("any",)
    assert pythons("cudatoolkit") == ("any",)
    assert pythons("python", version="3.12.4", build="h1_0_cpython") == ("3.12",)
    assert pythons("python", version="3.13.1", build="h1_5_cp313t") == ("3.13t",)


def test_nothing_of_rattler_is_imported_for_text() -> None:
    """The modules above are read where no rattler is."""
    import subprocess

    code = (
        "import sys, torchup.backends.conda, torchup.backends.conda_lock,"
        " torchup.backends.conda_inspect; assert 'rattler' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def listed(
    build: str, *, system: str = "linux-x86_64", framework: bool = True
) -> tuple[str, tuple[str, ...]]:
    record = SimpleNamespace(
        name=SimpleNamespace(normalized="pytorch"),
        version="2.5.1",
        build=build,
        depends=["python 3.11.*", "__glibc >=2.17"],
        file_name=f"pytorch-2.5.1-{build}.conda",
        url=f"https://me:pw@h.example/t/to-ken/c/linux-64/pytorch-2.5.1-{build}.conda",
        sha256=None,
        size=None,
    )
    (file,) = _files([record], system, of_framework=framework)
    assert "pw" not in file.url
    assert "to-ken" not in file.url
    assert file.floor == "glibc 2.17"
    return file.build, file.platforms


def test_a_package_s_build_is_read_from_its_build_string() -> None:
    assert listed("cuda126_mkl_py311_h1_300") == ("cu126", ("linux-x86_64",))
    assert listed("py3.11_0", system="macos-arm64") == ("cpu", ("macos-arm64",))
    assert listed("py3.11_0") == ("", ("linux-x86_64",)), "nobody knows what this is"
    assert listed("py311_0", framework=False) == ("", ("any",))
