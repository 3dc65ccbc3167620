"""What every use case needs: the machine, the home, and somebody to tell."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from torchup.report import Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from torchup.api.compiled.fitted import Fitted
    from torchup.api.solve.warming import Warming
    from torchup.api.stacks.shared import Shared
    from torchup.host.real import RealHost
    from torchup.model import Artifact, Reason
    from torchup.model.mirror import ChosenMirrors
    from torchup.projects import Declared
    from torchup.report import Reporter
    from torchup.sources.named import NamedPlace
    from torchup.sources.sdists import Sdist
    from torchup.state.home import Home


class Context:
    """One session on one machine.

    Args:
        host: the machine.
        home: where environments and caches are kept.
        report: told how long work gets on; nobody by default.
        offline: use only what is on this machine.
        settings: the user's, by key.
    """

    def __init__(
        self,
        host: RealHost,
        home: Home,
        *,
        report: Reporter | None = None,
        offline: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.host = host
        self.home = home
        self.report = report or Silent()
        self.offline = offline
        self.settings: Mapping[str, str] = settings or {}
        if offline:
            host.cut_off()
        self.warming: Warming | None = None
        #: The folder of wheels that the framework has to come from; empty for any place.
        self.wheels = ""
        #: Places that requirements files name, and what of these files is not followed.
        self.named_places: tuple[NamedPlace, ...] = ()
        self.notes: tuple[Reason, ...] = ()
        #: Where each line of a file stands.
        self.origins: dict[str, str] = {}
        #: What a project declares; its wishes may be moved forward, others may not.
        self.project: Declared | None = None
        #: The packages that may be compiled here, however long it takes.
        self.builds: frozenset[str] = frozenset()
        #: Those that were compiled for this very stack before, with what they were built from.
        self.kept: dict[str, Sdist] = {}
        #: The compiled packages that an environment has as wheels for this very stack.
        self.fitting: dict[str, Artifact] = {}
        #: Asks whether something may be compiled; nobody agrees by default.
        self.agree: Callable[[Fitted], bool] = lambda _asked: False
        #: What the plans of this session have in common, and what it was made for.
        self.shared: tuple[Hashable, Shared] | None = None

    @cached_property
    def mirrors(self) -> ChosenMirrors:
        """The places that the user chose, by kind.

        Raises:
            UsageError: ``mirror.unknown``: a setting names one that nobody knows.
        """
        from torchup.model.mirror import SETTING, ChosenMirrors

        if not any(key.startswith(SETTING) for key in self.settings):
            return ChosenMirrors()
        from torchup.facts.mirrors import chosen_mirrors

        return chosen_mirrors(self.settings)

    def pasteable(self, *words: str) -> str:
        """A command as the shells of this machine read it."""
        from torchup.plan.quoting import command_here

        return command_here(self.host, *words)

    def today(self) -> str:
        """The day, in ISO form, for choices that depend on how old something is."""
        return self.host.today()
