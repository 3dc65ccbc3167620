"""Settings that change what programs find, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest

from torchup.host.capture import Capture, CaptureHost
from torchup.probe.inventory import take_inventory
from torchup.probe.inventory.judged import find_odd
from torchup.words import load_words

HOME = "/home/user"
NAMES = {"torch": "torch"}
BASE = f"{HOME}/miniforge3"
LOCAL = f"{HOME}/.local/lib/python3.12/site-packages"
LEAK = {
    f"{BASE}/conda-meta/conda-24.1.2-py312h1_0.json": "{}",
    f"{BASE}/conda-meta/python-3.12.3-hab_0_cpython.json": "{}",
    f"{LOCAL}/numpy-2.1.0.dist-info/METADATA": "",
    f"{LOCAL}/requests-2.32.0.dist-info/METADATA": "",
}


def odd(
    system: str = "linux",
    **fields: Any,  # noqa: ANN401 - of the capture
) -> list[tuple[str, dict[str, str]]]:
    fields["env"] = {"HOME": HOME, **fields.get("env", {})}
    host = CaptureHost(Capture(system=system, machine="x86_64", **fields))  # type: ignore[arg-type]
    found = find_odd(host, take_inventory(host, NAMES), NAMES)
    words = load_words("en")
    for one in found:
        assert words.say(f"problem.{one.code}", one.args)
        assert words.say(f"problem.{one.code}.hint", one.args)
    return [(one.code, one.args) for one in found]


def test_a_library_path_with_another_cuda_is_named() -> None:
    files = {"/usr/local/cuda/lib64/libcudart.so.12": "", "/usr/lib/wsl/lib/libcuda.so.1": ""}
    path = "/usr/lib/wsl/lib::/usr/local/cuda/lib64:/gone"
    assert odd(files=files, env={"LD_LIBRARY_PATH": path}) == [
        (
            "library-path-cuda",
            {"folder": "/usr/local/cuda/lib64", "library": "libcudart.so.12"},
        )
    ]


@pytest.mark.parametrize(
    ("env", "codes"),
    [
        ({"PYTHONPATH": "/opt/ros/lib"}, ["pythonpath-set"]),
        ({"PYTHONPATH": ":"}, []),
        ({"PYTHONHOME": "/usr"}, ["pythonhome-set"]),
        ({"PYTHONHOME": "", "PYTHONPATH": ""}, []),
    ],
)
def test_variables_of_python_are_odd_where_they_say_something(
    env: dict[str, str], codes: list[str]
) -> None:
    assert [code for code, _ in odd(env=env)] == codes


def test_a_users_own_packages_leak_into_conda_of_the_same_python() -> None:
    ((code, args),) = odd(files=LEAK)
    assert code == "user-site-leak"
    assert args == {"folder": LOCAL, "packages": "numpy 2.1.0", "environment": BASE}
    assert odd(files=LEAK, env={"PYTHONNOUSERSITE": "1"}) == []
    other = {at.replace("python3.12", "python3.10"): text for at, text in LEAK.items()}
    assert odd(files=other) == []


def test_a_venv_that_was_opened_to_the_outside_sees_them_too() -> None:
    venv = f"{HOME}/.venv"
    files = {
        f"{venv}/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = true\n",
        f"{venv}/lib/python3.12/site-packages/torch-2.9.0.dist-info/METADATA": "",
        f"{LOCAL}/numpy-2.1.0.dist-info/METADATA": "",
    }
    ((code, args),) = odd(files=files)
    assert (code, args["environment"]) == ("user-site-leak", venv)
    closed = {**files, f"{venv}/pyvenv.cfg": "include-system-site-packages = false\n"}
    assert odd(files=closed) == []


def test_the_stores_stub_is_told_from_a_python_of_the_store() -> None:
    apps = "C:\\Users\\user\\AppData\\Local\\Microsoft\\WindowsApps"
    stub: dict[str, Any] = {
        "system": "windows",
        "programs": {"python": f"{apps}\\python.exe"},
        "folders": {apps: ("python.exe", "winget.exe")},
    }
    assert odd(**stub) == [("python-store-stub", {"path": f"{apps}\\python.exe"})]
    names = ("PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0", "python.exe")
    assert odd(**{**stub, "folders": {apps: names}}) == []
