"""Messages about known traps: what is held back beside the framework, and why."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "reason.trap-constrains": "{subject} goes with {about}: other versions end in “{has}”.",
    "reason.trap-unsure": "{subject} goes with {about}, as far as is known: other versions may end in “{has}”.",
    "reason.trap-pairs": "{subject} is what goes with {about}.",
    "reason.trap-excludes": "{subject} is left out: beside {about} it ends in “{has}”.",
    "reason.trap-asked": "{subject} was asked for, and {about} goes with {needs}: expect “{has}”.",
    "reason.trap-asked-pairs": "{subject} was asked for, and {about} goes with {needs}.",
    "reason.trap-unmet": "{about} goes with {needs}, and that can't be had together with the rest: expect “{has}”.",
    "reason.trap-unmet-pairs": "{about} goes with {needs}, and that can't be had together with the rest.",
    "reason.beside-left-out": "{subject} belongs beside this stack; no version that fits can be had here, so it is left out.",
    "step.leave-out": "Take out {package}: something asks for it, and it does harm here",
}
