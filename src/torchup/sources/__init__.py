"""Where files come from: what this machine is set up to use, and what lies there now.

Order of sources (docs/decisions/0004-sources.md): the framework's packages come from the planned
source only; for everything else the primary index is asked first, and the first that has a name
serves it.
"""

from __future__ import annotations

from torchup.sources.cache import ListingCache
from torchup.sources.configured import configured_sources, framework_source
from torchup.sources.listing import SOURCES, list_many, list_project
from torchup.sources.local_index import local_index
from torchup.sources.metadata import wheel_metadata, wheel_size

__all__ = [
    "SOURCES",
    "ListingCache",
    "configured_sources",
    "framework_source",
    "list_many",
    "list_project",
    "local_index",
    "wheel_metadata",
    "wheel_size",
]
