"""A project's folder: which file counts, what the others add, what is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.errors import UsageError
from torchup.host.real import RealHost
from torchup.projects import Declared, read_named_file, read_project
from unit.projects.reading import lines, told, written

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, files: dict[str, str | bytes], *, cpu: bool = False) -> Declared:
    return read_project(RealHost(), written(folder, files), cpu=cpu)


def refused(folder: Path, files: dict[str, str | bytes]) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read(folder, files)
    return caught.value


def test_the_most_trusted_file_that_names_packages_counts(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "pyproject.toml": "[tool.black]\nline-length = 99\n",
            "requirements.txt": "torch==1.8.0\nnumpy\n",
            "requirements-dev.txt": "pytest\n",
            "setup.py": "setup(install_requires=['scipy'], python_requires='>=3.6')",
            "README.md": "Python 3.7, PyTorch 1.4",
        },
    )
    assert lines(found) == ["torch==1.8.0", "numpy"]
    assert (found.python, found.pythons) == ("3.7", ">=3.6")
    assert ("project-read", "requirements.txt, setup.py, README.md") in told(found)
    assert ("project-passed", "requirements-dev.txt") in told(found)


def test_what_names_no_framework_takes_it_from_a_less_trusted_file(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"requirements.txt": "librosa\n", "Dockerfile": "FROM nvcr.io/nvidia/pytorch:21.10-py3\n"},
    )
    assert lines(found) == ["librosa", "torch==1.10.*"]
    assert found.python == "3.8"


def test_a_version_that_only_the_readme_states_counts(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"requirements.txt": "torch\n", "README.md": "Tested with PyTorch 1.4.0."}
    )
    assert lines(found) == ["torch==1.4.0"]


def test_without_declarations_readme_and_code_are_put_together(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "README.md": "PyTorch 1.2 and Python 3.7",
            "train.py": "import torch, gym, models\nfrom models.net import Net\n",
            "models/net.py": "import numpy as np\nimport torch.nn\n",
            ".git/hook.py": "import nothing_at_all\n",
        },
    )
    assert lines(found) == ["torch==1.2.*", "gym", "numpy"]
    assert not [one for one in told(found) if one[0] == "left-unknown"]


def test_a_folder_below_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"atari/env.yml": "dependencies: [pytorch=1.4]\n", "gym/requirements.txt": "torch\n"},
    )
    assert lines(found) == ["torch==1.4.*"]
    assert ("project-passed", "gym/") in told(found)


@pytest.mark.parametrize(("cpu", "version"), [(False, "2"), (True, "1")])
def test_of_two_environment_files_that_for_the_machine_counts(
    tmp_path: Path, version: str, *, cpu: bool
) -> None:
    files: dict[str, str | bytes] = {
        "environment_cpu.yml": "dependencies: [pytorch=1.1.0]\n",
        "environment_gpu.yml": "dependencies: [pytorch=1.2.0]\n",
    }
    assert lines(read(tmp_path, files, cpu=cpu)) == [f"torch==1.{version}.0"]


def test_lists_that_include_each_other_are_read_once(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "requirements.txt": "-r a.txt\ntorch\n-r gone.txt\n",
            "a.txt": "-r requirements.txt\nsix\n",
        },
    )
    assert lines(found) == ["torch", "six"]
    assert ("left-file", "gone.txt") in told(found)


def test_lines_that_contradict_each_other_are_both_named(tmp_path: Path) -> None:
    error = refused(
        tmp_path,
        {
            "requirements.txt": "torch\nnumpy==1.19.0\n-r extra.txt\n",
            "extra.txt": "\nnumpy>=1.21\n",
        },
    )
    assert error.code == "projects.conflict"
    assert (error.details["file"], error.details["line"]) == ("requirements.txt", "2")
    assert (error.details["file_two"], error.details["line_two"]) == ("extra.txt", "2")


def test_a_malformed_lock_is_named_and_the_next_file_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, {"uv.lock": "version = 1\n", "requirements.txt": "torch\n"})
    assert lines(found) == ["torch"]
    assert ("project-malformed", "uv.lock") in told(found)


def test_a_project_of_an_unknown_framework_is_told_apart(tmp_path: Path) -> None:
    error = refused(tmp_path, {"requirements.txt": "mxnet==1.9\nnumpy\n"})
    assert (error.code, error.details["rival"]) == ("projects.no-framework", "mxnet")


def test_a_project_with_two_frameworks_is_taken(tmp_path: Path) -> None:
    assert lines(read(tmp_path, {"requirements.txt": "tensorflow\ntorch\n"})) == [
        "tensorflow",
        "torch",
    ]


def test_an_empty_folder_and_no_folder(tmp_path: Path) -> None:
    error = refused(tmp_path / "empty", {"notes/todo.md": "nothing"})
    assert error.code == "projects.nothing"
    assert "pyproject.toml" in error.details["looked"]
    with pytest.raises(UsageError) as caught:
        read_project(RealHost(), str(tmp_path / "nowhere"))
    assert caught.value.code == "projects.no-folder"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("what-it-needs.yaml", "name: x\ndependencies: [pytorch=1.4.0]\n"),
        ("anything.toml", '[project]\nname = "x"\ndependencies = ["torch==1.4.0"]\n'),
        ("lock.toml", 'lock-version = "1.0"\n[[packages]]\nname = "torch"\nversion = "1.4.0"\n'),
        (
            "some.lock",
            (
                'version = 1\n\n[[package]]\nname = "torch"\nversion = "1.4.0"\n'
                '[[package]]\nname = "x"\nsource = { virtual = "." }\n'
                'dependencies = [{ name = "torch" }]\n'
            ),
        ),
    ],
)
def test_the_content_of_a_named_file_chooses_its_reader(
    tmp_path: Path, name: str, text: str
) -> None:
    folder = written(tmp_path, {name: text})
    found = read_named_file(RealHost(), f"{folder}/{name}")
    assert found is not None
    assert lines(found) == ["torch==1.4.0"]


def test_a_list_for_pip_is_left_to_its_own_reader(tmp_path: Path) -> None:
    folder = written(tmp_path, {"r.txt": "torch==1.4.0\n"})
    assert read_named_file(RealHost(), f"{folder}/r.txt") is None
    assert read_named_file(RealHost(), f"{folder}/not-there.txt") is None


def test_a_list_that_condas_file_includes_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "environment.yml": "dependencies:\n- python=3.8\n- pip:\n  - -r requirements.txt\n",
            "requirements.txt": "torch==1.8.0\nnumpy\n",
        },
    )
    assert lines(found) == ["torch==1.8.0", "numpy"]
    assert found.python == "3.8"


def test_in_a_folder_of_lists_the_main_one_counts(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"requirements/base.txt": "torch\n", "requirements/all-of-it.txt": "pytest\n"}
    )
    assert lines(found) == ["torch"]


def test_of_several_ways_that_a_readme_shows_the_first_with_a_version_counts(
    tmp_path: Path,
) -> None:
    readme = (
        "`pip install torch numpy`\nor: `conda install pytorch=1.7.1 cudatoolkit=11.0`\n"
        "or: `pip install torch==1.8.0`\n"
    )
    found = read(tmp_path, {"README.md": readme})
    assert lines(found) == ["torch==1.7.1", "numpy"]


def test_a_folder_without_code_hides_no_package(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "train.py": "import torch\nimport wandb\nimport mine.sub\n",
            "wandb/latest/config.yaml": "a: 1\n",
            "mine/sub/one.py": "",
        },
    )
    assert lines(found) == ["torch", "wandb"]
    assert not [one for one in told(found) if one[0] == "left-unknown"]


def test_a_misspelt_file_beside_a_stronger_one_is_named_and_passed_over(tmp_path: Path) -> None:
    conda = "name: a\ndependancies:\n  - numpy\n"
    lock = '[[packages]]\nname = "torch"\nversion = "2.1.0"\n'
    found = read(tmp_path, {"pylock.toml": lock, "environment.yml": conda})
    assert lines(found) == ["torch==2.1.0"]
    assert [one.about for one in found.notes if one.code == "key-unknown"] == ["environment.yml:2"]


def test_the_file_that_the_readme_names_counts_whatever_its_name(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "setup.py": "setup(install_requires=['torch', 'mine'])",
            "README.md": "```\nconda env create -f env/SE3.yml\n```\n",
            "env/SE3.yml": "name: x\ndependencies:\n- python=3.9\n- pytorch=1.9.0\n",
        },
    )
    assert lines(found) == ["torch==1.9.0"]
    assert (found.python, found.files[0]) == ("3.9", "env/SE3.yml")


def test_lists_that_the_readme_names_and_that_are_elsewhere_are_no_matter(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "README.md": "`pip install -r ../other.txt -r gone.txt`, then `pip install torch`",
            "../other.txt": "numpy\n",
        },
    )
    assert lines(found) == ["torch"]


def test_what_only_has_the_name_of_an_environment_file_is_not_followed(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "conda-forge.yml": "azure:\n  free_disk_space: true\nbot:\n- push\n",
            "requirements.txt": "torch==2.1.0\n",
        },
    )
    assert lines(found) == ["torch==2.1.0"]
    assert ("no-dependencies", "conda-forge.yml") in told(found)


def test_a_list_for_part_of_a_project_counts_after_what_it_needs(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "requirements.opt.txt": "spacy\n",
            "requirements-dev.txt": "pytest\n",
            "setup.py": "setup(install_requires=['torch>=2.1,<2.3'])",
        },
    )
    assert lines(found) == ["torch<2.3,>=2.1"]
    assert read(tmp_path / "b", {"requirements-dev.txt": "torch==1.8\n"}).packages


def test_the_plain_environment_comes_before_the_one_with_extras(tmp_path: Path) -> None:
    text = "dependencies:\n- pytorch={}\n"
    found = read(
        tmp_path, {"conda-extras.yaml": text.format("2.0.0"), "conda.yaml": text.format("1.9.0")}
    )
    assert lines(found) == ["torch==1.9.0"]


def test_a_file_without_packages_still_tells_the_python(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "pyproject.toml": (
                '[project]\nname = "x"\nrequires-python = ">=3.8,<3.10"\n'
                'dynamic = ["dependencies"]\n'
            ),
            "requirements.txt": "torch==1.8.0\n",
        },
    )
    assert lines(found) == ["torch==1.8.0"]
    assert found.pythons == "<3.10,>=3.8"
    assert ("dependencies-dynamic", "pyproject.toml") in told(found)


def test_of_the_lists_that_the_readme_names_the_one_for_this_machine_counts(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "README.md": "```\npip install -r needs_cpu.txt\npip install -r needs_cu118.txt\n```\n",
        "needs_cpu.txt": "torch==2.4.1+cpu\n",
        "needs_cu118.txt": "torch==2.4.1+cu118\n",
    }
    assert read(tmp_path, files).build == "cu118"
    assert read(tmp_path, files, cpu=True).build == "cpu"


def test_the_guide_to_installation_is_read_beside_the_readme(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "README.md": "A thing for Python 3.",
            "docs/install.md": (
                "```shell\nconda create -n x python=3.8 -y\n"
                "pip install torch==1.9.1+cu111 -f https://download.pytorch.org/whl/"
                "torch_stable.html\npip install mmdet==2.14.0\n```\n"
            ),
            "docs/install.sh": "pip install numpy\n",
            "train.py": "import torch, cv2\n",
        },
    )
    assert lines(found) == ["torch==1.9.1", "mmdet==2.14.0", "opencv-python"]
    assert (found.python, found.build) == ("3.8", "cu111")


def test_a_guide_adds_nothing_to_what_names_the_framework(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "setup.py": "setup(install_requires=['torch>=1.13'])",
            "docs/getting_started.rst": "Use CUDA 9.1.\n",
        },
    )
    assert found.files == ("setup.py",)
    assert found.build == ""


def test_a_corrected_name_keeps_the_system_that_it_is_for(tmp_path: Path) -> None:
    listed = (
        "tensorflow-macos==2.9.2 ; sys_platform == 'darwin'\n"
        "tensorflow==2.15.0 ; sys_platform != 'darwin'\n"
    )
    found = read(tmp_path, {"requirements.txt": listed})
    assert sorted(lines(found)) == [
        'tensorflow==2.15.0; sys_platform != "darwin"',
        'tensorflow==2.9.2; sys_platform == "darwin"',
    ]


def test_an_image_without_a_version_says_which_framework_it_is(tmp_path: Path) -> None:
    said = "FROM tensorflow/tensorflow:latest-gpu\nRUN pip install einops\n"
    found = read(tmp_path, {"Dockerfile": said})
    assert set(lines(found)) == {"tensorflow", "einops"}


def test_a_readme_without_images_is_read_in_linear_time(tmp_path: Path) -> None:
    for odd in ("a.b." * 20_000, "a-" * 50_000):
        read(tmp_path, {"README.md": f"`pip install torch`\n{odd}\n"})
