"""The document about toolkits: what compiles, and what a build would take."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.toolkits import Build, Compiler, FoundToolkit


class OwnToolkitV1(Struct, frozen=True, kw_only=True):
    """The toolkit of an environment.

    ``home`` is what ``CUDA_HOME`` names there: absolute, or relative to the environment's path.
    """

    source: str
    runtime: str
    home: str


class ToolkitsV1(Struct, frozen=True, kw_only=True):
    """``torchup.toolkits/v1``: every toolkit, cuDNN and NCCL.

    ``build`` is what a build in the environment that counts would take, null for no environment;
    ``compiler`` whether the C++ compiler fits that, null where no toolkit would be taken.
    """

    schema: Literal["torchup.toolkits/v1"] = "torchup.toolkits/v1"
    toolkits: tuple[FoundToolkit, ...]
    libraries: tuple[FoundToolkit, ...]
    build: Build | None
    compiler: Compiler | None
