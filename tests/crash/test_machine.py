"""Environments through any sequence of changes, torchup being killed at any moment of each.

The model knows what each environment held before and would hold after. A change that was killed
is done or undone, never half done, and nothing is left over.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crash.actor import PACKAGES
from torchup.apply import journal, list_environments, names, recover, see_there
from torchup.errors import NoAnswerError
from torchup.host.real import RealHost
from torchup.state import undo
from torchup.state.home import Home
from torchup.state.undo.records import differing_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
]

ACTOR = Path(__file__).with_name("actor.py")
NAMES = ("a", "b", "ü x".replace(" ", "-"))
EXTRA = ("six", "rich")
KILLED = -9
moments = st.one_of(st.just(0), st.integers(1, 60))
"""After how many changes of the disk it is killed; 0 is never."""


class Life(RuleBasedStateMachine):
    """The environments there are, each with the packages that were added to it."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="torchup-life-"))
        self.home = Home(self.root / "home")
        self.disk = self.root / "disk"
        self.known: dict[str, frozenset[str]] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    def act(self, moment: int, action: str, name: str, other: str = "") -> bool:
        """Do it; tell whether it was killed."""
        done = subprocess.run(
            [sys.executable, str(ACTOR), str(self.home.root), str(moment), action, name, other],
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode in (0, KILLED), done.stderr
        return done.returncode == KILLED

    def after(self, killed: bool, *, done: dict[str, frozenset[str]]) -> None:
        """See that everything is as after the change or, where it was killed, as before it."""
        recover(RealHost(), self.home)
        found = self.seen()
        assert found in ([done, self.known] if killed else [done]), (found, done, self.known)
        self.known = found

    def seen(self) -> dict[str, frozenset[str]]:
        return {
            name: frozenset(
                one for one in EXTRA if (self.home.environment(name) / PACKAGES / one).is_dir()
            )
            for name in names(self.home)
        }

    @rule(name=st.sampled_from(NAMES), moment=moments)
    def create(self, name: str, moment: int) -> None:
        if name not in self.known:
            killed = self.act(moment, "create", name)
            self.after(killed, done=self.known | {name: frozenset()})

    @precondition(lambda self: bool(self.known))
    @rule(data=st.data(), moment=moments)
    def delete(self, data: Any, moment: int) -> None:  # noqa: ANN401  # hypothesis' own
        name = data.draw(st.sampled_from(sorted(self.known)))
        killed = self.act(moment, "delete", name)
        self.after(killed, done={one: has for one, has in self.known.items() if one != name})

    @precondition(lambda self: bool(self.known))
    @rule(data=st.data(), new=st.sampled_from(NAMES), moment=moments, renamed=st.booleans())
    def copy(self, data: Any, new: str, moment: int, *, renamed: bool) -> None:  # noqa: ANN401
        name = data.draw(st.sampled_from(sorted(self.known)))
        if new in self.known:
            return
        killed = self.act(moment, "rename" if renamed else "clone", name, new)
        kept = {one: has for one, has in self.known.items() if not renamed or one != name}
        self.after(killed, done=kept | {new: self.known[name]})

    @precondition(lambda self: bool(self.known))
    @rule(data=st.data(), package=st.sampled_from(EXTRA), moment=moments)
    def change(self, data: Any, package: str, moment: int) -> None:  # noqa: ANN401
        name = data.draw(st.sampled_from(sorted(self.known)))
        has = self.known[name]
        action = "remove" if package in has else "add"
        killed = self.act(moment, action, name, package)
        self.after(killed, done=self.known | {name: has ^ {package}})

    @precondition(lambda self: bool(self.known))
    @rule(data=st.data(), moment=moments)
    def take_back(self, data: Any, moment: int) -> None:  # noqa: ANN401
        """Undo the last change, where nothing that came after it would be lost."""
        name = data.draw(st.sampled_from(sorted(self.known)))
        mine = [one for one in undo.changes(self.home) if one.about == name]
        try:
            see_there(self.home, mine[-1])
            undo.see_folder_intact(self.home, mine[-1])
        except (IndexError, NoAnswerError):
            return
        differing = differing_of(self.home, mine[-1])
        has = set(self.known[name])
        for package in EXTRA:
            was, came = (
                f"{PACKAGES}/{package}" in one for one in (differing.before, differing.after)
            )
            if was != came:
                (has.add if was else has.discard)(package)
        killed = self.act(moment, "undo", name)
        self.after(killed, done=self.known | {name: frozenset(has)})

    @precondition(lambda self: bool(self.known))
    @rule(data=st.data(), out=st.booleans(), moment=moments)
    def move(self, data: Any, moment: int, *, out: bool) -> None:  # noqa: ANN401
        name = data.draw(st.sampled_from(sorted(self.known)))
        folder = self.disk / "some where" if out else self.home.environments
        self.act(moment, "move", name, str(folder))
        self.after(killed=False, done=self.known)

    @rule(moment=st.integers(1, 30))
    def recover_killed(self, moment: int) -> None:
        """The clean-up may be killed as well."""
        self.act(moment, "recover", "-")
        self.after(killed=False, done=self.known)

    @invariant()
    def nothing_is_left(self) -> None:
        for folder in (self.home.journal, self.home.trash, self.home.snapshots):
            assert list(folder.glob("*")) == []
        assert journal.under_way(self.home) == ()
        outside = [one.name for one in self.disk.glob("*/*")]
        assert sorted(outside) == sorted(n for n in self.known if self.home.elsewhere(n))

    @invariant()
    def everything_is_whole(self) -> None:
        for one in list_environments(RealHost(), self.home):
            path = Path(one.record.path)
            assert one.record.name == path.name
            has = self.known[one.record.name]
            for package in has:
                assert len(list((path / PACKAGES / package).iterdir())) == 3
            marks = (path / PACKAGES / "framework" / "__init__.py").read_text()
            assert {package for package in EXTRA if f"# {package}\n" in marks} == has
            started = (path / "bin" / "tool").read_text().splitlines()
            quoted = f"'{path}/bin/python'"
            assert started[0] == f"#!{path}/bin/python" or started[1].split(" ", 1)[1].startswith(
                quoted
            )


Life.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestLife = Life.TestCase
