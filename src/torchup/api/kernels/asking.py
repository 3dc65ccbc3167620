"""Starting a kernel for real, and comparing what it is with what its name promises."""

from __future__ import annotations

import ntpath
import posixpath
from importlib.resources import as_file, files
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.api.environments.holding import framework_at
from torchup.api.kernels.jupyters import interpreter_in, jupyter_prefix, prefix_of_jupyter
from torchup.api.kernels.listing import place_now
from torchup.facts.frameworks import DEFAULT
from torchup.integrate.jupyter import spec
from torchup.model import Text, text
from torchup.model.kernels import Answer, Kernel, KernelCheck
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context

WAIT_S: Final = 60.0
"""How long a kernel may take to answer: importing the framework from a slow disk is most of it."""
_PAYLOAD: Final = "payload_kernel.py"


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    answer: Answer | None = None
    error: str = ""
    client: bool = True


def check(context: Context, kernel: Kernel, *, jupyter: str = "") -> KernelCheck:
    """Start a kernel in the current folder, ask it what it is, and stop it.

    It is started by an interpreter that has Jupyter's client: the given Jupyter's, else the
    kernel's own (ipykernel brings the client along), else the one on the search path.

    Args:
        context: the session.
        kernel: the kernel.
        jupyter: the Jupyter that starts it; empty for any.

    Raises:
        UsageError: ``kernel.no-jupyter``.
    """
    started = perf_counter()
    mine = _interpreter(context, kernel)
    framework = framework_at(context, mine) if mine else DEFAULT
    told = _Told(error="", client=False)
    for python in _starters(context, kernel, jupyter):
        told = _start(context, kernel, python, framework)
        if told.client:
            break
    took = round(perf_counter() - started, 1)
    wrong = tuple(_wrong(context, kernel, told, framework))
    return KernelCheck(
        kernel=kernel, framework=framework, answer=told.answer, wrong=wrong, took_s=took
    )


def _starters(context: Context, kernel: Kernel, jupyter: str) -> Iterator[str]:
    host = context.host
    if jupyter:
        found = interpreter_in(host, jupyter_prefix(host, jupyter))
        if found is not None:
            yield found
        return
    own = _interpreter(context, kernel)
    if own and host.is_executable(own):
        yield own
    program = host.which("jupyter")
    prefix = prefix_of_jupyter(host, program) if program else None
    found = interpreter_in(host, prefix) if prefix else None
    if found is not None:
        yield found


def _interpreter(context: Context, kernel: Kernel) -> str:
    """The Python that a kernel names by its path, else the one that it lies beside."""
    if _is_path(kernel.interpreter) and spec.is_python(kernel.interpreter):
        return kernel.interpreter
    beside = kernel.path.rpartition("/share/jupyter/kernels/")[0]
    return (interpreter_in(context.host, beside) if beside else None) or ""


def _start(context: Context, kernel: Kernel, python: str, framework: str) -> _Told:
    folder = kernel.path.rpartition(f"/{kernel.name}/")[0]
    with as_file(files("torchup.verify") / _PAYLOAD) as payload:
        done = context.host.run(
            [python, "-B", str(payload), folder, kernel.name, framework, str(WAIT_S)],
            timeout=WAIT_S * 2 + 20,
            env={"PYTHONHOME": None, "TORCHUP_COMMAND": None},
        )
    try:
        return msgspec.json.decode(done.out.strip().splitlines()[-1], type=_Told)
    except (IndexError, *NO_DOCUMENT):
        last = (done.err.strip().splitlines() or [f"exit status {done.code}"])[-1]
        return _Told(error=last)


def _wrong(context: Context, kernel: Kernel, told: _Told, framework: str) -> Iterator[Text]:
    answer = told.answer
    if answer is None:
        if not told.client:
            yield text("kernel.no-client")
        else:
            yield text("kernel.no-start", why=told.error)
        return
    promised = _promised(context, kernel)
    if promised and not _same(context, answer.prefix, promised):
        yield text("kernel.other-python", found=answer.executable, promised=promised)
    if answer.error:
        yield text("kernel.no-import", framework=framework, why=answer.error)
    elif answer.file and not _inside(context, answer.file, answer.prefix):
        yield text("kernel.from-elsewhere", framework=framework, path=answer.file)
    recorded = _recorded(context, kernel, framework)
    if recorded and answer.version and recorded != answer.version:
        yield text(
            "kernel.other-version", framework=framework, found=answer.version, recorded=recorded
        )


def _promised(context: Context, kernel: Kernel) -> str:
    """The environment that a kernel ought to be in; empty where nothing promises one."""
    now = place_now(context, kernel)
    if now is not None:
        return str(now)
    if not (_is_path(kernel.interpreter) and spec.is_python(kernel.interpreter)):
        return ""
    folder = kernel.interpreter.replace("\\", "/").rpartition("/")[0]
    head, _, last = folder.rpartition("/")
    return head if last.lower() in {"bin", "scripts"} else folder


def _recorded(context: Context, kernel: Kernel, framework: str) -> str:
    if not kernel.environment:
        return ""
    from torchup.api.environments.foreign import load
    from torchup.errors import TorchupError

    try:
        return load(context, kernel.environment, sized=False).packages.get(framework, "")
    except TorchupError:
        return ""


def _same(context: Context, one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return context.host.real_path(one) == context.host.real_path(other)


def _inside(context: Context, file: str, prefix: str) -> bool:
    real, root = context.host.real_path(file), context.host.real_path(prefix)
    return any(
        one.startswith(f"{at.rstrip('/')}{sign}")
        for one, at in ((file, prefix), (real, root))
        for sign in (posixpath.sep, ntpath.sep)
    )


def _is_path(program: str) -> bool:
    return "/" in program or "\\" in program
