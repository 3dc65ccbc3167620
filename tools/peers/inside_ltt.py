"""Runs in the peers' environment: light-the-torch for a machine of another system.

The first argument is the system, the rest are light-the-torch's own.
"""

from __future__ import annotations

import importlib
import sys
from types import SimpleNamespace


def main() -> int:
    """Install as ``ltt`` does, with its table of drivers for the given system."""
    system, *arguments = sys.argv[1:]
    table = importlib.import_module("light_the_torch._cb")
    table.__dict__["platform"] = SimpleNamespace(system=lambda: system)
    command = importlib.import_module("light_the_torch._cli")
    return int(command.main(arguments) or 0)


if __name__ == "__main__":
    sys.exit(main())
