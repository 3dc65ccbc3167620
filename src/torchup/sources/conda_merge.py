"""Which of several places counts for each of conda's settings.

As conda's user guide has it ("How conda merges configuration files"): a single value is the most
specific place's; lists and mappings are joined, the most specific first; ``#!final`` ends the
search, ``#!top`` and ``#!bottom`` put an item at an end.
https://docs.conda.io/projects/conda/en/latest/user-guide/configuration/settings.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from torchup.model.conda import CondaFile, CondaValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.facts.conda_settings import CondaFacts

FINAL: Final = "final"


class _Said(Struct, frozen=True):
    origin: str
    value: Any
    flags: dict[str, str]

    @property
    def ends(self) -> bool:
        return self.flags.get("") == FINAL


def merge_conda(
    files: Iterable[CondaFile], variables: dict[str, str], facts: CondaFacts
) -> tuple[CondaValue, ...]:
    """Work out what counts, by key.

    Args:
        files: those that can be read, the least specific first.
        variables: key → value of ``CONDA_…`` variables, which are more specific than any file.
        facts: what conda's settings hold.
    """
    said: dict[str, list[_Said]] = {}
    for file in files:
        for key, value in file.settings.items():
            if value is not None and key not in file.misfits:
                name = facts.name_of(key)
                said.setdefault(name, []).append(_Said(file.path, value, _flags_of(file, key)))
    for key, value in variables.items():
        listed = facts.kind_of(key) == "list"
        held = [one.strip() for one in value.split(",") if one.strip()] if listed else value
        said.setdefault(key, []).append(_Said(f"CONDA_{key.upper()}", held, {}))
    return tuple(_merged(key, said[key], facts) for key in sorted(said))


def _flags_of(file: CondaFile, key: str) -> dict[str, str]:
    """The marks of one key: its own under the empty name, those of its items under theirs."""
    own = {"": file.flags[key]} if key in file.flags else {}
    return own | {
        name.partition(" ")[2]: flag
        for name, flag in file.flags.items()
        if name.startswith(f"{key} ")
    }


def _merged(key: str, said: list[_Said], facts: CondaFacts) -> CondaValue:
    last = next((place for place, one in enumerate(said) if one.ends), len(said) - 1)
    heard, unheard = said[: last + 1], said[last + 1 :]
    kind = facts.kind_of(key)
    over = tuple(one.origin for one in unheard)
    if kind in {"list", "mapping"}:
        value: Any = _joined_list(heard) if kind == "list" else _joined_mapping(heard)
        return CondaValue(
            key=key, value=value, origins=tuple(one.origin for one in reversed(heard)), over=over
        )
    counts = heard[-1]
    lost = (*over, *(one.origin for one in heard[:-1] if one.value != counts.value))
    return CondaValue(key=key, value=counts.value, origins=(counts.origin,), over=lost)


def _joined_list(said: Sequence[_Said]) -> list[Any]:
    nearest = [item for one in reversed(said) for item in one.value]
    top = [item for one in said for item in _marked(one, "top")]
    bottom = [item for one in reversed(said) for item in _marked(one, "bottom")]
    ordered = [one for one in _unique([*top, *nearest]) if one not in bottom]
    return [*ordered, *_unique(reversed(_unique(reversed(bottom))))]


def _marked(said: _Said, flag: str) -> list[Any]:
    return [item for item in said.value if said.flags.get(str(item)) == flag]


def _unique(items: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for one in items:  # items of a list in YAML need not be hashable
        if one not in found:
            found.append(one)
    return found


def _joined_mapping(said: Sequence[_Said]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in said:
        found |= one.value
    return found
