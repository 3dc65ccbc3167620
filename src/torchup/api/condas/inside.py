"""Files of somebody else's environment of conda's that are not as its records say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.api.condas.clobbered import ways
from torchup.apply import RECORDS
from torchup.backends.conda_faults import whole_in
from torchup.backends.contents import CONDA
from torchup.model import text
from torchup.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model import Environment

CODE: Final = "conda-files-changed"


def look(context: Context, found: Environment) -> Iterator[Finding]:
    """Compare each package with its record; torchup's own are compared with their lock instead."""
    if found.record.backend != CONDA or found.state not in ("foreign", "broken"):
        return
    path = Path(found.record.path)
    if (path / RECORDS).is_dir():
        return
    broken = sorted(name for name, whole in whole_in(path).items() if not whole)
    if broken:
        yield Finding(
            code=CODE,
            severity="warning",
            title=text("condas.files-changed", path=path, packages=", ".join(broken)),
            because=(str(path), *broken),
            remedies=ways(context, path, broken, own=False),
            facts={"path": str(path)},
        )
