"""Reading what rattler says when it fails; the wordings are those of rattler 0.28."""

from __future__ import annotations

import re
from typing import Final

from torchup.errors import NoAnswerError, OutsideError, TorchupError
from torchup.host.redact import redact_url, without_token

_URL: Final = re.compile(r"(?:https?|file)://[^\s)`'\",<>]+")
_FILE: Final = re.compile(r"failed to (?:fetch|link|extract) (?P<name>\S+)")
_ARCHIVE: Final = re.compile(r"(?:-[^-]+-[^-]+)?(?:\.tar\.bz2|\.conda)$")
_SIGNS: Final = {
    "offline": re.compile(r"no usable repodata cache|cache (?:is|was) (?:empty|missing)"),
    "disk": re.compile(r"No space left on device|os error (?:28|112)\b|[Dd]isk quota"),
    "permission": re.compile(
        r"Permission denied|Access is denied|Read-only file system|os error (?:13|30)\b"
    ),
    "login": re.compile(r"\b40[13] (?:Unauthorized|Forbidden)"),
    "file": re.compile(
        r"hash mismatch|failed to (?:extract|unpack|decompress)|invalid (?:gzip|zip"
        r"|zstd|tar)|failed to iterate over archive|not a valid"
    ),
    "channel": re.compile(
        r"could not find subdir|failed to parse repodata|failed to (?:de)?serial"
    ),
    "network": re.compile(
        r"error sending request|HTTP status|client error|server error|timed? ?out"
        r"|error decoding response|error reading a body|dns error|[Cc]onnection|failed to download"
    ),
}
"""What to look for, in order: a full disk also breaks archives."""
_LIMIT: Final = 1200


def worded(error: Exception, *, offline: bool = False) -> TorchupError:
    """Return the error that a failure of rattler's means."""
    said = without_token(redact_url(str(error)))
    why = _explanation(said)
    if type(error).__name__ == "SolverError":
        return NoAnswerError("conda.no-solution", why=why)
    kind = next((kind for kind, sign in _SIGNS.items() if sign.search(said)), "")
    if kind == "offline" or (offline and kind in ("network", "login")):
        return OutsideError("conda.offline-missing", names=_subject(said))
    if kind == "network":
        return OutsideError("conda.network", url=_address(said), why=why)
    if kind == "login":
        return OutsideError("conda.login", url=_address(said), why=why)
    if kind == "channel":
        return OutsideError("conda.channel", url=_address(said), why=why)
    if kind == "disk":
        return OutsideError("conda.disk-full", why=why)
    if kind == "permission":
        return OutsideError("conda.permission", why=why)
    if kind == "file":
        return OutsideError("conda.bad-file", subject=_subject(said), why=why)
    return OutsideError("conda.failed", why=why)


def _explanation(said: str) -> str:
    """Return the reasons in rattler's own words, each once."""
    lines = [line.removeprefix("Caused by: ").rstrip() for line in said.splitlines()]
    text = "\n".join(dict.fromkeys(line for line in lines if line))
    text = text.removeprefix("Cannot solve the request because of: ")
    return text if len(text) <= _LIMIT else text[:_LIMIT].rstrip() + " …"


def _subject(said: str) -> str:
    found = _FILE.search(said)
    return _ARCHIVE.sub("", found["name"]) if found else _address(said)


def _address(said: str) -> str:
    found = _URL.search(said)
    return found[0].rstrip(".,:/") if found else "?"
