"""Naming each package's index in the lock.

uv's lock has no ``index`` keys, and without them ``uv pip sync`` does not recognise what it
installed before: it asks the server about every file again, and where the server gives no cache
headers it fetches them again (seen with uv 0.13.8). The key is a standard one (PEP 751).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from torchup.backends.uv_project import required_names
from torchup.model import bare_url
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from torchup.backends.inputs import Inputs


def with_indexes(lock: str, inputs: Inputs) -> str:
    """Add the ``index`` of every package whose index is certain.

    The framework's packages come from its index. Others come from the primary one, if no further
    place could have served a file from the network; otherwise nothing is said.
    """
    asked = set(required_names(inputs.requirements))
    ours = asked & {canonical_name(name) for name in inputs.framework_names}
    others = "" if _several(inputs) else bare_url(inputs.sources.primary.url)
    blocks = lock.split("\n[[packages]]\n")
    named = [_named(block, ours, inputs.framework_index or "", others) for block in blocks[1:]]
    return "\n[[packages]]\n".join([blocks[0], *named])


def _several(inputs: Inputs) -> bool:
    """Tell whether files from the network may come from more places than the primary index."""
    further = (*inputs.sources.extras, *inputs.sources.links)
    primary = inputs.sources.primary
    return primary.kind != "index" or any(
        urlsplit(source.url).scheme in ("http", "https") for source in further
    )


def _named(block: str, ours: set[str], framework: str, others: str) -> str:
    lines = block.split("\n")
    keys = dict(line.split(" = ", 1) for line in lines if " = " in line)
    name = canonical_name(keys.get("name", "").strip('"'))
    remote = '"http' in keys.get("wheels", "") + keys.get("sdist", "")
    index = bare_url(framework) if name in ours else others if remote else ""
    place = next((at for at, line in enumerate(lines) if line.startswith("version = ")), None)
    if not index or place is None or "index" in keys:
        return block
    return "\n".join([*lines[: place + 1], f'index = "{index}"', *lines[place + 1 :]])
