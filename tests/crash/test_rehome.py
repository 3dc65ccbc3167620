"""A home is moved and torchup killed meanwhile: one of the two is whole, and goes on being used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crash.actor import lay_out
from torchup.apply import StepLog, create_environment, list_environments, names, rehome
from torchup.apply.rehoming import check_rehoming
from torchup.host.real import RealHost
from torchup.state.home import Home

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
]

ACTOR = Path(__file__).with_name("actor.py")
KILLED = -9


@pytest.mark.parametrize("apart", [False, True], ids=["one volume", "two volumes"])
@pytest.mark.parametrize("moment", [1, 2, 4, 8, 14, 20, 26, 32, 38, 44, 50])
def test_killed_while_a_home_is_moved(tmp_path: Path, moment: int, *, apart: bool) -> None:
    old, setting = Home(tmp_path / "home"), tmp_path / "setting"
    new = Home(tmp_path / "disk" / "new" if apart else tmp_path / "new")
    for name in ("a", "b"):
        create_environment(RealHost(), old, name, lay_out)
    setting.write_text(str(old.root))
    done = subprocess.run(
        [sys.executable, ACTOR, old.root, str(moment), "rehome", "-", new.root],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in (0, KILLED), done.stderr
    used = Home(setting.read_text())
    assert names(used) == ("a", "b")
    if used.root == old.root:
        again = check_rehoming(RealHost(), old, new)
        rehome.move_home(
            RealHost(),
            again,
            setting.touch,
            log=StepLog(),
        )
    else:
        rehome.finish(RealHost(), new)
    assert [one.state for one in list_environments(RealHost(), new)] == ["ok", "ok"]
    assert not old.root.exists()
