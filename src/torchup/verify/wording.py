"""Checks and their details as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Text, text

if TYPE_CHECKING:
    from torchup.model import Check

LABELS: Final[dict[str, str]] = {
    "start": "verify.check.start",
    "import": "verify.check.import",
    "version": "verify.check.version",
    "device": "verify.check.device",
    "matmul": "verify.check.matmul",
    "conv": "verify.check.conv",
    "autograd": "verify.check.autograd",
    "threads": "verify.check.threads",
    "numpy": "verify.check.numpy",
    "compile": "verify.check.compile",
}

# The reason that begins a detail → its message, and the values that the message names.
REASONS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "absent": ("verify.reason.absent", ("device", "why")),
    "compile-unsupported": ("verify.reason.compile-unsupported", ("why",)),
    "crash": ("verify.reason.crash", ("signal",)),
    "error": ("verify.reason.error", ("error", "message")),
    "hollow": ("verify.reason.hollow", ("name",)),
    "mixed-version": ("verify.reason.mixed-version", ("imported", "written")),
    "no-compile": ("verify.reason.no-compile", ()),
    "no-compiler": ("verify.reason.no-compiler", ()),
    "no-device": ("verify.reason.no-device", ()),
    "no-import": ("verify.reason.no-import", ()),
    "no-numpy": ("verify.reason.no-numpy", ()),
    "no-python-headers": ("verify.reason.no-python-headers", ("path",)),
    "no-threads": ("verify.reason.no-threads", ("count",)),
    "no-triton": ("verify.reason.no-triton", ()),
    "no-version": ("verify.reason.no-version", ("name",)),
    "not-built": ("verify.reason.not-built", ("device",)),
    "not-reached": ("verify.reason.not-reached", ()),
    "not-shared": ("verify.reason.not-shared", ()),
    "quick": ("verify.reason.quick", ()),
    "space-in-path": ("verify.reason.space-in-path", ("path",)),
    "stopped": ("verify.reason.stopped", ("exit",)),
    "timeout": ("verify.reason.timeout", ()),
    "wrong-numbers": ("verify.reason.wrong-numbers", ("max_error", "allowed")),
    "wrong-place": ("verify.reason.wrong-place", ("name", "path")),
    "wrong-result": ("verify.reason.wrong-result", ("expected", "found")),
    "wrong-sums": ("verify.reason.wrong-sums", ("serial", "parallel")),
    "wrong-version": ("verify.reason.wrong-version", ("expected", "found")),
}


def describe(check: Check) -> Text:
    """Name what a check tries, in a few words."""
    kind, _, name = check.code.partition(":")
    if kind == "companion":
        return text("verify.check.companion", name=name)
    label = LABELS.get(check.code)
    return text(label) if label else text("verify.check.other", name=check.code)


def read_detail(detail: str) -> tuple[str, dict[str, str]]:
    """Take a detail apart: its reason (empty where a check passed) and its values."""
    import shlex

    try:
        parts = shlex.split(detail)
    except ValueError:
        return "", {}
    reason = parts[0] if parts and "=" not in parts[0] else ""
    pairs = (part.partition("=") for part in parts[1 if reason else 0 :])
    return reason, {key: value for key, mark, value in pairs if mark}


def explain(check: Check) -> Text | None:
    """Say why a check failed or was skipped; None for one that passed."""
    if check.status == "pass":
        return None
    reason, values = read_detail(check.detail)
    code, needed = REASONS.get(reason, ("", ()))
    if not code or not values.keys() >= set(needed):
        return text("verify.reason.other", detail=check.detail)
    return text(code, **{name: values[name] for name in needed})
