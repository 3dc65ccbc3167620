"""Every kernel that some Jupyter of this user shows, and what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup import apply
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError, TorchupError
from torchup.integrate.jupyter.folders import named_folders, user_folder
from torchup.integrate.notebooks import find_kernels, starts
from torchup.model import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.context import Context
    from torchup.model.kernels import Kernel

_JUPYTERS: Final = re.compile(r"python(\d+(\.\d+)?)?(\.exe)?")
"""Names that Jupyter replaces by its own interpreter (jupyter_client, ``format_kernel_cmd``)."""


def list_kernels(context: Context, also: Sequence[str] = ()) -> tuple[Kernel, ...]:
    """Find and judge every kernel; nothing is started.

    Args:
        context: the session.
        also: further environments whose own kernels count, beside those of :func:`prefixes`.
    """
    found = tuple(find_kernels(context.host, prefixes(context, also)))
    return tuple(_judged(context, one, found[:at]) for at, one in enumerate(found))


def prefixes(context: Context, also: Sequence[str] = ()) -> tuple[str, ...]:
    """Name the environments whose own kernels some Jupyter shows: torchup's, conda's, Jupyter's."""
    from torchup.api.kernels.jupyters import prefix_of_jupyter
    from torchup.probe.inventory.condas import find_condas

    host, home = context.host, context.home
    found = [str(home.environment(name)) for name in apply.names(home)]
    for one in find_condas(host):
        found += [one.path, *one.environments]
    jupyter = host.which("jupyter")
    beside = prefix_of_jupyter(host, jupyter) if jupyter else None
    return tuple(dict.fromkeys([*found, *([beside] if beside else []), *also]))


def kernels_named(context: Context, name: str, also: Sequence[str] = ()) -> tuple[Kernel, ...]:
    """Return the kernels of a name, or of an environment of that name.

    Raises:
        NoAnswerError: ``kernel.none-there``.
    """
    every = list_kernels(context, also)
    found = [one for one in every if name.lower() in (one.name.lower(), one.title.lower())]
    found = found or [one for one in every if one.environment == name]
    if not found:
        raise NoAnswerError("kernel.none-there", name=name)
    return tuple(found)


def place_now(context: Context, kernel: Kernel) -> Path | None:
    """Where the environment is that a kernel was made for, None where there is none.

    One of another home's means that home's environment as long as that is where it was.
    """
    if not kernel.environment:
        return None
    theirs = kernel.home != str(context.home.root)
    if theirs and starts(context.host, kernel):
        return None
    from torchup.api.environments.foreign import load

    try:
        return Path(load(context, kernel.environment, sized=False).record.path)
    except TorchupError:
        return None


def _judged(context: Context, kernel: Kernel, before: Sequence[Kernel]) -> Kernel:
    """Say what is wrong with a kernel; what Jupyter looks at before it is known."""
    host = context.host
    now = place_now(context, kernel)
    python = str(interpreter(now, host)) if now else ""
    bare = "/" not in kernel.interpreter and "\\" not in kernel.interpreter
    if python and python != kernel.interpreter and host.is_executable(python):
        why = text("kernel.moved", name=kernel.environment, python=python)
        return replace(kernel, state="moved", why=why)
    if not starts(host, kernel) and not (bare and _JUPYTERS.fullmatch(kernel.interpreter)):
        return replace(kernel, state="gone", why=text("kernel.gone", python=kernel.interpreter))
    hiding = next(_hiding(context, kernel, before), None)
    if hiding is not None:
        why = text("kernel.hidden", path=hiding.path)
        return replace(kernel, state="hidden", other=hiding.path, why=why)
    twin = next(_twins(context, kernel, before), None)
    if twin is not None:
        why = text("kernel.double", title=kernel.title, path=twin.path)
        return replace(kernel, state="double", other=twin.path, why=why)
    if bare and _JUPYTERS.fullmatch(kernel.interpreter) and _is_shown_everywhere(context, kernel):
        return replace(kernel, state="open", why=text("kernel.open", name=kernel.name))
    return kernel


def _hiding(context: Context, kernel: Kernel, before: Sequence[Kernel]) -> Iterator[Kernel]:
    """Kernels of the same name that every Jupyter finds first; letters' case doesn't count."""
    for one in before:
        if one.name.lower() == kernel.name.lower() and _is_shown_everywhere(context, one):
            yield one


def _twins(context: Context, kernel: Kernel, before: Sequence[Kernel]) -> Iterator[Kernel]:
    if not _is_shown_everywhere(context, kernel):
        return  # each Jupyter shows its own alone
    for one in before:
        same = one.title == kernel.title and one.name.lower() != kernel.name.lower()
        if same and _is_shown_everywhere(context, one):
            yield one


def _is_shown_everywhere(context: Context, kernel: Kernel) -> bool:
    """Tell whether every Jupyter of this user shows a kernel."""
    folder = kernel.path.rpartition(f"/{kernel.name}/")[0]
    return folder in (*named_folders(context.host), user_folder(context.host))
