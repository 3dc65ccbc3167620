"""Which row of a lock a machine takes, by the judgement of every choice."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from torchup.api.context import Context
from torchup.api.locks.choice import Judged, best, judge
from torchup.api.locks.foreign import row_of
from torchup.api.locks.locked_builds import build_of
from torchup.backends.lock_reading import Lockfile, read_lockfile
from torchup.backends.lock_writing import Written, lock_text, marker_of
from torchup.errors import NoAnswerError
from torchup.facts.load import load_catalogue
from torchup.model import Device, Driver, Gpu, Interpreter, Machine, Os, Reason, Stack
from torchup.model.locked import LockRow
from torchup.state.home import Home
from unit.sources.fakehost import FileHost

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="files are chosen by the tags of this machine's Python"
)

TORCH = "2.9.1"


def machine(arch: str = "", driver: str = "", *, glibc: str = "2.35") -> Machine:
    cards = (Gpu(index=0, vendor="nvidia", name="a card", arch=arch),) if arch else ()
    return Machine(
        os=Os(system="linux", libc=f"glibc {glibc}"),
        arch="x86_64",
        gpus=cards,
        drivers=(Driver(vendor="nvidia", version=driver),) if driver else (),
        pythons=(Interpreter(path="/p", version="3.12.1", implementation="CPython"),),
    )


def written(
    name: str,
    build: str,
    *,
    torch: str = TORCH,
    device: Device = "cuda",
    platform: str = "linux-x86_64",
) -> Written:
    system = platform.partition("-")[0]
    tag = {"linux": "linux_x86_64", "windows": "win_amd64", "macos": "macosx_11_0_arm64"}[system]
    local = "" if device == "mps" else f"+{build}"
    stack = Stack(
        python="3.12",
        packages={"torch": torch},
        build=build,
        runtime="" if device != "cuda" else f"{build[2:-1]}.{build[-1]}",
        device=device,
        pins={"torch": torch + local},
    )
    row = LockRow(name=name, platform=platform, stack=stack)
    return Written(row=row, packages=(package(f"{torch}{local}", tag),))


def package(version: str, tag: str = "linux_x86_64", index: str = "") -> dict[str, Any]:
    file = f"torch-{version.replace('+', '%2B')}-cp312-cp312-{tag}.whl"
    found: dict[str, Any] = {"name": "torch", "version": version}
    if index:
        found["index"] = index
    return {
        **found,
        "wheels": [{"url": f"https://f.example/{file}", "hashes": {"sha256": "a" * 64}}],
    }


LAB = written("lab", "cu126")
NEW = written("new", "cu130")
CI = written("ci", "cpu", device="cpu")
LAPTOP = written("laptop", "cpu", device="mps", platform="macos-arm64")
PC = written("pc", "cu126", platform="windows-x86_64")
ALL = (CI, LAB, NEW, LAPTOP, PC)


def lock(*rows: Written) -> Lockfile:
    markers = ["python_version >= '3.9'"]
    return read_lockfile(lock_text(rows, markers, "demo").encode(), "pylock.toml")


def session() -> Context:
    return Context(FileHost(env={"HOME": "/home/me"}, files={}), Home("/home/me/torchup"))


def judged(here: Machine, *rows: Written) -> dict[str, Judged]:
    found, context = lock(*rows), session()
    assert found.tool is not None
    return {one.name: judge(context, here, found, one) for one in found.tool.rows}


def taken(here: Machine, *rows: Written) -> str:
    found = best(judged(here, *rows).values(), here)
    return found.row.name if found else ""


def code(one: Judged) -> str:
    assert one.why is not None
    return one.why.code


@pytest.mark.parametrize(
    ("here", "row"),
    [
        (machine("sm_86", "580.65.06"), "new"),
        (machine("sm_86", "550.54"), "lab"),
        (machine("sm_61", "580.65.06"), "lab"),
        (machine(), "ci"),
    ],
    ids=["new driver", "older driver", "Pascal", "no card"],
)
def test_a_machine_takes_its_row(here: Machine, row: str) -> None:
    assert taken(here, *ALL) == row


def test_why_a_row_is_not_taken() -> None:
    found = judged(machine("sm_86", "550.54"), *ALL)
    assert {name: one.state for name, one in found.items()} == {
        "ci": "if-named",
        "lab": "fits",
        "new": "no",
        "laptop": "no",
        "pc": "no",
    }
    assert code(found["ci"]) == "sync.row.by-accident"
    assert code(found["pc"]) == "sync.row.other-platform"
    why = found["new"].why
    assert isinstance(why, Reason)
    assert "driver" in why.code
    assert found["new"].remedy is not None


def test_a_build_for_cards_is_not_taken_without_one() -> None:
    found = judged(machine(), LAB)["lab"]
    assert (found.state, code(found)) == ("if-named", "sync.row.no-card")
    assert found.stack is not None
    assert found.stack.device == "cpu"
    assert taken(machine(), LAB) == ""


def test_the_cpu_is_never_taken_by_accident() -> None:
    assert taken(machine("sm_86", "580.65.06"), CI) == ""
    assert taken(machine("sm_30", "470.256.02"), CI) == "ci", "nothing computes on that card"


def test_the_newest_framework_comes_first() -> None:
    older = written("older", "cu126", torch="2.7.1")
    assert taken(machine("sm_86", "560.35"), older, LAB) == "lab"


def test_a_release_that_the_facts_dont_know() -> None:
    found = judged(machine("sm_86", "580.65.06"), written("x", "cu126", torch="99.0.0"))["x"]
    assert (found.state, code(found)) == ("if-named", "sync.row.unknown")
    cpu = judged(machine(), written("x", "cpu", torch="99.0.0", device="cpu"))["x"]
    assert cpu.state == "fits"


def test_a_c_library_that_is_too_old() -> None:
    assert judged(machine(glibc="2.17"), CI)["ci"].state == "no"


def test_a_row_that_says_something_else_than_the_lock() -> None:
    other = Written(row=CI.row, packages=(package("2.9.1+cu126"),))
    found = judged(machine(), other)["ci"]
    assert (found.state, code(found)) == ("no", "sync.row.incomplete")


def test_a_package_without_a_file_for_here() -> None:
    other = Written(row=CI.row, packages=(package("2.9.1+cpu", "manylinux_2_28_riscv64"),))
    found = judged(machine(), other)["ci"]
    assert (found.state, code(found)) == ("no", "sync.row.no-file")


def foreign(*packages: dict[str, Any]) -> Lockfile:
    made = lock_text([Written(row=CI.row, packages=packages)], [marker_of(machine(), "3.12")], "")
    return read_lockfile(made[: made.index("[tool.torchup]")].encode(), "pylock.lab.toml")


@pytest.mark.parametrize(
    ("version", "index", "build"),
    [
        ("2.9.1+cpu", "", "cpu"),
        ("2.9.1", "https://download.pytorch.org/whl/cu126", "cu126"),
        ("2.9.1", "https://mirror.example/whl/cu130/", "cu130"),
        ("2.9.1", "https://pypi.org/simple", "cu128"),
    ],
)
def test_the_row_of_another_programs_lock(version: str, index: str, build: str) -> None:
    row = row_of(foreign(package(version, index=index)), machine())
    assert (row.name, row.stack.build, row.stack.python) == ("lab", build, "3.12")
    assert row.stack.pins == {"torch": version}


def wheel(name: str, version: str, tag: str = "py3-none-any", index: str = "") -> dict[str, Any]:
    file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
    found: dict[str, Any] = {
        "name": name,
        "version": version,
        **({"index": index} if index else {}),
    }
    url = f"https://files.pythonhosted.org/{file}"
    return {**found, "wheels": [{"url": url, "hashes": {"sha256": "a" * 64}}]}


CUDA_12 = wheel("nvidia-cuda-runtime-cu12", "12.9.79")
JAX = (wheel("jax", "0.8.0"), wheel("jaxlib", "0.8.0"))
TF = wheel("tensorflow", "2.20.0")


@pytest.mark.parametrize(
    ("packages", "build", "lines"),
    [
        (JAX, "cpu", ("jax==0.8.0", "jaxlib==0.8.0")),
        (
            (*JAX, wheel("jax-cuda12-plugin", "0.8.0"), CUDA_12),
            "cu12",
            ("jax[cuda12]==0.8.0", "jaxlib==0.8.0"),
        ),
        (
            (*JAX, wheel("jax-cuda13-plugin", "0.8.0")),
            "cu13",
            ("jax[cuda13]==0.8.0", "jaxlib==0.8.0"),
        ),
        ((*JAX, CUDA_12), "cpu", ("jax==0.8.0", "jaxlib==0.8.0")),
        ((TF,), "cpu", ("tensorflow==2.20.0",)),
        ((TF, CUDA_12), "cu125", ("tensorflow[and-cuda]==2.20.0",)),
        ((TF, wheel("nvidia-cuda-runtime", "13.0.48")), "cpu", ("tensorflow==2.20.0",)),
        ((wheel("onnxruntime", "1.20.0"),), "cpu", ("onnxruntime==1.20.0",)),
        ((wheel("onnxruntime-gpu", "1.20.0"),), "cu122", ("onnxruntime-gpu==1.20.0",)),
    ],
)
def test_the_row_of_another_programs_lock_of_another_framework(
    packages: tuple[dict[str, Any], ...], build: str, lines: tuple[str, ...]
) -> None:
    found = foreign(wheel("numpy", "2.0.0"), *packages)
    row = row_of(found, machine())
    assert (row.stack.build, row.stack.lines) == (build, lines)
    assert set(row.asked) >= {
        "numpy",
        *(f"{one['name']}=={one['version']}" for one in packages[:1]),
    }
    here = machine("sm_86", "580.65.06") if build != "cpu" else machine()
    verdict = judge(session(), here, found, row)
    assert verdict.state == "fits", verdict
    assert {one["name"] for one in verdict.packages} >= {"numpy", packages[0]["name"]}


def test_a_build_that_needs_libraries_from_elsewhere_is_taken_for_the_cpu_s() -> None:
    """It may find a CUDA 11.2 that is installed; nothing of the lock brings one."""
    row = row_of(foreign(wheel("tensorflow", "2.10.1")), machine())
    assert (row.stack.build, row.stack.device) == ("cpu", "cpu")


def test_a_lock_of_several_frameworks_is_one_row_of_all_of_them() -> None:
    found = foreign(package("2.9.1+cu126"), *JAX, wheel("jax-cuda12-plugin", "0.8.0"), CUDA_12)
    row = row_of(found, machine())
    assert row.stack.packages == {"torch": "2.9.1", "jax": "0.8.0", "jaxlib": "0.8.0"}
    assert (row.stack.build, row.stack.extras) == ("cu126", {"jax": "cuda12"})
    assert row.stack.pins["torch"] == "2.9.1+cu126"
    assert judge(session(), machine("sm_86", "580.65.06"), found, row).state == "fits"
    mixed = row_of(foreign(package("2.9.1+cu126"), *JAX), machine())
    assert mixed.stack.devices == {"jax": "cpu"}


def test_a_second_framework_of_an_unknown_release_stays_a_package() -> None:
    for other in (wheel("jax", "0.4.999"), wheel("onnxruntime", "1.99.0")):
        found = foreign(package("2.9.1+cu126"), other)
        row = row_of(found, machine())
        assert row.stack.packages == {"torch": "2.9.1"}
        assert set(row.asked) == {"torch==2.9.1+cu126", other["name"]}
        assert judge(session(), machine("sm_86", "580.65.06"), found, row).state == "fits"


def test_a_framework_for_the_cpu_isnt_asked_to_serve_the_card_of_another() -> None:
    found = foreign(package("2.9.1+cu126"), wheel("onnxruntime", "1.20.1"))
    row = row_of(found, machine())
    assert row.stack.devices == {"onnxruntime": "cpu"}
    verdict = judge(session(), machine("sm_89", "580.65.06"), found, row)
    assert (verdict.state, verdict.serves) == ("fits", 1), verdict
    lone = row_of(foreign(wheel("onnxruntime", "1.20.1")), machine())
    assert judge(session(), machine("sm_89", "580.65.06"), found, lone).state != "fits"


@pytest.mark.parametrize(
    ("platform", "locked", "build"),
    [
        ("linux-x86_64", {"tensorflow-cpu": "2.10.0"}, "cpu"),
        ("windows-x86_64", {"tensorflow-cpu": "2.10.0"}, "cpu"),
        (
            "windows-x86_64",
            {"tensorflow-cpu": "2.10.0", "tensorflow-directml-plugin": "0.4.0.dev230202"},
            "directml",
        ),
        ("macos-arm64", {"tensorflow": "2.18.1"}, "cpu"),
        ("macos-arm64", {"tensorflow": "2.18.1", "tensorflow-metal": "1.2.0"}, "metal"),
        ("macos-arm64", {"jax": "0.4.34"}, "cpu"),
        ("macos-arm64", {"jax": "0.4.34", "jax-metal": "0.1.1"}, "metal"),
    ],
)
def test_plugins_make_a_build(platform: str, locked: dict[str, str], build: str) -> None:
    published = next(iter(locked))
    name = published.removesuffix("-cpu")
    release = load_catalogue(name).release(locked[published])
    assert release is not None
    own = wheel(published, locked[published])
    found = build_of(release, own, platform, locked, name)
    assert found is not None
    assert found.name == build


def test_what_is_no_lock_for_here() -> None:
    six = {**package("1.0"), "name": "six"}
    six["wheels"][0]["url"] = "https://f.example/six-1.0-py3-none-any.whl"
    for packages, wrong in (
        ((six,), "lock.no-framework"),
        ((package("99.0"),), "lock.unknown-release"),
        ((package("2.9.1", "win_amd64"),), "lock.not-for-here"),
    ):
        with pytest.raises(NoAnswerError) as caught:
            row_of(foreign(*packages), machine())
        assert caught.value.code == wrong
