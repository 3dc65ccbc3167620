"""Where files come from: what this machine is set up to use, and what lies there now.

Order of sources (docs/decisions/0004-sources.md): the framework's packages come from the planned
source only; for everything else the primary index is asked first, and the first that has a name
serves it.
"""

from __future__ import annotations

from typing import Final

FRAMEWORK_VARIABLE: Final = "TORCHUP_FRAMEWORK_INDEX"
"""Names the address of the framework's own indexes, in place of the catalogue's."""
