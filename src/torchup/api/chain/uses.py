"""The last links of the chain: environments, and what starts Python in them for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.chain.link import NOTHING, Link, State
from torchup.model import text
from torchup.model.builds import cuda_of
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.model import Environment, Machine, Text
    from torchup.model.software import FoundEnvironment, Software


def use_links(
    machine: Machine, made: Sequence[Environment], software: Software | None
) -> Iterator[Link]:
    """Judge the environments, torchup's own and others', then kernels and IDEs.

    Args:
        machine: the machine.
        made: what torchup made on it.
        software: what else is installed; None where nobody looked.
    """
    yield from _environments(made)
    if software is None:
        return
    yield from (_elsewhere(one, machine) for one in software.environments)
    homes = {one.record.path: one.record.name for one in made}
    homes |= {one.path: one.path for one in software.environments}
    yield from _notebooks(homes, software)
    yield from _editors(homes, software)


def _environments(found: Sequence[Environment]) -> Iterator[Link]:
    if not found:
        yield Link(
            what="environment",
            shown=NOTHING,
            state="quiet",
            why=text("chain.no-environment"),
        )
    for one in found:
        state: State = "good" if one.verified else "costs"
        why = text("chain.verified") if one.verified else text("chain.not-verified")
        if one.state != "ok":
            state, why = "stops", one.problem or why
        yield Link(what="environment", shown=one.record.name, state=state, why=why)


def _elsewhere(found: FoundEnvironment, machine: Machine) -> Link:
    """An environment that torchup did not make, by the build that lies in it."""
    named = next(iter(found.packages.items()), None)
    shown = f"{named[0]} {named[1]} · {found.path}" if named else found.path
    state, why = _build_in(named[1] if named else "", machine)
    return Link(what="elsewhere", shown=shown, state=state, why=why)


def _build_in(version: str, machine: Machine) -> tuple[State, Text]:
    build = version.partition("+")[2]
    cuda = cuda_of(build)
    driver = machine.driver("nvidia")
    highest = driver.max_runtime if driver else None
    # Within one major version an older driver serves (CUDA's minor version compatibility).
    if cuda and highest and dotted(cuda)[:1] > dotted(highest)[:1]:
        return "stops", text("chain.elsewhere-too-new", runtime=cuda, highest=highest)
    if build == "cpu" and any(gpu.vendor == "nvidia" for gpu in machine.gpus or ()):
        return "costs", text("chain.elsewhere-cpu")
    return "costs", text("chain.elsewhere")


def _notebooks(homes: dict[str, str], software: Software) -> Iterator[Link]:
    """The kernels that compute in one of the environments, and those whose Python is gone."""
    shown = False
    for kernel in software.notebooks:
        name = next((homes[at] for at in homes if _inside(kernel.interpreter, at)), None)
        if kernel.exists and name is None:
            continue
        shown = True
        state: State = "good" if kernel.exists else "stops"
        code = "chain.notebook" if kernel.exists else "chain.notebook-gone"
        why = text(code, name=name or kernel.interpreter)
        yield Link(what="notebook", shown=kernel.title, state=state, why=why)
    if not shown:
        yield Link(what="notebook", shown=NOTHING, state="quiet", why=text("chain.no-notebook"))


def _editors(homes: dict[str, str], software: Software) -> Iterator[Link]:
    """The IDEs: each is told once which Python to compute with."""
    for editor in software.editors:
        shown = f"{editor.name} {editor.version}" if editor.version else editor.name
        if homes:
            why = text("chain.editor", path=next(iter(homes)))
            yield Link(what="editor", shown=shown, state="good", why=why)
        else:
            why = text("chain.editor-waits")
            yield Link(what="editor", shown=shown, state="quiet", why=why)


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/\\") + ("\\" if "\\" in folder else "/"))
