"""Names that are loaded later are all there, and are what their modules have."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from torchup import apply, model
from torchup.api import verifying
from torchup.early import later, module


@pytest.mark.parametrize("package", [apply, model, verifying])
def test_every_name_that_is_promised_is_there(package: Any) -> None:  # noqa: ANN401  # a module
    assert [name for name in package.__all__ if not hasattr(package, name)] == []


@pytest.mark.parametrize("package", [apply, model, verifying])
def test_a_later_name_is_what_its_module_has(package: Any) -> None:  # noqa: ANN401  # a module
    for place, names in package._LATER.items():
        assert set(names) <= set(package.__all__)
        for name in names:
            assert getattr(package, name) is getattr(module(f"{package.__name__}.{place}"), name)


def test_other_names_are_mistakes() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        later("torchup.model", {"record": ("Check",)})("nothing")
    assert not hasattr(sys.modules["torchup.model"], "nothing")
