"""Lists for pip as projects have them: nothing stops them, and what can't be taken is named."""

from __future__ import annotations

import pytest

from torchup.projects.requirements import read_requirements_list
from torchup.projects.texts import text_of
from unit.projects.reading import lines, told

NOBODY = "does-not-matter"


def read(text: str) -> object:
    return read_requirements_list(text, "requirements.txt", lambda *_: None)


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("numpy == 1.21.6  # as ever", ["numpy==1.21.6"]),
        ("scikit_learn==0.24", ["scikit_learn==0.24"]),
        ("numpy=1.21.2=py38h20f2e39_0", ["numpy==1.21.2"]),
        ("numpy=1.21=py38h20f2e39_0", ["numpy==1.21"]),
        ("pillow                8.3.1            py38h2c7a002_0", ["pillow==8.3.1"]),
        ("_libgcc_mutex=0.1=main", []),
        ("h===h+u", ["h===h+u"]),
        ("torch===1.9.0+cu111", ["torch==1.9.0"]),
        ("ca-certificates=2021.7.5=h06a4308_1", []),
        ("attrs @ file:///tmp/build/80754af9/attrs_1604765588209/work", ["attrs"]),
        ("rich @ file:///C:/b/rich-10.1.0-py3-none-any.whl", ["rich==10.1.0"]),
        ("pytorch==1.9.0", ["torch==1.9.0"]),
        ("sklearn==0.0", ["scikit-learn"]),
        ("torch-scatter==2.0.9+pt19cu111", ["torch-scatter==2.0.9"]),
        ("pywin32==306", ["pywin32==306 ; sys_platform == 'win32'"]),
        ("dataclasses==0.8", ["dataclasses==0.8 ; python_version < '3.7'"]),
        ("enum34 ; python_version < '3'", ['enum34; python_version < "3"']),
        ("nvidia-cublas-cu12==12.1.3.1", []),
        ("flash-attn --no-build-isolation", ["flash-attn"]),
        (
            "torch @ https://x.test/whl/cu113/torch-1.12.1%2Bcu113-cp39-cp39-linux_x86_64.whl",
            ["torch==1.12.1"],
        ),
        ("apex==0.1", []),
        ("torch 1.7", ["torch==1.7.*"]),
        ("numpy              1.21.2", ["numpy==1.21.2"]),
        ("torch~=1.12.1+cu113", ["torch~=1.12.1"]),
        ("1.26.4", []),
        ("opencv3", ["opencv-python"]),
        ("numpy>=1.0.*", ["numpy>=1.0"]),
        ("torch==1.x", ["torch"]),
        ("torch>=1.7,", ["torch>=1.7"]),
        ("-e .", []),
        ("git+https://x.test/one/two.git@main#egg=two", []),
        ("three @ git+https://x.test/one/three.git", []),
        ("this is prose, not a requirement", []),
    ],
)
def test_a_line_of_a_list(line: str, taken: list[str]) -> None:
    found = read_requirements_list(line, "requirements.txt", lambda *_: None)
    assert lines(found) == taken
    if not taken:
        assert found.notes


def test_a_local_version_is_a_wish_for_its_build_and_not_a_pin_on_it() -> None:
    found = read_requirements_list(
        "torch==1.10.0+cu113\ntorchvision==0.11.1+cu113\n", "r.txt", lambda *_: None
    )
    assert lines(found) == ["torch==1.10.0", "torchvision==0.11.1"]
    assert found.build == "cu113"


def test_places_nested_files_and_hashes_are_handed_on() -> None:
    asked: list[tuple[str, bool, int]] = []
    text = "-f https://x.test/page.html\n-rmore.txt\n-c limits.txt\nsix==1.16.0 --hash=sha256:AA\n"
    found = read_requirements_list(text, "r.txt", lambda *one: asked.append(one))
    assert [(one.kind, one.url, one.origin) for one in found.places] == [
        ("links", "https://x.test/page.html", "r.txt:1")
    ]
    assert asked == [("more.txt", False, 2), ("limits.txt", True, 3)]
    assert [(one.name, one.hashes) for one in found.hashes] == [("six", ("sha256:AA",))]


def test_each_line_keeps_its_number() -> None:
    found = read_requirements_list(
        "\n# first\nnumpy\n\n-e git+https://x.test/a.git\n", "r.txt", lambda *_: None
    )
    assert [one.origin for one in found.packages] == ["r.txt:3"]
    assert told(found) == [("left-git", "git+https://x.test/a.git")]
    assert found.notes[0].about == "r.txt:5"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk"]
)
def test_text_is_read_in_whatever_encoding_it_was_saved(encoding: str) -> None:
    text = "# 训练环境所需要的库\r\ntorch==1.8.0\r\nnumpy\r\n"
    found = read_requirements_list(text_of(text.encode(encoding)), "r.txt", lambda *_: None)
    assert lines(found) == ["torch==1.8.0", "numpy"]


def test_a_wheels_address_tells_the_python_and_the_build() -> None:
    name = "flash_attn-2.3.3+cu118torch2.0cxx11abiFALSE-cp310-cp310-linux_x86_64.whl"
    found = read_requirements_list(f"https://x.test/{name}", "r.txt", lambda *_: None)
    assert lines(found) == ["flash-attn==2.3.3"]
    assert (found.python, found.build) == ("3.10", "cu118")


def test_hashes_belong_to_the_bare_name() -> None:
    text = "requests[socks]==2.31.0 --hash=sha256:aa\nnumpy>=1.21 --hash=sha256:bb\n"
    found = read_requirements_list(text, "r.txt", lambda *_: None)
    assert [one.name for one in found.hashes] == ["requests", "numpy"]


def test_a_python_among_the_packages_is_what_it_was_used_with() -> None:
    found = read_requirements_list("python==3.8\npython>=3.6\ntorch\n", "r.txt", lambda *_: None)
    assert lines(found) == ["torch"]
    assert found.python == "3.8"
    assert read_requirements_list("python>=3.6", "r.txt", lambda *_: None).pythons == ">=3.6"


def test_a_command_in_a_list_is_taken_for_its_package() -> None:
    found = read_requirements_list("pip install scipy==1.5\n", "r.txt", lambda *_: None)
    assert lines(found) == ["scipy==1.5"]


def test_a_build_behind_a_range_is_a_wish_for_it() -> None:
    text = "torch~=1.12.1+cu113\ntorchvision>=0.13+cu113\n"
    found = read_requirements_list(text, "r.txt", lambda *_: None)
    assert (lines(found), found.build) == (["torch~=1.12.1", "torchvision>=0.13"], "cu113")
