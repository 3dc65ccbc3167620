"""The rows of known traps: each can be read, names what it rests on, and can apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from torchup.facts import schema
from torchup.facts.compile import Folder
from torchup.facts.compile_tables import TRAPS_FILE
from torchup.facts.compile_trap import compile_trap
from torchup.facts.ledger import Ledger
from torchup.facts.load import DATA, load_catalogue
from torchup.resolve.traps import constraints_for
from torchup.resolve.versions import overlap

FOLDER = Folder(Path(DATA))
FILE = FOLDER.read(f"{FOLDER.framework}/{TRAPS_FILE}", schema.TrapsFile)
ROWS = {row.id: row for row in FILE.traps}
CATALOGUE = load_catalogue()
FRAMEWORK = CATALOGUE.framework
FEATURES = frozenset(one.name for one in CATALOGUE.features)
OURS = {FRAMEWORK.name, *FRAMEWORK.companions}


def test_names_are_unique() -> None:
    assert len(ROWS) == len(FILE.traps) >= 30


@pytest.mark.parametrize("name", ROWS)
def test_a_row_can_be_read(name: str) -> None:
    row = ROWS[name]
    for package, versions in row.when.items():
        assert package == canonicalize_name(package)
        assert overlap(str(SpecifierSet(versions)), versions), "no version meets this"
    SpecifierSet(row.pythons)
    assert row.constrain or row.forbid
    for line in row.constrain:
        wanted = Requirement(line)
        assert line == f"{canonicalize_name(wanted.name)}{line[len(wanted.name) :]}"
        assert wanted.specifier
        assert not wanted.extras
        assert wanted.marker is None
        assert wanted.url is None
        assert wanted.name not in OURS, "the framework was chosen before"
        assert wanted.name not in row.when
    assert not OURS & set(row.forbid)
    assert not row.symptom.endswith(".")


@pytest.mark.parametrize("name", ROWS)
def test_a_row_reaches_a_release_or_is_about_other_packages(name: str) -> None:
    row = ROWS[name]
    if not OURS & row.when.keys():
        return
    assert any(
        found.trap == name
        for release in CATALOGUE.releases
        for platform, pythons in release.pythons.items()
        for python in pythons
        for found in constraints_for(
            CATALOGUE,
            {
                FRAMEWORK.name: release.version,
                **{one.name: one.version for one in release.companions},
            },
            platform.partition("-")[0],
            python,
            FEATURES,
        )
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"when": {FRAMEWORK.name: "older than 2"}},
        {"pythons": "3.10"},
        {"constrain": ("numpy",)},
        {"constrain": ("Num_Py<2",)},
        {"constrain": ("numpy[extra]<2",)},
        {"constrain": ("numpy<2; python_version < '3'",)},
        {"constrain": (), "forbid": ()},
    ],
)
def test_a_row_that_could_not_be_used_is_refused(changed: dict[str, Any]) -> None:
    row = replace(FILE.traps[0], **changed)
    with pytest.raises(ValueError, match=f"^file.toml: {row.id}: "):
        compile_trap("file.toml", row, FILE, Ledger())


def test_the_fast_form_holds_every_row_with_its_source() -> None:
    assert [trap.id for trap in CATALOGUE.traps] == list(ROWS)
    for trap in CATALOGUE.traps:
        fact = CATALOGUE.fact(trap.fact)
        assert fact.key == f"traps.{trap.id}"
        assert fact.file == f"{FOLDER.framework}/{TRAPS_FILE}"
        assert fact.url
        assert fact.checked == FILE.checked.isoformat()
