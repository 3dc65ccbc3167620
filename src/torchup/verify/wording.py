"""Checks and their details as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.facts.frameworks import FRAMEWORKS
from torchup.model import Text, text
from torchup.verify.payload.codes import base_of, device_of

if TYPE_CHECKING:
    from torchup.model import Check

LABELS: Final[dict[str, str]] = {
    "all-reduce": "verify.check.all-reduce",
    "allocate": "verify.check.allocate",
    "amp": "verify.check.amp",
    "attention": "verify.check.attention",
    "autograd": "verify.check.autograd",
    "bench-copy": "verify.check.bench-copy",
    "bench-launch": "verify.check.bench-launch",
    "bench-matmul": "verify.check.bench-matmul",
    "bench-memory": "verify.check.bench-memory",
    "bench-train": "verify.check.bench-train",
    "compile": "verify.check.compile",
    "conv": "verify.check.conv",
    "conv-backward": "verify.check.conv-backward",
    "dataloader": "verify.check.dataloader",
    "device": "verify.check.device",
    "elementwise": "verify.check.elementwise",
    "fft": "verify.check.fft",
    "fit": "verify.check.fit",
    "graphs": "verify.check.graphs",
    "import": "verify.check.import",
    "libraries": "verify.check.libraries",
    "matmul": "verify.check.matmul",
    "matmul-bf16": "verify.check.matmul-bf16",
    "matmul-fp16": "verify.check.matmul-fp16",
    "matmul-fp8": "verify.check.matmul-fp8",
    "matmul-tf32": "verify.check.matmul-tf32",
    "memory": "verify.check.memory",
    "numpy": "verify.check.numpy",
    "peer": "verify.check.peer",
    "pinned": "verify.check.pinned",
    "repeat": "verify.check.repeat",
    "save-load": "verify.check.save-load",
    "shadow": "verify.check.shadow",
    "solve": "verify.check.solve",
    "sparse": "verify.check.sparse",
    "start": "verify.check.start",
    "streams": "verify.check.streams",
    "tensorboard": "verify.check.tensorboard",
    "threads": "verify.check.threads",
    "train": "verify.check.train",
    "version": "verify.check.version",
}

# The reason that begins a detail → its message, and the values that the message names.
REASONS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "absent": ("verify.reason.absent", ("device", "why")),
    "compile-unsupported": ("verify.reason.compile-unsupported", ("why",)),
    "crash": ("verify.reason.crash", ("signal",)),
    "driver-old": ("verify.reason.driver-old", ("runtime", "driver")),
    "error": ("verify.reason.error", ("error", "message")),
    "foreign-library": ("verify.reason.foreign-library", ("name", "path", "own")),
    "hollow": ("verify.reason.hollow", ("name",)),
    "jit-driver-old": ("verify.reason.jit-driver-old", ("driver", "runtime")),
    "killed": ("verify.reason.killed", ("signal",)),
    "left-out": ("verify.reason.left-out", ("card", "arch")),
    "lost-feature": ("verify.reason.lost-feature", ("feature", "since")),
    "memory-wrong": ("verify.reason.memory-wrong", ("words", "chunk")),
    "mixed-version": ("verify.reason.mixed-version", ("imported", "written")),
    "no-all-reduce": ("verify.reason.no-all-reduce", ("library", "why")),
    "no-answer": ("verify.reason.no-answer", ("why",)),
    "no-arch-list": ("verify.reason.no-arch-list", ()),
    "no-code": ("verify.reason.no-code", ("card", "arch", "has")),
    "no-compile": ("verify.reason.no-compile", ()),
    "no-compiler": ("verify.reason.no-compiler", ()),
    "no-device": ("verify.reason.no-device", ()),
    "no-feature": ("verify.reason.no-feature", ("feature",)),
    "no-import": ("verify.reason.no-import", ()),
    "no-kernel": ("verify.reason.no-kernel", ("why",)),
    "no-numpy": ("verify.reason.no-numpy", ()),
    "no-python-headers": ("verify.reason.no-python-headers", ("path",)),
    "no-tensorboard": ("verify.reason.no-tensorboard", ()),
    "no-threads": ("verify.reason.no-threads", ("count",)),
    "no-triton": ("verify.reason.no-triton", ()),
    "no-version": ("verify.reason.no-version", ("name",)),
    "not-built": ("verify.reason.not-built", ("device",)),
    "not-here": ("verify.reason.not-here", ()),
    "not-reached": ("verify.reason.not-reached", ()),
    "not-repeatable": ("verify.reason.not-repeatable", ("what",)),
    "not-shared": ("verify.reason.not-shared", ()),
    "one-device": ("verify.reason.one-device", ()),
    "out-of-memory": ("verify.reason.out-of-memory", ("message",)),
    "shadowed": ("verify.reason.shadowed", ("name", "path")),
    "space-in-path": ("verify.reason.space-in-path", ("path",)),
    "stopped": ("verify.reason.stopped", ("exit",)),
    "timeout": ("verify.reason.timeout", ()),
    "too-slow": ("verify.reason.too-slow", ()),
    "two-libraries": ("verify.reason.two-libraries", ("name", "path", "other")),
    "unusable": ("verify.reason.unusable", ("device", "why")),
    "unreadable-libraries": ("verify.reason.unreadable-libraries", ("why",)),
    "wrong-numbers": ("verify.reason.wrong-numbers", ("max_error", "allowed")),
    "wrong-place": ("verify.reason.wrong-place", ("name", "path")),
    "wrong-result": ("verify.reason.wrong-result", ("found", "expected")),
    "wrong-sums": ("verify.reason.wrong-sums", ("parallel", "serial")),
    "wrong-version": ("verify.reason.wrong-version", ("found", "expected")),
}


def describe(check: Check) -> Text:
    """Name what a check tries, in a few words."""
    code, device = base_of(check.code), device_of(check.code)
    kind, _, name = code.partition(":")
    if kind == "companion":
        return text("verify.check.companion", name=name)
    if kind in FRAMEWORKS and name in LABELS:
        return text("verify.check.of-framework", check=f"@{LABELS[name]}", name=kind)
    label = LABELS.get(code)
    if label is None:
        return text("verify.check.other", name=check.code)
    if device:
        return text("verify.check.on-device", check=f"@{label}", device=device)
    return text(label)


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
