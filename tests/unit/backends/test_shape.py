"""Every backend takes what torchup gives to any of them."""

from __future__ import annotations

from inspect import Signature, getmembers, isfunction, signature

import pytest

from torchup.backends import BACKENDS, Backend, load_backend

FUNCTIONS = [name for name, _ in getmembers(Backend, isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("backend", sorted(BACKENDS))
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_arguments_of_the_shape(backend: str, name: str) -> None:
    told = list(signature(getattr(Backend, name)).parameters.values())[1:]
    mine = signature(getattr(load_backend(backend), name))
    assert Signature(told).parameters == mine.parameters
