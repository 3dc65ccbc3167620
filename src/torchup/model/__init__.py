"""Frozen values that pass between rooms; each can be written to a file and read back.

What is recorded of environments is loaded when it is first asked for: a plan needs none of it.
"""

from typing import TYPE_CHECKING, Final

from torchup.early import later
from torchup.model.machine import (
    SYSTEM_NAMES,
    ComputeMode,
    Cpu,
    CpuArch,
    Disk,
    Driver,
    Evidence,
    Gpu,
    Interpreter,
    Machine,
    Os,
    Problem,
    System,
    Tool,
    Toolkit,
    Vendor,
)
from torchup.model.plan import Artifact, Plan, Step
from torchup.model.source import (
    FrameworkPlace,
    Listing,
    Source,
    SourceSet,
    WheelFile,
    bare_url,
    shown_url,
    without_token,
)
from torchup.model.stack import (
    Device,
    Effect,
    FactRef,
    LeftOut,
    NearMiss,
    Reason,
    Requirement,
    Resolution,
    Stack,
)
from torchup.model.text import Text, text

if TYPE_CHECKING:
    from torchup.model.locked import Locked, LockRow
    from torchup.model.record import (
        Check,
        CheckStatus,
        Environment,
        EnvRecord,
        EnvState,
        Figure,
        Outcome,
        Size,
        SpeedChange,
        StepOutcome,
        VerifyReport,
    )
    from torchup.model.toolkits import OwnToolkit

__all__ = [
    "SYSTEM_NAMES",
    "Artifact",
    "Check",
    "CheckStatus",
    "ComputeMode",
    "Cpu",
    "CpuArch",
    "Device",
    "Disk",
    "Driver",
    "Effect",
    "EnvRecord",
    "EnvState",
    "Environment",
    "Evidence",
    "FactRef",
    "Figure",
    "FrameworkPlace",
    "Gpu",
    "Interpreter",
    "LeftOut",
    "Listing",
    "LockRow",
    "Locked",
    "Machine",
    "NearMiss",
    "Os",
    "Outcome",
    "OwnToolkit",
    "Plan",
    "Problem",
    "Reason",
    "Requirement",
    "Resolution",
    "Size",
    "Source",
    "SourceSet",
    "SpeedChange",
    "Stack",
    "Step",
    "StepOutcome",
    "System",
    "Text",
    "Tool",
    "Toolkit",
    "Vendor",
    "VerifyReport",
    "WheelFile",
    "bare_url",
    "shown_url",
    "text",
    "without_token",
]

_LATER: Final = {
    "locked": ("LockRow", "Locked"),
    "record": (
        *("Check", "CheckStatus", "EnvRecord", "EnvState", "Environment", "Figure", "Outcome"),
        *("Size", "SpeedChange", "StepOutcome", "VerifyReport"),
    ),
    "toolkits": ("OwnToolkit",),
}
"""Module → the names that are taken from it when they are first asked for."""

if not TYPE_CHECKING:  # a checker would take any name for one of these
    __getattr__ = later(__name__, _LATER)
