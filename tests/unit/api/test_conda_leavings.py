"""What conda leaves behind."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from torchup.api.condas.leavings import leavings
from torchup.api.context import Context
from torchup.host import Room
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the layout is a Unix one")


class SmallDisk(RealHost):
    """A machine of this home whose disk has some bytes left."""

    def __init__(self, home: Path, free: int) -> None:
        super().__init__()
        self._home, self._free = home, free

    def env(self, name: str) -> str | None:
        return str(self._home) if name == "HOME" else None

    def room(self, path: str) -> Room | None:
        _ = path
        return Room(free=self._free, total=10_000)


@pytest.mark.parametrize(("free", "codes"), [(999, ["conda-packages-large"]), (1000, [])])
def test_a_cache_is_told_of_that_would_free_more_than_is_left(
    tmp_path: Path, free: int, codes: list[str]
) -> None:
    base = tmp_path / "miniconda3"
    for folder in ("conda-meta", "pkgs/numpy", "bin"):
        (base / folder).mkdir(parents=True)
    (base / "conda-meta" / "conda-24.9.2-0.json").write_text("{}")
    (base / "pkgs" / "numpy" / "unused").write_bytes(b"x" * 1000)
    used = base / "pkgs" / "numpy" / "used"
    used.write_bytes(b"x" * 5000)
    (base / "bin" / "used").hardlink_to(used)
    context = Context(SmallDisk(tmp_path, free), Home(tmp_path / "torchup"))
    found = [one for one in leavings(context) if str(tmp_path) in one.because[0]]
    assert [one.code for one in found] == codes
    commands = [one.remedies[0].commands for one in found]
    assert commands == [(("torchup", "clean", "--conda"),)] * len(codes)
