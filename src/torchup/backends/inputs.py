"""What a backend is asked to resolve."""

from __future__ import annotations

from msgspec import Struct

from torchup.model import SourceSet


class Inputs(Struct, frozen=True, kw_only=True):
    """The question put to a backend's solver.

    Attributes:
        python: absolute path of the interpreter that the environment will use.
        minor: its release line, ``3.12`` or ``3.14t``.
        requirements: exact pins of the framework's packages (``name==version+build``) and the
            user's other requirements as they were given.
        framework_names: packages that may come only from ``framework_index``. Names that are not
            among the requirements are taken from there when something needs them.
        framework_index: the one index of the chosen build, None where the primary one serves it.
        framework_flat: that index is one page of links to files, not a PEP 503 tree.
        sources: every other place that files may come from.
        offline: use only what is kept on this machine.
    """

    python: str
    minor: str
    requirements: tuple[str, ...]
    sources: SourceSet
    framework_names: tuple[str, ...] = ()
    framework_index: str | None = None
    framework_flat: bool = False
    offline: bool = False
