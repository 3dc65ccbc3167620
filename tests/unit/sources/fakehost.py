"""A machine of files and variables, and this machine with other variables."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from torchup.errors import OutsideError
from torchup.host import Response
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchup.model import System


class FileHost(RealHost):
    """A host whose files and variables are given; nothing else of this machine shows through."""

    def __init__(
        self,
        *,
        env: Mapping[str, str] | None = None,
        files: Mapping[str, str | bytes] | None = None,
        folders: tuple[str, ...] = (),
        system: System = "linux",
        cwd: str = "/srv",
    ) -> None:
        super().__init__()
        self._env = dict(env or {})
        self._files = {
            path: text.encode() if isinstance(text, str) else text
            for path, text in (files or {}).items()
        }
        self._folders = folders
        self._system = system
        self._cwd = cwd

    @property
    def system(self) -> System:
        return self._system

    def env(self, name: str) -> str | None:
        return self._env.get(name)

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def modified(self, path: str) -> tuple[int, int] | None:
        return (0, len(self._files[path])) if path in self._files else None

    def is_dir(self, path: str) -> bool:
        return path in self._folders

    def listdir(self, path: str) -> tuple[str, ...]:
        prefix = path.rstrip("/") + "/"
        names = (one.removeprefix(prefix) for one in self._files if one.startswith(prefix))
        return tuple(sorted(name for name in names if "/" not in name))

    def real_path(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self._cwd, path))


class AnsweringHost(RealHost):
    """This machine, with a function in the place of the network; requests are recorded."""

    def __init__(self, answer: Callable[[str, str, Mapping[str, str]], Response]) -> None:
        super().__init__()
        self._answer = answer
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        timeout: float = 15,
    ) -> Response:
        del timeout
        self.asked.append((method, url, dict(headers or {})))
        return self._answer(method, url, headers or {})


def page(body: str, url: str, kind: str = "text/html", **headers: str) -> Response:
    """Make an answer with a body."""
    said = {"content-type": kind, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Response(status=200, url=url, headers=said, body=body.encode())


def no_network(method: str, url: str, headers: Mapping[str, str]) -> Response:
    """Answer like a machine without a network."""
    del method, headers
    raise OutsideError("network.unreachable", url=url, why="Network is unreachable")
