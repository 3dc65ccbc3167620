"""The tables that projects are read with."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from torchup.facts.load import load_catalogue
from torchup.facts.projects import (
    IMPORTS_FILE,
    PROJECTS_FILE,
    ImportsFile,
    ProjectsFile,
    load_import_facts,
    load_project_facts,
)
from torchup.facts.seldom import read_seldom
from torchup.resolve.versions import meets

PROJECTS = read_seldom(PROJECTS_FILE, ProjectsFile)
IMPORTS = read_seldom(IMPORTS_FILE, ImportsFile)


@pytest.mark.parametrize(
    ("module", "brings"),
    [
        ("cv2", "opencv-python"),
        ("sklearn", "scikit-learn"),
        ("PIL", "Pillow"),
        ("torch", "torch"),
        ("skimage", "scikit-image"),
    ],
)
def test_what_brings_a_module(module: str, brings: str) -> None:
    assert load_import_facts().brings(module) == brings


def test_a_module_stands_in_one_table_and_a_strangers_name_is_never_taken() -> None:
    names = [one.name for one in IMPORTS.imports]
    names += [one.name for one in IMPORTS.elsewhere]
    names += [one.name for one in IMPORTS.own]
    assert len(set(names)) == len(names)
    facts = load_import_facts()
    for name in names[len(IMPORTS.imports) :]:
        assert not facts.brings(name), name
    for one in (one for one in IMPORTS.imports if one.other):
        assert one.brings.lower() != one.name.lower(), one


def test_everything_that_is_brought_is_a_requirement() -> None:
    for row in IMPORTS.imports:
        Requirement(row.brings)
    renames = (*PROJECTS.misnamed, *PROJECTS.conda)
    assert IMPORTS.imports
    assert renames
    for meant in (meant for row in renames for meant in row.names.values()):
        Requirement(meant)


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        ("_libgcc_mutex", True),
        ("libstdcxx-ng", True),
        ("librosa", False),
        ("numpy", False),
        ("mkl", True),
    ],
)
def test_what_of_condas_packages_is_none_of_pythons(name: str, *, foreign: bool) -> None:
    assert load_project_facts().is_foreign(name) is foreign


def test_images_are_in_order_and_hold_releases_that_are_known() -> None:
    for image in PROJECTS.images:
        assert [one.first for one in image.tags] == sorted(one.first for one in image.tags)
        for tag in image.tags:
            releases = load_catalogue().releases
            assert any(meets(one.version, f"=={tag.release}.*") for one in releases), tag
    facts = load_project_facts()
    found = facts.image("nvcr.io/nvidia/pytorch", "21.10-py3")
    assert found is not None
    assert (found.release, found.python) == ("1.10", "3.8")
    assert facts.image("nvcr.io/nvidia/pytorch", "17.10") is None
    assert facts.image("nvcr.io/nvidia/tensorflow", "21.10") is None


@pytest.mark.parametrize("tag", ["latest", "", "99.01-py3", "21.10.1", "19.10-py3", "main-25.01"])
def test_a_tag_that_is_not_known_tells_nothing(tag: str) -> None:
    assert load_project_facts().image("nvcr.io/nvidia/pytorch", tag) is None


def test_the_last_known_tag_is_no_older_than_those_of_the_table() -> None:
    for image in PROJECTS.images:
        known = load_project_facts().image(image.name, f"{image.last}-py3")
        assert known == image.tags[-1]
