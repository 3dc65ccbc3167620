"""Reading what uv says when it fails: its exit status tells little, its text tells all.

The wordings are those of uv 0.13 (``error: …``, ``  cause: …``) and of older ones (boxes). What is
not recognised is passed on as it is, under ``uv.failed``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.errors import NoAnswerError, OutsideError, TorchupError
from torchup.host.redact import redact_url

if TYPE_CHECKING:
    from torchup.host import Completed

_NO_SOLUTION = re.compile(r"No solution found|requirements are unsatisfiable", re.IGNORECASE)
_OFFLINE = re.compile(
    r"network was disabled|[Nn]etwork connectivity is disabled|not found in the cache"
)
#: uv takes a package for absent where an index wants a login, and tells so in a hint. It says the
#: like of 403, which some indexes answer for any package that they don't have: that is no sign.
_NO_LOGIN = re.compile(r"lack of valid authentication credentials \(401")
_MISSING = re.compile(r"(?:Because |and )(?P<name>\S+) was not found in the cache")
_DAMAGED = re.compile(r"(?:Because |and )(?P<name>\S+) has an invalid package format")
"""A file that is no wheel, or only the beginning of one; uv counts it as a version that is not."""
_FAILED_NAME = re.compile(
    r"Failed to (?:download|fetch|prepare)(?: distribution)?:? `?(?P<name>[^`\s]+)"
)
_URL = re.compile(r"(?:https?|file)://[^\s)`'\"<>]+")
_BUILD = re.compile(r"Failed to build(?: distribution)?:? `(?P<name>[^`]+)`")
"""The build of a source distribution; what its programs say may look like any other failure."""
_HINT = re.compile(r"\nhint:")
_BOX = re.compile(
    "^\\s*(?:[\N{MULTIPLICATION SIGN}│├╰─▶]+\\s*)+|^\\s*(?:error|cause|Caused by):\\s*",
    re.IGNORECASE,
)
_NOISE = re.compile(r"^\s*(?:warning|hint|Using Python|Resolved|Prepared|Downloading|Downloaded)\b")

#: What to look for, in order: a full disk also breaks archives, and a refused permission also
#: fails downloads.
_SIGNS: Final = {
    "disk": re.compile(r"No space left on device|os error (?:28|112)\b|[Dd]isk quota"),
    "permission": re.compile(
        r"Permission denied|Access is denied|Read-only file system|os error (?:13|30)\b"
    ),
    "file": re.compile(
        r"(?:Hash|Size) mismatch|[Ii]nvalid (?:zip|wheel|gzip)|ZIP structure|trailing contents|"
        r"Failed to (?:extract|unzip)|[Mm]etadata (?:field|for the wrong)"
    ),
    "login": re.compile(r"[Uu]nauthorized|\b401\b|[Ff]orbidden|\b403\b"),
    "network": re.compile(
        r"error sending request|dns error|client error|timed? ?out|certificate|HTTP status|"
        r"Connection (?:refused|reset)|Failed to fetch|error decoding response|No such file"
    ),
}


def read_failure(result: Completed, *, offline: bool = False) -> TorchupError:
    """Return the error that a failed run of uv means.

    Args:
        result: the run.
        offline: it had no network: then uv takes what isn't kept here for what doesn't exist.
    """
    said = redact_url(result.err or result.out)
    if _NO_LOGIN.search(said):
        return _unreachable("login", said)
    if _OFFLINE.search(said):
        names = ", ".join(dict.fromkeys(m["name"] for m in _MISSING.finditer(said)))
        return OutsideError("uv.offline-missing", names=names or _subject(said))
    built = _BUILD.search(said)
    if built:
        return OutsideError("uv.build-failed", name=built["name"], why=last_lines(said))
    damaged = _DAMAGED.search(said)
    if damaged:
        return OutsideError("uv.damaged", subject=damaged["name"], why=explanation(said))
    if _NO_SOLUTION.search(said):
        code = "uv.no-solution-offline" if offline else "uv.no-solution"
        return NoAnswerError(code, why=explanation(said))
    kind = next((kind for kind, sign in _SIGNS.items() if sign.search(said)), "")
    if kind in {"login", "network"}:
        return _unreachable(kind, said)
    if kind:
        return _refused(kind, said)
    return OutsideError("uv.failed", status=result.code, why=explanation(said))


def _unreachable(kind: str, said: str) -> OutsideError:
    url, why = _address(said), explanation(said)
    if kind == "login":
        return OutsideError("uv.login", url=url, why=why)
    return OutsideError("uv.network", url=url, why=why)


def _refused(kind: str, said: str) -> OutsideError:
    why = explanation(said)
    if kind == "disk":
        return OutsideError("uv.disk-full", why=why)
    if kind == "permission":
        return OutsideError("uv.permission", why=why)
    return OutsideError("uv.bad-file", subject=_subject(said), why=why)


def explanation(said: str, *, limit: int = 1200) -> str:
    """Return the reasons in uv's own words, without its hints about its own options."""
    kept = []
    for block in re.split(r"\n\s*\n", said.split("\nhint:", 1)[0]):
        lines = [line for line in block.splitlines() if not _NOISE.match(line)]
        kept += [" ".join(_BOX.sub("", line).split()) for line in lines]
    text = "\n".join(line for line in kept if line and not line.startswith("No solution found"))
    return text if len(text) <= limit else text[:limit].rstrip() + " …"


def last_lines(said: str, *, most: int = 20, limit: int = 2000) -> str:
    """Return the end of what a build said: a compiler's own words come last.

    Args:
        said: all of it, with uv's words around.
        most: lines at most.
        limit: characters at most.
    """
    lines = [line.rstrip() for line in _HINT.split(said)[0].splitlines()]
    kept = [line for line in lines if line.strip() and not line.strip().startswith("[std")]
    text = "\n".join(line.removeprefix("         ") for line in kept[-most:])
    return text if len(text) <= limit else "… " + text[-limit:].lstrip()


def _subject(said: str) -> str:
    found = _FAILED_NAME.search(said)
    return found["name"] if found else _address(said)


def _address(said: str) -> str:
    found = _URL.search(said)
    return found[0].rstrip(".,") if found else "?"
