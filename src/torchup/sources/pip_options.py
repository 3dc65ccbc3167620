"""pip's options, in lists and on its command line: one table for everything that reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.sources.named import PlaceKind

FILES: Final = {"-r": False, "--requirement": False, "-c": True, "--constraint": True}
"""Options that include a file, and whether that one only constrains."""
PLACES: Final[dict[str, PlaceKind]] = {
    "-i": "index",
    "--index-url": "index",
    "--pypi-url": "index",
    "--extra-index-url": "extra",
    "-f": "links",
    "--find-links": "links",
}
"""Options that name a place."""
EDITABLE: Final = frozenset({"-e", "--editable"})
"""Options that install a folder as it lies there."""
WITH_VALUE: Final = frozenset(
    {
        "--trusted-host",
        "--no-binary",
        "--only-binary",
        "--use-feature",
        "--global-option",
        "--config-setting",
        "--config-settings",
        "-C",
    }
)
"""Further options of lists that take a value."""
OF_COMMANDS: Final = frozenset(
    {
        "-t",
        "--target",
        "--prefix",
        "--root",
        "--timeout",
        "--cache-dir",
        "--proxy",
        "--retries",
        "--python",
    }
)
"""Options of the command alone that take a value."""
FLAGS: Final = frozenset({"--no-index", "--pre", "--prefer-binary", "--require-hashes"})
"""Options of lists that take none."""
SHORT: Final = 2
"""Letters of a short option, whose value may follow without a space (``-rother.txt``)."""
