"""Resolving as of a day: uv leaves out what was uploaded later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from torchup.backends.inputs import Inputs
    from torchup.errors import TorchupError
    from torchup.host import Completed

_PUBLISHED: Final = re.compile(r"was published at\s+(?P<day>\d{4}-\d{2}-\d{2})")
"""How uv 0.13 hints at a version that only the day hides."""


def day_options(inputs: Inputs) -> list[str]:
    """Return uv's options for a day; none for now.

    The framework's own packages are exempt: their versions are pinned by facts, and their index
    tells no upload times.
    """
    if not inputs.as_of:
        return []
    exempt = dict.fromkeys(map(canonical_name, inputs.framework_names))
    options = ["--exclude-newer", f"{inputs.as_of}T23:59:59Z"]
    for name in exempt:
        options += ["--exclude-newer-package", f"{name}=false"]
    return options


def dated_failure(inputs: Inputs, result: Completed, failure: TorchupError) -> TorchupError:
    """Return the error that a failed run means, where an index that tells no times is the cause.

    uv takes a file without an upload time for too new.
    """
    from torchup.errors import NoAnswerError

    later = _PUBLISHED.search(result.err)
    if inputs.as_of and later:
        failure.details["published"] = later["day"]
    untold = "missing an upload date" in result.err
    if not inputs.as_of or not failure.code.startswith("uv.no-solution") or not untold:
        return failure
    return NoAnswerError("uv.no-upload-times", day=inputs.as_of, why=failure.details.get("why", ""))
