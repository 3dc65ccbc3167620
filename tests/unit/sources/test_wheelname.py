from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import parse_wheel_filename

from fuzzing import fuzzed
from torchup.sources.wheelname import WheelName, parse_wheel_name


def read(tags: str, version: str = "1.0") -> tuple[tuple[str, ...], tuple[str, ...], str]:
    found = parse_wheel_name(f"torch-{version}-{tags}.whl")
    assert found is not None
    return found.pythons, found.platforms, found.floor


@pytest.mark.parametrize(
    ("tags", "pythons", "platforms", "floor"),
    [
        ("cp36-cp36m-manylinux1_x86_64", "3.6", "linux-x86_64", "glibc 2.5"),
        ("cp37-cp37m-manylinux2010_x86_64", "3.7", "linux-x86_64", "glibc 2.12"),
        ("cp38-cp38-manylinux2014_aarch64", "3.8", "linux-aarch64", "glibc 2.17"),
        ("cp311-cp311-manylinux_2_28_x86_64", "3.11", "linux-x86_64", "glibc 2.28"),
        (
            "cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64",
            "3.9",
            "linux-x86_64",
            "glibc 2.17",
        ),
        ("cp311-cp311-musllinux_1_2_x86_64", "3.11", "linux-x86_64", "musl 1.2"),
        ("cp27-cp27mu-linux_x86_64", "2.7", "linux-x86_64", ""),
        ("cp312-cp312-win_amd64", "3.12", "windows-x86_64", ""),
        ("cp312-cp312-win_arm64", "3.12", "windows-arm64", ""),
        ("cp311-none-macosx_11_0_arm64", "3.11", "macos-arm64", "macos 11.0"),
        ("cp38-none-macosx_10_9_x86_64", "3.8", "macos-x86_64", "macos 10.9"),
        ("cp39-cp39-macosx_10_9_universal2", "3.9", "macos-x86_64 macos-arm64", "macos 10.9"),
        ("cp313-cp313t-manylinux_2_28_x86_64", "3.13t", "linux-x86_64", "glibc 2.28"),
        ("cp39-abi3-win_amd64", "3.9+", "windows-x86_64", ""),
        ("cp36.cp37-abi3-any", "3.6+ 3.7+", "any", ""),
        ("cp315-abi3.abi3t-win_amd64", "3.15+ 3.15t", "windows-x86_64", ""),
        ("py3-none-any", "any", "any", ""),
        ("py2.py3-none-any", "any", "any", ""),
        ("py310-none-any", "3.10+", "any", ""),
        ("py2-none-any", "", "any", ""),
        ("py3-none-manylinux_2_28_x86_64", "any", "linux-x86_64", "glibc 2.28"),
        ("pp39-pypy39_pp73-win_amd64", "pypy3.9", "windows-x86_64", ""),
        ("cp311-cp311-manylinux_2_28_s390x", "3.11", "linux-s390x", "glibc 2.28"),
    ],
)
def test_tags(tags: str, pythons: str, platforms: str, floor: str) -> None:
    assert read(tags) == (tuple(pythons.split()), tuple(platforms.split()), floor)


@pytest.mark.parametrize(
    ("filename", "project", "version", "build"),
    [
        ("torch-2.13.0+cu126-cp311-cp311-win_amd64.whl", "torch", "2.13.0", "cu126"),
        ("torch-2.6.0+cpu.cxx11.abi-cp39-cp39-linux_x86_64.whl", "torch", "2.6.0", "cpu.cxx11.abi"),
        ("torch-1.8.0+rocm4.0.1-cp39-cp39-linux_x86_64.whl", "torch", "1.8.0", "rocm4.0.1"),
        ("torch-1.13.0.post200-1-cp38-none-macosx_11_0_arm64.whl", "torch", "1.13.0.post200", ""),
        ("nvidia_cudnn_cu12-9.1.0.70-py3-none-any.whl", "nvidia-cudnn-cu12", "9.1.0.70", ""),
        ("torch-2.0.0RC1-py3-none-any.whl", "torch", "2.0.0rc1", ""),
        ("Foo.Bar-1.0-py3-none-any.whl", "foo-bar", "1.0", ""),
    ],
)
def test_names_and_versions(filename: str, project: str, version: str, build: str) -> None:
    found = parse_wheel_name(filename)
    assert isinstance(found, WheelName)
    assert (found.project, found.version, found.build) == (project, version, build)


@pytest.mark.parametrize(
    "filename",
    ["", "torch.whl", "torch-1.0.whl", "torch-1.0.tar.gz", "torch-x-py3-none-any.whl", "a-b-c-d-e"],
)
def test_other_files_are_no_wheels(filename: str) -> None:
    assert parse_wheel_name(filename) is None


@fuzzed
@given(st.one_of(st.text(), st.from_regex(r"\A[\w.+-]+\.whl\Z")))
def test_no_name_is_too_strange(filename: str) -> None:
    parse_wheel_name(filename)


_numbers = st.integers(0, 99)


@fuzzed
@given(
    st.tuples(_numbers, _numbers, _numbers),
    st.sampled_from(["", "rc1", "a2", ".post1", ".dev20260101"]),
    st.sampled_from(["", "cu126", "cpu", "rocm6.4"]),
    st.sampled_from(["py3-none-any", "cp311-cp311-manylinux_2_28_x86_64"]),
)
def test_agrees_with_packaging(
    release: tuple[int, int, int], suffix: str, local: str, tag: str
) -> None:
    number = ".".join(str(part) for part in release)
    filename = f"torch-{number}{suffix}{'+' + local if local else ''}-{tag}.whl"
    name, version, _, _ = parse_wheel_filename(filename)
    found = parse_wheel_name(filename)
    assert found is not None
    assert (found.project, found.version, found.build) == (
        name,
        version.public,
        version.local or "",
    )
