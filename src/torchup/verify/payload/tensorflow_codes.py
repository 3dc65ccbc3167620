"""Which of the checks TensorFlow has none of, and which it has beside them: pure data."""

# What the framework does by itself (streams, graphs), or has no part for.
LEFT_OUT = frozenset(
    (
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
STANDARD = ("tensorboard",)
BENCH = ("bench-matmul", "bench-launch", "bench-train")
