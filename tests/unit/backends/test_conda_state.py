"""What an environment of conda's says of itself before it is changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.backends.conda_lock import CondaLock, write_lock
from torchup.backends.conda_state import (
    builds_held,
    changing_of,
    name_in,
    needed_by,
    read_state,
    wishes_of_others,
)
from torchup.backends.inputs import Conda

if TYPE_CHECKING:
    from pathlib import Path


def record(prefix: Path, name: str, spec: str | None = None, depends: tuple[str, ...] = ()) -> None:
    meta = prefix / "conda-meta"
    meta.mkdir(exist_ok=True)
    about: dict[str, object] = {"name": name, "version": "1.0", "build": "h1_0"}
    about |= {"depends": depends, "requested_spec": spec or "None"}
    (meta / f"{name}-1.0-h1_0.json").write_text(json.dumps(about))


def asked(prefix: Path, lock: str, named: tuple[str, ...] = ()) -> Conda:
    changing = changing_of(prefix, lock, named, held=True, kept=True)
    return Conda(
        platform="linux-x86_64",
        specs=("python 3.12.*", "pytorch ==2.13.0 cpu*"),
        names={"pytorch": "torch"},
        builds={"pytorch": "cpu"},
        changing=changing,
    )


LOCK = write_lock(
    CondaLock(
        subdir="linux-64",
        specs=("python 3.12.*", "scikit_learn", "bar"),
        channels=(),
        others=("bar",),
    )
)


def test_what_conda_install_brought_is_somebody_s_wish(tmp_path: Path) -> None:
    record(tmp_path, "pytorch", "pytorch ==2.13.0 cpu*")
    record(tmp_path, "scikit_learn", "scikit_learn")
    record(tmp_path, "bar", "bioconda::bar >=1.0[build=h1_0]")
    record(tmp_path, "baz", "baz")
    record(tmp_path, "libbaz")
    state = read_state(tmp_path)
    assert wishes_of_others(state, asked(tmp_path, LOCK)) == ("bar >=1.0", "baz")
    assert wishes_of_others(state, asked(tmp_path, LOCK, ("baz",))) == ("bar >=1.0",)


def test_of_an_environment_without_a_lock_all_that_nothing_needs_stays(tmp_path: Path) -> None:
    record(tmp_path, "pytorch")
    record(tmp_path, "pandas", depends=("numpy >=1.22", "python"))
    record(tmp_path, "numpy")
    record(tmp_path, "python")
    assert wishes_of_others(read_state(tmp_path), asked(tmp_path, "")) == ("pandas",)
    assert needed_by(tmp_path, "numpy") == ("pandas",)


def test_the_framework_s_build_is_held(tmp_path: Path) -> None:
    record(tmp_path, "pytorch")
    record(tmp_path, "numpy")
    assert builds_held(read_state(tmp_path), ["pytorch"]) == ("pytorch ==1.0 h1_0",)


def test_pins_of_others_count(tmp_path: Path) -> None:
    record(tmp_path, "pytorch")
    text = "pytorch ==2.13.0 cpu*\n# a word\n\nnumpy 1.26.*\n"
    (tmp_path / "conda-meta" / "pinned").write_text(text)
    assert read_state(tmp_path, {"pytorch"}).pins == ("numpy 1.26.*",)


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("numpy", "numpy"),
        ("numpy>=1.2,<2", "numpy"),
        ("conda-forge::numpy=1.26", "numpy"),
        ("conda-forge/linux-64::_openmp_mutex 4.5 1_gnu", "_openmp_mutex"),
        ("NumPy[version='>1']", "numpy"),
        ("", ""),
    ],
)
def test_a_specification_s_name(spec: str, name: str) -> None:
    assert name_in(spec) == name


@given(data=st.binary(max_size=200))
def test_damaged_records_are_passed_over(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    prefix = tmp_path_factory.mktemp("prefix")
    record(prefix, "numpy", "numpy")
    (prefix / "conda-meta" / "broken-1-0.json").write_bytes(data)
    (prefix / "conda-meta" / "pinned").write_bytes(data)
    assert "numpy" in {one.name for one in read_state(prefix).records}
