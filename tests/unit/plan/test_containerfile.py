"""Containerfiles: read by another parser, and clean for a linter."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest
from dockerfile_parse import DockerfileParser

from torchup.errors import NoAnswerError
from torchup.facts.images import python_image, toolkit_image
from torchup.model import Stack
from torchup.plan.containerfile import Contained, Pinned, containerfile, tag_of

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import Device

HASH = f"sha256:{'0a' * 32}"
INDEX = ("--index-url", "https://download.pytorch.org/whl/cu126")


def contained(
    *,
    python: str = "3.12",
    device: Device = "cuda",
    toolkit: str = "",
    packages: tuple[Pinned, ...] | None = None,
    environment: dict[str, str] | None = None,
    whole: bool = True,
) -> Contained:
    """An environment with a framework from its own index and one package from the usual one."""
    stack = Stack(
        python=python,
        packages={"torch": "2.9.1"},
        build="cu126",
        runtime="12.6",
        device=device,
        pins={"torch": "2.9.1+cu126"},
        environment=environment or {},
    )
    usual = (
        Pinned(line="torch==2.9.1+cu126", hashes=(HASH,), options=INDEX),
        Pinned(line="numpy==2.3.1", hashes=(HASH, HASH.replace("0a", "0b"))),
    )
    return Contained(
        name="Demo",
        stack=stack,
        arch="x86_64",
        packages=packages or usual,
        toolkit=toolkit,
        whole=whole,
    )


def read(text: str) -> DockerfileParser:
    return DockerfileParser(fileobj=io.BytesIO(text.encode()))


def values(text: str, instruction: str) -> list[str]:
    return [one["value"] for one in read(text).structure if one["instruction"] == instruction]


def test_wheels_bring_their_own_cuda_so_the_image_is_small() -> None:
    text = containerfile(contained())
    known = python_image("3.12")
    assert known is not None
    assert known.digest
    assert read(text).parent_images == [known.reference]
    assert "nvidia/cuda" not in text
    env = read(text).envs
    assert env["NVIDIA_VISIBLE_DEVICES"] == "all"
    assert "#   docker run --rm -it --shm-size 8g --gpus all demo\n" in text
    assert "--device nvidia.com/gpu=all" in text
    assert values(text, "USER") == ["1000"]
    assert values(text, "CMD") == ['["python"]']


def test_each_index_gives_its_own_and_every_file_is_known() -> None:
    runs = values(containerfile(contained()), "RUN")
    installs = [one for one in runs if "pip install" in one]
    assert all("--require-hashes" in one and "--no-deps" in one for one in installs)
    assert all("--mount=type=cache,target=/root/.cache/pip" in one for one in installs)
    assert [INDEX[1] in one for one in installs] == [True, False]
    pins = [one for one in runs if "printf" in one]
    assert f"'torch==2.9.1+cu126 --hash={HASH}'" in pins[0]
    assert pins[1].count("--hash=") == 2
    checks = next(one for one in runs if "pip check" in one)
    assert '"2.9.1+cu126"' in checks


def test_a_toolkit_is_there_only_where_something_is_compiled() -> None:
    built = Pinned(line="ext==1.0", hashes=(HASH,), source=True)
    usual = contained().packages
    text = containerfile(contained(toolkit="12.6", packages=(built, *usual)))
    known = toolkit_image("12.6")
    assert known is not None
    assert read(text).parent_images[-1] == known.reference
    assert "No digest is known here" in text
    assert read(text).envs["CUDA_HOME"] == "/usr/local/cuda"
    runs = values(text, "RUN")
    assert any("uv venv --seed --python 3.12 /opt/venv" in one for one in runs)
    last = [one for one in runs if "pip install" in one][-1]
    assert "--no-build-isolation" in last
    assert "--only-binary" not in last


def test_a_python_without_the_gil_is_brought_along() -> None:
    text = containerfile(contained(python="3.13t"))
    assert "uv venv --seed --python 3.13t" in text
    assert "nvidia/cuda" not in text


@pytest.mark.parametrize(("python", "toolkit"), [("3.6", ""), ("3.6t", ""), ("3.12", "9.2")])
def test_an_image_that_nobody_knows_is_an_answer(python: str, toolkit: str) -> None:
    with pytest.raises(NoAnswerError) as caught:
        containerfile(contained(python=python, toolkit=toolkit))
    assert caught.value.code == "export.no-image"


def test_cards_of_amd_and_intel_are_lent_in_their_way() -> None:
    rocm = containerfile(contained(device="rocm"))
    assert "--device /dev/kfd --device /dev/dri" in rocm
    assert "getent group render" in rocm
    assert "NVIDIA_VISIBLE_DEVICES" not in rocm
    assert "Level Zero" in containerfile(contained(device="xpu"))
    assert "--gpus" not in containerfile(contained(device="cpu"))


def test_what_was_left_out_is_not_complained_of() -> None:
    assert "pip check" not in containerfile(contained(whole=False))


def test_variables_survive_as_they_are() -> None:
    odd = {"A": "plain", "B": 'two words "and" $more \\'}
    text = containerfile(contained(environment=odd))
    assert 'B="two words \\"and\\" \\$more \\\\"' in text
    assert read(text).envs["A"] == "plain"


@pytest.mark.skipif(sys.platform == "win32", reason="the linter is a program for POSIX here")
@pytest.mark.parametrize(
    "found",
    [
        contained(),
        contained(device="rocm", python="3.14"),
        contained(toolkit="13.0", environment={"X": "a b"}),
        contained(python="3.13t", device="cpu"),
    ],
    ids=["cuda", "rocm", "toolkit", "free-threaded"],
)
def test_the_linter_has_nothing_to_say(found: Contained, tmp_path: Path) -> None:
    program = shutil.which("hadolint", path=str(_programs()))
    assert program is not None
    file = tmp_path / "Containerfile"
    file.write_text(containerfile(found))
    done = subprocess.run([program, file], capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def _programs() -> Path:
    from pathlib import Path as FilePath

    return FilePath(sys.executable).parent


def test_each_framework_is_tried_in_its_own_words() -> None:
    stack = Stack(
        python="3.13",
        packages={"tensorflow": "2.21.0", "jax": "0.12.0.1", "jaxlib": "0.12.0.1"},
        build="cpu",
        runtime="",
        device="cpu",
        pins={"tensorflow": "2.21.0", "jax": "0.12.0.1", "jaxlib": "0.12.0.1"},
    )
    usual = (Pinned(line="tensorflow==2.21.0", hashes=(HASH,)),)
    text = containerfile(Contained(name="two", stack=stack, arch="x86_64", packages=usual))
    checks = [line for line in text.splitlines() if "python -c" in line]
    assert [line.partition("import ")[2].partition(";")[0] for line in checks] == [
        "tensorflow",
        "jax",
    ]
    assert "tensorflow.reduce_sum(x @ x)" in checks[0]
    assert "jax.numpy.ones((64, 64))" in checks[1]
    assert "compiler" not in text, "neither compiles anything as it runs"


def test_libraries_that_the_wheels_lack_are_named() -> None:
    stack = Stack(
        python="3.10",
        packages={"tensorflow": "2.10.1"},
        build="cu112",
        runtime="11.2",
        device="cuda",
    )
    usual = (Pinned(line="tensorflow==2.10.1", hashes=(HASH,)),)
    found = Contained(name="old", stack=stack, arch="x86_64", packages=usual)
    assert "bring no CUDA" not in containerfile(found)
    lacking = msgspec.structs.replace(found, libraries=("cudatoolkit=11.2", "cudnn=8.1"))
    assert "cudatoolkit=11.2 cudnn=8.1" in containerfile(lacking)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("demo", "demo"),
        ("Paper_21.b", "paper-21-b"),
        ("项目", "torchup"),
        ("/home/ada/My Env/", "my-env"),
        ("conda:lab", "lab"),
    ],
)
def test_an_image_is_called_as_docker_allows(name: str, tag: str) -> None:
    assert tag_of(name) == tag
