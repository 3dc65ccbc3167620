"""The lines that the payload writes, and what they say of a result."""

import json
import os
import shlex
import sys
import threading

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    Found = tuple[str, dict[str, object]]

DETAIL_LIMIT = 1500
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


class Channel:
    """Where the lines go; everything else that is printed goes to the other stream.

    Args:
        name: ``stdout`` or ``stderr``.
    """

    def __init__(self, name: str) -> None:
        mine, other = (1, 2) if name == "stdout" else (2, 1)
        self._descriptor = os.dup(mine)
        self._lock = threading.Lock()
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(other, mine)

    def write(self, **line: object) -> None:
        """Write one line, whole."""
        data = (json.dumps(line) + "\n").encode("ascii")
        with self._lock:
            while data:
                data = data[os.write(self._descriptor, data) :]


def worded(values: "dict[str, object]") -> str:
    """Put values into a detail: the reason first, then ``key=value`` as a shell would quote it."""
    parts = [str(values["reason"])] if "reason" in values else []
    for key, value in values.items():
        if key != "reason":
            clean = "".join(c if c.isprintable() else " " for c in str(value))
            parts.append(f"{key}={shlex.quote(clean[:DETAIL_LIMIT])}")
    return " ".join(parts)


def failure(error: BaseException) -> "Found":
    """Make the result of a check that raised something."""
    lines = str(error).strip().splitlines() or [""]
    name, message = type(error).__name__, lines[0]
    memory = name in ("OutOfMemoryError", "MemoryError")
    if memory or any(said in str(error).lower() for said in OUT_OF_MEMORY):
        return "fail", {"reason": "out-of-memory", "message": message or name}
    return "fail", {"reason": "error", "error": name, "message": message}
