"""What can go wrong, as data: a code, its arguments and an exit status.

The wording lives in :mod:`torchup.words` under the same code (and ``CODE.hint`` for the next
step), so that an error reads the same in every language and every output format.
"""

from __future__ import annotations

from typing import Final

EXIT_DONE: Final = 0
EXIT_NO: Final = 1
EXIT_USAGE: Final = 2
EXIT_OUTSIDE: Final = 3
EXIT_INTERRUPTED: Final = 130


class TorchupError(Exception):
    """An error that a person can act on.

    Args:
        code: the message's code in :mod:`torchup.words`; ``CODE.hint`` words the next step.
        args: values for the message's placeholders.
    """

    exit_code: int = EXIT_OUTSIDE

    def __init__(self, code: str, **args: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = {name: str(value) for name, value in args.items()}

    def __str__(self) -> str:
        """Name the code and its details, for logs; people get the worded form."""
        return " ".join([self.code, *(f"{k}={v}" for k, v in self.details.items())])


class NoAnswerError(TorchupError):
    """The answer is no: no stack fits, or a verification failed."""

    exit_code = EXIT_NO


class UsageError(TorchupError):
    """The command was given something that it can't take."""

    exit_code = EXIT_USAGE


class OutsideError(TorchupError):
    """Something outside failed: network, disk, permission, another program."""

    exit_code = EXIT_OUTSIDE


class InterruptedByUserError(TorchupError):
    """The user stopped the command."""

    exit_code = EXIT_INTERRUPTED
