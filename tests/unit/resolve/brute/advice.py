"""Whether the advice is true: what a near miss says would help is done, and judged again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from packaging.requirements import Requirement

from unit.resolve.brute.judge import NONE, Judge
from unit.resolve.brute.scene import Box, Driver, Python, Wish
from unit.resolve.brute.table import NAME, numbers, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.model import NearMiss, Resolution

NOT_JUDGED: Final = frozenset({"remedy.other-card", "remedy.gfx-override", "remedy.rocm-in-wsl"})
"""Advice that promises nothing, or something that the facts don't vouch for."""
DRIVER: Final = frozenset({"driver-too-old", "driver-missing", "driver-too-old-for-card"})
WAITS: Final = frozenset({"gpus-unknown", "gpu-unknown", "gpu-embedded", "build-other-device"})
"""No candidate was judged: the answer first needs to know what card there is."""


class Complaint(NamedTuple):
    """What is wrong with the advice.

    ``kind``: ``several`` needs more than the change it names and says so among its reasons,
    ``hidden`` needs more and doesn't say so, ``other`` is not what would be chosen then,
    ``missing`` would help and is not among the advice.
    """

    kind: str
    detail: str


def complaints(box: Box, wish: Wish, found: Resolution) -> list[Complaint]:
    """What is wrong with the advice; empty where it is true."""
    wrong = [one for near in found.near_misses for one in _untrue(box, wish, near)]
    if found.outcome == "none":
        wrong += _missing(box, wish, found)
    return wrong


def _untrue(box: Box, wish: Wish, near: NearMiss) -> Iterator[Complaint]:
    code, args = near.remedy.code, near.remedy.args
    label = f"{near.stack.packages[NAME]}+{near.stack.build}"
    if code in NOT_JUDGED:
        return
    if code in ("remedy.use-gpu", "remedy.cpu"):
        chosen = wish._replace(use_gpus=(args["gpu"],)) if "gpu" in args else _on_cpu(wish)
        answer = Judge(box, chosen).answer()
        if f"{answer.torch}+{answer.build}" != label:
            yield Complaint("other", f"{code} {args}: it would be {answer}")
        return
    codes = {one.code for one in near.reasons}
    kind = "hidden" if len(near.reasons) == 1 or codes <= DRIVER else "several"
    if not all(fits(*changed, label) for changed in _changed(box, wish, near)):
        yield Complaint(kind, f"{code} {args}: {label} is not valid then; {near.reasons}")


def _on_cpu(wish: Wish) -> Wish:
    return wish._replace(cpu=True, use_gpus=())


def _changed(box: Box, wish: Wish, near: NearMiss) -> Iterator[tuple[Box, Wish]]:
    """The machine and the wish after the advice was followed."""
    code, args = near.remedy.code, near.remedy.args
    if code == "remedy.ask":
        yield box, _asking(wish, near)
    elif code == "remedy.python":
        for line in args["pythons"].split(", "):
            yield box, _with_python(wish, line)
    elif code == "remedy.install-python":
        for line in args["pythons"].split(", "):
            yield box._replace(pythons=(Python(line),)), wish
    elif code in ("remedy.driver", "remedy.install-driver", "remedy.older-driver"):
        others = tuple(one for one in box.drivers or () if one.vendor != "nvidia")
        yield box._replace(drivers=(Driver("nvidia", args["driver"]), *others)), wish
    elif code in ("remedy.system", "remedy.glibc-system"):
        kind, _, number = args["needs"].partition(" ")
        mac = kind == "macos"
        yield box._replace(version=number) if mac else box._replace(libc=args["needs"]), wish
    else:
        raise AssertionError(code)


def _with_python(wish: Wish, line: str) -> Wish:
    """Ask for a Python, and have it: whether it can be downloaded is not the advice's matter."""
    there = wish.obtainable
    more = None if there is None else (*there, line.rstrip("t"))
    return wish._replace(python=line, obtainable=more)


def _asking(wish: Wish, near: NearMiss) -> Wish:
    """Ask for the stack that is named; a companion that it can't have is no longer asked for."""
    against = near.reasons[0]
    dropped = against.subject.partition(" ")[0] if against.code.startswith("companion") else ""
    kept = [one for one in wish.packages if Requirement(one).name not in (NAME, dropped)]
    pin = f"{NAME}=={near.stack.packages[NAME]}"
    return wish._replace(packages=(pin, *kept), build=near.stack.build)


def fits(box: Box, wish: Wish, label: str) -> bool:
    """A build is valid there for at least one of the cards, or for none where none is needed."""
    judge = Judge(box, wish)
    at = 1 << table(box.platform).at[label]
    if not judge.installable & at:
        return False
    cards = judge.served_cards()
    return not cards or any(judge.valid_for(card) & at for card in cards)


def _missing(box: Box, wish: Wish, found: Resolution) -> Iterator[Complaint]:
    """Where one change would do, at least one of the near misses says so."""
    if any(one.remedy.code not in NOT_JUDGED for one in found.near_misses):
        return
    if WAITS & {one.code for one in found.reasons}:
        return
    for name, changed, asked in _one_change(box, wish):
        answer = Judge(changed, asked).answer()
        if answer.device != NONE and not answer.last_resort:
            yield Complaint("missing", f"{name} would do: {answer}")
            return


def _one_change(box: Box, wish: Wish) -> Iterator[tuple[str, Box, Wish]]:
    """The machine and the wish with one thing less against them."""
    if wish.python is not None:
        yield "another Python", box, wish._replace(python=None)
    if wish.build is not None:
        yield "another build", box, wish._replace(build=None)
    for at, line in enumerate(wish.packages):
        name = Requirement(line).name
        if "+" not in line and name != line:
            rest = (*wish.packages[:at], name, *wish.packages[at + 1 :])
            yield f"another {name}", box, wish._replace(packages=rest)
    driver = box.driver("nvidia")
    if driver is not None and numbers(driver.version):
        newest = box._replace(drivers=(Driver("nvidia", "620.70.06"),))
        yield "a newer driver", newest, wish
    if box.system == "linux":
        yield "a newer system", box._replace(libc="glibc 2.41"), wish
