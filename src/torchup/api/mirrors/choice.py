"""Which places are chosen, for each kind; choosing others, and choosing none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.errors import NoAnswerError, TorchupError, UsageError
from torchup.facts.mirrors import GONE, SETTING, find_mirror, load_mirrors, word_for
from torchup.model import StepOutcome, shown_url
from torchup.model.mirror import Mirror, MirrorKind
from torchup.state.config import config_path, read_config, write_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context


_DOUBTFUL: Final = GONE | {"unsure", "distrusted"}
"""States of places that are chosen for one kind by name, and not along with others."""


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
        words: names or addresses; those after the first stand by.

    Raises:
        UsageError: ``mirror.unknown``, ``mirror.not-an-address``, ``mirror.no-scheme``, or
            ``mirror.kind-needed``: an address is of one kind, which was not said.
        NoAnswerError: ``mirror.gone``: it is known that nothing comes from it any more.
    """
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


def keep(context: Context, chosen: Sequence[Chosen], *, dry_run: bool) -> list[StepOutcome]:
    """Write the settings that name the chosen places.

    Args:
        context: the session.
        chosen: by kind.
        dry_run: change nothing, and say what would.

    Raises:
        UsageError, OutsideError: the settings file can't be read or written.
    """
    path = config_path(context.host)
    for one in chosen:
        if not dry_run:
            write_config(path, f"{SETTING}{one.kind}", one.words)
    return [_step(f"{SETTING}{one.kind}", shown_url(one.words), dry_run=dry_run) for one in chosen]


def forget(context: Context, kinds: Sequence[MirrorKind], *, dry_run: bool) -> list[StepOutcome]:
    """Take the settings of some kinds back, so that pip's, uv's and conda's own count again.

    Raises:
        UsageError, OutsideError: the settings file can't be read or written.
    """
    path = config_path(context.host)
    held = read_config(path, mending=True)
    found = [kind for kind in kinds if f"{SETTING}{kind}" in held]
    if not dry_run:
        for kind in found:
            write_config(path, f"{SETTING}{kind}", None)
    return [_step(f"{SETTING}{kind}", "", dry_run=dry_run) for kind in found]


def _step(key: str, detail: str, *, dry_run: bool) -> StepOutcome:
    return StepOutcome(id=key, status="skipped" if dry_run else "done", detail=detail)
