"""Finding out what a plain command would use in the current folder."""

from __future__ import annotations

import os
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.api.environments.holding import framework_at
from torchup.api.machines.software import framework_names
from torchup.api.search_path.places import Owners
from torchup.facts.frameworks import mean
from torchup.model.no_document import NO_DOCUMENT
from torchup.model.search_path import Place, Program, Running, Which

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.context import Context

USUAL: Final = ("python", "python3", "pip")
_TIMEOUT_S: Final = 20.0
_PIP_FROM: Final = re.compile(r" from (.+?)[\\/]pip\b.* \(python ")


def look(context: Context, names: Sequence[str] = USUAL) -> Which:
    """Ask the programs that count here; Python and pip are started, nothing is imported.

    Args:
        context: the session.
        names: the programs to look for.
    """
    host = context.host
    owners = Owners(context)
    programs = tuple(
        Program(name=one, places=tuple(_places(context, owners, one))) for one in names
    )
    by_name = {one.name: one.places for one in programs}
    first = next((one[0] for name in ("python", "python3") if (one := by_name.get(name))), None)
    running, why = _ask(context, first) if first else (None, "")
    pip = by_name.get("pip")
    between = ";" if host.system == "windows" else ":"
    return Which(
        folder=host.real_path("."),
        programs=programs,
        running=running,
        why=why,
        pip_site=_site_of_pip(context, pip[0]) if pip else "",
        entered=host.env("VIRTUAL_ENV") or host.env("CONDA_PREFIX") or "",
        pythonpath=tuple(filter(None, (host.env("PYTHONPATH") or "").split(between))),
    )


def _places(context: Context, owners: Owners, name: str) -> Iterator[Place]:
    """Name every program of a name on the search path, each file once, the first one first."""
    host = context.host
    windows = host.system == "windows"
    endings = (".exe", ".bat", ".cmd", "") if windows else ("",)
    seen: set[str] = set()
    for folder in (host.env("PATH") or "").split(";" if windows else ":"):
        for ending in endings:
            path = os.path.join(folder or ".", f"{name}{ending}")  # noqa: PTH118
            once = f"{host.real_path(folder or '.')}/{name}"  # /bin may be a link to /usr/bin
            if host.is_executable(path) and once not in seen:
                seen.add(once)
                yield owners.place(path)
                break


def _ask(context: Context, first: Place) -> tuple[Running | None, str]:
    framework = framework_at(context, first.path)
    mean(framework)
    more = [name for name in framework_names() if name != framework]
    source = (files("torchup.probe") / "payload_which.py").read_text(encoding="utf-8")
    done = context.host.run([first.path, "-c", source, framework, *more], timeout=_TIMEOUT_S)
    try:
        return msgspec.json.decode(done.out.strip().splitlines()[-1], type=Running), ""
    except (IndexError, *NO_DOCUMENT):
        lines = (done.err or done.out).strip().splitlines()
        return None, lines[-1].strip() if lines else f"exit status {done.code}"


def _site_of_pip(context: Context, pip: Place) -> str:
    done = context.host.run([pip.path, "--version"], timeout=_TIMEOUT_S)
    said = _PIP_FROM.search(done.out)
    return str(Path(said[1])) if said else ""
