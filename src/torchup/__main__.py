"""The program's entry; ``--version`` is answered before anything is imported."""

from __future__ import annotations

import gc
import os
import sys

_ALLOCATIONS = 200_000
"""New objects before the collector of reference cycles looks for the first time.

A short command makes about 30 000, nearly all of them alive until it ends: Python's own threshold
(700, up to 3.11) would look through them dozens of times for nothing.
"""


def main() -> int:
    """Run torchup; the process ends here, with its exit status."""
    gc.set_threshold(_ALLOCATIONS)
    if sys.argv[1:] in (["--version"], ["-V"]):
        from torchup import __version__

        sys.stdout.write(f"torchup {__version__}\n")
        return 0
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:  # before there is anybody to word it, or after
        code = 130
    # Everything is written by now. Taking the interpreter apart would be a tenth of a short
    # command's time, and would wait for questions whose answers nobody needs any more.
    os._exit(code)


def _run(argv: list[str]) -> int:
    if argv[:1] in ([], ["list"], ["plan"], ["--offline"]):
        from torchup.cli.again import say_again

        code = say_again(argv)
        if code is not None:
            return code
    from torchup.cli.main import run

    return run(argv)


if __name__ == "__main__":
    # `python -m` looks for modules in the current folder first, where a file random.py of the
    # user's would be taken for Python's own.
    try:
        if sys.path[:1] == [os.getcwd()]:  # noqa: PTH109 - pathlib is slow to import
            del sys.path[0]
    except OSError:  # the folder was deleted, and has no files
        pass
    sys.exit(main())
