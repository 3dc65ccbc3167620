"""The program's entry; ``--version`` is answered before anything is imported."""

from __future__ import annotations

import sys


def main() -> int:
    """Run torchup and return its exit status."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from torchup import __version__

        sys.stdout.write(f"torchup {__version__}\n")
        return 0
    try:
        from torchup.cli.main import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # before there is anybody to word it, or after
        return 130


if __name__ == "__main__":
    sys.exit(main())
