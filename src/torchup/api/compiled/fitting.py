"""The packages that are compiled against the framework: the very wheel that goes with a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.compiled.fitted import Fitted, State, ground_of
from torchup.api.compiled.words import (
    about_tag,
    belongs,
    compiled,
    found_at,
    lost_place,
    no_wheel,
    of_stack,
    unloaded,
)
from torchup.facts.load import load_catalogue
from torchup.model.names import canonical_name
from torchup.resolve.fitting import Fit, Ground, clash, fits, new_abi, span
from torchup.resolve.fitting_near import beyond, nearest
from torchup.resolve.needs import normalised_names, parsed, pinned_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.specifiers import SpecifierSet

    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.facts.wheels import Compiled, Compiles
    from torchup.model import Artifact, Machine, Reason, Source, WheelFile


class Fitter:
    """The stack of one choice, and where its packages may be looked for.

    Args:
        context: the session.
        machine: the machine.
        choice: the choice; it has a stack.
        ask: whether places may be asked; facts alone answer otherwise.
    """

    def __init__(self, context: Context, machine: Machine, choice: Choice, *, ask: bool) -> None:
        from torchup.sources.cache import ListingCache
        from torchup.sources.fitting import Places

        stack = choice.resolution.stack
        if stack is None:
            raise ValueError(choice.resolution.outcome)
        self._choice = choice
        self._ask = ask
        self._offline = context.offline
        self._there = context.fitting
        self.ground = ground_of(stack, machine)
        cache = ListingCache(context.home.cache / "listings")
        self._places = Places(context.host, cache, offline=context.offline)

    def each(self, lines: Sequence[str], known: Mapping[str, Compiled]) -> tuple[Fitted, ...]:
        """Look for every known package that lines name."""
        return tuple(
            self._one(known[name], line)
            for name, line in normalised_names(lines).items()
            if name in known
        )

    def _one(self, known: Compiled, line: str) -> Fitted:
        one = parsed(line)
        if one.url:
            return self._by_address(known, line, one.url)
        pin = pinned_version(line)
        tag = pin.partition("+")[2].lower()
        if tag:
            wrong = clash(tag, self.ground, new_abi=new_abi(known, self.ground))
            if wrong:
                return self._own(known, line, about_tag(line, wrong, self.ground, known.fact))
        accepted = str(one.specifier)
        there = self._there.get(known.table.name)
        if there is not None and _stays(there, known, one.specifier):
            url = _addressed(line, there.url)
            return Fitted(line=line, name=known.table.name, state="wheel", requirement=url)
        rows = fits(known, self.ground, accepted, pin.partition("+")[0])
        if known.placed:
            return self._placed(known, line, accepted, rows)
        return self._paired(known, line, accepted, rows)

    def _by_address(self, known: Compiled, line: str, url: str) -> Fitted:
        from urllib.parse import unquote

        from torchup.sources.wheelname import parse_wheel_name

        name = parse_wheel_name(unquote(url.partition("#")[0].rpartition("/")[2]))
        abi = new_abi(known, self.ground)
        wrong = clash(name.build, self.ground, new_abi=abi) if name else ""
        said = (about_tag(line, wrong, self.ground, known.fact),) if wrong else ()
        return self._own(known, line, *said)

    def _own(self, known: Compiled, line: str, *reasons: Reason) -> Fitted:
        return Fitted(line=line, name=known.table.name, state="own", reasons=reasons)

    def _paired(self, known: Compiled, line: str, accepted: str, rows: Sequence[Fit]) -> Fitted:
        """One that lies on the usual index, several versions for each release of the framework."""
        source = self._choice.source()
        if known.table.index and self._ask and source and source.role == "framework":
            file = self._places.there([source], known, self.ground, _all(accepted, rows))
            if file is not None and rows:
                return self._at(known, line, file)
        if not rows:
            return (
                self._own(known, line) if beyond(known, self.ground) else self._lacking(known, line)
            )
        best = rows[0]
        if best.loads:
            said = (belongs(line, known, best, self.ground),)
        else:
            said = (unloaded(line, known, best, self.ground),)
        versions = "" if pinned_version(line) else span(rows)
        return Fitted(
            line=line,
            name=known.table.name,
            state="held",
            constraint=f"{known.table.name}{versions}" if versions else "",
            reasons=said,
        )

    def _placed(self, known: Compiled, line: str, accepted: str, rows: Sequence[Fit]) -> Fitted:
        """One whose wheels lie at a place of their own."""
        if not self._ask:
            if rows:
                said = found_at(line, known, self.ground, _place(known))
                return Fitted(line=line, name=known.table.name, state="wheel", reasons=(said,))
            return self._lacking(known, line)
        if self._places.there(self._users(), known, self.ground, accepted) is not None:
            return self._own(known, line)
        if self._offline:
            return self._kept(known, line, accepted, rows)
        found = self._places.find(known, self.ground, rows, accepted)
        if found.file is not None:
            return self._at(known, line, found.file)
        if found.why is not None and rows:
            said = lost_place(line, found.where, found.why, known.fact)
            return Fitted(line=line, name=known.table.name, state="lost", reasons=(said,))
        return self._lacking(known, line)

    def _kept(self, known: Compiled, line: str, accepted: str, rows: Sequence[Fit]) -> Fitted:
        """Without a network: what the page said before, or the address that its makers give it."""
        from torchup.sources.fitting import file_address

        if known.table.pages:
            found = self._places.find(known, self.ground, rows, accepted)
            if found.file is not None:
                return self._at(known, line, found.file)
        url = file_address(known, self.ground, rows[0]) if rows else ""
        if not url:
            return self._lacking(known, line)
        return Fitted(
            line=line,
            name=known.table.name,
            state="wheel",
            requirement=_addressed(line, url),
            reasons=(found_at(line, known, self.ground, url.rpartition("/")[0]),),
        )

    def _users(self) -> tuple[Source, ...]:
        """What the user set up himself; the usual index is not asked: anybody may publish there."""
        sources = self._choice.sources
        return (*sources.links, *sources.extras)

    def _at(self, known: Compiled, line: str, file: WheelFile) -> Fitted:
        url = f"{file.url}#sha256={file.sha256}" if file.sha256 else file.url
        where = file.url.rpartition("/")[0]
        said = found_at(line, known, self.ground, where, file)
        return Fitted(
            line=line,
            name=known.table.name,
            state="wheel",
            requirement=_addressed(line, url),
            reasons=(said,),
        )

    def _lacking(self, known: Compiled, line: str) -> Fitted:
        accepted, pin = str(parsed(line).specifier), pinned_version(line).partition("+")[0]
        near = nearest(known, self.ground, accepted, load_catalogue(), pin)
        needs = known.table.compiles
        possible = needs is not None and _compiles(needs, self.ground)
        state: State = "source" if possible else "none"
        said = (
            compiled(line, known, self.ground, needs)
            if possible and needs
            else no_wheel(line, known, self.ground, near)
        )
        also = (of_stack(line, near, self.ground, known.fact),) if near else ()
        return Fitted(
            line=line,
            name=known.table.name,
            state=state,
            version=pin,
            near=near,
            compiles=needs if possible else None,
            reasons=(said, *also),
        )


def _compiles(needs: Compiles, ground: Ground) -> bool:
    return ground.system in needs.systems and (needs.cpu or ground.device == "cuda")


def _stays(there: Artifact, known: Compiled, accepted: SpecifierSet) -> bool:
    """Tell whether a wheel that is there came from a place of its own, and is accepted."""
    apart = known.placed or known.table.index
    return apart and accepted.contains(there.version, prereleases=True)


def _all(accepted: str, rows: Sequence[Fit]) -> str:
    """What the user accepts of the newest row that fits."""
    return ",".join(filter(None, (accepted, rows[0].versions if rows else "")))


def _place(known: Compiled) -> str:
    pattern = (*known.table.pages, *known.table.files)[0]
    return "/".join(pattern.split("/")[:3])


def _addressed(line: str, url: str) -> str:
    one = parsed(line)
    extras = f"[{','.join(sorted(one.extras))}]" if one.extras else ""
    marker = f" ; {one.marker}" if one.marker else ""
    return f"{canonical_name(one.name)}{extras} @ {url}{marker}"
