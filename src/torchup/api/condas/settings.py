"""conda's settings: what counts and why, what is wrong, and changes that can be taken back.

Long: one rule of which file counts, and its exceptions one by one.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import asdict

from torchup.diagnose.conda_settings import judge_conda
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.conda_settings import load_conda_facts
from torchup.integrate.condarc import Condarc, Fault, FaultError, marks_of
from torchup.integrate.condarc_mends import decoded, is_good, mended, misfits
from torchup.model import Text
from torchup.model.conda import CondaFile, Edit
from torchup.sources.conda_config import conda_variables, condarc_files
from torchup.sources.conda_merge import merge_conda
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.diagnose.conda_settings import Judged
    from torchup.facts.conda_settings import CondaFacts
    from torchup.model.conda import CondaValue

_SWITCHES: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
}


class Changed(NamedTuple):
    """What became of a file, or would: its text before and after."""

    path: str
    before: str
    after: str

    @property
    def same(self) -> bool:
        """Whether there was nothing to change."""
        return self.before == self.after


class CondaSettings:
    """The settings of one machine, read when they are asked for."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.facts: CondaFacts = load_conda_facts()

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every file that conda would read, the least specific first."""
        from torchup.probe.inventory.condas import find_condas

        host = self._context.host
        bases = [one.path for one in find_condas(host) if one.kind != "pixi"]
        return tuple(condarc_files(host, bases))

    @cached_property
    def files(self) -> tuple[CondaFile, ...]:
        """Those that are there, as they are."""
        found = (self.read(path) for path in self.places)
        return tuple(one for one in found if one is not None)

    @cached_property
    def values(self) -> tuple[CondaValue, ...]:
        """What counts, by key."""
        good = [one for one in self.files if one.state == "ok"]
        return merge_conda(good, conda_variables(self._context.host), self.facts)

    @cached_property
    def findings(self) -> tuple[Judged, ...]:
        """What is wrong, file by file."""
        return judge_conda(self.files, self.facts)

    @property
    def own_file(self) -> str:
        """The file that ``conda config`` writes for this user."""
        host = self._context.host
        home = host.env("USERPROFILE" if host.system == "windows" else "HOME") or str(Path.home())
        return f"{home.rstrip('/')}/.condarc"

    def read(self, path: str) -> CondaFile | None:
        """Read one file; None where there is none."""
        host = self._context.host
        if host.modified(path) is None:
            return None
        data = host.read(path)
        if data is None:
            return CondaFile(path=path, state="unreadable")
        text, plain = decoded(data)
        try:
            settings = Condarc(text).settings
        except FaultError as error:
            return self._broken(path, text, error.fault)
        if not plain:
            return self._broken(path, text, _NOT_UTF8)
        odd = misfits(settings, self.facts)
        return CondaFile(
            path=path,
            settings=settings,
            flags=marks_of(text),
            misfits=odd,
            mended=mended(text, self.facts) if odd else None,
        )

    def _broken(self, path: str, text: str, fault: Fault) -> CondaFile:
        return CondaFile(
            path=path,
            state="malformed",
            line=fault.line,
            column=fault.column,
            why=fault.why,
            # a good one was only written in other letters than UTF-8
            mended=text if is_good(text, self.facts) else mended(text, self.facts),
        )

    def edit(self, path: str, edits: Sequence[Edit], *, dry_run: bool) -> Changed:
        """Change one file, its comments kept.

        Args:
            path: the file; it is made where there is none.
            edits: the changes, in order; where it is rewritten too, that comes first.
            dry_run: change nothing, and say what would.

        Raises:
            NoAnswerError: ``conda.config-not-there``: what should go isn't in the file;
                ``conda.config-malformed``: it can't be read.
            OutsideError: it can't be written; see :func:`torchup.state.undo.change`.
        """
        changed, write = self.written(path, edits)
        if not (changed.same or dry_run):
            undo.change(
                self._context.host,
                self._context.home,
                what=Text("undo.what.conda", {"path": path}),
                command="config conda",
                edits=[write],
            )
        return changed

    def written(self, path: str, edits: Sequence[Edit]) -> tuple[Changed, undo.Write]:
        """Work out a change of one file; nothing is written.

        Raises:
            NoAnswerError: as :meth:`edit`.
        """
        data = self._context.host.read(path)
        text, _ = decoded(data or b"")
        after = self._edited(path, text, edits)
        before = (data or b"").decode("utf-8", "replace")
        if "\r\n" in before:
            after = after.replace("\r\n", "\n").replace("\n", "\r\n")
        return Changed(path, before, after), undo.Write(path=path, data=after.encode(), was=data)

    def _edited(self, path: str, text: str, edits: Sequence[Edit]) -> str:
        if any(one.action == "rewrite" for one in edits):
            found = self.read(path)
            text = (found.mended if found else None) or text
            edits = [one for one in edits if one.action != "rewrite"]
            if not edits:
                return text
        try:
            document = Condarc(text)
        except FaultError as error:
            where = asdict(error.fault)
            raise NoAnswerError("conda.config-malformed", path=path, **where) from error
        for one in edits:
            self._apply(document, one, path)
        return document.text()

    def _apply(self, document: Condarc, edit: Edit, path: str) -> None:
        there = True
        if edit.action == "set":
            document.set(edit.key, self.typed(edit.key, [edit.value]))
        elif edit.action in ("add", "first"):
            document.add(edit.key, edit.value, first=edit.action == "first")
        elif edit.action == "unset":
            there = document.unset(edit.key)
        elif edit.action == "remove":
            there = document.remove(edit.key, edit.value)
        elif edit.action == "rename":
            there = document.rename(edit.key, edit.new)
        else:
            document.replace(edit.key, edit.value, edit.new)
        if not there:
            also = [one.path for one in self.files if edit.key.partition(".")[0] in one.settings]
            others = ", ".join(one for one in also if one != path)
            code = "conda.config-elsewhere" if others else "conda.config-not-there"
            raise NoAnswerError(code, path=path, key=edit.key, value=edit.value, others=others)

    def set_list(self, path: str, key: str, values: Sequence[str], *, dry_run: bool) -> Changed:
        """Give a list its items, in this order; what is in it already keeps its comments.

        Raises:
            NoAnswerError, OutsideError: as :meth:`edit`.
        """
        found = self.read(path)
        held = found.settings.get(key) if found else None
        gone = [one for one in held or [] if isinstance(one, str) and one not in values]
        edits = [Edit(action="add", key=key, value=one) for one in values]
        edits += [Edit(action="remove", key=key, value=one) for one in gone]
        return self.edit(path, edits, dry_run=dry_run)

    def typed(self, key: str, values: Sequence[str]) -> Any:  # noqa: ANN401 - YAML holds anything
        """Turn what was typed into what a setting holds.

        Raises:
            UsageError: ``conda.config-value``: it can't be one.
        """
        outer, _, inner = key.partition(".")
        kind = "text" if inner else self.facts.kind_of(outer)
        value = values[0]
        switch = _SWITCHES.get(value.lower())
        if kind == "switch" or (kind == "text" and not inner and switch is not None):
            if switch is None:
                raise UsageError("conda.config-value", key=key, value=value, choices="true, false")
            return switch
        if kind == "number":
            if not value.removeprefix("-").replace(".", "", 1).isdigit():
                raise UsageError("conda.config-value", key=key, value=value, choices="0, 1, 2, …")
            return float(value) if "." in value else int(value)
        choices = self.facts.choices_of(outer)
        if choices and value not in choices:
            joined = ", ".join(choices)
            raise UsageError("conda.config-value", key=key, value=value, choices=joined)
        return value

    def check_key(self, key: str) -> None:
        """Refuse a setting that conda doesn't have.

        Raises:
            UsageError: ``conda.config-key``, with the nearest names.
        """
        outer, _, inner = key.partition(".")
        kind = self.facts.kind_of(outer)
        if kind is None:
            from difflib import get_close_matches

            near = (
                ", ".join(get_close_matches(outer, self.facts.names, n=3)) or "channels, ssl_verify"
            )
            raise UsageError("conda.config-key", key=key, near=near)
        if bool(inner) != (kind == "mapping"):
            code = "conda.config-mapping" if kind == "mapping" else "conda.config-no-mapping"
            raise UsageError(code, key=outer)

    def undo(self, path: str | None, *, dry_run: bool) -> Changed:
        """Take the last change of such a file back.

        Raises:
            NoAnswerError: ``conda.config-nothing-to-undo``; ``kept.changed-since``.
            OutsideError: it can't be written.
        """
        host, home = self._context.host, self._context.home
        paths = (path,) if path else (*self.places, self.own_file)
        found = undo.newest(home, paths)
        if found is None:
            raise NoAnswerError("conda.config-nothing-to-undo")
        part = found.parts[0]
        now = (host.read(part.path) or b"").decode("utf-8", "replace")
        then = (undo.before(home, found, part) or b"").decode("utf-8", "replace")
        if not dry_run:
            undo.undo(host, home, found)
        return Changed(part.path, now, then)


_NOT_UTF8: Final = Fault(line=1, column=1, why="not UTF-8")
