"""Fake hosts: shells that see another machine, and an Ansible inventory of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_SMI: Final = """#!/bin/sh
case "$*" in
  *compute_cap*) {capability} ;;
  *query-gpu*) printf '%s\\n' {plain} ;;
  *) printf '%s\\n' '| NVIDIA-SMI {driver}   Driver Version: {driver}   CUDA Version: {cuda} |' ;;
esac
"""


def fake_card(
    folder: Path, name: str, *, driver: str, cuda: str, pci: str = "0x220410DE", arch: str = ""
) -> Path:
    """Write an ``nvidia-smi``; without ``arch`` it is one too old to know ``compute_cap``."""
    folder.mkdir(parents=True, exist_ok=True)
    uuid = "GPU-11111111-2222-3333-4444-555555555555"
    line = f"0, {name}, {uuid}, 00000000:01:00.0, {pci}, 0x0, 24576 MiB, {driver}"
    refused = "echo 'Field \"compute_cap\" is not a valid field to query.'; exit 2"
    told = f"printf '%s\\n' '{line}, {arch}'" if arch else refused
    smi = folder / "nvidia-smi"
    smi.write_text(_SMI.format(capability=told, plain=f"'{line}'", driver=driver, cuda=cuda))
    smi.chmod(0o755)
    return folder


def shell(
    place: Path, *path: Path, home: Path | None = None, before: str = "", after: str = ""
) -> Path:
    """Write an ``ssh`` that reaches a host of its own: a shell here, with its own search path.

    Args:
        place: the file.
        path: folders of programs that this host alone has.
        home: the user's folder there; the file's own by default.
        before: a line that runs first, such as a login banner.
        after: what its output goes through, such as ``| head -c 900``.
    """
    found = ":".join([*map(str, path), "/usr/bin", "/bin"])
    place.write_text(
        f"#!/bin/sh\nPATH={found} HOME={home or place.parent}; export PATH HOME\n"
        f'for last; do :; done\n{before}\n/bin/sh -c "$last" {after}\n'
    )
    place.chmod(0o755)
    return place


def local(name: str, ssh: Path) -> str:
    """An inventory's line for a host that is reached by an ``ssh`` of its own."""
    return f"{name} ansible_ssh_executable={ssh} ansible_ssh_transfer_method=piped"


UNREACHABLE: Final = (
    "gone ansible_host=127.0.0.1 ansible_port=9 ansible_ssh_common_args='-o ConnectTimeout=2'"
)
