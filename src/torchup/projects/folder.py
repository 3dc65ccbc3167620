"""A project's folder: which of its files count, and what they say together."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.facts.frameworks import FRAMEWORKS, mean, meant, named_in
from torchup.facts.load import load_catalogue
from torchup.facts.projects import load_project_facts
from torchup.model.names import name_of
from torchup.projects.about import framework_of, with_implied
from torchup.projects.folder_reading import FolderReading
from torchup.projects.kinds import TRUST
from torchup.projects.merging import without_repeats
from torchup.projects.sources_of_code import walked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torchup.host import Host
    from torchup.projects.declared import Declared


def read_project(
    host: Host, folder: str, *, cpu: bool = False, without: str = "", named: Sequence[str] = ()
) -> Declared:
    """Read what a project needs from whichever files it has, in the order of trust.

    The most trusted file that names packages counts; the others only add the framework, the
    Python and the CUDA where it doesn't name them. Without such a file, the Dockerfile, the
    README and the imports of the code are put together.

    Which framework it is about, its lines say, or else what its code imports: its files are read
    for that one, and it is meant from then on.

    Args:
        host: whose folder it is.
        folder: the project's folder.
        cpu: it is for a stack without an accelerator.
        without: a file in it that is passed over: the lock that is being written anew.
        named: the frameworks that the user names, which the project need not.

    Raises:
        UsageError: ``projects.no-folder``, ``projects.nothing`` with what was looked for,
            ``projects.conflict``, or ``projects.no-framework`` where another framework is all it
            uses.
    """
    if not host.is_dir(folder):
        raise UsageError("projects.no-folder", path=folder)

    code = cache(lambda: walked(host, folder))  # the same for every framework

    def read() -> Declared | None:
        reading = FolderReading(host, folder, code, cpu=cpu, without=without)
        plain = reading.read()
        if plain is None:
            return None
        found = without_repeats(plain)
        return replace(found, notes=(*reading.told(found), *found.notes))

    found = read()
    if not named:
        found = _for_its_own(found, read)
    if found is None:
        looked = ", ".join(dict.fromkeys(names[0] for names in TRUST.values()))
        raise UsageError("projects.nothing", path=folder, looked=looked)
    if not named:
        found = with_implied(found)
        _check_framework(found, folder)
    return found


def _for_its_own(found: Declared | None, read: Callable[[], Declared | None]) -> Declared | None:
    """Read for the framework that a project is about, and mean it.

    Where none is named, some other one's name may stand where it wasn't looked for.
    """
    usual = meant()
    if found is not None and named_in(_texts(found)):
        mean(framework_of(found))
        return found if meant() == usual else read()
    for name in FRAMEWORKS:
        mean(name)
        other = read() if name != usual else None
        if other is not None and named_in(_texts(other)):
            return other
    mean(usual)
    return found


def _check_framework(found: Declared, folder: str) -> None:
    """Refuse a project that uses a framework which nobody here knows, and none of the others.

    Raises:
        UsageError: ``projects.no-framework``.
    """
    texts = _texts(found)
    framework = load_catalogue().framework.name
    if named_in(texts) or any(framework in name_of(one) for one in texts):
        return
    facts = load_project_facts()
    rivals = [one for one in sorted(map(name_of, texts)) if facts.is_rival(one)]
    if rivals:
        raise UsageError(
            "projects.no-framework", path=folder, rival=", ".join(rivals), framework=framework
        )


def _texts(found: Declared) -> list[str]:
    return [line.text for line in found.packages]
