"""What really runs inside an environment.

:func:`verify_environment` starts a payload there and judges what it tells; the judging is pure.
"""

from torchup.verify.expected import Expected, Level
from torchup.verify.judge import judge
from torchup.verify.receipt import read_receipt, write_receipt
from torchup.verify.run import verify_environment
from torchup.verify.wording import describe, explain

__all__ = [
    "Expected",
    "Level",
    "describe",
    "explain",
    "judge",
    "read_receipt",
    "verify_environment",
    "write_receipt",
]
