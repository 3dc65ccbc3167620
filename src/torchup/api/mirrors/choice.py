"""Which places are chosen, for each kind; choosing others, and choosing none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.errors import NoAnswerError, TorchupError, UsageError
from torchup.facts.mirrors import GONE, find_mirror, load_mirrors, word_for
from torchup.model import shown_url
from torchup.model.mirror import KINDS, SETTING, Mirror, MirrorKind
from torchup.state.config import config_path, read_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context


_DOUBTFUL: Final = GONE | {"unsure", "distrusted"}
"""States of places that are chosen for one kind by name, and not along with others."""


_MASK: Final = "//***@"
"""What stands in a shown address for its login."""


class Chosen(Struct, frozen=True, kw_only=True):
    """The places of one kind that a command chose, the first of which is used."""

    kind: MirrorKind
    mirrors: tuple[Mirror, ...]

    @property
    def words(self) -> str:
        """As the setting has it, logins included."""
        return " ".join(map(word_for, self.mirrors))


def listed(context: Context, kinds: Sequence[MirrorKind]) -> tuple[Mirror, ...]:
    """Every known place, by kind; those of the user's own that nobody else knows come last.

    Args:
        context: the session.
        kinds: what is asked about.
    """
    known = load_mirrors()
    found: list[Mirror] = []
    for kind in kinds:
        rows = known.of(kind)
        urls = {one.url for one in rows}
        found += [*rows, *(one for one in context.mirrors.of(kind) if one.url not in urls)]
    return tuple(found)


def choose(kinds: Sequence[MirrorKind], words: Sequence[str]) -> list[Chosen]:
    """Find what names mean; a name is for every kind that it has a place of.

    Args:
        kinds: what to choose for.
        words: names or addresses; those after the first stand by. ``pypi=tuna`` is for one kind.

    Raises:
        UsageError: ``mirror.unknown``, ``mirror.not-an-address``, ``mirror.no-scheme``, or
            ``mirror.kind-needed``: an address is of one kind, which was not said;
            ``mirror.mixed``: some words say their kind, others don't.
        NoAnswerError: ``mirror.gone``: it is known that nothing comes from it any more.
    """
    picks = _picks(words)
    if picks:
        return _picked(kinds, picks)
    if len(kinds) > 1:
        for word in words:
            if "://" in word:
                raise UsageError("mirror.kind-needed", url=shown_url(word))
            if not any(load_mirrors().named(kind, word) for kind in kinds):
                raise _nowhere(kinds, word)
    found = [one for kind in kinds if (one := _for_kind(kind, words, several=len(kinds) > 1))]
    if not found:
        raise _nowhere(kinds, words[0])
    return found


def unmasked(context: Context, words: Sequence[str]) -> list[str]:
    """Give addresses of the user's own back the logins that were taken out to show them.

    Args:
        context: the session, whose settings hold the addresses.
        words: names, addresses, and ``kind=…`` of either.
    """
    if not any(_MASK in word for word in words):
        return list(words)
    own = (word_for(one) for kind in KINDS for one in context.mirrors.of(kind))
    whole = {shown_url(word): word for word in own}
    found = []
    for word in words:
        kind, sign, rest = word.partition("=") if _picks([word]) else ("", "", word)
        found.append(f"{kind}{sign}{whole.get(rest, rest)}")
    return found


def _picks(words: Sequence[str]) -> list[tuple[MirrorKind, str]]:
    """Split words that say their kind; none where no word does."""
    found = [
        (kind, word.removeprefix(f"{kind}="))
        for word in words
        for kind in KINDS
        if word.startswith(f"{kind}=")
    ]
    if found and len(found) < len(words):
        raise UsageError("mirror.mixed")
    return found


def _picked(kinds: Sequence[MirrorKind], picks: list[tuple[MirrorKind, str]]) -> list[Chosen]:
    found = []
    for kind in dict.fromkeys(kind for kind, _ in picks):
        if kind not in kinds:
            raise UsageError("mirror.mixed")
        one = _for_kind(kind, [word for other, word in picks if other == kind], several=False)
        found += [one] if one else []
    return found


def _nowhere(kinds: Sequence[MirrorKind], word: str) -> TorchupError:
    """Say what is wrong with a name that no kind has a usable place of."""
    known = (load_mirrors().named(kind, word) for kind in kinds)
    gone = next((one for one in known if one is not None), None)
    if gone is not None:
        return NoAnswerError("mirror.gone", name=gone.name, kind=gone.kind, note=gone.note)
    try:
        find_mirror(kinds[0], word)
    except UsageError as error:
        return error
    return UsageError("mirror.kind-needed", url=shown_url(word))


def _for_kind(kind: MirrorKind, words: Sequence[str], *, several: bool) -> Chosen | None:
    known = load_mirrors()
    mirrors: list[Mirror] = []
    for word in words:
        if several and known.named(kind, word) is None:
            continue
        one = find_mirror(kind, word)
        if several and one.state in _DOUBTFUL:
            continue
        if one.state in GONE:
            raise NoAnswerError("mirror.gone", name=one.name, kind=kind, note=one.note)
        mirrors.append(one)
    unique = {one.url: one for one in mirrors}
    return Chosen(kind=kind, mirrors=tuple(unique.values())) if unique else None


def settings_of(chosen: Sequence[Chosen]) -> dict[str, str]:
    """The settings that name the chosen places, logins included."""
    return {f"{SETTING}{one.kind}": one.words for one in chosen}


def held(context: Context, kinds: Sequence[MirrorKind]) -> dict[str, str]:
    """The settings of some kinds that there are.

    Raises:
        UsageError, OutsideError: the settings file can't be read.
    """
    found = read_config(config_path(context.host), mending=True)
    return {key: found[key] for kind in kinds if (key := f"{SETTING}{kind}") in found}
