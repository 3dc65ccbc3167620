"""Computing on many hosts at once: first whether they reach each other, then torchrun."""

from __future__ import annotations

import json
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from torchup.api.fleet.together import Trouble, afterwards, before
from torchup.fleet.ansible import Literally, run_play
from torchup.fleet.defaults import COMPUTE_S, LATE, PORT
from torchup.fleet.parcel import make_parcel, shell_there
from torchup.fleet.remote import NOT_THERE
from torchup.model import Text
from torchup.model.no_document import NO_DOCUMENT
from torchup.wire.gathered import ComputedV1, MetV1, SeenV1

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.api.context import Context
    from torchup.fleet.ansible import Answer
    from torchup.fleet.inventory import Inventory

SIZE_MIB: Final = 32
LIMIT_S: Final = 15.0
"""How long hosts wait for each other before torch is started."""


class Together(Struct, frozen=True, kw_only=True):
    """How it went: the hosts by rank, what stood in the way, and what the first one measured.

    ``lost`` are hosts that did not answer, and why; ``result`` is empty where torch was not started
    or did not come to an end.
    """

    hosts: tuple[str, ...]
    lost: dict[str, Text] = {}
    troubles: tuple[Trouble, ...] = ()
    result: dict[str, Any] = {}

    @property
    def good(self) -> bool:
        """Whether all hosts computed together, rightly."""
        return bool(self.result) and not any(one.stops for one in self.troubles)


def verify_together(
    context: Context,
    inventory: Inventory,
    name: str,
    hosts: Sequence[str],
    *,
    wheelhouse: str = "",
    port: int = PORT,
    size_mib: int = SIZE_MIB,
    limit_s: int = COMPUTE_S,
    on_stage: Callable[[str], None] = lambda _stage: None,
) -> Together:
    """Let hosts add up one number together, and measure the way between each two.

    Before torch is started every host connects to every other one, since torch waits for minutes
    where one of these ways is closed. Where a host's own name means its loopback, the interface is
    named for torch.

    Args:
        context: the session.
        inventory: how hosts are reached.
        name: the environment, which was made by ``apply``.
        hosts: which; the first one leads.
        wheelhouse: what was given to ``apply``; it names the torchup that is on the hosts.
        port: where the first one listens for torch; the way between hosts is tried there.
        size_mib: how much is sent.
        limit_s: how long torch may take, starting it included.
        on_stage: told what begins: ``meet``, ``compute``.

    Raises:
        UsageError: Ansible isn't installed.
        OutsideError: there are no such hosts, or Ansible stopped before it asked any.
        InterruptedByUserError: the user stopped it.
    """
    # All have to run at the same time.
    wide = replace(inventory, forks=max(inventory.forks, len(hosts)))
    ask = _Asking(context, wide, name, wheelhouse, limit_s)
    on_stage("meet")
    seen, lost = ask.all(dict.fromkeys(hosts, ("payload_meet.py", "where")), SeenV1)
    if lost:
        return Together(hosts=tuple(hosts), lost=lost)
    addresses = {host: str(said.get("address", "")) for host, said in seen.items()}
    ordered = {host: addresses[host] for host in hosts}
    met, lost = ask.all(
        {
            host: (
                "payload_meet.py",
                "meet",
                json.dumps({"me": host, "hosts": ordered, "port": port, "limit": LIMIT_S}),
            )
            for host in hosts
        },
        MetV1,
    )
    in_order = {host: met[host] for host in hosts if host in met}
    troubles = before({host: seen[host] for host in hosts}, in_order)
    if lost or any(one.stops for one in troubles):
        return Together(hosts=tuple(hosts), lost=lost, troubles=troubles)
    on_stage("compute")
    said, lost = ask.all(
        {
            host: _torchrun(rank, len(hosts), ordered[hosts[0]], port, size_mib)
            for rank, host in enumerate(hosts)
        },
        ComputedV1,
        {host: _interfaces(seen[host]) for host in hosts},
    )
    result = said.get(hosts[0], {})
    if any(not 0 <= one < len(hosts) for pair in result.get("pairs", ()) for one in pair[:2]):
        result = {}  # it speaks of hosts that aren't there
        lost |= {hosts[0]: Text(code="fleet.together-no-end", args={})}
    lost = {host: why for host, why in lost.items() if host == hosts[0] or not result}
    if result:
        troubles += afterwards(hosts, result)
    return Together(hosts=tuple(hosts), lost=lost, troubles=troubles, result=result)


def told_together(
    hosts: Sequence[str],
    seen: Mapping[str, Mapping[str, Any]],
    met: Mapping[str, Mapping[str, Any]],
    result: Mapping[str, Any],
    late: Mapping[str, float] | None = None,
) -> Together:
    """Judge what hosts said of each other when somebody else had asked them.

    Args:
        hosts: by rank.
        seen: how each saw itself.
        met: whom each reached.
        result: what the first one measured; empty where torch was not started.
        late: where torch was ended, with the seconds that it had.
    """
    silent = Text(code="fleet.together-no-answer", args={})
    lost = dict.fromkeys((one for one in hosts if one not in seen or one not in met), silent)
    ordered = {host: met[host] for host in hosts if host in met}
    troubles = before({host: seen[host] for host in hosts if host in seen}, ordered)
    if not result and not lost and not any(one.stops for one in troubles):
        lost = {host: _late(late[host]) for host in hosts if late and host in late}
        lost = lost or {hosts[0]: Text(code="fleet.together-no-end", args={})}
    if result:
        troubles += afterwards(hosts, result)
    return Together(hosts=tuple(hosts), lost=lost, troubles=troubles, result=dict(result))


def _late(seconds: float) -> Text:
    return Text(code="fleet.together-late", args={"seconds": f"{seconds:.0f}"})


def _torchrun(rank: int, world: int, address: str, port: int, size: int) -> tuple[str, ...]:
    return (
        "-m",
        "torch.distributed.run",
        f"--nnodes={world}",
        f"--node-rank={rank}",
        "--nproc-per-node=1",
        f"--master-addr={address}",
        f"--master-port={port}",
        "payload_together.py",
        str(size),
    )


def _interfaces(seen: Mapping[str, Any]) -> dict[str, str]:
    name = str(seen.get("interface") or "")
    return {"GLOO_SOCKET_IFNAME": name, "NCCL_SOCKET_IFNAME": name} if name else {}


class _Asking:
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
            return _late(self._limit)
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
