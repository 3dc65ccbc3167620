"""Cards by the names that people write: ``3060 laptop``, ``1080ti``, ``v100``, ``a100 80g``.

A name is taken apart into words. A card matches if it has all the words that were written; of
those that match, the ones with the fewest further words are meant: ``3060`` is the RTX 3060 and
not the RTX 3060 Ti. Words that every card of a maker has say nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.facts.gpus import GpuFact

_SILENT: Final = frozenset((
    "nvidia", "geforce", "amd", "ati", "advanced", "micro", "devices", "radeon", "intel",
    "corporation", "graphics", "graphic", "gpu", "card", "generation", "gen", "series", "with",
    "design", "device", "the", "r", "tm",
))  # fmt: skip
_MAKER_OF: Final = {
    "nvidia": "nvidia", "geforce": "nvidia", "quadro": "nvidia", "tesla": "nvidia",
    "rtx": "nvidia", "gtx": "nvidia", "amd": "amd", "ati": "amd", "radeon": "amd", "rx": "amd",
    "intel": "intel", "apple": "apple",
}  # fmt: skip
_CONSUMER: Final = ("geforce", "titan")
"""One of these stands in the name of each card that people call a GeForce."""
_SAME: Final = {"mobile": "laptop", "notebook": "laptop", "mobility": "laptop"}
_CHINESE: Final = (
    ("笔记本电脑", " laptop "), ("笔记本", " laptop "),
    ("移动版", " laptop "), ("移动端", " laptop "),
    ("独立显卡", " "), ("显卡", " "), ("英伟达", " "), ("英特尔", " "), ("系列", " "),
)  # fmt: skip
_SEPARATORS: Final = re.compile(r"(?:[^\w.]|_)+")
_ARCH: Final = re.compile(r"(?:sm|compute)_?(\d{2,3}[a-z]?)")
_CAPABILITY: Final = re.compile(r"(?:(?:cuda )?(?:compute )?capability |cc )?(\d{1,2})\.(\d)")
_APPLE: Final = re.compile(r"(?:apple )?(m\d(?: (?:pro|max|ultra))?)")
_LISTED: Final = re.compile(
    r"\S.*\[([^\[\]]+)\](?: \[([0-9a-f]{4}:[0-9a-f]{4})\])?(?: \(rev [0-9a-f]+\))?$",
    re.IGNORECASE,
)
_BARE: Final = re.compile(r"^\S.* \[([0-9a-f]{4}:[0-9a-f]{4})\]", re.IGNORECASE)
"""How ``lspci`` names a card: maker, chip, the product in brackets; with ``-nn`` its ids."""
_REVISION: Final = re.compile(r"\brev\.? [a-z]\b")
_MAX_Q: Final = re.compile(r"\bmax[- ]q\b")
_MEMORY: Final = re.compile(r"^(\d+)gi?b?$")
_VIRTUAL: Final = re.compile(r"^(?:nvidia )?(?:grid )?(.*?\S)(?:-\d+)?-\d+(?:q|c|b|a)$")
_BOARD: Final = re.compile(r"^([a-z]+\d+)[a-z]{1,2}$")
"""What NVIDIA adds to a card's name in those of its virtual ones: ``V100D-8Q``, ``V100DX-16Q``."""
_PARTS: Final = re.compile(
    r"^(rtx|gtx|gts|gt|rx|arc)?(\d{3,4})(ti|super|xtx|xt|gre|laptop|max-?q|(?<=\d90)d)?(super)?$"
)
_GLUED: Final = re.compile(
    r"^(rtx(?=a)|vega(?=\d{1,2}$)|gtx?(?=\d+m$)|tesla|quadro)([a-z]?\d+[a-z]{0,2})$"
)
"""Words that people write in one: ``rtx3060ti``; a lone letter belongs to the model (``730m``)."""
_SPARE: Final = re.compile(r"^(?:tesla|quadro|laptop|desktop|tegra|nvgpu|nvl\d+)$")
"""Words that people add to names which don't have them: ``Tesla A100``, ``Orin (nvgpu)``."""
_HAS_DIGIT: Final = re.compile(r"\d").search
_LETTERS: Final = re.compile(r"^[a-z]{1,2}$")


@lru_cache(maxsize=4096)
def words_of(name: str) -> frozenset[str]:
    """Take a name apart into the words that tell cards apart."""
    lower = _REVISION.sub("", _MAX_Q.sub("maxq", " ".join(name.lower().split())))
    virtual = _VIRTUAL.match(lower)
    if virtual:
        lower = virtual[1]
    for written, meant in _CHINESE:
        lower = lower.replace(written, meant)
    found: set[str] = set()
    for raw in _SEPARATORS.split(lower.replace("(", " ").replace(")", " ")):
        word = _SAME.get(raw, raw).strip(".")
        glued = _GLUED.match(word)
        memory = _MEMORY.match(word)
        parts = _PARTS.match(word)
        if memory:
            found.add(f"{memory[1]}gb")
        elif glued:
            found.update(glued.groups())
        elif parts:
            found.update(part for part in parts.groups() if part)
        elif word and word not in _SILENT:
            found.add(word)
    return frozenset(found)


def apple_chip(name: str) -> str | None:
    """Read the name of one of Apple's chips: ``m2 max`` as ``Apple M2 Max``; None for others."""
    found = _APPLE.fullmatch(" ".join(name.lower().split()))
    return f"Apple {found[1].title()}" if found else None


def arch_in(name: str) -> str | None:
    """Read an NVIDIA architecture as CUDA's tools and tables write it.

    ``sm86``, ``compute_86``, ``8.6`` and ``compute capability 8.6`` are ``sm_86``; None for what
    is none of these.
    """
    lower = " ".join(name.lower().split())
    arch = _ARCH.fullmatch(lower)
    if arch:
        return f"sm_{arch[1]}"
    found = _CAPABILITY.fullmatch(lower)
    return f"sm_{found[1]}{found[2]}" if found else None


def listed_as(name: str) -> tuple[str, str]:
    """Take a line of ``lspci`` apart into the product and the PCI id.

    Returns:
        The product and the id as far as the line has them, else empty strings; both are empty for
        what is no such line.
    """
    plain = " ".join(name.split())
    line = _LISTED.match(plain)
    if line and ":" not in line[1] and not _is_capacity(words_of(line[1])):
        return line[1], (line[2] or "").lower()
    bare = _BARE.match(plain)
    return "", bare[1].lower() if bare else ""


def _is_capacity(words: frozenset[str]) -> bool:
    """Tell whether a size of memory is all that was written: cards of any model may have it."""
    sizes = frozenset(word for word in words if _MEMORY.match(word))
    return bool(sizes) and all(map(_SPARE.match, words - sizes))


def maker_in(name: str) -> str:
    """Return the maker that a name says, by its own or by a family's; empty where it says none."""
    said = (_MAKER_OF.get(word) for word in _SEPARATORS.split(_plain(name)))
    return next((one for one in said if one), "")


def _plain(name: str) -> str:
    lower = name.lower()
    for written, meant in _CHINESE:
        lower = lower.replace(written, meant)
    return lower


def _of_family(name: str, card: GpuFact) -> bool:
    """Tell whether the words that say nothing about the model allow the card."""
    maker = maker_in(name)
    if maker and card.vendor != maker:
        return False
    known = card.name.lower()
    return "geforce" not in name.lower() or any(one in known for one in _CONSUMER)


def matching(name: str, cards: Iterable[tuple[frozenset[str], GpuFact]]) -> list[GpuFact]:
    """Find the cards that a name means, each with as few further words as any.

    A size of memory (``16gb``) counts only where the maker's own lists have a name with it; alone
    it means no card. Names of these lists come first, of these a card for a slot, then the
    shortest. Since its 30 series NVIDIA calls Max-Q cards laptop cards alone: where none has the
    word, a laptop card is meant. Where nothing has all the words, a family's may be one too many,
    and a model's last letters (``K40m``) one too few.

    Args:
        name: what was written.
        cards: every card with the words of its name.
    """
    wanted = words_of(name)
    if not wanted or _is_capacity(wanted):
        return []
    known = [(has, card) for has, card in cards if _of_family(name, card)]
    plain = frozenset(word for word in wanted if not _MEMORY.match(word))
    short = frozenset(_BOARD.sub(r"\1", word) for word in plain) if _is_virtual(name) else plain
    asks = [wanted, plain, short]
    if "maxq" in wanted:
        asks.append((plain - {"maxq"}) | {"laptop"})
    few = frozenset(word for word in plain if not _SPARE.match(word))
    asks.append(few)
    for words in asks:
        found = [(len(has - words), card) for has, card in known if words and words <= has]
        if found and (words == plain or any(card.listed for _, card in found)):
            return _best(found)
    lengthened = [(len(has), card) for has, card in known if few and _lengthens(few, has)]
    return _best(lengthened) if lengthened else []


def _best(found: Sequence[tuple[int, GpuFact]]) -> list[GpuFact]:
    """Those with the fewest further words, the plainest name first."""
    fewest = min(extra for extra, _ in found)
    same = [card for extra, card in found if extra == fewest]
    return sorted(
        same, key=lambda card: (not card.listed, "pcie" not in card.name.lower(), len(card.name))
    )


def _lengthens(words: frozenset[str], has: frozenset[str]) -> bool:
    """Tell whether a name has every word, models with a letter or two more (``k40``: ``k40m``)."""
    if not any(map(_HAS_DIGIT, words)):
        return False
    return all(
        word in has
        or (
            word[-1:].isdigit()
            and any(one.startswith(word) and _LETTERS.match(one[len(word) :]) for one in has)
        )
        for word in words
    )


def _is_virtual(name: str) -> bool:
    return _VIRTUAL.match(name.lower()) is not None


def near(name: str, names: Sequence[str], most: int = 4) -> tuple[str, ...]:
    """Name the cards whose names are most like one that was not found.

    Those with the same number come first: ``RTX 1080`` is more like a GTX 1080 than an RTX 5080.
    """
    from difflib import get_close_matches

    written = words_of(name)
    numbers = {word for word in written if _HAS_DIGIT(word) and not _MEMORY.match(word)}
    same = [one for one in names if numbers and numbers <= words_of(one)]
    if same:
        plainest = sorted(same, key=lambda one: (len(words_of(one) - written), len(one)))
        return tuple(plainest[:most])
    by_key = {" ".join(sorted(words_of(one))): one for one in names}
    wanted = " ".join(sorted(words_of(name)))
    return tuple(by_key[key] for key in get_close_matches(wanted, by_key, n=most, cutoff=0.5))
