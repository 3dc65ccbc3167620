"""How conda is set up: what can be said of it without being that user, or having that disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from torchup.api.condas.surroundings import look, propose
from torchup.api.context import Context
from torchup.host import Room
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from torchup.model.finding import Finding

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the layout is a Unix one")

GIB = 1 << 30
MOUNTS = b"/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 %s ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n"


class Machine(RealHost):
    """A home with an Anaconda on a disk that is short, and another disk."""

    def __init__(self, home: Path, data: Path, *, readonly: str = "", free: int = 3) -> None:
        super().__init__()
        self._home, self._data, self._readonly, self._free = home, data, readonly, free
        self.said: dict[str, str] = {"HOME": str(home), "SHELL": "/bin/zsh"}

    def env(self, name: str) -> str | None:
        return self.said.get(name)

    def read(self, path: str) -> bytes | None:
        if path == "/proc/self/mounts":
            return MOUNTS % str(self._data).encode()
        if path.startswith("/etc/"):
            return None
        return super().read(path)

    def may_write(self, path: str) -> bool:
        return not (self._readonly and path.startswith(self._readonly))

    def room(self, path: str) -> Room | None:
        other = path.startswith(str(self._data))
        return Room(free=(900 if other else self._free) * GIB, total=1000 * GIB)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    base = tmp_path / "home" / "anaconda3"
    for folder in ("conda-meta", "envs", "bin"):
        (base / folder).mkdir(parents=True)
    (base / "conda-meta" / "conda-24.9.2-0.json").write_text("{}")
    (base / "conda-meta" / "history").touch()
    (base / "bin" / "conda").touch(mode=0o755)
    (tmp_path / "data").mkdir()
    return base


def found(base: Path, host: Machine) -> dict[str, Finding]:
    context = Context(host, Home(base.parent / "torchup"))
    # Another conda may be installed on the machine that runs this.
    return {one.code: one for one in look(context) if str(base) in str(one.because)}


def test_new_environments_on_a_short_system_disk_are_sent_to_the_roomy_one(base: Path) -> None:
    data = base.parent.parent / "data"
    host = Machine(base.parent, data)
    finding = found(base, host)["conda-environments-on-system-disk"]
    context = Context(host, Home(base.parent / "torchup"))
    proposal = propose(context, finding)
    assert proposal is not None
    (write,) = proposal.edits
    assert write.path == str(base.parent / ".condarc")
    Path(write.path).write_bytes(write.data)  # type: ignore[union-attr]  # it writes
    text = Path(write.path).read_text()
    assert f"envs_dirs:\n- {data}/conda/envs" in text
    assert f"pkgs_dirs:\n- {data}/conda/pkgs" in text
    assert propose(context, finding) is None
    assert "conda-environments-on-system-disk" not in found(
        base, Machine(base.parent, data, free=99)
    )


def test_a_base_that_is_somebody_else_s(base: Path) -> None:
    data = base.parent.parent / "data"
    assert "conda-env-not-writable" not in found(base, Machine(base.parent, data))
    mine = found(base, Machine(base.parent, data, readonly=str(base)))["conda-env-not-writable"]
    assert mine.severity == "warning"
    assert mine.remedies[0].commands == (("sudo", "chown", "-R", "$USER", str(base)),)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", True), ("# >>> conda initialize >>>\n", False), (". /x/etc/profile.d/conda.sh\n", False)],
)
def test_a_shell_that_doesn_t_know_conda(base: Path, text: str, *, said: bool) -> None:
    (base.parent / ".zshrc").write_text(text)
    host = Machine(base.parent, base.parent.parent / "data")
    finding = found(base, host).get("conda-not-initialised")
    assert (finding is not None) is said
    if finding is not None:
        assert finding.remedies[0].commands == ((str(base / "bin" / "conda"), "init", "zsh"),)
    host.said["CONDA_SHLVL"] = "0"
    assert "conda-not-initialised" not in found(base, host)
