"""Commands to paste: what is installed, from where, quoted for the shell they are meant for."""

from __future__ import annotations

from typing import Any

import pytest

from torchup.errors import UsageError
from torchup.model import Stack
from torchup.plan.forms import FORMS, Form
from torchup.plan.pasting import Wanted, pasteable

INDEX = ("--index-url", "https://framework.test/whl/cu126")


def wanted(**more: Any) -> Wanted:  # noqa: ANN401 - any field of what is wanted
    stack = Stack(
        python=more.pop("python", "3.12"),
        packages={"torch": "2.2.2", "torchvision": "0.17.2"},
        build="cu121",
        runtime="12.1",
        device=more.pop("device", "cuda"),
        pins={"torch": "2.2.2+cu121", "torchvision": "0.17.2+cu121"},
        beside=more.pop("beside", ("numpy",)),
        constraints=more.pop("constraints", ("numpy<2",)),
        absent=more.pop("absent", ()),
        environment=more.pop("environment", {}),
    )
    fields = {"system": "linux", "options": INDEX, "rest": ("rich>=13",)} | more
    return Wanted(stack=stack, **fields)


def test_pip_on_linux() -> None:
    assert pasteable("pip", wanted()).splitlines() == [
        "python3.12 -m venv NAME",
        (
            "NAME/bin/python -m pip install torch==2.2.2+cu121 torchvision==0.17.2+cu121"
            " --index-url https://framework.test/whl/cu126"
        ),
        'NAME/bin/python -m pip install "numpy<2" "rich>=13"',
    ]


def test_pip_on_windows() -> None:
    lines = pasteable("pip", wanted(system="windows")).splitlines()
    assert lines[0] == "py -3.12 -m venv NAME"
    assert lines[1].startswith("NAME\\Scripts\\python -m pip install torch==")


def test_uv_and_conda() -> None:
    uv = pasteable("uv", wanted(name="paper 21")).splitlines()
    assert uv[0] == 'uv venv --python 3.12 "paper 21"'
    assert uv[1].startswith('uv pip install --python "paper 21" torch==2.2.2+cu121')
    conda = pasteable("conda", wanted()).splitlines()
    assert conda[0] == "conda create --yes --name NAME python=3.12 pip"
    run = "conda run --no-capture-output --name NAME python -m pip install torch==2.2.2+cu121"
    assert conda[1].startswith(run)


def test_conda_names_a_free_threaded_python_otherwise() -> None:
    make, *_ = pasteable("conda", wanted(python="3.14t")).splitlines()
    assert make == (
        "conda create --yes --name NAME --override-channels --channel conda-forge"
        " python-freethreading=3.14 pip"
    )


def test_a_package_is_named_once() -> None:
    asked = wanted(rest=("NumPy>=1.19", "numpy==1.26.4"), constraints=("numpy<2,<1.27",))
    assert pasteable("pip", asked).count("umpy") == 1


def test_dockerfile() -> None:
    lines = pasteable("dockerfile", wanted()).splitlines()
    assert lines[0] == "FROM python:3.12-slim"
    assert lines[1].startswith("ENV NVIDIA_VISIBLE_DEVICES=all")
    assert lines[2].startswith("RUN pip install --no-cache-dir torch==2.2.2+cu121")
    assert lines[-1] == "# docker run --rm -it --gpus all IMAGE"
    assert "ENV" not in pasteable("dockerfile", wanted(device="cpu"))


def test_one_command_where_everything_is_in_one_place() -> None:
    lines = pasteable("pip", wanted(options=())).splitlines()
    assert lines[1:] == [
        (
            "NAME/bin/python -m pip install torch==2.2.2+cu121 torchvision==0.17.2+cu121"
            ' "numpy<2" "rich>=13"'
        )
    ]


@pytest.mark.parametrize("form", FORMS)
def test_what_must_not_be_there_is_taken_out(form: Form) -> None:
    lines = pasteable(form, wanted(absent=("dataclasses",))).splitlines()
    last = [line for line in lines if not line.startswith("# ")][-1]
    assert "uninstall" in last
    assert last.endswith("dataclasses")


def test_no_image_of_a_free_threaded_python() -> None:
    with pytest.raises(UsageError) as caught:
        pasteable("dockerfile", wanted(python="3.14t"))
    assert caught.value.code == "pasting.no-image"


def test_variables_that_the_stack_needs() -> None:
    needs = {"HSA_OVERRIDE_GFX_VERSION": "10.3.0"}
    last = pasteable("uv", wanted(environment=needs)).splitlines()[-1]
    assert last == "export HSA_OVERRIDE_GFX_VERSION=10.3.0"
    docker = pasteable("dockerfile", wanted(environment=needs, device="rocm"))
    assert "--device /dev/kfd" in docker.splitlines()[-1]
    assert "/dev/kfd" not in pasteable("dockerfile", wanted(device="rocm", wsl=True))
    assert "\nENV HSA_OVERRIDE_GFX_VERSION=10.3.0\n" in docker


def test_libraries_that_wheels_do_not_bring() -> None:
    needs = ("cudatoolkit=11.2", "cudnn=8.1")
    conda = pasteable("conda", wanted(libraries=needs, options=())).splitlines()
    assert conda[0].endswith("--channel conda-forge cudatoolkit=11.2 cudnn=8.1")
    assert conda[-1] == '# export LD_LIBRARY_PATH="$CONDA_PREFIX/lib"'
    windows = pasteable("conda", wanted(libraries=needs, options=(), system="windows"))
    assert "LD_LIBRARY_PATH" not in windows
    for form in ("pip", "uv", "dockerfile"):
        said = pasteable(form, wanted(libraries=needs)).splitlines()
        assert said[-1] == "# CUDA: cudatoolkit=11.2 cudnn=8.1"
