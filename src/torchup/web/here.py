"""What all requests share: this machine, its home, the jobs, and what was seen so far."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.api.context import Context
from torchup.api.stacks.choosing import Choice
from torchup.errors import TorchupError
from torchup.model import Machine
from torchup.model.software import Software
from torchup.state.config import config_path, read_config
from torchup.web.jobs import Jobs
from torchup.words import load_words

if TYPE_CHECKING:
    from torchup.host.real import RealHost
    from torchup.state.home import Home
    from torchup.words import Words


class Seen(Struct, frozen=True, kw_only=True):
    """What a look at this machine found, and what fits it."""

    machine: Machine
    software: Software
    choice: Choice


class Here:
    """This machine, for as long as the server runs.

    Args:
        host: this machine.
        home: where environments are kept.
        language: of pages that name none.
        offline: use only what is on this machine.

    Attributes:
        folder: where ``torchup web`` was started; what is wrong there counts for repairs.
        previewing: held while a change is worked out: two of them would share a work folder.
    """

    def __init__(
        self, host: RealHost, home: Home, *, language: str = "en", offline: bool = False
    ) -> None:
        self.host = host
        self.home = home
        self.language = language
        self.offline = offline
        self.jobs = Jobs(self)
        self.folder = host.real_path(".")
        self.previewing = threading.Lock()
        self._words: dict[str, Words] = {}
        self._seen: Seen | None = None
        self._looking = threading.Lock()

    def context(self) -> Context:
        """A session for one request, with the settings as they are now.

        Raises:
            UsageError, OutsideError: the settings can't be read.
        """
        settings = read_config(config_path(self.host), mending=True)
        return Context(self.host, self.home, offline=self.offline, settings=settings)

    def words(self, language: str) -> Words:
        """The messages in one language; read once."""
        if language not in self._words:
            self._words[language] = load_words(language)
        return self._words[language]

    @property
    def seen(self) -> Seen | None:
        """What was seen, None where nobody has looked yet."""
        return self._seen

    def look(self, *, again: bool = False) -> Seen:
        """Look at this machine, once for all who wait for it.

        Args:
            again: even where somebody has looked.
        """
        before = self._seen
        with self._looking:
            if self._seen is None or (again and self._seen is before):
                self._seen = self._look()
            return self._seen

    def look_behind(self) -> None:
        """Begin to look, without waiting; what goes wrong is said to whoever asks for it."""

        def look() -> None:
            with suppress(TorchupError):
                self.look()

        threading.Thread(target=look, name="look", daemon=True).start()

    def _look(self) -> Seen:
        from torchup.api.machines import machine
        from torchup.api.machines.software import with_software
        from torchup.api.stacks.planning import preview
        from torchup.model import Requirement

        context = self.context()
        found, software = with_software(self.host, self.home, machine.probe(context))
        asked = Requirement(offline=self.offline, today=context.today())
        return Seen(
            machine=found, software=software, choice=preview(context, found, asked, live=True)
        )
