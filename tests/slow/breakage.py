"""Ways to break an environment that holds the real framework, and oddities that break nothing.

Each takes the environment, does its harm in one place, and undoes it: one environment serves all.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Place:
    """An environment, and a folder outside it."""

    def __init__(self, root: Path, outside: Path) -> None:
        self.root = root
        self.outside = outside
        self.python = str(root / "bin" / "python")
        self.site = next((root / "lib").glob("python3.*")) / "site-packages"
        self.torch = self.site / "torch"
        self.lib = self.torch / "lib"

    @contextmanager
    def instead(self, path: Path, content: bytes | str | None) -> Iterator[None]:
        """Put something else in the place of a file or folder for a while; None for nothing.

        The file itself stays as it is: it may be shared with others by hard links.
        """
        kept = self.outside / "kept"
        there = os.path.lexists(path)
        if there:
            path.rename(kept)
        if content is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        try:
            yield
        finally:
            if content is not None:
                path.unlink()
            if there:
                kept.rename(path)


Way = "Callable[[Place], AbstractContextManager[object]]"


def gone(inside: str) -> Callable[[Place], object]:
    """Without a file or folder among the packages."""
    return lambda place: place.instead(place.site / inside, None)


def damaged(inside: str, content: bytes | None = None) -> Callable[[Place], object]:
    """With a file cut off at half its length, or of another content."""

    def damage(place: Place) -> object:
        path = place.site / inside
        half = path.read_bytes()[: path.stat().st_size // 2] if content is None else content
        return place.instead(path, half)

    return damage


def told(code: str, *, before: bool = False) -> Callable[[Place], object]:
    """With lines of Python at the end of the framework's ``__init__.py``, or at its beginning."""

    def tell(place: Place) -> object:
        path = place.torch / "__init__.py"
        text = path.read_text(encoding="utf-8")
        # Imports from __future__ come first, but they may stand behind a docstring alone.
        return place.instead(path, f"{code}\n{text}" if before else f"{text}\n{code}\n")

    return tell


def added(inside: str, content: str) -> Callable[[Place], object]:
    """With one file more among the packages."""
    return lambda place: place.instead(place.site / inside, content)


@contextmanager
def _package(folder: Path, content: str) -> Iterator[None]:
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(content, encoding="utf-8")
    try:
        yield
    finally:
        shutil.rmtree(folder)


def package(name: str, content: str) -> Callable[[Place], object]:
    """With a package more."""
    return lambda place: _package(place.site / name, content)


@contextmanager
def _elsewhere(place: Place, name: str) -> Iterator[None]:
    other = place.outside / "other"
    other.mkdir()
    (place.site / name).rename(other / name)
    hint = place.site / "elsewhere.pth"
    hint.write_text(f"{other}\n", encoding="utf-8")
    try:
        yield
    finally:
        hint.unlink()
        (other / name).rename(place.site / name)
        other.rmdir()


def elsewhere(name: str) -> Callable[[Place], object]:
    """With a package that only a ``.pth`` file leads to."""
    return lambda place: _elsewhere(place, name)


@contextmanager
def _linked(place: Place) -> Iterator[None]:
    kept = place.outside / "cached"
    place.torch.rename(kept)
    shutil.copytree(kept, place.torch, copy_function=os.symlink)
    try:
        yield
    finally:
        shutil.rmtree(place.torch)
        kept.rename(place.torch)


def linked() -> Callable[[Place], object]:
    """With a framework whose files are links to a cache, as uv's ``link-mode = "symlink"`` has."""
    return _linked


@contextmanager
def _two_openmp(place: Place) -> Iterator[None]:
    """With two copies of one OpenMP library loaded: what they hold does not matter here."""
    library = next(path for path in place.lib.iterdir() if path.name.startswith("libgomp"))
    copies = [place.outside / folder / "libiomp5.so" for folder in ("mkl", "conda")]
    for copy in copies:
        copy.parent.mkdir()
        shutil.copyfile(library, copy)
    load = "; ".join(f"ctypes.CDLL({str(copy)!r})" for copy in copies)
    hint = place.site / "openmp.pth"
    hint.write_text(f"import ctypes; {load}\n", encoding="utf-8")
    try:
        yield
    finally:
        hint.unlink()
        for copy in copies:
            shutil.rmtree(copy.parent)


@contextmanager
def _foreign(place: Place, name: str, content: bytes | None) -> Iterator[None]:
    """With a library of the framework's in LD_LIBRARY_PATH."""
    folder = place.outside / "foreign"
    folder.mkdir()
    copy = folder / name
    if content is None:
        shutil.copyfile(place.lib / name, copy)
    else:
        copy.write_bytes(content)
    before = os.environ.get("LD_LIBRARY_PATH")
    os.environ["LD_LIBRARY_PATH"] = str(folder)
    try:
        yield
    finally:
        del os.environ["LD_LIBRARY_PATH"]
        if before is not None:
            os.environ["LD_LIBRARY_PATH"] = before
        shutil.rmtree(folder)


def foreign(name: str, content: bytes | None = None) -> Callable[[Place], object]:
    """With another file of a library's name in LD_LIBRARY_PATH."""
    return lambda place: _foreign(place, name, content)


@contextmanager
def _variables(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def variables(**values: str) -> Callable[[Place], object]:
    """With variables set."""
    return lambda _place: _variables(values)


@contextmanager
def _search_path(place: Place, name: str) -> Iterator[None]:
    folder = place.outside / "mine"
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_text("", encoding="utf-8")
    try:
        with _variables({"PYTHONPATH": str(folder)}):
            yield
    finally:
        shutil.rmtree(folder)


def search_path(name: str) -> Callable[[Place], object]:
    """With PYTHONPATH leading to a folder that holds a file."""
    return lambda place: _search_path(place, name)


@contextmanager
def _compiler(place: Place, script: str) -> Iterator[None]:
    program = place.outside / "c++"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    try:
        with _variables({"CXX": str(program)}):
            yield
    finally:
        program.unlink()


def compiler(script: str) -> Callable[[Place], object]:
    """With a C++ compiler that is a shell script."""
    return lambda place: _compiler(place, script)


@contextmanager
def _two(first: object, second: object) -> Iterator[None]:
    with first, second:  # type: ignore[attr-defined]
        yield


TWO_OPENMP: Final[Callable[[Place], object]] = _two_openmp
SLEEP: Final = "__import__('time').sleep(600)"
SEGFAULT: Final = "__import__('ctypes').string_at(0)"
VISION: Final = """
import torch
__version__ = '0.28.0'
class ops:
    nms = staticmethod(lambda *given: torch.ops.torchvision.nms(*given))
"""


def patched(target: str, body: str) -> Callable[[Place], object]:
    """With a function of the framework's replaced: ``right`` is what it was."""
    owner, _, name = target.rpartition(".")
    lines = [
        "def _patch():",
        f"    import torch; owner = {owner}; right = owner.{name}",
        f"    owner.{name} = lambda *a, **k: {body}",
        "_patch()",
    ]
    return told("\n".join(lines))


SIMULATED: Final = """
def _simulate():
    import torch
    import types
    kind = {kind!r}

    def here(thing):
        if isinstance(thing, (torch.device, str)) and str(thing).startswith(kind):
            return "cpu"
        return thing

    class Here(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, function, kinds, args=(), kwargs=None):
            kwargs = {{name: here(value) for name, value in (kwargs or {{}}).items()}}
            return function(*map(here, args), **kwargs)

    class Stream:
        def record_event(self): return None
        def wait_event(self, event): pass
        def wait_stream(self, other): pass
        def __enter__(self): return self
        def __exit__(self, *error): pass

    class Graph:
        def replay(self):
            raise RuntimeError("CUDA error: operation not permitted")

    names, capability = {names!r}, {capability!r}
    about = types.SimpleNamespace(uuid="", gcnArchName={gfx!r})
    family = types.SimpleNamespace(
        is_available=lambda: True, init=lambda: None, device_count=lambda: len(names),
        get_device_name=lambda index=0: names[index], synchronize=lambda *given: None,
        get_device_capability=lambda index=0: capability,
        get_device_properties=lambda index=0: about, get_arch_list=lambda: {archs!r},
        Stream=Stream, stream=lambda stream: stream, current_stream=Stream,
        device=lambda at: Stream(), can_device_access_peer=lambda *pair: True,
        mem_get_info=lambda at: (1 << 26, 1 << 26), graph=lambda graph: Stream(),
        set_device=lambda at: None, amp=torch.cuda.amp,
    )
    torch.version.cuda, torch.version.hip = {cuda!r}, {hip!r}
    setattr(torch, kind, family)
    torch._C._cuda_getDriverVersion = lambda: {driver!r}
    torch.Tensor.pin_memory = lambda tensor: tensor.clone()
    torch.Tensor.is_pinned = lambda tensor: True
    right = torch.autocast
    torch.autocast = lambda name, dtype: right("cpu", dtype=dtype)
    Here().__enter__()
{more}
_simulate()
"""


def simulated(more: str = "", **given: object) -> Callable[[Place], object]:
    """With a device that is none: what is sent there is computed on the CPU."""
    usual: dict[str, object] = {
        "kind": "cuda",
        "names": ["NVIDIA H100 80GB HBM3"],
        "capability": (9, 0),
        "archs": ["sm_80", "sm_90"],
        "cuda": "12.6",
        "hip": None,
        "gfx": "",
        "driver": 12080,
    }
    lines = "\n".join(f"    {line}" for line in more.splitlines())
    return told(SIMULATED.format(more=lines, **(usual | given)))
