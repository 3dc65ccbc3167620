"""How the installed conda is asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from torchup.api.condas.client import changing, removing
from torchup.api.environments.edits import Edit
from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = Path("work")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Edit(kind="add", packages=("pandas >=2", "torch")), ["install", "pandas>=2", "pytorch"]),
        (Edit(kind="remove", packages=("torchvision",)), ["remove", "torchvision"]),
        (Edit(kind="upgrade", packages=("numpy",)), ["update", "numpy"]),
        (Edit(kind="upgrade", packages=("numpy==2.1",)), ["install", "numpy==2.1"]),
        (Edit(kind="upgrade", every=True), ["update", "--all"]),
    ],
)
def test_each_change_has_its_command(edit: Edit, said: Sequence[str]) -> None:
    verb, *rest = said
    start = ("mamba", verb, "-p", "work")
    assert changing("mamba", PREFIX, edit, asks=True) == (*start, *rest)
    assert changing("mamba", PREFIX, edit, asks=False) == (*start, "-y", *rest)


@pytest.mark.parametrize(
    "package", ["pandas[excel]", "x @ https://host/x.whl", "./folder", "a; python_version<'3'"]
)
def test_what_only_pip_understands_is_refused(package: str) -> None:
    with pytest.raises(UsageError, match=r"foreign\.no-spec"):
        changing("conda", PREFIX, Edit(kind="add", packages=(package,)), asks=False)


def test_a_constraint_is_refused_since_conda_would_install_it() -> None:
    with pytest.raises(UsageError, match=r"foreign\.no-spec"):
        changing("conda", PREFIX, Edit(kind="add", packages=("a",), constraints=("b",)), asks=False)


def test_a_removal_names_the_folder_and_does_not_ask() -> None:
    assert removing("conda", PREFIX) == ("conda", "env", "remove", "-p", "work", "-y")
