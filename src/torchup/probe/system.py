"""The operating system, and the processor's architecture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.model import Os, Problem
from torchup.vendors.containers import container_of
from torchup.vendors.wsl import KERNEL, wsl_version

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.model import CpuArch

X86: Final = frozenset({"x86_64", "amd64", "x64"})
ARM: Final = frozenset({"aarch64", "arm64"})
_LIBC_FOLDERS: Final = ("/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib")
_LIBC_NAME: Final = r"/libc-(\d+\.\d+)\.so$"
_MUSL_VERSION: Final = r"(?m)^Version (\d+\.\d+(?:\.\d+)?)"
_WINDOWS_VERSION: Final = r"\[[^\]\d]*(\d+(?:\.\d+){1,3})\]"


def read_arch(host: Host) -> tuple[CpuArch, tuple[Problem, ...]]:
    """Return the architecture in the catalogue's words, and whether Rosetta stands in between.

    Raises:
        OutsideError: ``probe.unsupported-arch``.
    """
    name = host.machine.lower()
    if name in ARM:
        return ("aarch64" if host.system == "linux" else "arm64"), ()
    if name not in X86:
        raise OutsideError("probe.unsupported-arch", arch=host.machine)
    if host.system == "macos":
        translated = host.run(("sysctl", "-n", "sysctl.proc_translated"), timeout=5)
        if translated.code == 0 and translated.out.strip() == "1":
            return "arm64", (Problem(code="rosetta"),)
    return "x86_64", ()


def read_os(host: Host) -> Os:
    """Describe the operating system."""
    if host.system == "macos":
        done = host.run(("sw_vers",), timeout=5)
        facts = parse_colon_lines(done.out)
        kernel = host.run(("sysctl", "-n", "kern.osrelease"), timeout=5).out.strip()
        version = facts.get("ProductVersion")
        return Os(system="macos", distro="macos", version=version, kernel=kernel or None)
    if host.system == "windows":
        full = parse_ver(host.run(("cmd", "/c", "ver"), timeout=5).out)
        version = ".".join(full.split(".")[:3]) if full else None
        return Os(system="windows", distro="windows", version=version, kernel=full)
    return _read_linux(host)


def _read_linux(host: Host) -> Os:
    release = host.read("/etc/os-release") or host.read("/usr/lib/os-release") or b""
    facts = parse_os_release(release.decode("utf-8", "replace"))
    kernel = (host.read(KERNEL) or b"").decode("utf-8", "replace").strip()
    return Os(
        system="linux",
        distro=facts.get("ID") or None,
        version=facts.get("VERSION_ID") or None,
        kernel=kernel or None,
        libc=_libc(host),
        wsl=wsl_version(kernel),
        container=container_of(host),
    )


def parse_os_release(text: str) -> dict[str, str]:
    """Read ``KEY="value"`` lines (os-release(5)); quotes and backslashes as in a shell."""
    found = {}
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            value = value.strip()
            if value[:1] in {'"', "'"} and value[-1:] == value[:1]:
                value = value[1:-1]
            found[key] = re.sub(r"\\(.)", r"\1", value)
    return found


def parse_colon_lines(text: str) -> dict[str, str]:
    """Read ``key: value`` lines, as sw_vers and sysctl print them."""
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def parse_ver(text: str) -> str | None:
    """Read ``Microsoft Windows [Version 10.0.22631.3007]``, in any language."""
    found = re.search(_WINDOWS_VERSION, text)
    return found[1] if found else None


def _libc(host: Host) -> str | None:
    """Name the C library: as it says itself, else musl by its loader, else glibc by file name."""
    said = host.libc()
    if said:
        return said
    for name in host.listdir("/lib"):
        if name.startswith("ld-musl-"):
            # musl's loader tells its version when it is started without a program.
            done = host.run((f"/lib/{name}",), timeout=5)
            found = re.search(_MUSL_VERSION, done.err + "\n" + done.out)
            return f"musl {found[1]}" if found else "musl"
    for folder in _LIBC_FOLDERS:
        # Before glibc 2.34 libc.so.6 was a link to libc-2.31.so.
        found = re.search(_LIBC_NAME, host.real_path(f"{folder}/libc.so.6"))
        if found:
            return f"glibc {found[1]}"
    return None
