"""The day of a project: its last commit, its declarations, else its newest file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.host import Completed
from torchup.projects import Declared
from torchup.projects.days import project_day
from unit.sources.fakehost import FileHost

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

READ = Declared(files=("requirements.txt", "*.py"))


class GitHost(FileHost):
    """A machine whose git answers by what it is asked about."""

    def __init__(self, last: str, changed: str = "") -> None:
        super().__init__(files={"/srv/p/requirements.txt": "torch"})
        self._answers = {".": last, "requirements.txt": changed}

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Completed:
        assert (argv[0], cwd) == ("git", "/srv/p")
        assert list(argv[1:4]) == ["-c", "log.showSignature=false", "log"]
        assert {"--date=short", "--format=%cd"} < set(argv)
        assert timeout <= 30
        del env
        said = self._answers[argv[-1]]
        return Completed(code=0 if said else 128, out=f"{said}\n")

    def modified(self, path: str) -> tuple[int, int] | None:
        when = 1_600_000_000 * 10**9  # 2020-09-13
        return (when, 1) if path == "/srv/p/requirements.txt" else None


def day(last: str, changed: str = "") -> tuple[str, list[str]]:
    found, told = project_day(GitHost(last, changed), "/srv/p", READ)
    return found, [one.code for one in told]


def test_the_last_commit_counts() -> None:
    last = "2021-05-02"
    assert day(last, "2021-04-20") == ("2021-05-02", ["day-of-commit"])
    assert day(last) == ("2021-05-02", ["day-of-commit"])


def test_declarations_that_are_much_older_count_before_it() -> None:
    found = day("2025-06-20", "2021-11-01")
    assert found == ("2021-11-01", ["day-of-declarations"])


def test_without_git_the_newest_file_counts() -> None:
    assert day("") == ("2020-09-13", ["day-of-files"])
    assert day("no date") == ("2020-09-13", ["day-of-files"])


def test_a_day_may_be_unknown() -> None:
    found, told = project_day(GitHost(""), "/srv/p", Declared(files=("*.py",)))
    assert (found, [one.code for one in told]) == ("", ["day-unknown"])
