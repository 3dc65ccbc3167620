"""Which of the checks PyTorch has none of, and which it has beside them: pure data."""

LEFT_OUT: "frozenset[str]" = frozenset()
QUICK: "tuple[str, ...]" = ()
STANDARD: "tuple[str, ...]" = ()
BENCH: "tuple[str, ...]" = (
    "bench-matmul",
    "bench-memory",
    "bench-copy",
    "bench-launch",
    "bench-train",
)
