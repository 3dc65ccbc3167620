"""The payload, run for real, against packages that go wrong in one way each."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from torchup.verify.run import PAYLOAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from unit.verify.conftest import Env

GOOD = "__version__ = '2.13.0+cpu'\nclass version: cuda = None\n"
QUICK = ("--level=quick",)
IDENTITY = ("--only=import", "--only=version", "--expect-version=2.13.0+cpu")


def run(env: Env, *arguments: str, cwd: Path | None = None, **more: str) -> dict[str, Any]:
    done = subprocess.run(
        [env.python, "-I", "-S", str(PAYLOAD), "--framework=torch", *QUICK, *arguments],
        capture_output=True,
        check=True,
        cwd=cwd,
        env={**os.environ, **more},
        timeout=60,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["end"] is True
    return {line["code"]: (line["status"], line["detail"]) for line in lines if "code" in line}


def load(name: str) -> ModuleType:
    return importlib.import_module(f"torchup.verify.payload.{name}")


@pytest.mark.parametrize("path", sorted(PAYLOAD.parent.glob("*.py")), ids=lambda p: p.name)
def test_old_pythons_can_read_it(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 6))
    named = {
        alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names
    } | {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not {name for name in named if name and name.startswith("torchup")}
    assert "__future__" not in named


def test_the_right_package(make_env: Callable[[], Env]) -> None:
    env = make_env()
    env.package("torch", __init__=GOOD, version="__version__ = '2.13.0+cpu'\n")
    told = run(env, *IDENTITY)
    assert [status for status, _ in told.values()] == ["pass", "pass"]
    assert told["version"][1] == "version=2.13.0+cpu runtime=none"


@pytest.mark.parametrize("found", ["2.12.0+cpu", "2.13.0+cu126", "2.13.0"])
def test_another_version_or_build(make_env: Callable[[], Env], found: str) -> None:
    env = make_env()
    env.package("torch", __init__=GOOD.replace("2.13.0+cpu", found))
    expected = f"wrong-version expected=2.13.0+cpu found={found}"
    assert run(env, *IDENTITY)["version"] == ("fail", expected)


def test_a_version_without_a_build_accepts_any_build(make_env: Callable[[], Env]) -> None:
    env = make_env()
    env.package("torch", __init__=GOOD)
    told = run(env, "--only=version", "--expect-version=2.13.0")
    assert told["version"][0] == "pass"


def test_files_of_two_versions(make_env: Callable[[], Env]) -> None:
    env = make_env()
    env.package("torch", __init__=GOOD, version="__version__: str = '2.12.0+cpu'\n")
    detail = "mixed-version imported=2.13.0+cpu written=2.12.0+cpu"
    assert run(env, *IDENTITY)["version"] == ("fail", detail)


def test_no_package(make_env: Callable[[], Env]) -> None:
    told = run(make_env())
    assert told["import"][0] == "fail"
    assert told["import"][1].startswith("error error=ModuleNotFoundError ")
    others = {detail for code, (_, detail) in told.items() if code != "import"}
    assert others == {"no-import"}


def test_an_empty_folder(make_env: Callable[[], Env]) -> None:
    env = make_env()
    (env.site / "torch").mkdir()
    assert run(env, "--only=import")["import"] == ("fail", "hollow name=torch")


def test_a_package_from_elsewhere(make_env: Callable[[], Env], tmp_path: Path) -> None:
    env = make_env()
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    (elsewhere / "torch.py").write_text(GOOD)
    (env.site / "more.pth").write_text(f"{elsewhere}\n", encoding="utf-8")
    status, detail = run(env, "--only=import")["import"]
    assert status == "fail"
    assert detail.startswith("wrong-place name=torch path=")
    assert "else where" in detail


def test_a_file_in_the_way_is_not_imported(make_env: Callable[[], Env], tmp_path: Path) -> None:
    env = make_env()
    env.package("torch", __init__=GOOD)
    for name in ("torch", "json", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(9)\n")
    told = run(env, *IDENTITY, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert [status for status, _ in told.values()] == ["pass", "pass"]


def test_what_a_package_prints_is_not_in_the_way(make_env: Callable[[], Env]) -> None:
    env = make_env()
    noise = "import os, sys\nprint('{')\nos.write(1, b'\\xff\\x00')\nsys.stderr.write('loud')\n"
    env.package("torch", __init__=noise + GOOD)
    assert run(env, *IDENTITY)["import"][0] == "pass"


def test_a_package_that_ends_the_process_politely(make_env: Callable[[], Env]) -> None:
    env = make_env()
    env.package("torch", __init__="raise SystemExit('no\\nmore')\n")
    assert run(env, "--only=import")["import"] == ("fail", "error error=SystemExit message=no")


def test_a_build_without_the_device(make_env: Callable[[], Env]) -> None:
    env = make_env()
    env.package("torch", __init__=GOOD)
    wanted = ("--only=device", "--only=matmul", "--only=compile")
    told = run(env, "--device=cuda", "--level=standard", *wanted)
    assert told["device"] == ("fail", "not-built device=cuda")
    assert told["matmul"] == ("skip", "no-device")
    assert told["compile"] == ("skip", "no-device")


def test_a_driver_that_says_why(make_env: Callable[[], Env]) -> None:
    env = make_env()
    cuda = (
        "class version: cuda = '12.6'\n"
        "class cuda:\n"
        "    is_available = staticmethod(lambda: False)\n"
        "    @staticmethod\n"
        "    def init(): raise RuntimeError('The NVIDIA driver is too old')\n"
    )
    env.package("torch", __init__=GOOD + cuda)
    detail = "absent device=cuda why='The NVIDIA driver is too old'"
    assert run(env, "--only=device", "--device=cuda")["device"] == ("fail", detail)


@pytest.mark.parametrize(
    ("why", "status"),
    [
        ("CUDA unknown error - this may be due to an incorrectly set up environment", "fail"),
        ("Found no NVIDIA driver on your system. Please check", "pass"),
        ("No CUDA GPUs are available", "pass"),
    ],
)
def test_a_build_for_cards_without_a_plan(
    make_env: Callable[[], Env], why: str, status: str
) -> None:
    env = make_env()
    cuda = (
        "class version: cuda = '12.6'\n"
        "class cuda:\n"
        "    is_available = staticmethod(lambda: False)\n"
        f"    @staticmethod\n    def init(): raise RuntimeError({why!r})\n"
    )
    env.package("torch", __init__=GOOD + cuda)
    found = run(env, "--only=device", "--device=auto")["device"]
    failed = f"unusable device=cuda why='{why}'"
    assert found == (status, "device=cpu" if status == "pass" else failed)
    assert run(env, "--only=device", "--device=cpu")["device"] == ("pass", "device=cpu")


def test_devices_are_named(make_env: Callable[[], Env]) -> None:
    env = make_env()
    cuda = (
        "class version: cuda = '12.6'\n"
        "class cuda:\n"
        "    is_available = staticmethod(lambda: True)\n"
        "    device_count = staticmethod(lambda: 2)\n"
        "    get_device_name = staticmethod(['One', 'Two B'].__getitem__)\n"
        "    get_device_capability = staticmethod([(8, 6), (12, 0)].__getitem__)\n"
    )
    env.package("torch", __init__=GOOD + cuda)
    status, detail = run(env, "--only=device", "--device=cuda:1")["device"]
    assert status == "pass"
    assert detail == "device=cuda:1 count=2 names='One; Two B' capabilities='8.6 12.0'"


def test_companions(make_env: Callable[[], Env]) -> None:
    env = make_env()
    env.package("torch", __init__=GOOD)
    env.package("torch_good", __init__="__version__ = '1.0'\n")
    env.package("torch_old", __init__="__version__ = '0.9'\n")
    env.package("torch_mute", __init__="")
    pairs = ("torch-good=1.0", "torch-old=1.0", "torch-mute=1.0", "torch-gone=1.0")
    told = run(
        env,
        "--only=import",
        *(f"--only=companion:{p.partition('=')[0]}" for p in pairs),
        *(f"--companion={pair}" for pair in pairs),
    )
    assert told["companion:torch-good"] == ("pass", "version=1.0")
    assert told["companion:torch-old"] == ("fail", "wrong-version expected=1.0 found=0.9")
    assert told["companion:torch-mute"] == ("fail", "no-version name=torch_mute")
    assert "ModuleNotFoundError" in told["companion:torch-gone"][1]


def test_a_compiled_operation_that_is_missing(make_env: Callable[[], Env]) -> None:
    env = make_env()
    env.package("torch", __init__=GOOD + "def tensor(*a, **k): ...\nfloat32 = None\n")
    broken = "def nms(*a): raise RuntimeError('operator torchvision::nms does not exist')\n"
    env.package("torchvision", __init__="__version__ = '0.28.0'\nfrom . import ops\n", ops=broken)
    told = run(env, "--companion=torchvision=0.28.0", "--only=companion:torchvision")
    status, detail = told["companion:torchvision"]
    assert status == "fail"
    assert "operator torchvision::nms does not exist" in detail


def test_plain_overlap_suppression_agrees_with_a_hand_calculation() -> None:
    companions = load("torch_companions")
    a, b, c = (0, 0, 10, 10), (5, 0, 15, 10), (0, 0, 10, 9)
    assert companions._overlap(a, b) == pytest.approx(50 / 150)
    assert companions._overlap(a, c) == pytest.approx(0.9)
    assert companions._overlap(a, (20, 20, 30, 30)) == 0
    assert companions._plain_nms([a, b, c], [0.1, 0.2, 0.3], 0.5) == [2, 1]


@pytest.mark.parametrize(
    ("compiler", "works"), [("/nonexistent/g++", False), ("false", False), ("true", True)]
)
@pytest.mark.skipif(os.name == "nt", reason="true and false are POSIX programs")
def test_the_compiler_is_asked_before_it_is_used(
    monkeypatch: pytest.MonkeyPatch, compiler: str, works: bool
) -> None:
    module = load("torch_compile")
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setenv("CXX", compiler)
    assert module._compiler_works() is works


def test_an_environment_without_headers_cannot_compile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = load("torch_compile")

    monkeypatch.setattr(module, "_compiler_works", lambda: True)
    monkeypatch.setattr(module.sysconfig, "get_paths", lambda: {"include": str(tmp_path)})
    assert module._obstacle("cpu")["reason"] == "no-python-headers"
    (tmp_path / "Python.h").touch()
    assert module._obstacle("cpu") == {}
    monkeypatch.setattr(module, "_compiler_works", lambda: False)
    assert module._obstacle("cpu") == {"reason": "no-compiler"}
    assert module._without(object()) == ("skip", {"reason": "no-compile"})


YOUNG = """
class version: cuda = hip = None
class backends:
    class mps:
        is_built = is_available = staticmethod(lambda: True)
class Generator:
    def manual_seed(self, seed): return self
def rand(*shape, generator=None): return 1
def view_as_real(x): ...
class fft:
    @staticmethod
    def rfft(x): ...
class linalg:
    @staticmethod
    def solve(a, b): ...
def eye(size): raise NotImplementedError("not implemented for the MPS device\\nmore")
"""


def test_a_young_device_may_lack_an_operation(make_env: Callable[[], Env]) -> None:
    env = make_env()
    env.package("torch", __init__=f"{GOOD}{YOUNG}")
    only = ("--level=standard", "--only=solve")
    told = run(env, "--device=mps", *only)
    assert told["solve"] == ("skip", "no-kernel why='not implemented for the MPS device'")
    assert run(env, "--device=cpu", *only)["solve"][0] == "fail"
