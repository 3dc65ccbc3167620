"""How conda is set up here: who may write where, on which disk, and whether shells know it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from torchup.api.condas.places import bases
from torchup.api.condas.settings import CondaSettings
from torchup.api.repairs.proposal import Proposal
from torchup.model import text
from torchup.model.conda import Edit
from torchup.model.finding import Finding, Remedy
from torchup.sources.conda_config import environment_folders
from torchup.state.volumes import parse_mounts, volume_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.host import Host

NOT_WRITABLE: Final = "conda-env-not-writable"
NOT_INITIALISED: Final = "conda-not-initialised"
SYSTEM_DISK: Final = "conda-environments-on-system-disk"
_GIB: Final = 1 << 30
_SHORT: Final = 15 * _GIB
"""Free bytes below which a system's disk is short: an environment with CUDA takes 5 to 8 GB."""
_ROOMY: Final = 40 * _GIB
_FILES: Final = (
    *(".bashrc", ".bash_profile", ".profile", ".zshrc", ".zprofile", ".zshenv"),
    *(".config/fish/config.fish", ".xonshrc", ".tcshrc"),
    *("Documents/WindowsPowerShell/profile.ps1", "Documents/PowerShell/profile.ps1"),
)
"""What ``conda init`` writes into, by the home folder (conda's ``core/initialize.py``)."""
_MARKS: Final = (
    b"conda initialize",
    b"mamba initialize",
    b"conda.sh",
    b"conda shell.",
    b"mamba shell",
)
_LOCAL: Final = frozenset(
    {"ext4", "ext3", "xfs", "btrfs", "zfs", "f2fs", "ntfs3", "fuseblk", "jfs"}
)
"""Filesystems of disks that are in the machine."""


def look(context: Context) -> Iterator[Finding]:
    """Look; nothing is wrong where there is no conda."""
    found = [one for one in bases(context) if one.kind != "micromamba"]
    for one in found:
        yield from _not_writable(context, one.path)
    if found:
        yield from _not_initialised(context, found[0].path)
        yield from _on_system_disk(context, [one.path for one in found])


def _not_writable(context: Context, base: str) -> Iterator[Finding]:
    host = context.host
    history = f"{base}/conda-meta/history"
    if host.modified(history) is None or host.may_write(history):
        return
    own = (_home(host) or "/nowhere") + "/"
    mine = base.startswith(own)
    way = Remedy(
        title=text("condas.own-environment"),
        safety="safe",
        commands=(("torchup", "create", "NAME", "--backend", "conda"),),
    )
    back = Remedy(
        title=text("condas.own-it"),
        safety="manual",
        commands=(("sudo", "chown", "-R", "$USER", base),),
    )
    yield Finding(
        code=NOT_WRITABLE,
        severity="warning" if mine else "info",
        title=text("condas.not-writable", path=base),
        because=(history,),
        remedies=(back, way) if mine else (way,),
    )


def _not_initialised(context: Context, base: str) -> Iterator[Finding]:
    host = context.host
    home = _home(host)
    if not home or host.env("CONDA_SHLVL") is not None:
        return
    files = [f"{home}/{name}" for name in _FILES]
    files += ["/etc/profile.d/conda.sh", "/etc/bash.bashrc", "/etc/zsh/zshrc"]
    said = (host.read(one) or b"" for one in files)
    if any(mark in data for data in said for mark in _MARKS):
        return
    shell = (host.env("SHELL") or "bash").rpartition("/")[2]
    program = f"{base}/Scripts/conda.exe" if host.system == "windows" else f"{base}/bin/conda"
    if host.system == "windows":
        shell = "powershell"
    if not host.is_executable(program):
        return
    yield Finding(
        code=NOT_INITIALISED,
        severity="info",
        title=text("condas.not-initialised", path=base, shell=shell),
        because=(base,),
        remedies=(
            Remedy(
                title=text("condas.initialise", shell=shell),
                safety="ask",
                commands=((program, "init", shell),),
            ),
        ),
    )


def _on_system_disk(context: Context, found: list[str]) -> Iterator[Finding]:
    host = context.host
    folders = (*environment_folders(host, found), *(f"{one}/envs" for one in found))
    where = next((one for one in folders if host.is_dir(one) and host.may_write(one)), "")
    room = host.room(where) if where else None
    if room is None or room.free >= _SHORT or not _is_system(host, where):
        return
    other = _roomier(host)
    if not other:
        return
    place = os.path.join(other, "conda")  # noqa: PTH118  # of the machine's system
    add = ("torchup", "config", "conda", "add")
    yield Finding(
        code=SYSTEM_DISK,
        severity="warning",
        title=text("condas.system-disk", path=where, free=room.free // _GIB, other=other),
        because=(where, other),
        remedies=(
            Remedy(
                title=text("condas.elsewhere", other=place),
                safety="ask",
                commands=(
                    (*add, "envs_dirs", f"{place}/envs", "--first"),
                    (*add, "pkgs_dirs", f"{place}/pkgs", "--first"),
                ),
            ),
        ),
        facts={"place": place},
    )


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Let conda put new environments and packages on the roomier disk; what is there stays.

    Raises:
        TorchupError: the settings can't be read.
    """
    place = finding.facts["place"]
    settings = CondaSettings(context)
    edits = [
        Edit(action="first", key=key, value=f"{place}/{folder}")
        for key, folder in (("envs_dirs", "envs"), ("pkgs_dirs", "pkgs"))
    ]
    changed, write = settings.written(settings.own_file, edits)
    if changed.same:
        return None
    title = text("condas.elsewhere", other=place)
    return Proposal(finding=finding, title=title, safety="ask", edits=(write,))


def _is_system(host: Host, folder: str) -> bool:
    volume = volume_of(host, folder)
    if volume is None:
        return False
    if host.system == "windows":
        return volume.mounted == (host.env("SYSTEMDRIVE") or "C:").upper()
    return volume.mounted in {"/", "/home"}


def _roomier(host: Host) -> str:
    """The roomiest other disk of this machine that the user may write to; empty for none."""
    if host.system == "windows":
        system = (host.env("SYSTEMDRIVE") or "C:").upper()
        places = [f"{one}:\\" for one in "DEFGHIJ" if f"{one}:" != system]
    else:
        mounts = parse_mounts((host.read("/proc/self/mounts") or b"").decode("utf-8", "replace"))
        places = [
            one.mounted
            for one in mounts
            if one.filesystem in _LOCAL and one.mounted not in {"/", "/home", "/boot"}
        ]
    found = []
    for place in places:
        room = host.room(place) if host.is_dir(place) and host.may_write(place) else None
        if room is not None and room.free >= _ROOMY:
            found.append((room.free, place))
    return max(found)[1] if found else ""


def _home(host: Host) -> str:
    return host.env("USERPROFILE" if host.system == "windows" else "HOME") or ""
