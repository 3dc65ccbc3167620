"""In what a host is no longer as it was when an environment was made on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Text

if TYPE_CHECKING:
    from torchup.model.fleet import Applied, Seen


def drift(then: Applied, now: Seen | None, driver: str) -> tuple[Text, ...]:
    """Compare a host with what it was.

    What was not known then or is not known now is no difference.

    Args:
        then: what was made, with the driver at that time.
        now: the environment as the host describes it; None where it is gone.
        driver: the driver now; empty for none, or unknown.
    """
    found: list[Text] = []
    if then.driver and driver and then.driver != driver:
        found.append(_differs("fleet.drift-driver", "", then.driver, driver))
    elif then.driver and not driver:
        found.append(_differs("fleet.drift-no-driver", "", then.driver, ""))
    if now is None:
        return (*found, Text(code="fleet.drift-gone", args={}))
    was = then.seen
    if was is None:
        return tuple(found)
    for name, version in was.packages.items():
        here = now.packages.get(name)
        if here is None:
            found.append(_differs("fleet.drift-package-gone", name, version, ""))
        elif here != version:
            code = (
                "fleet.drift-build" if _public(here) == _public(version) else "fleet.drift-package"
            )
            found.append(_differs(code, name, version, here))
    if was.python and now.python and was.python != now.python:
        found.append(_differs("fleet.drift-python", "", was.python, now.python))
    if now.state == "broken" and was.state != "broken":
        found.append(Text(code="fleet.drift-broken", args={"why": now.why}))
    return tuple(found)


def _public(version: str) -> str:
    """A version without the local part that names its build."""
    return version.partition("+")[0]


def _differs(code: str, name: str, was: str, now: str) -> Text:
    return Text(code=code, args={"name": name, "was": was, "now": now})
