"""Installing in two steps, and what uv is told of a build."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchup.backends.inputs import Build
from torchup.backends.uv_build import FIRST, first_step, speed_of, without_packages
from torchup.backends.uv_project import config_text
from torchup.model import Source, SourceSet

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from pathlib import Path

LOCK = """\
lock-version = "1.0"

[[packages]]
name = "flash-attn"
version = "2.8.3"
sdist = { url = "https://example.org/flash_attn-2.8.3.tar.gz", hashes = {} }

[[packages]]
name = "torch"
version = "2.8.0"
"""
BUILD = Build(
    name="flash-attn",
    version="2.8.3",
    requires=("einops", 'x ; extra == "y"'),
    variables={"TORCH_CUDA_ARCH_LIST": "8.6"},
    speed={"MAX_JOBS": "3"},
)


def test_the_first_step_leaves_out_what_is_compiled(tmp_path: Path) -> None:
    pylock = tmp_path / "pylock.toml"
    pylock.write_text(LOCK)
    with first_step(pylock, [BUILD]) as first:
        assert first.name == FIRST
        names = [one["name"] for one in tomllib.loads(first.read_text())["packages"]]
        assert names == ["torch"]
    assert not first.exists()
    assert pylock.read_text() == LOCK


def test_a_lock_without_such_packages_stays_as_it_is() -> None:
    assert without_packages(LOCK, {"apex"}) == LOCK


def test_uv_is_told_what_a_package_needs_and_where_it_is_built() -> None:
    index = Source(id="primary", kind="index", role="primary", url="https://pypi.org/simple")
    told = tomllib.loads(config_text(SourceSet(primary=index), builds=(BUILD,)))
    assert told["no-build-isolation-package"] == ["flash-attn"]
    (declared,) = told["dependency-metadata"]
    assert declared["requires-dist"] == ["einops", 'x ; extra == "y"']
    assert told["extra-build-variables"] == {"flash-attn": {"TORCH_CUDA_ARCH_LIST": "8.6"}}
    assert speed_of((BUILD,)) == {"MAX_JOBS": "3"}
