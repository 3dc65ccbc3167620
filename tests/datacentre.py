"""A small data centre: hosts in network namespaces, each with its own sshd, files and cards.

It takes root on Linux, ``ip``, ``unshare`` and OpenSSH's server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SSHD: Final = shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin") or ""
_NETWORK: Final = "10.213.{octet}.{host}"
_FIRST: Final = 2
"""The first host's number; this machine has the one before it."""
_PROGRAMS: Final = ("ip", "unshare", "ssh-keygen", "ssh")


def possible() -> bool:
    """Tell whether one can be built here."""
    if sys.platform != "linux" or os.geteuid() != 0 or not SSHD:
        return False
    if not all(map(shutil.which, _PROGRAMS)):
        return False
    name = f"tu{os.getpid() % 10000}x"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return made.returncode == 0


class DataCentre:
    """The hosts; ``inventory`` is an Ansible inventory of them.

    Args:
        root: a folder for everything.
    """

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.root = root
        self._stack = stack
        self._octet = os.getpid() % 200 + 20
        self._bridge = f"tub{os.getpid() % 10000}"
        self._lines: list[str] = []
        self._count = _FIRST - 1
        self.spaces: dict[str, str] = {}
        root.mkdir()
        self.key = root / "key"
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key))
        Path("/run/sshd").mkdir(exist_ok=True)
        _run("ip", "link", "add", self._bridge, "type", "bridge")
        stack.callback(_quiet, "ip", "link", "del", self._bridge)
        _run("ip", "addr", "add", f"{self._address(1)}/24", "dev", self._bridge)
        _run("ip", "link", "set", self._bridge, "up")

    @property
    def gateway(self) -> str:
        """This machine's address among the hosts."""
        return self._address(1)

    def _address(self, host: int) -> str:
        return _NETWORK.format(octet=self._octet, host=host)

    def add(
        self,
        name: str,
        *,
        programs: Path | None = None,
        env: Mapping[str, str] | None = None,
        hide: Sequence[str] = (),
        room: str = "",
        command: str = "",
        names: str = "",
        variables: str = "",
    ) -> Path:
        """Add a host, started and answering; return its home.

        Args:
            name: its name in the inventory.
            programs: a folder that comes first on its search path.
            env: variables of its sessions.
            hide: files and folders that it doesn't have.
            room: the size of its disk (``4m``), where it is small.
            command: what runs in place of the command that is asked for, which it finds in
                ``SSH_ORIGINAL_COMMAND``.
            names: the address of its own name in its ``/etc/hosts``; its true one by default.
            variables: more words of its line in the inventory.
        """
        self._count += 1
        number, place = self._count, self.root / name
        home = place / "home"
        home.mkdir(parents=True)
        space, link = f"tu{os.getpid() % 10000}n{number}", f"tu{os.getpid() % 10000}v{number}"
        _run("ip", "netns", "add", space)
        self._stack.callback(_quiet, "ip", "netns", "del", space)
        _run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space)
        _run("ip", "link", "set", link, "master", self._bridge, "up")
        address = self._address(number)
        for words in (
            ("addr", "add", f"{address}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
        ):
            _run("ip", "-n", space, *words)
        _run("ip", "-n", space, "link", "set", "lo", "up")
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(place / "host_key"))
        path = ":".join(filter(None, (str(programs or ""), "/usr/local/bin", "/usr/bin", "/bin")))
        settings = {"PATH": path, "HOME": str(home), **(env or {})}
        lines = [
            "Port 22",
            f"ListenAddress {address}",
            f"HostKey {place / 'host_key'}",
            f"AuthorizedKeysFile {self.key}.pub",
            f"PidFile {place / 'pid'}",
            "StrictModes no",
            "UsePAM no",
            "PermitRootLogin prohibit-password",
            "Subsystem sftp internal-sftp",
            "SetEnv " + " ".join(f'"{key}={value}"' for key, value in settings.items()),
            *([f"ForceCommand {command}"] if command else []),
        ]
        config = place / "sshd_config"
        config.write_text("\n".join(lines) + "\n")
        empty = place / "nothing"
        empty.mkdir()
        before = [
            f"mount --bind {empty if Path(one).is_dir() else '/dev/null'} {one}" for one in hide
        ]
        own = place / "hosts"
        host = subprocess.run(["hostname"], capture_output=True, check=True, text=True)
        own.write_text(f"127.0.0.1 localhost\n{names or address} {host.stdout.strip()}\n")
        before += [f"mount --bind {own} /etc/hosts"]
        before += [f"mount -t tmpfs -o size={room} none {home}"] if room else []
        script = " && ".join([*before, f"exec {SSHD} -D -e -f {config}"])
        with (place / "log").open("wb") as log:
            server = subprocess.Popen(
                ["ip", "netns", "exec", space, "unshare", "-m", "sh", "-c", script],
                stdout=log,
                stderr=log,
            )
        self._stack.callback(server.wait)
        self._stack.callback(server.terminate)
        self._lines.append(f"{name} ansible_host={address} {variables}".rstrip())
        self._wait(place / "pid", server, place / "log")
        self.spaces[name] = space
        return home

    @property
    def sent(self) -> int:
        """Bytes that this machine itself sent to the hosts so far."""
        file = Path(f"/sys/class/net/{self._bridge}/statistics/tx_bytes")
        return int(file.read_text())

    def cut(self, one: str, other: str) -> None:
        """Let ``one`` drop what comes from ``other``, as a firewall does."""
        place = list(self.spaces).index(other) + _FIRST
        words = ("route", "add", "blackhole", self._address(place))
        _run("ip", "-n", self.spaces[one], *words)

    def _wait(self, pid: Path, server: subprocess.Popen[bytes], log: Path) -> None:
        end = time.monotonic() + 10
        while not pid.exists():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)

    def lost(self, name: str) -> None:
        """Add a host that nobody answers for."""
        self._lines.append(f"{name} ansible_host={self._address(250)}")

    def inventory(self) -> Path:
        """Write the inventory, as YAML or INI people write it."""
        file = self.root / "hosts.ini"
        common = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=4"
        group = [
            "[lab:vars]",
            "ansible_user=root",
            f"ansible_ssh_private_key_file={self.key}",
            f"ansible_ssh_common_args='{common} -o ControlPath=none'",
        ]
        file.write_text("\n".join(["[lab]", *self._lines, "", *group]) + "\n")
        return file


@contextmanager
def data_centre(root: Path) -> Iterator[DataCentre]:
    """Build one; it is gone at the end."""
    with ExitStack() as stack:
        yield DataCentre(root, stack)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _quiet(*words: str) -> None:
    subprocess.run(words, check=False, capture_output=True)
