"""Messages about many machines."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.fleet.summary": "many machines: what each gets, and the one stack for all of them",
    "cli.fleet.examples": "examples:\n  torchup fleet plan --machines lab/\n  torchup fleet plan --machines lab.jsonl torch==2.8.0 --json\n  torchup fleet plan --machines lab/ --host 'gpu0*' -v",
    "cli.help.fleet": "hosts",
    "cli.option.fleet-action": "plan: what each host gets, and what all of them could share",
    "cli.option.fleet-machines": "a folder of machine documents (torchup probe --json), or a file of JSON Lines; default: the hosts that were probed",
    "cli.option.fleet-host": "only this host; may hold * and ?, may be given again",
    "cli.option.fleet-verbose": "every host, with all reasons",
    "cli.label.for-all": "For all",
    "fleet.hosts": "{count} hosts",
    "fleet.one-host": "1 host",
    "fleet.and-more": "{names} and {count} more",
    "fleet.none": "no stack",
    "fleet.cards-and-drivers": "{cards} · driver {drivers}",
    "fleet.shared-all": "{stack} runs on all {all} hosts.",
    "fleet.shared-most": "{stack} runs on {count} of {all} hosts, more than any other.",
    "fleet.shared-newer": "{stack} runs on {count} of {all}.",
    "fleet.shared-none": "No stack runs on any of these hosts.",
    "fleet.without": "not on {hosts}",
    "fleet.and-others": "nor on {count} more, for other reasons (-v shows all)",
    "fleet.no-machines": "There is no machine document in {where}.",
    "fleet.no-machines.hint": "Save one for each host: torchup probe --json > {where}/HOST.json",
    "fleet.two-hosts": "Two hosts in {where} have the same name, {name}.",
    "fleet.two-hosts.hint": "Give each a name of its own: the file's, or “host” in its document.",
    "fleet.no-such-host": "No host is called {name}; there are {count}.",
    "fleet.no-such-host.hint": "Names may hold * and ?. torchup fleet plan lists them.",
    "fleet.nothing-probed": "No hosts are known yet.",
    "fleet.nothing-probed.hint": "torchup fleet plan --machines FOLDER, with a machine document (torchup probe --json) for each host.",
    "fleet.wheels-only": "{option} is for one machine: for many, wheels' releases in the catalogue are compared.",
    "fleet.wheels-only.hint": "Leave {option} out, or plan each machine: torchup plan --machine FILE {option}",
    "reason.common-no-build": "{subject} was never published for {has}.",
}
