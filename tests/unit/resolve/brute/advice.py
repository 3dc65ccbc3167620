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
ASKING: Final = frozenset({"remedy.ask", "remedy.paired", "remedy.without"})
PYTHON: Final = frozenset({"remedy.python", "remedy.other-python", "remedy.install-python"})
TOGETHER: Final = {
    "remedy.ask-and-python": ("remedy.ask", "remedy.python"),
    "remedy.ask-and-driver": ("remedy.ask", "remedy.driver"),
    "remedy.ask-and-install-driver": ("remedy.ask", "remedy.install-driver"),
    "remedy.ask-and-older-driver": ("remedy.ask", "remedy.older-driver"),
    "remedy.ask-and-install-python": ("remedy.ask", "remedy.other-python"),
    "remedy.install-python-and-driver": ("remedy.other-python", "remedy.driver"),
    "remedy.python-and-driver": ("remedy.python", "remedy.driver"),
}
"""Advice that names several changes: each of them is made."""
NATIVE: Final = frozenset({"remedy.native-build", "remedy.native-build-with"})
OTHER_DRIVER: Final = frozenset(
    {
        "remedy.driver",
        "remedy.driver-alone",
        "remedy.driver-ends",
        "remedy.install-driver",
        "remedy.older-driver",
        "remedy.older-driver-alone",
        "remedy.older-driver-ends",
    }
)
DRIVER: Final = frozenset({"driver-too-old", "driver-missing", "driver-too-old-for-card"})
WAITS: Final = frozenset(
    {"gpus-unknown", "gpu-unknown", "gpu-cut", "gpu-embedded", "build-other-device"}
)
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
    if code == "remedy.named-build":
        answer = Judge(box, wish._replace(build=args["build"])).answer()
        if f"{answer.torch}+{answer.build}" != label or not answer.serves:
            yield Complaint("other", f"{code} {args}: it would be {answer}")
        return
    if code == "remedy.on-ptx":
        answer = Judge(box, _asking(wish, near)).answer()
        if (f"{answer.torch}+{answer.build}", answer.last_resort) != (label, True):
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
    first, *more = TOGETHER.get(near.remedy.code, (near.remedy.code,))
    for changed in _after(box, wish, near, first):
        for second in more:
            yield from _after(*changed, near, second)
        if not more:
            yield changed


def _after(box: Box, wish: Wish, near: NearMiss, code: str) -> Iterator[tuple[Box, Wish]]:
    """The machine and the wish after one change."""
    args = near.remedy.args
    if code in ASKING:
        yield box, _asking(wish, near)
    elif code in PYTHON:
        for line in args["pythons"].split(", "):
            there = box if code == "remedy.python" else box._replace(pythons=(Python(line),))
            yield there, wish if code == "remedy.install-python" else _with_python(wish, line)
    elif code in NATIVE:
        yield box, wish._replace(build=args["build"])
    elif code in OTHER_DRIVER:
        others = tuple(one for one in box.drivers or () if one.vendor != "nvidia")
        wanted = wish._replace(use_gpus=(args["gpu"],)) if "gpu" in args else wish
        yield box._replace(drivers=(Driver("nvidia", args["driver"]), *others)), wanted
    elif code == "remedy.libcuda":
        own = tuple(one._replace(knows="") for one in box.drivers or ())
        yield box._replace(drivers=own), wish
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
    """Ask for the stack that is named; a companion that it can't have is no longer asked for.

    One that is named in the advice is asked for in that version.
    """
    against = {one.subject.partition(" ")[0] for one in near.reasons if "companion" in one.code}
    kept = [one for one in wish.packages if Requirement(one).name not in (NAME, *against)]
    pins = [f"{NAME}=={near.stack.packages[NAME]}"]
    if near.remedy.code == "remedy.paired":
        pins.append(near.remedy.args["companion"].replace(" ", "=="))
    return wish._replace(packages=(*pins, *kept), build=near.stack.build)


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
    if any(one.remedy.code not in (*NOT_JUDGED, *TOGETHER) for one in found.near_misses):
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
