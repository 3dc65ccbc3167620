"""Messages that look like faults and are none, and what is quoted rather than said."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from torchup.diagnose.rule import Harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

_HUNK: Final = re.compile(r"^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_FAR: Final = 40
"""Lines of a traceback that are looked at."""
_LONG: Final = 4000
"""Lines of a part of a diff that are."""


def hunk(lines: Sequence[str], number: int) -> int:
    """Count the lines of a part of a unified diff, by the numbers that its head tells."""
    told = _HUNK.match(lines[number])
    old, new = (int(told[side] or 1) if told else 0 for side in (1, 2))
    after = 0
    for line in lines[number + 1 : number + 1 + _LONG]:
        if old <= 0 and new <= 0:
            break
        old -= not line.startswith("+")
        new -= not line.startswith("-")
        after += 1
    return after


def of_pytest(lines: Sequence[str], number: int) -> int:
    """Count the lines that go on with what pytest says of one assertion."""
    return sum(
        1
        for _ in takewhile(
            lambda line: line.startswith("E "), lines[number + 1 : number + 1 + _LONG]
        )
    )


def warned(lines: Sequence[str], number: int) -> int:
    """Count the line of code that Python shows under a warning."""
    return int(number + 1 < len(lines) and lines[number + 1].startswith(" "))


def reason(lines: Sequence[str], number: int) -> int:
    """Count the lines of a reason: one, or a whole traceback with the error that ends it."""
    rest = lines[number + 1 : number + 1 + _FAR]
    if not rest or not rest[0].startswith("Traceback"):
        return 1
    return 2 + sum(1 for _ in takewhile(lambda line: line.startswith(" "), rest[1:]))


HARMLESS: Final = (
    # Optional parts that aren't there, with the reason on the lines below.
    Harmless("a matching triton is not available", reach=reason),
    Harmless("error caught was: no module named 'triton'"),
    Harmless("could not load library with avx", r"INFO", reach=reason),
    Harmless("failed to load gpu faiss"),
    Harmless("[warning] ", r"^\s*\[WARNING\]\s+(?:\w+ requires|using untested|please install triton)"),
    Harmless("nccl info", r"NCCL INFO (?:NET|TUNER|PROFILER|GIN|RAS|ENV)/"),
    # What is quoted: a test's two sides, a change of a file.
    Harmless("assertionerror: assert ", r"^E\s+AssertionError: assert ", reach=of_pytest),
    Harmless("e       assert ", r"^E\s+assert ", reach=of_pytest),
    Harmless("@@ -", _HUNK.pattern, reach=hunk),
    Harmless("if you ", r"\b[Ii]f you (?:see|get|encounter|run into|receive|face)\b[^\n]*[`\"'][^\n]*(?:[Ee]rror|not found)"),
    Harmless("triton not found; flop counting"),
    Harmless("torch.distributed/run.py", r"OMP_NUM_THREADS"),
    Harmless("this could take a while", r"pip is looking at multiple versions"),
    Harmless("xformers is not available"),
    Harmless("failed to load image python extension", reach=warned),
    Harmless("skipping registering gpu devices"),
    Harmless("could not find tensorrt"),
    Harmless("lr_scheduler.step()", reach=warned),
    Harmless("please also save or load the state of the optimizer", reach=warned),
    Harmless("ignoring invalid distribution"),
    # NumPy's own page on its C API: as a warning, it means nothing.
    Harmless("size changed, may indicate binary incompatibility", r"RuntimeWarning", reach=warned),
    Harmless("futurewarning"),
    Harmless("deprecationwarning", r"DeprecationWarning"),
    # cuDNN 8's parts are loaded by name first, then from beside PyTorch.
    Harmless("attempt to open cnn_infer failed", r"UserWarning: ", reach=warned),
    Harmless("userwarning", r"UserWarning: (?!.*(?:CUDA|NVIDIA|Found GPU|Failed to initialize NumPy|cuDNN|MPS|HIP|compiler|ninja|nvcc|bitsandbytes|libcud|did not contain|\s*$))"),
    Harmless("this tensorflow binary is optimized"),
    Harmless("unable to register cu", r"Unable to register cu(?:DNN|FFT|BLAS) factory"),
    Harmless("running pip as the 'root' user"),
    Harmless("a new release of pip"),
    Harmless("you are using pip version"),
    Harmless("notice: a new release" ),
    Harmless("error while loading xformers", r"ignor"),
    Harmless("no module 'xformers'", r"Proceeding without"),
    Harmless("redirects are currently not supported in windows or macos"),
    Harmless("torch_dtype` is deprecated" ),
    Harmless("setvars.bat has already been run"),
    Harmless("tokenizers_parallelism" ),
    Harmless("some weights of the model"),
    Harmless("apex is not installed" ),
    Harmless("could not import apex" ),
    Harmless("flash attention is not installed" ),
    Harmless("torch was not compiled with flash attention" ),
    Harmless("1torch was not compiled with flash attention" ),
)  # fmt: skip
