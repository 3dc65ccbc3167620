"""A ``kernel.json``, written and read; pure.

https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct, json
from msgspec.structs import replace

from torchup.model.kernels import Kernel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OURS: Final = "torchup"
"""The key of torchup's own part in ``metadata``, which Jupyter keeps and doesn't read."""
_NAME: Final = r"[A-Za-z0-9._-]+"
_PYTHON: Final = r"(?i)(?:python|pypy)w?[\d.]*t?(?:\.exe)?"
LAUNCHER: Final = ("-m", "ipykernel_launcher", "-f", "{connection_file}")
"""What an interpreter is given to be a kernel."""


class Wanted(Struct, frozen=True, kw_only=True):
    """A kernel that is to be written.

    ``programs`` go to the head of the search path of what runs in it; ``environment`` and
    ``home`` say whose it is.
    """

    title: str
    python: str
    environment: str
    home: str
    programs: tuple[str, ...] = ()
    variables: dict[str, str] = {}


def is_name(name: str) -> bool:
    """Tell whether Jupyter takes a kernel of that name."""
    return re.fullmatch(_NAME, name) is not None


def is_python(program: str) -> bool:
    """Tell by its name whether a program is a Python, and not one that starts one (``env``)."""
    return re.fullmatch(_PYTHON, re.split(r"[\\/]", program)[-1]) is not None


def plain_name(text: str) -> str:
    """Make a name that Jupyter takes out of any text; it may be empty."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.").lower()


def written(wanted: Wanted, *, windows: bool) -> bytes:
    """Write a ``kernel.json``."""
    spec = {
        "argv": [wanted.python, *LAUNCHER],
        "display_name": wanted.title,
        "language": "python",
        "env": variables(wanted.variables, wanted.programs, windows=windows),
        "metadata": {
            "debugger": True,
            OURS: {"environment": wanted.environment, "home": wanted.home},
        },
    }
    return json.format(json.encode(spec), indent=1) + b"\n"


def variables(
    values: Mapping[str, str], programs: Sequence[str], *, windows: bool
) -> dict[str, str]:
    """Write the variables of a kernel.

    A dollar sign in a value would be taken for a variable (jupyter_client fills in ``${NAME}``
    from its own environment); the search path is the one value that needs that.
    """
    between = ";" if windows else ":"
    found = {name: _literal(value) for name, value in values.items()}
    if programs:
        head = between.join(map(_literal, programs))
        found["PATH"] = f"{head}{between}${{PATH}}"
    return found


def read(data: bytes, name: str, path: str) -> Kernel | None:
    """Read a ``kernel.json``; None where it is none of a Python or can't be read."""
    try:
        spec = json.decode(data.decode("utf-8-sig"), type=dict[str, object])
    except (ValueError, RecursionError):
        return None
    argv = spec.get("argv")
    if not isinstance(argv, list) or not argv or not all(isinstance(one, str) for one in argv):
        return None
    if str(spec.get("language", "python")).lower() != "python":
        return None
    title, env = spec.get("display_name"), spec.get("env")
    kernel = Kernel(
        name=name,
        title=title if isinstance(title, str) else name,
        path=path,
        argv=tuple(argv),
        variables=_texts(env),
    )
    metadata = spec.get("metadata")
    ours = metadata.get(OURS) if isinstance(metadata, dict) else None
    if not isinstance(ours, dict):
        return kernel
    told = _texts(ours)
    return replace(
        kernel, own=True, environment=told.get("environment", ""), home=told.get("home", "")
    )


def moved_to(data: bytes, argv: Sequence[str], variables: Mapping[str, str]) -> bytes:
    """Write a ``kernel.json`` anew with another command and other variables, the rest kept."""
    spec = json.decode(data.decode("utf-8-sig"), type=dict[str, object])
    spec["argv"] = list(argv)
    env = spec.get("env")
    spec["env"] = {**(env if isinstance(env, dict) else {}), **variables}
    return json.format(json.encode(spec), indent=1) + b"\n"


def titled(data: bytes, title: str) -> bytes:
    """Write a ``kernel.json`` anew under another title."""
    spec = json.decode(data.decode("utf-8-sig"), type=dict[str, object])
    spec["display_name"] = title
    return json.format(json.encode(spec), indent=1) + b"\n"


def _literal(value: str) -> str:
    return value.replace("$", "$$")


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {name: one for name, one in value.items() if isinstance(one, str)}
