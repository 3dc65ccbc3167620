"""The commands: a name, a module, a group; a module is imported when its command is used."""

from __future__ import annotations

from typing import Final

COMMANDS: Final[dict[str, str]] = {
    "probe": "see",
    "plan": "see",
    "why": "see",
    "compat": "see",
    "create": "env",
    "list": "env",
    "show": "env",
    "clone": "env",
    "rename": "env",
    "move": "env",
    "adopt": "env",
    "delete": "env",
    "compare": "env",
    "export": "env",
    "lock": "env",
    "sync": "env",
    "add": "packages",
    "remove": "packages",
    "upgrade": "packages",
    "packages": "packages",
    "search": "packages",
    "toolkit": "packages",
    "run": "use",
    "shell": "use",
    "activate": "use",
    "deactivate": "use",
    "use": "use",
    "verify": "health",
    "doctor": "health",
    "explain": "health",
    "repair": "health",
    "du": "bytes",
    "clean": "bytes",
    "fleet": "self",
    "facts": "self",
    "config": "self",
}
"""Command → the group it is shown under."""
