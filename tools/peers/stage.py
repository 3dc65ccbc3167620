"""One machine, as far as a peer looks at it: programs on PATH, PCI devices, environment."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.peers.scratch import NoScratchError

if TYPE_CHECKING:
    from tools.peers.machines import Subject
    from tools.peers.scratch import Scratch

PCI: Final = "/sys/bus/pci/devices"
HIDDEN: Final = ("/sys/module/nvidia", "/proc/driver/nvidia")
_LINE: Final = re.compile(r"^(\S+) .*?\[([0-9a-f]{4})\]: .*\[([0-9a-f]{4}):([0-9a-f]{4})\]")
# In a mount namespace of its own: the made devices in place of this machine's, its driver hidden.
_BEHIND: Final = """
mount=$1 devices=$2
shift 2
$mount --bind "$devices" /sys/bus/pci/devices || exit 125
for one in /sys/module/nvidia /proc/driver/nvidia; do
  test ! -d "$one" || $mount -t tmpfs none "$one" || exit 125
done
exec "$@"
"""


class Stage:
    """A made machine that peers can be started on.

    Args:
        subject: the machine.
        scratch: where the peers are.
        proxy: the address of the stand-in's proxy.
    """

    def __init__(self, subject: Subject, scratch: Scratch, proxy: str) -> None:
        self.subject = subject
        self._scratch = scratch
        self._folder = scratch.folder / subject.id
        self._programs = self._folder / "bin"
        self._devices = self._folder / "pci"
        self._programs.mkdir(parents=True)
        self._devices.mkdir()
        self._make_programs()
        self._make_devices()
        self.environment = {
            "PATH": str(self._programs),
            "HOME": str(self._folder),
            "HTTPS_PROXY": proxy,
            "SSL_CERT_FILE": str(scratch.authority),
            "UV_CACHE_DIR": str(scratch.folder / "cache"),
            "UV_NO_CONFIG": "1",
            "UV_NO_PROGRESS": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_CERT": str(scratch.authority),
            "PIP_CACHE_DIR": str(scratch.folder / "pip"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        if subject.machine.os.system == "macos":
            # Else uv takes the oldest macOS that Python supports, not the machine's.
            self.environment["MACOSX_DEPLOYMENT_TARGET"] = subject.machine.os.version or ""

    def behind(self, command: list[str]) -> list[str]:
        """Wrap a command so that it sees the made PCI devices."""
        unshare, shell, mount = _namespace_tools()
        inside = [shell, "-c", _BEHIND, shell, mount, str(self._devices), *command]
        return [unshare, "--map-root-user", "--mount", *inside]

    def program(self, name: str) -> str:
        """Return the whole path of a peer's program."""
        return str(self._scratch.bin / name)

    def file(self, name: str) -> Path:
        """Return a path for a file of this machine alone."""
        return self._folder / name

    def _make_programs(self) -> None:
        driver = self.subject.driver
        if driver:
            count = sum(gpu.vendor == "nvidia" for gpu in self.subject.machine.gpus or ())
            self._program("nvidia-smi", [driver] * count, header="driver_version")
        if self.subject.rocm_agents:
            self._program("rocm_agent_enumerator", list(self.subject.rocm_agents))
        self._program("lspci", list(self.subject.lspci))

    def _program(self, name: str, lines: list[str], header: str = "") -> None:
        """Write a program that prints lines; the header unless it is asked to leave that out."""
        text = ["#!/bin/sh"]
        if header:
            text.append(f'case "$*" in *noheader*) ;; *) echo {shlex.quote(header)} ;; esac')
        text += [f"echo {shlex.quote(line)}" for line in lines]
        path = self._programs / name
        path.write_text("\n".join(text) + "\n")
        path.chmod(0o755)

    def _make_devices(self) -> None:
        for line in self.subject.lspci:
            address, kind, vendor, device = pci_of(line)
            folder = self._devices / address
            folder.mkdir()
            for name, value in (("class", f"{kind}00"), ("vendor", vendor), ("device", device)):
                (folder / name).write_text(f"0x{value}\n")


def pci_of(line: str) -> tuple[str, str, str, str]:
    """Read an ``lspci -nn`` line: address, class, vendor, device.

    Raises:
        ValueError: it isn't one.
    """
    found = _LINE.match(line)
    if found is None:
        raise ValueError(line)
    address, kind, vendor, device = found.groups()
    return address, kind, vendor, device


def check_namespaces() -> None:
    """See that commands can be run behind made devices.

    Raises:
        NoScratchError: not Linux, or no user namespaces.
    """
    if sys.platform != "linux" or not Path(PCI).is_dir():
        raise NoScratchError("the peers can only be run on Linux, where PCI devices can be made up")
    unshare, shell, mount = _namespace_tools()
    trial = [unshare, "--map-root-user", "--mount", shell, "-c", f"{mount} -t tmpfs none {PCI}"]
    done = subprocess.run(trial, capture_output=True, text=True, timeout=10, check=False)
    if done.returncode != 0:
        raise NoScratchError(f"no mount namespace of one's own here: {done.stderr.strip()}")


def _namespace_tools() -> tuple[str, str, str]:
    found = [shutil.which(name) for name in ("unshare", "sh", "mount")]
    unshare, shell, mount = found
    if unshare is None or shell is None or mount is None:
        raise NoScratchError("unshare, sh and mount (util-linux) are needed")
    return unshare, shell, mount
