"""Which of the checks JAX has none of, and which it has beside them: pure data."""

# What the framework does by itself (threads, streams, graphs), or has no part for.
LEFT_OUT = frozenset(
    (
        "fit",
        "threads",
        "matmul-tf32",
        "matmul-fp8",
        "conv-backward",
        "sparse",
        "amp",
        "graphs",
        "streams",
        "pinned",
        "dataloader",
        "peer",
        "all-reduce",
    )
)
QUICK = ("train",)
STANDARD = ()
BENCH = ("bench-matmul", "bench-launch", "bench-train")
