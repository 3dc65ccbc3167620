"""What conda is told, file by file, in the order in which it reads them.

The order is the one of conda's user guide, "Searching for .condarc"; the least specific first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from torchup.model.source import without_token
from torchup.readers.condarc import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.host import Host

LISTS: Final = frozenset(
    {
        "channels",
        "default_channels",
        "custom_channels",
        "custom_multichannels",
        "envs_dirs",
        "mirrored_channels",
        "pinned_packages",
        "pkgs_dirs",
        "proxy_servers",
    }
)
"""Keys whose values each file adds to."""
_KEYS: Final = LISTS | {
    "channel_alias",
    "channel_priority",
    "offline",
    "pip_interop_enabled",
    "remote_connect_timeout_secs",
    "remote_max_retries",
    "remote_read_timeout_secs",
    "solver",
    "ssl_verify",
}
_LEAVES: Final = (".condarc", "condarc")


def conda_settings(host: Host, bases: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """List what decides where packages and environments are: key, value, and who says so.

    Args:
        host: the machine.
        bases: the folders that conda itself is installed in.
    """
    for path in condarc_files(host, bases):
        data = host.read(path)
        if data is not None:
            settings = read(data.decode("utf-8", "replace")).facts["settings"]
            for key, value in (settings or {}).items():
                if key in _KEYS:
                    yield key, _shown(value), path
    for key, said in conda_variables(host).items():
        yield key, _shown(said), f"CONDA_{key.upper()}"


def conda_variables(host: Host) -> dict[str, str]:
    """Return what ``CONDA_…`` variables say, by the key that each of them sets."""
    said = {key: (host.env(f"CONDA_{key.upper()}") or "").strip() for key in sorted(_KEYS)}
    return {key: value for key, value in said.items() if value}


def environment_folders(host: Host, bases: Iterable[str]) -> tuple[str, ...]:
    """Return the folders whose folders are environments, as ``envs_dirs`` says.

    The variables ``CONDA_ENVS_DIRS`` and ``CONDA_ENVS_PATH`` are lists as ``PATH`` is one (conda's
    user guide, "Using the .condarc conda configuration file").

    Args:
        host: the machine.
        bases: the folders that conda itself is installed in.
    """
    return _named_folders(host, bases, "envs_dirs", ("CONDA_ENVS_DIRS", "CONDA_ENVS_PATH"))


def package_folders(host: Host, bases: Iterable[str]) -> tuple[str, ...]:
    """Return the folders that packages are kept in, as ``pkgs_dirs`` says.

    Args:
        host: the machine.
        bases: the folders that conda itself is installed in.
    """
    return _named_folders(host, bases, "pkgs_dirs", ("CONDA_PKGS_DIRS",))


def _named_folders(
    host: Host, bases: Iterable[str], key: str, variables: tuple[str, ...]
) -> tuple[str, ...]:
    found = []
    for path in condarc_files(host, bases):
        said = read((host.read(path) or b"").decode("utf-8", "replace")).facts["settings"] or {}
        folders = said.get(key)
        found += folders if isinstance(folders, list) else [folders] if folders else []
    between = ";" if host.system == "windows" else ":"
    for variable in variables:
        found += (host.env(variable) or "").split(between)
    home = _home(host)
    whole = (str(one).strip().replace("$HOME", home) for one in found if one)
    inside = (f"{home}{one[1:]}" if one.startswith("~") else one for one in whole)
    return tuple(dict.fromkeys(one.rstrip("/\\") for one in inside if one))


def condarc_files(host: Host, bases: Iterable[str]) -> Iterator[str]:
    """Name every file that conda would look for, each once; the least specific first."""
    found: dict[str, None] = {}
    for folder in _folders(host, bases):
        found.update(dict.fromkeys(f"{folder}/{leaf}" for leaf in _LEAVES))
        parts = host.listdir(f"{folder}/condarc.d")
        kept = (one for one in parts if one.endswith((".yml", ".yaml")))
        found.update(dict.fromkeys(f"{folder}/condarc.d/{one}" for one in kept))
        if folder == f"{_home(host)}/.conda":
            found[f"{_home(host)}/.condarc"] = None
    for variable in ("CONDARC", "MAMBARC"):
        named = host.env(variable)
        if named:
            found.setdefault(named, None)
    yield from found


def _folders(host: Host, bases: Iterable[str]) -> Iterator[str]:
    if host.system == "windows":
        yield f"{(host.env('PROGRAMDATA') or 'C:/ProgramData')}/conda"
    else:
        yield from ("/etc/conda", "/var/lib/conda")
    yield from bases
    home = _home(host)
    shared = host.env("XDG_CONFIG_HOME")
    if shared:
        yield f"{shared}/conda"
    yield f"{home}/.config/conda"
    yield f"{home}/.conda"
    active = host.env("CONDA_PREFIX")
    if active:
        yield active.rstrip("/\\")


def _home(host: Host) -> str:
    return host.env("USERPROFILE" if host.system == "windows" else "HOME") or ""


def _shown(value: Any) -> str:  # noqa: ANN401 - YAML holds anything
    """Write a value on one line, without the token that a channel's address may hold."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, list):
        text = ", ".join(map(_shown, value))
    elif isinstance(value, dict):
        text = ", ".join(f"{key}: {_shown(one)}" for key, one in value.items())
    else:
        text = str(value)
    return without_token(text)
