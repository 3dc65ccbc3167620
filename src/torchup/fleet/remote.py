"""Runs torchup itself on hosts, and reads the document that it prints there."""

from __future__ import annotations

import re
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from torchup.fleet.ansible import Literally, State, run_play
from torchup.fleet.parcel import make_parcel, there_already
from torchup.model import Text
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.api.context import Context
    from torchup.fleet.ansible import Answer
    from torchup.fleet.inventory import Inventory
    from torchup.fleet.parcel import Parcel

NOT_THERE: Final = 97
"""What a host's shell says where torchup is not there yet."""
_FIRST, _SECOND = "torchup there", "torchup sent"
_ANSWER: Final = re.compile(
    r"^@torchup@ answer\n(?P<document>.*)^@torchup@ exit (?P<code>\d+)\s*$",
    re.DOTALL | re.MULTILINE,
)
_CANNOT: Final = re.compile(
    r"^@torchup@ cannot (?P<what>\w+)\n(?P<log>.*?)^@torchup@ end", re.DOTALL | re.MULTILINE
)
_STEPS: Final = {
    "folder": "fleet.cannot-folder",
    "unpack": "fleet.cannot-unpack",
    "environment": "fleet.cannot-environment",
    "install": "fleet.cannot-install",
    "python": "fleet.cannot-python",
}


class Said(Struct, frozen=True, kw_only=True):
    """What torchup said on a host: its document and exit status, or why there is neither."""

    host: str
    state: State
    document: dict[str, Any] = {}
    code: int | None = None
    why: Text | None = None


def run_there(
    context: Context,
    inventory: Inventory,
    arguments: Mapping[str, Sequence[str]],
    on_said: Callable[[Said], None],
    *,
    wheelhouse: str = "",
    bundle: str = "",
) -> str:
    """Run torchup on hosts, each with its own arguments; it is put there first where it is missing.

    Args:
        context: the session.
        inventory: how hosts are reached.
        arguments: for each host the command line, without the program.
        on_said: told of each host as it answers.
        wheelhouse: see :func:`torchup.fleet.parcel.make_parcel`.
        bundle: likewise.

    Returns:
        The digest that names the torchup that is there now; empty where no host was meant.

    Raises:
        UsageError: Ansible isn't installed.
        OutsideError: there are no hosts, or Ansible stopped before it asked any.
        InterruptedByUserError: the user stopped it.
    """
    if not arguments:
        return ""
    always = ("--json", "--progress", "none")
    lines = {host: Literally(shlex.join((*words, *always))) for host, words in arguments.items()}
    bare: list[str] = []

    def take(answer: Answer) -> None:
        said = _said(answer)
        if said.why is not None and said.why.code == _STEPS["python"]:
            bare.append(said.host)
        else:
            on_said(said)

    with tempfile.TemporaryDirectory(prefix="torchup-parcel-") as name:
        folder = Path(name)
        parcel = make_parcel(context.host, folder, wheelhouse=wheelhouse, bundle=bundle)
        _run(context, inventory, lines, parcel, take)
        if bare:  # hosts without a Python: uv comes along and fetches one
            with_uv = make_parcel(context.host, folder, wheelhouse=wheelhouse, uv=True)
            rest = {host: lines[host] for host in bare}
            _run(context, inventory, rest, with_uv, lambda answer: on_said(_said(answer)))
    return parcel.digest


def _run(
    context: Context,
    inventory: Inventory,
    lines: Mapping[str, Literally],
    parcel: Parcel,
    on_answer: Callable[[Answer], None],
) -> None:
    """Run torchup where it is there; else send it, and run it then."""
    mine = "{{ torchup_arguments[inventory_hostname] }}"
    there = {
        "name": _FIRST,
        "raw": there_already(parcel.digest, mine),
        "register": "torchup_there",
        "failed_when": f"torchup_there.rc not in [0, {NOT_THERE}]",
        "changed_when": False,
    }
    sent = {
        "name": _SECOND,
        "script": {"cmd": f"{shlex.quote(parcel.path)} {mine}", "executable": "/bin/sh"},
        "when": f"torchup_there.rc == {NOT_THERE}",
    }
    run_play(
        context.host,
        replace(inventory, limit=",".join(lines)),
        [there, sent],
        on_answer,
        variables={"torchup_arguments": dict(lines)},
        final=lambda answer: answer.task == _SECOND or answer.code != NOT_THERE,
    )


def _said(answer: Answer) -> Said:
    if answer.state == "unreachable":
        why = Text(code="fleet.unreachable", args={"why": answer.first_line})
        return Said(host=answer.host, state="unreachable", why=why)
    plain = answer.out.replace("\r\n", "\n")
    found = _ANSWER.search(plain)
    if found is not None:
        try:
            document = msgspec.json.decode(found["document"], type=dict[str, Any])
        except NO_DOCUMENT:
            document = {}
        if document:
            return Said(host=answer.host, state="ok", document=document, code=int(found["code"]))
    cannot = _CANNOT.search(plain)
    if cannot is not None and cannot["what"] in _STEPS:
        last = [line.strip() for line in cannot["log"].splitlines() if line.strip()]
        args = {"why": last[-1] if last else "?"}
        return Said(
            host=answer.host, state="failed", why=Text(code=_STEPS[cannot["what"]], args=args)
        )
    if answer.state == "failed":
        why = Text(code="fleet.failed", args={"why": answer.first_line})
        return Said(host=answer.host, state="failed", why=why)
    return Said(host=answer.host, state="failed", why=Text(code="fleet.cut-short", args={}))
