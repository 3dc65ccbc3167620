"""Run torchup straight from a checkout: ``python3 bootstrap.py ARGUMENTS``.

The first start makes a private environment for the tool, beside this file; ``test`` runs every
check of the project. This file holds only what must be said by any Python, however old: it is
read by Python 2.7, so it has no annotations.
"""

# Python 2.7 reads this file.
# ruff: noqa: PTH100, PTH120, UP031, UP036

import os
import sys

if __name__ == "__main__":
    if sys.version_info < (3, 10):
        sys.stderr.write(
            "torchup needs Python 3.10 or newer, and this is Python %d.%d. "
            "Start it with a newer one, such as: python3.12 bootstrap.py\n" % sys.version_info[:2]
        )
        sys.exit(2)
    import importlib

    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, here)
    sys.exit(importlib.import_module("tools.start").main(here, sys.argv[1:]))
