"""``pip.conf`` and ``pip.ini``, by the rules of Python's configparser, with which pip reads them.

Facts: ``index_url``, ``extra_index_urls``, ``trusted_host`` (several with a space between, as a
list in ``trusted_hosts``) and ``timeout`` as they hold for ``pip install``; ``settings``, all
that hold for it; ``sections``, all that is written; ``valid``, whether pip can read it, and
``error``, the first reason why not; ``line_endings``; ``bom``, a byte order mark, with which
pip finds no section on most systems.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.pasted import file_lines, line_endings
from torchup.readers.pip_settings import option, settings_facts
from torchup.readers.reading import Reading

KIND: Final = "pip-config-file"
_BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_SECTION: Final = re.compile(r"^\s{0,20}\[(?:global|install|download|wheel|list|freeze)\]")
_OPTION: Final = re.compile(
    r"^\s{0,20}(?:extra[-_])?index[-_]url\s{0,20}[=:]|^\s{0,20}(?:trusted[-_]host|find[-_]links"
    r"|timeout|no[-_]cache[-_]dir|disable[-_]pip[-_]version[-_]check)\s{0,20}="
)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    lines = file_lines(text[:200_000])
    sections = any(_SECTION.match(line) for line in lines)
    options = any(_OPTION.match(line) for line in lines)
    return options and (sections or not any(line.endswith(":") for line in lines))


def read(text: str) -> Reading:
    """Read it. An empty file is a good one."""
    parser = _Parser()
    for line in file_lines(text):
        if not parser.take(line):
            break
    valid = parser.error is None
    facts = settings_facts(parser.finished(), valid=valid)
    facts |= {
        "valid": valid,
        "error": parser.error,
        "line_endings": line_endings(text),
        "bom": text.startswith(_BOM),
    }
    return Reading(kind=KIND, state="ok" if valid else "invalid", facts=facts)


class _Parser:
    """The state between two lines."""

    def __init__(self) -> None:
        self.error: str | None = None
        self._sections: dict[str, dict[str, list[str]]] = {}
        self._section: dict[str, list[str]] | None = None
        self._value: list[str] | None = None
        self._indent = 0

    def finished(self) -> dict[str, dict[str, str]]:
        """Join the lines of each value, and let each section have what DEFAULT says."""
        joined = {
            section: {option(name): "\n".join(lines).rstrip() for name, lines in options.items()}
            for section, options in self._sections.items()
        }
        default = joined.pop("DEFAULT", {})
        return {section: {**default, **options} for section, options in joined.items()}

    def take(self, line: str) -> bool:
        """Take one line; False where configparser stops at once."""
        plain = line.strip()
        if plain.startswith(("#", ";")):
            return True
        if not plain:
            if self._value is not None:
                self._value.append("")
            return True
        indent = len(line) - len(line.lstrip())
        if self._value is not None and indent > self._indent:
            self._value.append(plain)
            return True
        self._indent = indent
        end = plain.rfind("]")
        if plain.startswith("[") and end > 1:
            return self._begin(plain[1:end])
        return self._option(plain)

    def _begin(self, section: str) -> bool:
        self._value = None
        if section in self._sections and section != "DEFAULT":
            return self._fail("duplicate-section", stop=True)
        self._section = self._sections.setdefault(section, {})
        return True

    def _option(self, plain: str) -> bool:
        if self._section is None:
            return self._fail("no-section", stop=True)
        ends = [place for place in (plain.find("="), plain.find(":")) if place >= 0]
        name = plain[: min(ends)].strip().lower() if ends else ""
        if not name:
            return self._fail("no-option", stop=False)
        if name in self._section:
            return self._fail("duplicate-option", stop=True)
        self._value = self._section[name] = [plain[min(ends) + 1 :].strip()]
        return True

    def _fail(self, error: str, *, stop: bool) -> bool:
        self.error = self.error or error
        return not stop
