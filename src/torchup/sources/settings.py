"""What pip, uv and conda are told, place by place, and which place wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model.no_document import NO_DOCUMENT
from torchup.model.software import Setting
from torchup.model.source import shown_url
from torchup.sources.conda_config import LISTS, conda_settings
from torchup.sources.pip_config import pip_files, read_pip_file
from torchup.sources.uv_config import uv_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.host import Host

_PIP: Final = (
    "index-url",
    "extra-index-url",
    "find-links",
    "no-index",
    "trusted-host",
    "proxy",
    "cert",
    "timeout",
    "cache-dir",
    "no-cache-dir",
    "require-virtualenv",
    "user",
    "target",
    "only-binary",
    "no-binary",
    "constraint",
    "break-system-packages",
)
_UV: Final = (
    "index",
    "index-url",
    "extra-index-url",
    "find-links",
    "no-index",
    "index-strategy",
    "cache-dir",
    "offline",
    "native-tls",
    "allow-insecure-host",
    "link-mode",
    "python-preference",
    "python-downloads",
    "torch-backend",
)
_UV_LISTS: Final = frozenset({"index", "extra-index-url", "find-links", "allow-insecure-host"})
_UV_VARIABLES: Final = (
    "UV_CACHE_DIR",
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_INDEX",
    "UV_INDEX_STRATEGY",
    "UV_INDEX_URL",
    "UV_LINK_MODE",
    "UV_NATIVE_TLS",
    "UV_NO_CONFIG",
    "UV_NO_INDEX",
    "UV_OFFLINE",
    "UV_PYTHON",
    "UV_PYTHON_DOWNLOADS",
    "UV_PYTHON_INSTALL_MIRROR",
    "UV_PYTHON_PREFERENCE",
    "UV_TORCH_BACKEND",
)


def read_settings(host: Host, condas: Iterable[str] = ()) -> tuple[Setting, ...]:
    """List every setting that decides from where and how packages come.

    Args:
        host: the machine.
        condas: the folders that conda itself is installed in.
    """
    return (
        *_marked("pip", _pip(host)),
        *_marked("uv", _uv(host), joined=_UV_LISTS),
        *_marked("conda", conda_settings(host, condas), joined=LISTS),
    )


def _marked(
    tool: str, said: Iterable[tuple[str, str, str]], *, joined: frozenset[str] = frozenset()
) -> Iterator[Setting]:
    """Mark what a later place of the same key overrides; places come the least specific first.

    Keys that are ``joined`` hold lists to which each place adds.
    """
    rows = list(said)
    last = {key: at for at, (key, _, _) in enumerate(rows)}
    for at, (key, value, origin) in enumerate(rows):
        wins = key in joined or last[key] == at
        yield Setting(tool=tool, key=key, value=shown_url(value), origin=origin, wins=wins)


def _pip(host: Host) -> Iterator[tuple[str, str, str]]:
    # A command's own section counts before [global], in whatever file it stands.
    sections: dict[str, list[tuple[str, str, str]]] = {}
    for path in pip_files(host):
        data = host.read(path)
        if data is None:
            continue
        for section, values in read_pip_file(path, data, [], keys=_PIP).items():
            said = sections.setdefault(section, [])
            said += [(key, named.value, path) for key, named in values.items()]
    for said in sections.values():
        yield from said
    for key in _PIP:
        variable = "PIP_" + key.upper().replace("-", "_")
        value = (host.env(variable) or "").strip()
        if value:
            yield key, value, variable


def _uv(host: Host) -> Iterator[tuple[str, str, str]]:
    for path, data in reversed(list(uv_files(host))):
        for key, value in _uv_file(data):
            yield key, value, path
    for variable in _UV_VARIABLES:
        said = host.env(variable)
        if said:
            yield variable.removeprefix("UV_").lower().replace("_", "-"), said, variable


def _uv_file(data: bytes) -> Iterator[tuple[str, str]]:
    import msgspec

    try:
        found = msgspec.toml.decode(data.decode("utf-8-sig"))
    except NO_DOCUMENT:
        return  # said where the sources are read
    pip = found.get("pip")
    for key, value in {**found, **(pip if isinstance(pip, dict) else {})}.items():
        if key in _UV:
            yield key, value if isinstance(value, str) else msgspec.json.encode(value).decode()
