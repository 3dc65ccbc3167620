"""What becomes of a choice on a machine, by the facts alone.

Written apart from :mod:`torchup.resolve`, which is one of those that are judged here: nothing of it
is used. A card is served where the build has machine code that runs on it, NVIDIA's driver supports
the card, and the driver is at or above the floor of the build's CUDA. A choice that holds only PTX
for a card is called that, and isn't held up to others as what they should have chosen: libraries
beside it may lack the card.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from tools.peers.kernels import compiles, has_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.peers.answers import Answer
    from tools.peers.machines import Subject
    from torchup.facts.catalogue import Arch, Build, Catalogue
    from torchup.model import Gpu

Code = Literal[
    "runs",
    "runs-posing",
    "runs-by-ptx",
    "runs-on-some",
    "no-kernels",
    "not-listed",
    "driver-too-old",
    "driver-too-old-for-card",
    "driver-dropped-card",
    "driver-missing",
    "cpu-on-gpu-machine",
    "cpu-as-it-must",
    "gpu-build-without-gpu",
    "says-why",
    "says-no-needlessly",
    "fails",
    "not-judged",
]
BEST: Final[dict[Code, int]] = {"runs": 3, "runs-posing": 2, "runs-by-ptx": 1}
"""Codes of a card that is served, the better ones higher."""

_DEVICES: Final = {"nvidia": "cuda", "amd": "rocm", "intel": "xpu", "apple": "mps"}


class Verdict(Struct, frozen=True, kw_only=True):
    """What becomes of a choice.

    Attributes:
        code: the verdict.
        served: how many of the cards can compute with it.
        cards: how many cards there are that some build can serve.
        most: how many of them the best build of the catalogue can serve on this machine.
        card: the first card that isn't served; its name, and its architecture in ``arch``.
        arch: that architecture, or what an AMD card is made to pass for.
        has: the architectures compiled into the build, or the driver's version.
        needs: the driver that would be needed.
        certain: whether what is known of the build was measured or documented.
    """

    code: Code
    served: int = 0
    cards: int = 0
    most: int = 0
    card: str = ""
    arch: str = ""
    has: str = ""
    needs: str = ""
    certain: bool = True

    @property
    def good(self) -> bool:
        """Whether nothing better can be said on this machine."""
        last_resort = self.code == "runs-by-ptx" and self.most > 0
        full = self.code in BEST and self.served == self.cards and not last_resort
        some = self.code == "runs-on-some" and self.served == self.most
        return full or some or self.code in {"cpu-as-it-must", "says-why"}


def judge(subject: Subject, answer: Answer, catalogue: Catalogue) -> Verdict:
    """Say what becomes of an answer on a machine."""
    court = _Court(subject, catalogue)
    if answer.kind == "failure":
        return court.verdict("fails")
    if answer.kind == "outside":
        return court.verdict("not-judged")
    if answer.kind == "refusal":
        return court.verdict("says-no-needlessly" if court.most else "says-why")
    build = catalogue.build(answer.version, answer.build, subject.machine.platform)
    if build is None:
        return court.verdict("not-judged")
    return court.on(build, answer.poses_as)


class _Court:
    """One machine and the facts."""

    def __init__(self, subject: Subject, catalogue: Catalogue) -> None:
        self._subject = subject
        self._catalogue = catalogue
        self._platform = subject.machine.platform
        self._cards = [gpu for gpu in subject.machine.gpus or () if self._ever(gpu)]
        self.most = max((self._count(build) for build in self._builds()), default=0)

    def verdict(self, code: Code) -> Verdict:
        """Give a verdict that has nothing to do with one card."""
        return Verdict(code=code, cards=len(self._cards), most=self.most)

    def on(self, build: Build, poses_as: str) -> Verdict:
        """Judge a build."""
        certain = build.certainty in {"measured", "documented"}
        cards = self._cards
        if not cards:
            return self._without_cards(build, poses_as, certain=certain)
        if build.device == "cpu" and not any(_DEVICES.get(_vendor(g)) in build.also for g in cards):
            return Verdict(code="cpu-on-gpu-machine", cards=len(cards), most=self.most)
        each = [self._card(gpu, build, poses_as) for gpu in cards]
        served = [one for one in each if one.code in BEST]
        failed = [one for one in each if one.code not in BEST]
        first = (failed or served)[0]
        code: Code = min((one.code for one in served), key=BEST.__getitem__, default=first.code)
        if served and failed:
            code = "runs-on-some"
        return Verdict(
            code=code,
            served=len(served),
            cards=len(cards),
            most=max(self.most, len(served)),
            card=first.card,
            arch=first.arch,
            has=first.has,
            needs=first.needs,
            certain=certain,
        )

    def _without_cards(self, build: Build, poses_as: str, *, certain: bool) -> Verdict:
        """Judge a build where no build of this platform serves any of the cards."""
        if build.device == "cpu":
            return self.verdict("cpu-as-it-must")
        same = [
            gpu
            for gpu in self._subject.machine.gpus or ()
            if _DEVICES.get(_vendor(gpu)) == build.device
        ]
        if not same:
            return self.verdict("gpu-build-without-gpu")
        one = self._card(same[0], build, poses_as)
        served = int(one.code in BEST)
        return Verdict(
            code=one.code,
            served=served,
            cards=served,
            most=max(self.most, served),
            card=one.card,
            arch=one.arch,
            has=one.has,
            needs=one.needs,
            certain=certain,
        )

    def _card(self, gpu: Gpu, build: Build, poses_as: str = "") -> Verdict:
        """Judge a build on one card."""
        name, arch = gpu.name or "", self._arch(gpu)
        code = self._kernels(gpu, build, arch)
        if code == "no-kernels" and poses_as in (build.archs or ()) and _vendor(gpu) == "amd":
            return Verdict(code="runs-posing", card=name, arch=poses_as)
        if code in {"no-kernels", "not-listed"}:
            has = ", ".join(build.archs or ())
            return Verdict(code=code, card=name, arch=arch or gpu.pci_id or "", has=has)
        if build.device == "cuda":
            problem = self._driver(name, build, self._catalogue.arch(arch))
            if problem is not None:
                return problem
        return Verdict(code=code, card=name, arch=arch)

    def _kernels(self, gpu: Gpu, build: Build, arch: str) -> Code:
        device = _DEVICES.get(_vendor(gpu))
        if device == "mps":
            return "runs" if device in build.also else "no-kernels"
        if device != build.device:
            return "no-kernels"
        if device == "xpu":
            return "runs" if self._subject.xpu else "not-listed"
        row = self._catalogue.arch(arch)
        embedded = bool(row and row.embedded)
        if any(has_code(code, arch, embedded=embedded) for code in build.archs or ()):
            return "runs"
        return "runs-by-ptx" if any(compiles(ptx, arch) for ptx in build.ptx) else "no-kernels"

    def _driver(self, name: str, build: Build, arch: Arch | None) -> Verdict | None:
        """Say what is wrong with NVIDIA's driver, if anything is."""
        machine = self._subject.machine
        version = self._subject.driver
        runtime = self._catalogue.runtime(build.runtime)
        system = "windows" if machine.os.wsl else machine.os.system
        floor = runtime.floor.get(system, "") if runtime else ""
        if not version:
            return Verdict(code="driver-missing", card=name, needs=floor)
        branch = self._catalogue.branch(version)
        number = branch.number if branch else 0
        if arch is not None and number < arch.first_branch:
            needs = str(arch.first_branch)
            return Verdict(code="driver-too-old-for-card", card=name, has=version, needs=needs)
        if arch is not None and arch.last_branch is not None and number > arch.last_branch:
            needs = str(arch.last_branch)
            return Verdict(code="driver-dropped-card", card=name, has=version, needs=needs)
        if floor and _numbers(version) < _numbers(floor):
            return Verdict(code="driver-too-old", card=name, has=version, needs=floor)
        return None

    def _arch(self, gpu: Gpu) -> str:
        """The card's architecture; where the machine doesn't say, by its PCI id."""
        if gpu.arch or not gpu.pci_id:
            return gpu.arch or ""
        from torchup.facts.load import load_gpus

        known = load_gpus().by_pci(gpu.pci_id)
        return known.archs[0] if known else ""

    def _ever(self, gpu: Gpu) -> bool:
        """Tell whether any build of this platform serves the card, whatever the driver."""
        arch = self._arch(gpu)
        return any(self._kernels(gpu, build, arch) == "runs" for build in self._builds())

    def _count(self, build: Build) -> int:
        return sum(self._card(gpu, build).code == "runs" for gpu in self._cards)

    def _builds(self) -> Iterator[Build]:
        for release in self._catalogue.releases:
            yield from (build for build in release.builds if build.platform == self._platform)


def _vendor(gpu: Gpu) -> str:
    return gpu.vendor or ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
