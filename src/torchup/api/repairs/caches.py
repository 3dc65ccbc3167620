"""Files that are cut off, taken out of pip's cache: pip fetches them anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.api.checks.caches import cut_off
from torchup.api.repairs.proposal import Proposal
from torchup.state.undo import Remove

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.finding import Finding

_BODY: Final = ".body"


def propose(_context: Context, finding: Finding) -> Proposal | None:
    """Take out each file, and what is noted beside it: without it pip asks the index again.

    pip keeps an answer in two files, ``HASH`` and ``HASH.body`` (since 23.3; CacheControl's
    ``SeparateBodyFileCache``).
    """
    edits = []
    for path in cut_off(Path(finding.facts["folder"])):
        edits.append(Remove(path=path))
        note = Path(path.removesuffix(_BODY))
        if path.endswith(_BODY) and note.is_file():
            edits.append(Remove(path=str(note)))
    if not edits:
        return None
    return Proposal(finding=finding, title=finding.remedies[0].title, edits=tuple(edits))
