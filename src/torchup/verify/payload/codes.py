"""The checks by their codes: which ones there are, in which order, and how long each may take.

Pure data, for the payload and for whoever judges what it tells. What a framework leaves out of
them, and has beside them, is in its own ``FRAMEWORK_codes``, which of the measurements too.
"""

import importlib

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from types import ModuleType

QUICK = (
    "import",
    "version",
    "shadow",
    "device",
    "fit",
    "allocate",
    "elementwise",
    "matmul",
    "conv",
    "autograd",
    "threads",
    "numpy",
)
# What a usual verification adds, in the order in which it follows.
STANDARD = (
    "matmul-tf32",
    "matmul-fp16",
    "matmul-bf16",
    "matmul-fp8",
    "conv-backward",
    "fft",
    "solve",
    "sparse",
    "attention",
    "amp",
    "graphs",
    "streams",
    "pinned",
    "repeat",
    "memory",
    "save-load",
    "dataloader",
    "peer",
    "all-reduce",
)
LAST = ("libraries",)
COMPILE = "compile"
BENCH = (
    "bench-matmul",
    "bench-memory",
    "bench-copy",
    "bench-launch",
    "bench-train",
)
# These run once for each device; the others once.
ON_EACH = frozenset(
    (
        "allocate",
        "elementwise",
        "matmul",
        "matmul-tf32",
        "matmul-fp16",
        "matmul-bf16",
        "matmul-fp8",
        "conv",
        "conv-backward",
        "autograd",
        "train",
        "fft",
        "solve",
        "sparse",
        "attention",
        "amp",
        "graphs",
        "streams",
        "pinned",
        "repeat",
        "memory",
        "bench-matmul",
        "bench-memory",
        "bench-copy",
        "bench-launch",
        "bench-train",
    )
)
# What makes no sense where the planned device is not there.
NEEDS_DEVICE = ON_EACH | frozenset(("fit", "peer", "all-reduce", "save-load", "compile"))

LEVELS = ("quick", "standard", "full")

# Seconds. A cold disk takes a minute for an import, a driver that compiles kernels for a card
# as long for the first operation; compiling was measured at 20 to 25 s on two cores.
LIMIT_S = 180.0
LIMITS_S = {
    "start": 60.0,
    "import": 300.0,
    "compile": 600.0,
    "memory": 900.0,
    "bench-matmul": 600.0,
    "bench-train": 600.0,
}


def base_of(code: str) -> str:
    """Return the check that a code means, without the device it ran on."""
    return code.partition("@")[0]


def device_of(code: str) -> str:
    """Return the device that a code names; empty for the planned one."""
    return code.partition("@")[2]


def limit_of(code: str) -> float:
    """Return how many seconds a check may take."""
    return LIMITS_S.get(base_of(code), LIMIT_S)


def own_of(framework: str) -> "ModuleType":
    """Return what a framework says of the checks: ``LEFT_OUT`` and its own ones."""
    return importlib.import_module(__name__.rpartition(".")[0] + "." + framework + "_codes")


def main_lane(
    level: str, companions: "tuple[str, ...]" = (), framework: str = ""
) -> "tuple[str, ...]":
    """List the checks that run one after another; ``compile`` runs beside them."""
    own = own_of(framework) if framework else None
    further = () if level == "quick" else STANDARD + (own.STANDARD if own else ())
    usual = QUICK + (own.QUICK if own else ()) + further
    kept = tuple(code for code in usual if not own or code not in own.LEFT_OUT)
    return kept + tuple("companion:" + name for name in companions) + LAST


def all_codes(
    level: str, companions: "tuple[str, ...]" = (), framework: str = ""
) -> "tuple[str, ...]":
    """List every check of a level."""
    return main_lane(level, companions, framework) + (() if level == "quick" else (COMPILE,))


def on_devices(codes: "tuple[str, ...]", devices: "list[str]") -> "tuple[str, ...]":
    """Repeat the checks that every device gets, for all devices but the first."""
    found = list(codes)
    for device in devices[1:]:
        found += [code + "@" + device for code in codes if code in ON_EACH]
    return tuple(found)
