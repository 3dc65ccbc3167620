"""Collecting what one file declares; whatever can't be taken is named and left for the user.

Long: one collector, a method for each thing that files say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.facts.frameworks import FRAMEWORKS
from torchup.facts.load import load_catalogue
from torchup.facts.projects import load_import_facts, load_project_facts
from torchup.model import Reason, shown_url
from torchup.model.builds import build_name
from torchup.model.names import canonical_name
from torchup.model.stack import AllowedHashes
from torchup.projects.addresses import from_address, is_version_control
from torchup.projects.declared import Declared, Line
from torchup.projects.repairs import build_behind_range, parsed_line, repaired
from torchup.projects.specs import (
    conda_parts,
    is_build_without_python,
    is_conda_line,
    pip_versions,
)
from torchup.sources.address import build_of
from torchup.sources.named import NamedPlace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.requirements import Requirement

    from torchup.model import Effect
    from torchup.projects.specs import CondaParts
    from torchup.sources.named import PlaceKind

_PYTHON: Final = re.compile(r"^[=~<>! ]*v?(3\.\d{1,2})(?:[.*\s]|$)")
_PASTED: Final = re.compile(r"^[!%$]?\s*pip3?\s+install\s+")
"""A command in a list, in place of a package."""
_LOCAL: Final = re.compile(r"^(?P<public>[^+]+)\+(?P<local>.+)$")
_CUDA_EXTRA: Final = re.compile(r"(?:and-)?cuda\d*(?:$|[_-])")
"""Extras that stand for an accelerator, some of releases that nobody knows any more."""
_BUILD: Final = re.compile(r"^(cu\d{2,3}|cpu|rocm\d+(?:\.\d+)*|xpu)$")


class Gathering:
    """What one file says.

    Args:
        file: its name, as it is shown to people.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.packages: list[Line] = []
        self.constraints: list[Line] = []
        self.hashes: list[AllowedHashes] = []
        self.places: list[NamedPlace] = []
        self.notes: list[Reason] = []
        self.python = ""
        self.pythons = ""
        self.build = ""
        self._foreign: list[str] = []
        self._brought: list[str] = []
        self._pathless: list[str] = []
        self._facts = load_project_facts()
        self._ours = (load_catalogue().framework.name, *load_catalogue().framework.companions)

    def note(
        self,
        code: str,
        subject: str,
        number: int = 0,
        *,
        needs: str = "",
        has: str = "",
        effect: Effect = "warn",
    ) -> None:
        """Say something about a line."""
        about = f"{self.file}:{number}" if number else self.file
        said = shown_url(subject)
        self.notes.append(
            Reason(code=code, effect=effect, subject=said, needs=needs, has=has, about=about)
        )

    def take(self, text: str, number: int = 0, *, constrains: bool = False) -> None:
        """Take a requirement as people write it for pip; never raises.

        Args:
            text: without comments and options.
            number: its line.
            constrains: it counts only where something asks for the package.
        """
        said = _PASTED.sub("", text.strip()).rstrip(",;").rstrip()
        if not said:
            return
        if is_version_control(said):
            self.note("left-git", said, number)
            return
        if is_conda_line(said):
            self.take_conda(said, number)
            return
        found = from_address(said)
        if found is not None:
            said = found.requirement
            self.say_build(found.build)
            self.say_python(found.python)
            if found.code == "path-dropped":
                self._pathless.append(said)
            elif found.code:
                self.note(found.code, said or text.strip(), number)
            if not said:
                return
        parsed = parsed_line(said) or self._repaired(said, number)
        if parsed is not None:
            self._keep(parsed, number, constrains=constrains)

    def _repaired(self, said: str, number: int) -> Requirement | None:
        parsed = repaired(said)
        code = "left-unreadable" if parsed is None else "line-repaired"
        self.note(code, said, number, has=str(parsed))
        build = build_behind_range(said)
        if parsed is not None and canonical_name(parsed.name) in self._ours:
            self.say_build(build if _BUILD.match(build) else "")
        return parsed

    def take_conda(self, text: str, number: int = 0) -> None:
        """Take a package as conda writes it: ``pytorch=1.8=py3.8_cuda11.1_cudnn8``."""
        parts = conda_parts(text)
        if parts is None:
            self.note("left-unreadable", text, number)
            return
        name = parts.name
        if name == "python":
            self.say_python(parts.version)
        elif self._facts.is_runtime(name):
            self.say_runtime(parts.version)
        elif self._facts.is_foreign(name) or self._has_no_python(parts):
            self._foreign.append(name)
        else:
            self.say_build(parts.build)
            known = self._facts.on_pypi(name)
            versions = pip_versions(parts.version, firm=bool(parts.build_text))
            parsed = parsed_line(f"{known}{versions}")
            if parsed is None or "|" in parts.version:
                parsed = parsed_line(known)
                code = "left-unreadable" if parsed is None else "line-repaired"
                self.note(code, text, number, has=str(parsed or ""))
            if parsed is not None:
                self._keep(parsed, number)

    def _has_no_python(self, parts: CondaParts) -> bool:
        """Tell whether a package of an export is a library, of a name that pip may know too."""
        if not is_build_without_python(parts.build_text):
            return False
        name = canonical_name(self._facts.on_pypi(parts.name))
        return name == parts.name.replace("_", "-") and not load_import_facts().is_package(name)

    def say_python(self, text: str) -> None:
        """Take a statement of the Python that the project is used with."""
        if self.python:
            return
        found = _PYTHON.match(text.strip())
        if found and not text.strip().startswith((">", "<", "!", "~")):
            self.python = found[1]
        elif found:
            self.say_pythons(text)

    def say_pythons(self, text: str, number: int = 0) -> None:
        """Take a statement of the Pythons that it supports (PEP 440, or poetry's ``^3.8``)."""
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            said = str(SpecifierSet(pip_versions(text)))
        except InvalidSpecifier:
            said = ""
        if not said and text.strip(" *"):
            self.note("pythons-unread", text.strip(), number)
        self.pythons = self.pythons or said

    def say_runtime(self, text: str) -> None:
        """Take a CUDA version, such as ``11.3``, as the build that was used."""
        digits = re.match(r"^[=<>~ ]*(\d{1,2}\.\d)", text.strip())
        if digits:
            self.say_build(build_name(digits[1]))

    def say_build(self, name: str) -> None:
        """Take a build's name; the first one counts."""
        if name and not self.build:
            self.build = name

    def say_place(self, kind: PlaceKind, url: str, number: int = 0) -> None:
        """Take a place that files may come from; one of the framework's tells the build."""
        self.say_build(build_of(url) or "")
        origin = f"{self.file}:{number}" if number else self.file
        self.places.append(NamedPlace(kind=kind, url=url, origin=origin))

    def say_hashes(self, name: str, hashes: Iterable[str]) -> None:
        """Take the files that may be installed of a package; the framework's own are chosen."""
        found = tuple(one for one in dict.fromkeys(hashes) if one.startswith("sha"))
        key = canonical_name(name)
        if found and key not in self._ours:
            self.hashes.append(AllowedHashes(name=key, hashes=found))

    def done(self) -> Declared:
        """Return what was collected."""
        self._sum_up("left-foreign", self._foreign)
        self._sum_up("left-brought", self._brought)
        self._sum_up("path-dropped", self._pathless)
        return Declared(
            packages=tuple(self.packages),
            constraints=tuple(self.constraints),
            hashes=tuple(self.hashes),
            python=self.python,
            pythons=self.pythons,
            build=self.build,
            places=tuple(self.places),
            notes=tuple(self.notes),
            files=(self.file,),
        )

    def _sum_up(self, code: str, names: list[str]) -> None:
        """Name many things of one kind in one line."""
        if names:
            self.note(code, ", ".join(dict.fromkeys(names)), effect="accept")

    def _keep(self, parsed: Requirement, number: int, *, constrains: bool = False) -> None:
        name = canonical_name(parsed.name)
        if name == "python":  # pip knows none; it is said for people
            self.say_python(str(parsed.specifier))
            return
        if not name.strip("0123456789-"):  # a version that lost its name
            self.note("left-unreadable", str(parsed), number)
            return
        if self._facts.is_brought(name):
            self._brought.append(name)
            return
        if parsed.url is None and load_import_facts().is_strangers(name):
            self.note("left-stranger", str(parsed), number, has=load_import_facts().place(name))
            return
        meant = self._facts.meant(name)
        if meant:
            pinned = meant in self._ours or meant in FRAMEWORKS
            wanted = parsed.specifier if pinned else ""
            self.note("name-corrected", str(parsed), number, has=meant, effect="accept")
            marker = parsed.marker
            parsed = parsed_line(f"{meant}{wanted}") or parsed
            parsed.marker = marker
            name = canonical_name(parsed.name)
        if name in FRAMEWORKS and parsed.extras:
            self._without_builds(parsed, name)
        if parsed.url is None:
            self._without_local(parsed, name)
        said = str(parsed)
        if self._facts.is_of_windows(name) and parsed.marker is None:
            said = f"{said} ; sys_platform == 'win32'"
        since = self._facts.in_python_since(name)
        if since and parsed.marker is None:
            said = f"{said} ; python_version < '{since}'"
        line = Line(text=said, file=self.file, number=number)
        (self.constraints if constrains else self.packages).append(line)

    def _without_builds(self, parsed: Requirement, name: str) -> None:
        """Take ``[cuda12]`` off: it is a wish for a build, and another one may serve the card."""
        builds = load_catalogue(name).framework.extras
        for extra in sorted(parsed.extras):
            if extra in builds or _CUDA_EXTRA.match(extra):
                parsed.extras.discard(extra)
                if name in self._ours:
                    self.say_build(builds.get(extra, ""))

    def _without_local(self, parsed: Requirement, name: str) -> None:
        """Take ``+cu113`` off: it is a wish for a build, and another one may serve the card.

        A version without it matches one that has it (PEP 440).
        """
        from packaging.specifiers import SpecifierSet

        kept = []
        for one in parsed.specifier:
            local = _LOCAL.match(one.version)
            if local is None or not _is_version(local["public"]):
                kept.append(str(one))
                continue
            if name in self._ours and _BUILD.match(local["local"]):
                self.say_build(local["local"])
            operator = "==" if one.operator == "===" else one.operator
            kept.append(f"{operator}{local['public']}")
        parsed.specifier = SpecifierSet(",".join(kept))


def _is_version(text: str) -> bool:
    """Tell whether a text is a version; behind ``===`` anything may stand (PEP 440)."""
    from packaging.version import InvalidVersion, Version

    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
