"""What starts Python for people here, and in which environment: kernels, and IDEs in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.integrate.jupyter.folders import user_folder
from torchup.model.ides import Connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context


def connected(context: Context) -> tuple[Connected, ...]:
    """Read it from a few files; nothing is started, and nothing is judged."""
    return (*_jupyter(context), *_ides(context))


def _jupyter(context: Context) -> Iterator[Connected]:
    """The kernels that torchup registered for this user."""
    host, folder = context.host, user_folder(context.host)
    found = host.listdir(folder)
    if not found:
        return
    from torchup.integrate.jupyter.spec import read

    names: list[str] = []
    for name in found:
        path = f"{folder}/{name}/kernel.json"
        data = host.read(path)
        kernel = read(data, name, path) if data else None
        if kernel is not None and kernel.environment and kernel.home == str(context.home.root):
            names.append(kernel.environment)
    if names:
        yield Connected(what="Jupyter", environments=tuple(dict.fromkeys(names)))


def _ides(context: Context) -> Iterator[Connected]:
    """The IDEs that this folder has files of."""
    host = context.host
    if not (host.is_dir(".vscode") or host.is_dir(".idea")):
        return
    from torchup.api.ides.checking import check

    for one in check(context, host.real_path(".")):
        if one.environment:
            yield Connected(what=one.ide, environments=(one.environment,))
