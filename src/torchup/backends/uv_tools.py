"""Tools for packages that are built from sources older than the tools, or that don't name them."""

from __future__ import annotations

import re
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.early import read_text
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.state.home import Home

LACKS: Final = "No module named "
"""What a build says whose sources import what isn't there."""
_UNDECLARED: Final = re.compile(
    r"`([A-Za-z0-9][\w.-]{0,100})@[^`\s]{1,100}` depends on `([\w.-]{1,100})`, but doesn't declare"
)
"""uv's hint (0.9 to 0.13) after such a build."""
_CONFIG: Final = "--config-file"
_CONSTRAINTS: Final = "build-constraints.txt"


class Tools:
    """What failed builds of one call of uv turned out to need.

    Args:
        home: whose cache holds the constraints on tools.
        arguments: uv's; packages' further tools go into the configuration that they name.
    """

    def __init__(self, home: Home, arguments: Sequence[str]) -> None:
        self._file = home.cache / _CONSTRAINTS
        named = [at for at, word in enumerate(arguments[:-1]) if word == _CONFIG]
        self._config = Path(arguments[named[0] + 1]) if named else None
        self._plain: str | None = None
        self._needs: dict[str, list[str]] = {}
        self.options: tuple[str, ...] = ()

    def learn(self, said: str) -> bool:
        """Give builds what they lack; tell whether there is something new to try.

        Args:
            said: what uv said of builds that failed.
        """
        from torchup.facts.projects import load_project_facts

        facts = load_project_facts()
        constraint = facts.build_tools(said)
        try:
            if constraint and not self.options:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_text(f"{constraint}\n", encoding="utf-8")
                self.options = ("--build-constraints", str(self._file))
                return True
            return self._declare(said, facts.undeclared_tools)
        except OSError:
            return False

    def restore(self) -> None:
        """Put the configuration back as it was: the next call may learn of other tools."""
        if self._plain is not None and self._config is not None:
            self._config.write_text(self._plain, encoding="utf-8")

    def _declare(self, said: str, known: frozenset[str]) -> bool:
        new = False
        for package, tool in _UNDECLARED.findall(said):
            needs = self._needs.setdefault(package, [])
            if canonical_name(tool) in known and tool not in needs:
                needs.append(tool)
                new = True
        if not new or self._config is None:
            return False
        if self._plain is None:
            self._plain = read_text(self._config)
        told = ", ".join(f"{dumps(one)} = {dumps(needs)}" for one, needs in self._needs.items())
        # It is rewritten in place: nobody else may read it, and whoever made it takes it away.
        text = f"extra-build-dependencies = {{ {told} }}\n{self._plain}"
        self._config.write_text(text, encoding="utf-8")
        return True
