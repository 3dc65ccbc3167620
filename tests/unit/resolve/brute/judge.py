"""The judge of whole answers, written from the rules of the design and the tables alone.

It shares no code with the resolver: a disagreement is a mistake in one of the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from unit.resolve.brute import masks
from unit.resolve.brute import special as rules
from unit.resolve.brute.places import Places
from unit.resolve.brute.table import Row, Table, numbers, table, union
from unit.resolve.brute.wishes import asked_for

if TYPE_CHECKING:
    from unit.resolve.brute.scene import Box, Card, Wish

DEVICES: Final = {"nvidia": "cuda", "amd": "rocm", "intel": "xpu", "apple": "mps"}
OTHERS: Final = "directml", "openvino"
"""What reaches cards of several makers, or beside their own builds."""
NONE: Final = "none"


class Answer(NamedTuple):
    """What must come of it. ``companions`` are those that come along; positions count cards."""

    device: str
    torch: str = ""
    build: str = ""
    python: str = ""
    companions: tuple[str, ...] = ()
    serves: tuple[int, ...] = ()
    leaves_out: tuple[int, ...] = ()
    last_resort: bool = False


class Judge:
    """One machine and one wish."""

    def __init__(self, box: Box, wish: Wish) -> None:
        self.box = box
        self.wish = wish
        self.asked = asked_for(wish.packages, wish.build, wish.cpu)
        self.rows: Table = table(box.platform)
        self.places = Places(box, wish, self.asked)
        self.installable = self.places.having_all() & self.places.pinned()
        self.installable &= ~rules.beyond_the_processor(self.rows, box)
        self.as_sisters = False

    def answer(self) -> Answer:
        """Decide by the design, section 3."""
        if self.asked.build == "cpu":
            return self._on_cpu((), asked=True)
        if self.box.cards is None:
            return Answer(NONE) if self.asked.build is None else self._without_device((), True)
        cards = self._selected()
        wanted = {at: card for at, card in cards.items() if self._ever(card)}
        wanted |= self._by_the_users_word(cards, wanted)
        if wanted:
            return self._on_cards(cards, wanted)
        if any(self._mystery(card) for card in cards.values()):
            return Answer(NONE)
        if any(masks.embedded(card.arch) for card in cards.values()):
            return Answer(NONE)
        aside = tuple(at for at, card in cards.items() if card.vendor in DEVICES)
        if self.asked.build is not None:
            return self._without_device(aside, False)
        if any(self._held_back(card) for card in cards.values()):
            return Answer(NONE)
        return self._on_cpu(aside, asked=False)

    def _held_back(self, card: Card) -> bool:
        """The system alone keeps the card from computing: WSL 1, or a macOS before Metal's."""
        if card.vendor == "apple":
            there = self.box.arch == "arm64" and self._named_or_unasked("mps")
            return there and not self._ever(card)
        return rules.under_wsl_1(self.box) and self._ever_on(card)

    def valid_for(self, card: Card) -> int:
        """The builds that are valid on this machine and serve a card (design 3, points 1 to 5)."""
        return self.installable & self._driven(card) & self._with_code(card)

    def way(self, card: Card) -> str:
        """The kind of builds for a card: the named one, its maker's, else another that reaches it.

        What is taken only where it is named counts only there.
        """
        own, others = DEVICES[card.vendor], rules.other_ways(card, self.box)
        named = masks.with_name(self.rows, self.asked.build) if self.asked.build else 0
        for device in others:
            if named & self._builds(device):
                return device
        unasked = masks.taken_unasked(self.rows)
        if self._builds(own) & unasked and (not card.arch or self._ever_by(card, own)):
            return own
        for device in others:
            if self._builds(device) & unasked and self._ever_by(card, device):
                return device
        return own

    def _named_or_unasked(self, device: str) -> bool:
        named = masks.with_name(self.rows, self.asked.build) if self.asked.build else 0
        return bool(self._builds(device) & (named | masks.taken_unasked(self.rows)))

    def served_cards(self) -> list[Card]:
        """The cards that count: selected, and supported by any build at all."""
        if self.asked.build == "cpu":
            return []
        cards = self._selected()
        wanted = {at: card for at, card in cards.items() if self._ever(card)}
        return list((wanted | self._by_the_users_word(cards, wanted)).values())

    def _selected(self) -> dict[int, Card]:
        cards = dict(enumerate(self.box.cards or ()))
        wanted = self.wish.use_gpus
        if not wanted:
            return cards
        return {at: one for at, one in cards.items() if str(at) in wanted or one.uuid in wanted}

    def _mystery(self, card: Card) -> bool:
        """A card of a maker with builds, of which nobody can tell what it is."""
        if card.vendor not in DEVICES:
            return False
        device = self.way(card)
        if device in OTHERS:
            return False
        unknown = not card.arch and card.vendor == "nvidia" and not rules.under_wsl_1(self.box)
        return unknown and self._builds(device) != 0

    def _builds(self, device: str) -> int:
        return masks.for_device(self.rows, device)

    def _ever(self, card: Card) -> bool:
        """Any published build for this platform supports the card, and the system lets it."""
        return not rules.under_wsl_1(self.box) and self._ever_on(card)

    def _ever_on(self, card: Card) -> bool:
        """Any published build for this platform supports the card."""
        if card.vendor not in DEVICES:
            return False
        device = self.way(card)
        return self._named_or_unasked(device) and self._ever_by(card, device)

    def _ever_by(self, card: Card, device: str) -> bool:
        """Any published build for this platform and a kind of device reaches the card."""
        if device in OTHERS:
            return bool(self._builds(device) & masks.with_code(self.rows, card.arch))
        if not card.arch and card.vendor == "nvidia":
            return False
        if device == "xpu":
            return bool(self._builds(device) and rules.INTEL_SINCE[card.name])
        if device == "rocm" and self.box.wsl and not self._names_rocm():
            return False
        if device == "mps":
            return bool(self._builds(device) & rules.on_apple(self.rows, self.box))
        able = masks.with_code(self.rows, card.arch)
        if masks.known(card.arch):
            able |= masks.with_ptx(self.rows, card.arch)
        return bool(self._builds(device) & able)

    def _names_rocm(self) -> bool:
        named = masks.with_name(self.rows, self.asked.build or "")
        return bool(named & self._builds("rocm"))

    def _by_the_users_word(
        self, cards: dict[int, Card], wanted: dict[int, Card]
    ) -> dict[int, Card]:
        """AMD's cards that run a sister's code, where a build is named and no other card runs it.

        All that are taken need the setting of the best of them.
        """
        self.as_sisters = False
        if not self._names_rocm() or any(card.vendor == "amd" for card in wanted.values()):
            return {}
        able = {at: card for at, card in cards.items() if rules.sister(card, self.box)}
        if not able:
            return {}
        self.as_sisters = True
        best = max(able.values(), key=_rank)
        setting = rules.sister(best, self.box)
        assert setting is not None
        return {
            at: card
            for at, card in able.items()
            if (rules.sister(card, self.box) or setting).setting == setting.setting
        }

    def _with_code(self, card: Card) -> int:
        if self.as_sisters:
            return rules.with_sisters_code(self.rows, card, self.box)
        return masks.with_code(self.rows, card.arch)

    def _driven(self, card: Card) -> int:
        """The builds that the card's driver starts, none if it doesn't know the card."""
        builds = self._builds(self.way(card))
        if self.way(card) in OTHERS:
            return builds
        if card.vendor == "apple":
            return builds & rules.on_apple(self.rows, self.box)
        if card.vendor != "nvidia":
            return builds
        driver = self.box.driver("nvidia")
        if driver is None:
            return builds if self.box.drivers is None else 0
        if not numbers(driver.version):
            return builds
        if not masks.takes(driver.version, card.arch):
            return 0
        return builds & masks.started_by(
            self.rows, self.box.driver_system, driver.version, driver.knows
        )

    def _native(self, vendor: str) -> int:
        driver = self.box.driver(vendor)
        if driver is None:
            return 0
        system = self.box.driver_system
        return masks.known_to(self.rows, system, driver.version, driver.knows)

    def _on_cards(self, cards: dict[int, Card], wanted: dict[int, Card]) -> Answer:
        """Serve every card of a maker if any build can, else the one with the highest architecture.

        The next maker's turn comes where none of the first one's cards can be served; a way beside
        the makers' own, which serves the first one's too, is left to the user's word then.
        """
        ways = {self.way(card) for card in wanted.values()}
        named = masks.with_name(self.rows, self.asked.build) if self.asked.build else 0
        order = (*DEVICES.values(), *OTHERS)
        first = [one for one in order if one in ways and named & self._builds(one)]
        turns = [first[0]] if first else [one for one in order if one in ways]
        turns = [one for one in turns if one == turns[0] or one not in OTHERS]
        for serve in (self._serve, self._last_resort):
            for device in turns:
                ours = {at: card for at, card in wanted.items() if self.way(card) == device}
                found = serve(cards, ours, device)
                if found.device != NONE:
                    return found
        ours = {at: card for at, card in wanted.items() if self.way(card) == turns[0]}
        if (
            self.asked.build is not None
            and not self.as_sisters
            and rules.one_setting(list(ours.values()), self.box)
        ):
            self.as_sisters = True
            return self._serve(cards, ours, turns[0])
        return Answer(NONE)

    def _serve(self, cards: dict[int, Card], ours: dict[int, Card], device: str) -> Answer:
        valid = {at: self.valid_for(card) for at, card in ours.items()}
        native = self._native(_maker_of(device))
        every = self._builds(device)
        for mask in valid.values():
            every &= mask
        pick = self.rows.best(every, native)
        for at in sorted(ours, key=lambda at: (_rank(ours[at]), -at), reverse=True):
            if pick is None:
                pick = self.rows.best(valid[at], native)
        if pick is None:
            return Answer(NONE)
        serves = tuple(at for at in ours if valid[at] >> pick & 1)
        return self._stack(pick, device, cards, serves)

    def _last_resort(self, cards: dict[int, Card], ours: dict[int, Card], device: str) -> Answer:
        """PTX alone, where what the user pinned leaves nothing else."""
        native = self._native(_maker_of(device))
        if not any(self.asked.versions.values()) and self.asked.build is None:
            return Answer(NONE)
        valid = {
            at: self.installable
            & self._driven(card)
            & native
            & masks.with_ptx(self.rows, card.arch)
            & ~masks.with_code(self.rows, card.arch)
            for at, card in ours.items()
        }
        pick = self.rows.best(union(valid.values()), native)
        if pick is None:
            return Answer(NONE)
        able = [at for at in ours if valid[at] >> pick & 1]
        best = max(able, key=lambda at: _rank(ours[at]))
        serves = tuple(at for at in able if ours[at].arch == ours[best].arch)
        found = self._stack(pick, device, cards, serves)
        return found._replace(last_resort=True)

    def _stack(
        self, pick: int, device: str, cards: dict[int, Card], serves: tuple[int, ...]
    ) -> Answer:
        row = self.rows.rows[pick]
        place = self.places.best(row)
        assert place is not None
        named = (at for at, card in cards.items() if card.vendor in DEVICES)
        return Answer(
            device,
            row.release.version,
            row.build.name,
            place.python,
            place.companions,
            serves,
            tuple(at for at in named if at not in serves),
        )

    def _on_cpu(self, aside: tuple[int, ...], *, asked: bool) -> Answer:
        """A CPU build; a build with a runtime only where no CPU build can be reached."""
        pick = self.rows.best(self.installable & self._builds("cpu"), 0)
        if pick is None and not asked:
            pick = self.rows.best(self._heavy(), 0)
        if pick is None:
            return Answer(NONE)
        return self._stack(pick, "cpu", {}, ())._replace(leaves_out=aside)

    def _heavy(self) -> int:
        """CUDA builds that PyPI has."""
        there = self.installable & self._builds("cuda")

        def there_on_pypi(row: Row) -> bool:
            if not there >> self.rows.at[row.label] & 1:
                return False
            place = self.places.best(row)
            return place is not None and place.place == "pypi"

        return self.rows.where(there_on_pypi) if there else 0

    def _without_device(self, aside: tuple[int, ...], unknown: bool) -> Answer:
        """The build that the user named, where nothing here can use it."""
        kinds = union(
            self._builds(one) for one in (*DEVICES.values(), *rules.other_ways_here(self.box))
        )
        pick = self.rows.best(self.installable & kinds, 0)
        if pick is None:
            return Answer(NONE)
        device = self.rows.rows[pick].build.device if unknown else "cpu"
        return self._stack(pick, device, {}, ())._replace(leaves_out=aside)


def _maker_of(device: str) -> str:
    return next((maker for maker, own in DEVICES.items() if own == device), "")


def _rank(card: Card) -> tuple[tuple[int, ...], str, int]:
    """The highest architecture first, then the most memory."""
    if card.arch.startswith("sm_"):
        major, minor, suffix = masks.capability(card.arch)
        return (major, minor), suffix, card.memory
    body = card.arch.removeprefix("gfx")
    if body == card.arch:
        return (), "", card.memory
    return (int(body[:-2]), int(body[-2], 16)), body[-1], card.memory
