"""Messages about nightly builds."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.option.nightly": "take the newest nightly build instead of a release",
    "ask.no-nightly": "Nightly builds of {framework} are not known here.",
    "ask.no-nightly.hint": "Leave --nightly out: torchup plan {name}",
    "ask.nightly-and-day": "--nightly is about the newest builds, and --as-of {day} about a day in the past.",
    "ask.nightly-and-day.hint": "Leave one of them out.",
    "ask.nightly-and-pin": "{pin} is a release, and --nightly asks for a nightly build.",
    "ask.nightly-and-pin.hint": "Leave one of them out.",
    "ask.nightly-by-pin": "{pin} is a nightly build, and those are taken only where they are asked for.",
    "ask.nightly-by-pin.hint": "Add --nightly.",
    "reason.nightly-companion-none": "No nightly build of {subject} of that day is listed.",
    "reason.nightly-unmeasured": "{subject} is a nightly build, and those are not measured: the cards it was built for are taken from {has}.",
    "reason.nightly-chosen": "{subject} is a nightly build: made from work in progress, and measured by nobody.",
    "reason.nightly-not-listed": "Which nightly builds of {subject} there are is known only from their index, and that is asked where a single machine is planned for.",
    "reason.nightly-absent": "No nightly build of {subject} for this system is listed at {needs}.",
    "remedy.no-nightly": "Leave --nightly out: then {stack} fits.",
    "present.no-nightly": "it has the release {has}, and a nightly build was asked for",
    "word.nightly": "a nightly build",
}
