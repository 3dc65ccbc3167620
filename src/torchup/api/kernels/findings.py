"""What is wrong with Jupyter's kernels, and what keeps Jupyter from working in this folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from torchup import apply
from torchup.api.kernels.adding import LAUNCHER
from torchup.api.kernels.listing import list_kernels
from torchup.api.search_path.places import Owners
from torchup.backends.installed import installed
from torchup.integrate.jupyter.folders import user_folder
from torchup.model import text
from torchup.model.finding import Finding, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model.finding import Safety
    from torchup.model.kernels import Kernel

CODES: Final = {
    "gone": "kernel-without-python",
    "moved": "kernel-moved",
    "hidden": "kernel-hidden",
    "double": "kernel-double",
}
"""The state of a kernel → the finding's code."""
OTHER: Final = "kernel-of-other-environment"
_NOTEBOOK: Final = ".ipynb"


def look(context: Context) -> Iterator[Finding]:
    """Judge every kernel, and whether Jupyter may write where it has to."""
    owners = Owners(context)
    names = {one.lower(): one for one in apply.names(context.home)}
    for kernel in list_kernels(context):
        if kernel.state in CODES:
            yield _finding(kernel, CODES[kernel.state])
        if kernel.state not in CODES or kernel.state == "double":
            yield from _of_other(context, kernel, owners, names)
    yield from _permissions(context)


def _finding(kernel: Kernel, code: str) -> Finding:
    safety: Safety = "safe" if kernel.own else "ask"
    remedy = Remedy(
        title=text(f"{code}.mend"),
        safety=safety,
        commands=(("torchup", "repair", "--finding", code),),
    )
    if kernel.state == "double" and not kernel.own:
        # Its title is somebody else's to choose.
        remedy = Remedy(title=text("kernel-double.theirs"), safety="manual")
    args = {"title": kernel.title, "python": kernel.interpreter, "name": kernel.environment}
    return Finding(
        code=code,
        severity="warning",
        title=text(code, **args, other=kernel.other),
        because=(kernel.path,),
        remedies=(remedy,),
        facts={"path": kernel.path},
    )


def _of_other(
    context: Context, kernel: Kernel, owners: Owners, names: dict[str, str]
) -> Iterator[Finding]:
    """A kernel that is called like an environment of torchup's, and starts another one."""
    called = names.get(kernel.name.lower()) or names.get(kernel.title.lower())
    if called is None or kernel.own or not ({"/", "\\"} & {*kernel.interpreter}):
        return
    place = owners.place(kernel.interpreter)
    if place.kind == "own" and place.environment == called:
        return
    yield Finding(
        code=OTHER,
        severity="warning",
        title=text(OTHER, title=kernel.title, python=kernel.interpreter, name=called),
        because=(kernel.path,),
        remedies=(_way(context, kernel, called),),
        facts={"path": kernel.path, "name": called},
    )


def _way(context: Context, kernel: Kernel, called: str) -> Remedy:
    """Let it start its namesake; where that lacks ipykernel, a kernel beside it brings that."""
    if LAUNCHER in installed(context.home.environment(called), context.host):
        return Remedy(
            title=text(f"{OTHER}.mend", name=called),
            safety="ask",
            commands=(("torchup", "repair", "--finding", OTHER),),
        )
    command = ("torchup", "kernel", "add", called, "--as", f"{kernel.name}-2")
    return Remedy(title=text("kernel.beside", name=called), safety="manual", commands=(command,))


def _permissions(context: Context) -> Iterator[Finding]:
    """Folders that Jupyter writes into and this user may not: kernels' own, and notebooks'."""
    host = context.host
    kernels = user_folder(host)
    while kernels and not host.is_dir(kernels) and os.path.dirname(kernels) != kernels:  # noqa: PTH120
        kernels = os.path.dirname(kernels)  # noqa: PTH120
    here = host.real_path(".")
    places = [kernels]
    if any(name.endswith(_NOTEBOOK) for name in host.listdir(here)):
        places.append(here)
    for folder in dict.fromkeys(places):
        if folder and host.is_dir(folder) and not host.may_write(folder):
            owner = ("sudo", "chown", "-R", host.env("USER") or "$USER", folder)
            yield Finding(
                code="jupyter-no-permission",
                severity="warning",
                title=text("jupyter-no-permission", folder=folder),
                because=(folder,),
                remedies=(
                    Remedy(
                        title=text("jupyter-no-permission.mend"),
                        safety="manual",
                        commands=() if host.system == "windows" else (owner,),
                    ),
                ),
            )
