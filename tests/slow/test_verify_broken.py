"""A broken environment never verifies; an odd one does. The framework is the real one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest

from slow import breakage as by
from slow.test_verify_real import VERSION, make
from torchup.host.real import RealHost
from torchup.verify import Expected, verify_environment
from torchup.verify.wording import read_detail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from torchup.model import VerifyReport

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="libraries are broken as Linux has them"),
]

LIMITS: Final = {"start": 60.0, "import": 120.0, "*": 60.0, "compile": 240.0}
SHORT: Final = {"import": 15.0}
"""For an import that hangs."""
WRONG: Final = "right(*a, **k) * 1.001"
OFF: Final = "right(*a, **k) * (1.001 if a[0].dtype == torch.float32 else 1)"


@dataclass(frozen=True)
class Case:
    """How it is broken, and which check fails with which reason."""

    id: str
    harm: Callable[[by.Place], Any]
    check: str
    reason: str
    status: str = "fail"
    only: tuple[str, ...] = ()
    level: str = "quick"
    expected: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)


NEEDED: Final = ("import", "version", "matmul")
VISION: Final = {"companions": {"torchvision": "0.28.0"}}


def _slow(id_: str, harm: Callable[[by.Place], Any], check: str, reason: str) -> Case:
    """A check that quick verifications leave out."""
    only = (*NEEDED, check)
    return Case(id_, harm, check, reason, only=only, level="standard")


BROKEN: Final = [
    Case("a deleted library", by.gone("torch/lib/libtorch_cpu.so"), "import", "error"),
    Case("a truncated library", by.damaged("torch/lib/libtorch_python.so"), "import", "*"),
    Case("a library that is text", by.damaged("torch/lib/libc10.so", b"404"), "import", "error"),
    Case("an empty library", by.damaged("torch/lib/libshm.so", b""), "import", "error"),
    Case("no package", by.gone("torch"), "import", "error"),
    Case("no __init__.py", by.gone("torch/__init__.py"), "import", "hollow"),
    Case("a missing dependency", by.gone("typing_extensions.py"), "import", "error"),
    Case("a package from elsewhere", by.elsewhere("torch"), "import", "wrong-place"),
    Case("a crash in the import", by.told("import os; os.abort()"), "import", "crash"),
    Case("a hang in the import", by.told(by.SLEEP), "import", "timeout", limits=SHORT),
    Case("an early exit in the import", by.told("import os; os._exit(0)"), "import", "stopped"),
    Case(
        "a start that ends at once",
        by.added("end.pth", "import os; os._exit(3)\n"),
        "start",
        "stopped",
    ),
    Case(
        "files of two versions",
        by.damaged("torch/version.py", b"__version__ = '2.12.0+cpu'\ncuda = hip = xpu = None\n"),
        "version",
        "wrong-version",
        expected={"version": VERSION},
    ),
    Case(
        "a build for another device",
        by.variables(),
        "device",
        "not-built",
        expected={"device": "cuda"},
    ),
    Case("a file in PYTHONPATH", by.search_path("torch.py"), "shadow", "shadowed"),
    Case("a package in PYTHONPATH", by.search_path("numpy/__init__.py"), "shadow", "shadowed"),
    Case("a foreign library", by.foreign("libc10.so"), "libraries", "foreign-library"),
    Case("a broken foreign library", by.foreign("libc10.so", b"404"), "import", "error"),
    Case("two copies of OpenMP", by.TWO_OPENMP, "libraries", "two-libraries"),
    Case(
        "wrong numbers of a product",
        by.patched("torch.Tensor.__matmul__", OFF),
        "matmul",
        "wrong-numbers",
    ),
    Case(
        "wrong numbers of a convolution",
        by.patched("torch.nn.functional.conv2d", OFF),
        "conv",
        "wrong-numbers",
    ),
    Case(
        "not a number",
        by.patched("torch.Tensor.sin", "right(*a, **k) / 0"),
        "elementwise",
        "wrong-numbers",
    ),
    Case(
        "a wrong gradient",
        by.patched("torch.Tensor.backward", "right(a[0] * 1.01)"),
        "autograd",
        "wrong-numbers",
    ),
    Case(
        "a hang",
        by.patched("torch.Tensor.__matmul__", by.SLEEP),
        "matmul",
        "timeout",
        limits={"matmul": 5.0},
    ),
    Case(
        "a crash in native code",
        by.patched("torch.nn.functional.conv2d", by.SEGFAULT),
        "conv",
        "crash",
    ),
    Case(
        "an end in the middle",
        by.patched("torch.nn.functional.conv2d", "__import__('os')._exit(0)"),
        "conv",
        "stopped",
    ),
    Case(
        "out of memory",
        by.patched("torch.nn.functional.conv2d", "torch.empty(1 << 50)"),
        "conv",
        "out-of-memory",
    ),
    Case(
        "killed for want of memory",
        by.patched(
            "torch.nn.functional.conv2d", "__import__('os').kill(__import__('os').getpid(), 9)"
        ),
        "conv",
        "killed",
    ),
    Case("no threads", by.patched("torch.get_num_threads", "0"), "threads", "no-threads"),
    Case(
        "NumPy can't be imported",
        by.damaged("numpy/__init__.py", b"raise ImportError"),
        "import",
        "error",
    ),
    Case("NumPy is hollow", by.damaged("numpy/__init__.py", b"pass"), "import", "error"),
    Case(
        "NumPy is too new for it",
        by.patched(
            "torch.from_numpy",
            "(_ for _ in ()).throw(RuntimeError('Numpy is not available'))",
        ),
        "numpy",
        "error",
    ),
    Case(
        "NumPy's memory is not shared",
        by.patched("torch.from_numpy", "right(*a).clone()"),
        "numpy",
        "not-shared",
    ),
    Case(
        "a companion of another build",
        by.package("torchvision", by.VISION),
        "companion:torchvision",
        "error",
        expected=VISION,
    ),
    Case(
        "a companion of another version",
        by.package("torchvision", "__version__ = '0.25.0'"),
        "companion:torchvision",
        "wrong-version",
        expected=VISION,
    ),
    Case("no companion", by.variables(), "companion:torchvision", "error", expected=VISION),
    _slow("a wrong transform", by.patched("torch.fft.rfft", OFF), "fft", "wrong-numbers"),
    _slow(
        "a wrong solution",
        by.patched("torch.linalg.solve", OFF),
        "solve",
        "wrong-numbers",
    ),
    _slow(
        "wrong attention",
        by.patched("torch.nn.functional.scaled_dot_product_attention", WRONG),
        "attention",
        "wrong-numbers",
    ),
    _slow(
        "another result each time",
        by.patched(
            "torch.Tensor.__matmul__",
            "right(*a) + 1e-6 * torch.rand(()) if a[0].dtype == torch.float32 else right(*a)",
        ),
        "repeat",
        "not-repeatable",
    ),
    _slow(
        "memory that forgets",
        by.patched("torch.Tensor.fill_", "(right(*a), a[0][7:8].add_(1))[0]"),
        "memory",
        "memory-wrong",
    ),
    _slow(
        "a file that is read wrongly",
        by.patched("torch.load", "{'step': 7, 'weights': right(*a, **k)['weights'] + 1}"),
        "save-load",
        "wrong-numbers",
    ),
    _slow(
        "data that is lost",
        by.patched("torch.utils.data.DataLoader.__iter__", "iter([])"),
        "dataloader",
        "wrong-result",
    ),
    _slow(
        "processes that don't hear each other",
        by.patched("torch.distributed.all_reduce", "None"),
        "all-reduce",
        "no-all-reduce",
    ),
    _slow(
        "a compiler that compiles nothing",
        by.compiler('test "$1" = --version'),
        "compile",
        "error",
    ),
    _slow(
        "a lost function",
        by.told("import sys; del sys.modules['torch.fft'].rfft"),
        "fft",
        "lost-feature",
    ),
    Case(
        "no compiler, where everything is asked for",
        by.variables(CXX="/nowhere/c++"),
        "compile",
        "no-compiler",
        only=(*NEEDED, "compile"),
        level="full",
    ),
]

ODD: Final = [
    ("nothing odd", by.variables()),
    ("noise from a startup file", by.added("sitecustomize.py", "print('{', flush=True)")),
    (
        "noise of the framework",
        by.told("import os; os.write(1, b'{}\\n\\xff'); os.write(2, b'loud')"),
    ),
    ("a warning", by.told("import warnings; warnings.warn('old')")),
    (
        "an unreadable .pth file",
        by.added("odd.pth", "import nothing_of_the_kind\n/no/such/folder\n"),
    ),
    ("what pip left behind", by.added("~orch/__init__.py", "raise SystemExit")),
    ("a file of the standard library's name", by.added("json.py", "raise SystemExit")),
    ("files that are links", by.linked()),
    ("no NumPy", by.gone("numpy")),
    ("PYTHONPATH to other things", by.search_path("other.py")),
    ("PYTHONHOME", by.variables(PYTHONHOME="/nowhere")),
    ("PYTHONSTARTUP", by.variables(PYTHONSTARTUP="/nowhere.py")),
    ("PYTHONWARNINGS", by.variables(PYTHONWARNINGS="error")),
    ("PYTHONOPTIMIZE", by.variables(PYTHONOPTIMIZE="2")),
    ("one thread", by.variables(OMP_NUM_THREADS="1")),
    ("a bad number of threads", by.variables(OMP_NUM_THREADS="many")),
    ("many threads", by.variables(OMP_NUM_THREADS="64")),
    ("LD_LIBRARY_PATH to nowhere", by.variables(LD_LIBRARY_PATH="/nowhere:")),
    ("other libraries", by.foreign("libother.so", b"404")),
    ("an old locale", by.variables(LC_ALL="C", PYTHONUTF8="0")),
    ("a home that is not there", by.variables(HOME="/nowhere")),
    (
        "shortcuts switched on",
        by.variables(NVIDIA_TF32_OVERRIDE="1", ONEDNN_DEFAULT_FPMATH_MODE="BF16"),
    ),
    ("a crash at the very end", by.told("import atexit, os; atexit.register(os.abort)")),
    (
        "a thread that never ends",
        by.told("import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()"),
    ),
    ("a signal handler", by.told("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)")),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[by.Place]:
    folder = tmp_path_factory.mktemp("broken")
    root = folder / "环境 x"
    make(root, "numpy")
    outside = folder / "outside"
    outside.mkdir()
    yield by.Place(root, outside)
    shutil.rmtree(folder)


def verify(place: by.Place, case: Case, cache: Path) -> VerifyReport:
    expected = Expected(framework="torch", **case.expected)
    with case.harm(place):
        return verify_environment(
            RealHost(),
            place.python,
            expected,
            cache=str(cache),
            level=case.level,  # type: ignore[arg-type]  # a case names a level
            only=case.only,
            limits=LIMITS | case.limits,
        )


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.id)
def test_a_broken_environment_never_verifies(place: by.Place, case: Case, tmp_path: Path) -> None:
    report = verify(place, case, tmp_path)
    assert not report.ok
    found = next(check for check in report.checks if check.code == case.check)
    assert found.status == case.status, report.checks
    if case.reason == "*":
        assert read_detail(found.detail)[0] in {"error", "crash"}
    else:
        assert read_detail(found.detail)[0] == case.reason, found.detail


@pytest.mark.parametrize(("harm"), [pytest.param(harm, id=name) for name, harm in ODD])
def test_an_odd_environment_verifies(
    place: by.Place, harm: Callable[[by.Place], Any], tmp_path: Path
) -> None:
    report = verify(place, Case("", harm, "", ""), tmp_path)
    assert report.ok, [check for check in report.checks if check.status != "pass"]


def test_a_missing_compiler_costs_nothing_but_compiling(place: by.Place, tmp_path: Path) -> None:
    gone = by.variables(CXX="/nowhere/c++")
    report = verify(place, _slow("", gone, "compile", "no-compiler"), tmp_path)
    assert report.ok
    assert report.checks[-1].detail == "no-compiler"


@pytest.mark.parametrize(
    ("harm", "status"),
    [
        (by.variables(), 0),
        (by.patched("torch.nn.functional.conv2d", by.SEGFAULT), 1),
        (by.gone("torch/lib/libtorch_cpu.so"), 1),
        (by.search_path("torch.py"), 1),
    ],
)
def test_the_exit_status(
    place: by.Place, harm: Callable[[by.Place], Any], status: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "torchup", "verify", "--python", place.python, "--quick"]
    with harm(place):
        done = subprocess.run(
            [*command, "--home", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LANG": "C.UTF-8"},
        )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
