"""Which of the checks ONNX Runtime has none of, and which it has beside them: pure data."""

# It runs what others have trained: it has no gradients, and one stream of its own.
LEFT_OUT = frozenset(
    (
        "fit",
        "autograd",
        "threads",
        "matmul-tf32",
        "matmul-bf16",
        "matmul-fp8",
        "conv-backward",
        "fft",
        "solve",
        "sparse",
        "amp",
        "graphs",
        "streams",
        "pinned",
        "save-load",
        "dataloader",
        "peer",
        "all-reduce",
    )
)
QUICK = ()
STANDARD = ()
BENCH = ("bench-matmul", "bench-launch")
