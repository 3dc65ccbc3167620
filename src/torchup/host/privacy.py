"""What tells who somebody is, or which single machine: found in text and replaced.

:mod:`~torchup.host.secrets` knows credentials, :mod:`~torchup.host.identity` people and machines,
:mod:`~torchup.host.marks` devices and networks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.host.identity import Identity
from torchup.host.marks import Marks
from torchup.host.secrets import HIDDEN, hide_secrets, names_secret

if TYPE_CHECKING:
    from torchup.host import Host

_USERS: Final = ("USER", "LOGNAME", "USERNAME", "SUDO_USER")
_HOSTS: Final = ("HOSTNAME", "COMPUTERNAME", "USERDOMAIN")
_SECONDS: Final = 2.0


class Redactor:
    """Takes out of text whatever tells who or which single thing it was.

    Cleaning what is clean changes nothing.

    Args:
        home: the user's home folder.
        names: user and host names; each maps to ``user`` or ``host``.
    """

    def __init__(self, home: str | None, names: dict[str, str]) -> None:
        self._identity = Identity(home, names)
        self._marks = Marks()

    def clean(self, text: str) -> str:
        """Return ``text`` without what is private."""
        return self._marks.clean(hide_secrets(self._identity.clean(text)))

    def env(self, name: str, value: str) -> str:
        """Return an environment variable's value, nothing of it where the name is a secret's."""
        if names_secret(name):
            return HIDDEN
        if name in _USERS:
            return self._identity.clean(value)
        return self.clean(value)

    def inside(self, folder: str, name: str) -> str:
        """Return the name of a file in a folder, as it is in the file's whole path."""
        return self.clean(f"{folder.rstrip('/')}/{name}").rpartition("/")[2]


def redactor_for(host: Host) -> Redactor:
    """Make a redactor that knows this host's user and name."""
    named = (host.read("/etc/hostname") or b"").decode("utf-8", "replace").strip()
    names = {host.env(key) or "": "host" for key in _HOSTS} | {named: "host"}
    if not any(names):
        names[host.run(("hostname",), timeout=_SECONDS).out.strip()] = "host"
    names |= {host.env(key) or "": "user" for key in _USERS}
    names.pop("", None)
    return Redactor(host.env("HOME") or host.env("USERPROFILE"), names)
