"""Asking Python in the environment of many hosts at the same time, and reading what it prints."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from torchup.fleet.ansible import Literally, run_play
from torchup.fleet.defaults import COMPUTE_S, LATE
from torchup.fleet.parcel import make_parcel, shell_there
from torchup.fleet.remote import NOT_THERE
from torchup.model import Text
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.api.context import Context
    from torchup.fleet.ansible import Answer
    from torchup.fleet.inventory import Inventory


class Asking:
    """Runs Python in the environment of each host, and reads the document that it prints."""

    def __init__(
        self,
        context: Context,
        inventory: Inventory,
        name: str,
        wheelhouse: str = "",
        limit_s: int = COMPUTE_S,
    ) -> None:
        self._context = context
        self._inventory = inventory
        self._name = name
        self._limit = limit_s
        with tempfile.TemporaryDirectory(prefix="torchup-parcel-") as folder:
            parcel = make_parcel(context.host, Path(folder), wheelhouse=wheelhouse)
        self._digest = parcel.digest

    def all(
        self,
        words: Mapping[str, Sequence[str]],
        kind: type[Struct],
        variables: Mapping[str, Mapping[str, str]] | None = None,
    ) -> tuple[dict[str, dict[str, Any]], dict[str, Text]]:
        """Ask all at the same time; the documents of a kind, and why others gave none."""
        found: dict[str, dict[str, Any]] = {}
        lost: dict[str, Text] = dict.fromkeys(words, Text(code="fleet.not-in-inventory", args={}))

        def take(answer: Answer) -> None:
            document = _document(answer.out, kind) if answer.state == "ok" else None
            if document is not None:
                found[answer.host] = document
                del lost[answer.host]
            else:
                lost[answer.host] = self._why(answer)

        lines = {
            host: Literally(self._line(each, (variables or {}).get(host, {})))
            for host, each in words.items()
        }
        task = {
            "name": "torchup together",
            "raw": "{{ torchup_lines[inventory_hostname] }}",
            "changed_when": False,
            "failed_when": False,
        }
        run_play(
            self._context.host,
            replace(self._inventory, limit=",".join(words)),
            [task],
            take,
            variables={"torchup_lines": lines},
        )
        return found, lost

    def _why(self, answer: Answer) -> Text:
        if answer.state == "unreachable":
            return Text(code="fleet.unreachable", args={"why": answer.first_line})
        if answer.code == NOT_THERE:
            return Text(code="fleet.apply-first", args={"name": self._name})
        if answer.code == LATE:
            return ended_late(self._limit)
        said = [line.strip() for line in answer.out.splitlines() if line.strip()]
        return Text(code="fleet.failed", args={"why": said[-1] if said else answer.first_line})

    def _line(self, words: Sequence[str], variables: Mapping[str, str]) -> str:
        """The shell's line: the program's own folder on the host has the payloads."""
        here = '"$p"/'
        quoted = (
            here + shlex.quote(word) if word.startswith("payload_") else shlex.quote(word)
            for word in words
        )
        settings = "".join(f"{key}={shlex.quote(value)} " for key, value in variables.items())
        # A run that hangs all the same is ended on the host itself.
        python = f"{shlex.quote(self._name)} -- python {' '.join(quoted)}"
        run = f'{settings}$t "$d/bin/torchup" run {python}'
        find = "import torchup.fleet as f; print(f.__path__[0])"
        limit = f"command -v timeout >/dev/null && t='timeout {self._limit}' || t="
        return shell_there(
            self._digest, f'p=$("$d/bin/python" -c {shlex.quote(find)}); {limit}; {run}'
        )


def _document(text: str, kind: type[Struct]) -> dict[str, Any] | None:
    """The last line that is a JSON object, None where that is cut off or is none of its kind."""
    for line in reversed(text.replace("\r\n", "\n").splitlines()):
        if line.startswith("{"):
            try:
                found: dict[str, Any] = msgspec.to_builtins(msgspec.json.decode(line, type=kind))
            except NO_DOCUMENT:
                return None
            return found
    return None


def ended_late(seconds: float) -> Text:
    """Say that torch was ended after the seconds that it had."""
    return Text(code="fleet.together-late", args={"seconds": f"{seconds:.0f}"})
