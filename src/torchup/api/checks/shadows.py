"""Files of the user's that have a library's name: Python imports them in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.facts.shadows import shadowed
from torchup.model import text
from torchup.model.finding import Finding, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.host import Host

_CODE: Final = "shadowing-local-file"
_LIBRARY: Final = ("site-packages", "dist-packages")
_OWN: Final = ("pyproject.toml", "setup.py", "setup.cfg")
"""What lies beside a package in its own source folder, where its name is no mistake."""


def look(context: Context) -> Iterator[Finding]:
    """Look at the folder that one works in: Python looks there first for what a script imports."""
    host = context.host
    here = host.real_path(".")
    names = host.listdir(here)
    if any(part in here for part in _LIBRARY) or "os.py" in names or "__init__.py" in names:
        return  # where libraries themselves lie
    source = any(one in names for one in _OWN)
    for name in names:
        module = name.removesuffix(".py")
        if module in shadowed() and _comes_first(host, f"{here}/{name}", name, source=source):
            yield _finding(f"{here}/{name}", module)


def _comes_first(host: Host, path: str, name: str, *, source: bool) -> bool:
    """A folder without ``__init__.py`` comes after every installed package (PEP 420)."""
    if name.endswith(".py"):
        return not host.is_dir(path)
    return not source and host.modified(f"{path}/__init__.py") is not None


def _finding(path: str, module: str) -> Finding:
    return Finding(
        code=_CODE,
        severity="warning",
        title=text("shadows.found", path=path, module=module),
        because=(path,),
        remedies=(
            Remedy(
                title=text("shadows.rename", path=path, to=new_name(path)),
                safety="ask",
                commands=(("torchup", "repair", "--finding", _CODE),),
            ),
        ),
        facts={"path": path},
    )


def new_name(path: str) -> str:
    """Return what a file or folder could be called instead."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/my_{name}"
