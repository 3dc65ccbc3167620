"""What environments that are active leave in the way of another one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from torchup import apply
from torchup.model import Stack

OWN = "/envs/a/lib"


def host(**variables: str) -> Any:  # noqa: ANN401 - as much of one as is asked
    return SimpleNamespace(system="linux", env=variables.get)


@pytest.mark.parametrize("kind", ["CONDA_PREFIX", "VIRTUAL_ENV"])
@pytest.mark.parametrize(
    ("path", "left"),
    [("/envs/b/lib", None), ("/envs/b/lib:/opt/x", "/opt/x"), ("/opt/x:/envs/b/lib", "/opt/x")],
)
def test_another_environments_libraries_are_left_out(kind: str, path: str, left: str) -> None:
    active = host(**{kind: "/envs/b", "LD_LIBRARY_PATH": path})
    assert apply.leaked_variables(active) == {"LD_LIBRARY_PATH": left}


def test_what_the_user_has_set_stays() -> None:
    assert apply.leaked_variables(host(LD_LIBRARY_PATH="/opt/x")) == {}
    assert apply.leaked_variables(host(CONDA_PREFIX="/envs/b", LD_LIBRARY_PATH="/opt/x")) == {}


def test_an_environments_own_libraries_come_first_and_anothers_not_at_all() -> None:
    stack = Stack(
        python="3.8", packages={}, build="cu101", runtime="10.1", device="cuda",
        libraries=("cudatoolkit=10.1",),
    )  # fmt: skip
    active = host(CONDA_PREFIX="/envs/b", LD_LIBRARY_PATH=f"/envs/b/lib:/opt/x:{OWN}")
    found = apply.library_variables(Path("/envs/a"), stack, active)
    assert found == {"LD_LIBRARY_PATH": f"{OWN}:/opt/x"}
