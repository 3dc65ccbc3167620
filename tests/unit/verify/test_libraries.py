"""Which libraries are loaded, and whether they belong together."""

# ruff: noqa: ANN401 - what stands in for libraries takes what ctypes makes

from __future__ import annotations

import ctypes
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from torchup.verify.facts import Card, Facts, Loaded, family_of, judge_facts, judge_libraries
from torchup.verify.payload import identity, libraries, nvml, torch_cards

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAPS = """\
55d0c0a00000-55d0c0a01000 r--p 00000000 fe:00 131 /usr/bin/python3.11
7f10a0000000-7f10a0001000 r--p 00000000 fe:00 77 /env/a b/torch/lib/libc10.so
7f10a0001000-7f10a0002000 r-xp 00001000 fe:00 77 /env/a b/torch/lib/libc10.so
7f10a1000000-7f10a1001000 r--p 00000000 fe:00 78 /env/lib/libcudart.so.12 (deleted)
7f10a2000000-7f10a2001000 rw-p 00000000 00:00 0
7f10a3000000-7f10a3001000 rw-s 00000000 00:01 9 /dev/zero (deleted)
7f10a4000000-7f10a4001000 r--p 00000000 fe:00 80 /usr/lib/locale/locale.sound
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]
"""


def test_maps_are_read() -> None:
    assert libraries.mapped(MAPS) == ["/env/a b/torch/lib/libc10.so", "/env/lib/libcudart.so.12"]


def test_the_mac_asks_its_linker() -> None:
    names = [b"/usr/lib/libSystem.B.dylib", None, b"/env/torch/lib/libtorch_cpu.dylib"]

    class System:
        _dyld_image_count = staticmethod(lambda: len(names))

        class _dyld_get_image_name:  # noqa: N801 - the name of a function
            restype: Any = None

            def __new__(cls, index: int) -> bytes | None:  # type: ignore[misc]  # stands in for a call
                return names[index]

    assert libraries._loaded_macos(System()) == [
        "/usr/lib/libSystem.B.dylib",
        "/env/torch/lib/libtorch_cpu.dylib",
    ]


def test_windows_lists_its_modules() -> None:
    names = ["C:\\env\\torch\\lib\\c10.dll", "C:\\Windows\\System32\\nvcuda.dll"]

    class Current:
        restype: Any = None

        def __call__(self) -> int:
            return 1

    def list_modules(_process: Any, handles: Any, _size: int, needed: Any) -> int:
        for place in range(len(names)):
            handles[place] = place + 1
        needed._obj.value = len(names) * ctypes.sizeof(ctypes.c_void_p)
        return 1

    def name_of(handle: Any, into: Any, _size: int) -> int:
        into.value = names[handle.value - 1]
        return len(into.value)

    kernel = SimpleNamespace(
        GetCurrentProcess=Current(), K32EnumProcessModules=list_modules, GetModuleFileNameW=name_of
    )
    assert libraries._loaded_windows(kernel) == names
    kernel.K32EnumProcessModules = lambda *_: 0
    with pytest.raises(OSError, match="K32EnumProcessModules"):
        libraries._loaded_windows(kernel)


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("/x/libtorch_cpu.so", "torch"),
        ("C:\\x\\torch_cuda.dll", "torch"),
        ("/x/libcudart-a1b2.so.12.4.127", "cudart"),
        ("C:\\x\\cudart64_12.dll", "cudart"),
        ("/x/libcudnn_ops.so.9", "cudnn"),
        ("/x/libnvJitLink.so.12", "nvjitlink"),
        ("/x/libiomp5.so", "iomp"),
        ("C:\\x\\libiomp5md.dll", "iomp"),
        ("/x/libomp.dylib", "iomp"),
        ("/x/libgomp-a34b3233.so.1", "gomp"),
        ("/x/libcuda.so.550.54.14", "driver"),
        ("/x/libz.so.1", ""),
    ],
)
def test_libraries_have_families(path: str, family: str) -> None:
    assert family_of(path) == family


def _own(path: str) -> Loaded:
    return Loaded(path=path, own=path)


@pytest.mark.parametrize(
    "loaded",
    [
        # NVIDIA's own layout, with the driver from the system.
        (_own("/e/nvidia/cudnn/lib/libcudnn.so.9"), Loaded(path="/lib/libcuda.so.550.54.14")),
        # Two OpenMP libraries of GCC's under names of their own are usual (scikit-learn's).
        (_own("/e/torch/lib/libgomp.so.1"), _own("/e/sk.libs/libgomp-1.so.1")),
        # A framework built into the system brings none of its own.
        (Loaded(path="/usr/local/cuda/lib64/libcudart.so.12"),),
        # The system's C++ library in place of the environment's is its business.
        (Loaded(path="/usr/lib/libstdc++.so.6.0.30", own="/e/lib/libstdc++.so.6.0.30"),),
        (),
    ],
)
def test_what_belongs_together_passes(loaded: tuple[Loaded, ...]) -> None:
    assert judge_libraries(Facts(kind="libraries", loaded=loaded))[0] == "pass"


@pytest.mark.parametrize(
    ("loaded", "detail"),
    [
        (
            (Loaded(path="/cuda/libnvJitLink.so.12", own="/e/libnvJitLink.so.12"),),
            (
                "foreign-library name=libnvJitLink.so.12 path=/cuda/libnvJitLink.so.12"
                " own=/e/libnvJitLink.so.12"
            ),
        ),
        (
            (_own("/e/a/libcudart.so.12"), _own("/e/b/libcudart.so.12")),
            (
                "two-libraries name=libcudart.so.12 path=/e/a/libcudart.so.12"
                " other=/e/b/libcudart.so.12"
            ),
        ),
        (
            (_own("/e/libiomp5.so"), _own("/e/x/libomp.so")),
            "two-libraries name=OpenMP path=/e/libiomp5.so other=/e/x/libomp.so",
        ),
    ],
)
def test_what_does_not_belong_is_named(loaded: tuple[Loaded, ...], detail: str) -> None:
    assert judge_libraries(Facts(kind="libraries", loaded=loaded)) == ("fail", detail)


def test_versions_are_told() -> None:
    loaded = (_own("/e/libcudart.so.12"), _own("/e/libcublas.so.12"), _own("/e/libc10.so"))
    detail = judge_libraries(Facts(kind="libraries", loaded=loaded))[1]
    assert detail == "cudart=12 cublas=12 c10=yes"


def test_an_old_release_does_not_say_what_it_was_compiled_for() -> None:
    facts = Facts(kind="fit", cards=(Card(name="x", arch="sm_70"),))
    assert judge_facts(facts) == ("skip", "no-arch-list")


@pytest.mark.parametrize(("number", "said"), [(12040, "12.4"), (11080, "11.8"), (0, "")])
def test_numbers_of_cuda_are_read(number: int, said: str) -> None:
    assert torch_cards.read_driver(number) == said


def test_a_library_is_looked_for_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "nvidia" / "nvjitlink" / "lib" / "libnvJitLink.so.12"
    own.parent.mkdir(parents=True)
    own.touch()
    monkeypatch.setattr(libraries, "own_places", lambda: [str(tmp_path)])
    assert libraries.own_copy("/usr/local/cuda/lib64/libnvJitLink.so.12") == str(own)
    assert libraries.own_copy("/usr/lib/libnothing.so") == ""


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_an_environment_of_links_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached, site = tmp_path / "cache" / "torch", tmp_path / "site"
    for name in ("__init__.py", "lib/libc10.so"):
        (cached / name).parent.mkdir(parents=True, exist_ok=True)
        (cached / name).touch()
        (site / "torch" / name).parent.mkdir(parents=True, exist_ok=True)
        (site / "torch" / name).symlink_to(cached / name)
    monkeypatch.setattr(identity, "_named_places", lambda: [str(site)])
    assert identity.is_own(str(site / "torch" / "__init__.py"))
    assert not identity.is_own(str(cached / "__init__.py"))
    loaded = str(cached / "lib" / "libc10.so")
    assert libraries._own(loaded) == loaded
    other = tmp_path / "other" / "libc10.so"
    other.parent.mkdir()
    other.touch()
    assert libraries._own(str(other)) == str(site / "torch" / "lib" / "libc10.so")


def test_what_lies_in_pythonpath_is_found(tmp_path: Path) -> None:
    (tmp_path / "torch.py").touch()
    status, values = identity.check_shadows(["numpy", "torch"], f"/nowhere:{tmp_path}")
    assert (status, values["name"]) == ("fail", "torch")
    assert identity.check_shadows(["numpy"], str(tmp_path))[0] == "pass"


def _card(values: dict[str, int]) -> SimpleNamespace:
    def tell(name: str) -> Callable[..., int]:
        def function(*given: Any) -> int:
            if name not in values:
                return 3  # NVML_ERROR_NOT_SUPPORTED
            given[-1]._obj.value = values[name]
            if name in ("nvmlDeviceGetEccMode", "nvmlDeviceGetMigMode"):
                given[-2]._obj.value = values[name]
            return 0

        return function

    asked = (
        *("nvmlDeviceGetClockInfo", "nvmlDeviceGetMaxClockInfo", "nvmlDeviceGetPowerUsage"),
        *("nvmlDeviceGetEccMode", "nvmlDeviceGetMigMode", "nvmlDeviceGetCurrPcieLinkWidth"),
        "nvmlDeviceGetCurrentClocksThrottleReasons",
    )
    done = {"nvmlInit_v2": lambda: 0, "nvmlShutdown": lambda: 0}
    found = {
        "nvmlDeviceGetHandleByUUID": lambda *_: 0,
        "nvmlDeviceGetHandleByIndex_v2": lambda *_: 0,
    }
    return SimpleNamespace(**done, **found, **{name: tell(name) for name in asked})


def test_a_card_tells_what_holds_it_back() -> None:
    card = _card(
        {
            "nvmlDeviceGetClockInfo": 1410,
            "nvmlDeviceGetPowerUsage": 399000,
            "nvmlDeviceGetMigMode": 1,
            "nvmlDeviceGetCurrentClocksThrottleReasons": 0x24,
        }
    )
    assert nvml.look(0, "", card) == {
        "sm_mhz": 1410,
        "power_mw": 399000,
        "mig": "on",
        "held_back": "power-cap,thermal",
    }


def test_a_driver_that_is_not_there_tells_nothing() -> None:
    silent = SimpleNamespace(nvmlInit_v2=lambda: 9)
    assert nvml.look(0, "", silent) == {}
    lost = _card({})
    lost.nvmlDeviceGetHandleByUUID = lambda *_: 6
    assert nvml.look(0, "0a1b", lost) == {}
