"""What tells who somebody is, or which single machine: found in text and replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.host.redact import redact_url, without_token

if TYPE_CHECKING:
    from torchup.host import Host

_SECRET_NAME = re.compile(r"TOKEN|KEY|SECRET|PASSW|CREDENTIAL|AUTH|COOKIE", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"\b(?:hf_|gh[pousr]_|github_pat_|glpat-|pypi-|sk-|xox[abp]-|AKIA)[A-Za-z0-9_-]{8,}"
)
# A quoted value ends with its quote, so that a JSON file stays one.
_ASSIGNED = re.compile(
    r"(?P<name>\b[\w.-]*(?:token|secret|passw\w*|credential|api[_-]?key)[\w.-]*[\"']?\s*[=:]\s*)"
    r"(?:(?P<quote>[\"'])(?:\\.|(?!(?P=quote)).)*(?P=quote)|(?P<open>[\[{])|\S+)",
    re.IGNORECASE,
)
_UUID = re.compile(r"\b(?P<kind>GPU|MIG)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SERIAL = re.compile(r"(?P<name>Serial(?: Number)?\s*:\s*)[0-9A-Z]{4,}", re.IGNORECASE)
_PNP_INSTANCE = re.compile(r"(?P<device>PCI\\VEN_[^\\\s]+)\\\S+", re.IGNORECASE)
_COMMON_NAMES: Final = frozenset({"root", "user", "host", "localhost"})
_SHORTEST_NAME: Final = 3  # shorter ones would be found inside everything


class Redactor:
    """Takes out of text whatever tells who or which single thing it was.

    Args:
        home: the user's home folder.
        names: user and host names.
    """

    def __init__(self, home: str | None, names: dict[str, str]) -> None:
        self._swaps: list[tuple[re.Pattern[str], str]] = []
        if home and home not in {"/", "\\"}:
            at = "C:\\Users\\user" if "\\" in home else "/home/user"
            self._swaps.append((re.compile(rf"{re.escape(home)}(?![\w.-])"), at))
        for name, instead in names.items():
            if len(name) >= _SHORTEST_NAME and name.lower() not in _COMMON_NAMES:
                self._swaps.append((re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"), instead))
        self._known: dict[str, str] = {}

    def clean(self, text: str) -> str:
        """Return ``text`` without what is private."""
        for pattern, instead in self._swaps:
            text = pattern.sub(instead.replace("\\", r"\\"), text)
        text = _SECRET_VALUE.sub("***", without_token(redact_url(text)))
        text = _ASSIGNED.sub(_hidden, text)
        text = _SERIAL.sub(r"\g<name>0", text)
        text = _PNP_INSTANCE.sub(r"\g<device>", text)
        return _UUID.sub(self._stable, text)

    def env(self, name: str, value: str) -> str:
        """Return an environment variable's value, nothing of it where the name is a secret's."""
        return "***" if _SECRET_NAME.search(name) else self.clean(value)

    def _stable(self, found: re.Match[str]) -> str:
        """Give each UUID a number of its own, the same wherever it comes up again."""
        number = len(self._known) + 1
        fake = f"{found['kind']}-00000000-0000-0000-0000-{number:012x}"
        return self._known.setdefault(found[0], fake)


def _hidden(found: re.Match[str]) -> str:
    """Hide an assigned value; what opens a list or a table holds names of its own."""
    if found["open"]:
        return found[0]
    quote = found["quote"] or ""
    return f"{found['name']}{quote}***{quote}"


def redactor_for(host: Host) -> Redactor:
    """Make a redactor that knows this host's user and name."""
    named = (host.read("/etc/hostname") or b"").decode("utf-8", "replace").strip()
    names = {host.env(key) or "": "user" for key in ("USER", "LOGNAME", "USERNAME")}
    names |= {host.env(key) or "": "host" for key in ("HOSTNAME", "COMPUTERNAME")} | {named: "host"}
    names.pop("", None)
    return Redactor(host.env("HOME") or host.env("USERPROFILE"), names)
