"""How a driver is installed."""

from __future__ import annotations

import pytest

from torchup.facts.installs import install_for
from torchup.model import Os


@pytest.mark.parametrize(
    ("distro", "starts"),
    [
        ("ubuntu", "sudo ubuntu-drivers"),
        ("debian", "sudo apt"),
        ("fedora", "sudo dnf"),
        ("rocky", "sudo dnf"),
        ("opensuse-leap", "sudo zypper"),
        ("arch", "sudo pacman"),
        ("gentoo", "sudo emerge"),
    ],
)
def test_each_system_has_its_own_way(distro: str, starts: str) -> None:
    found = install_for(Os(system="linux", distro=distro))
    assert found is not None
    assert found.commands[0].startswith(starts)
    assert found.fact.url.startswith("https://")
    assert found.fact.checked


@pytest.mark.parametrize(
    "os",
    [
        Os(system="windows", distro="windows"),
        Os(system="linux", distro="ubuntu", wsl=2),
        Os(system="linux", distro="nobody-knows"),
        Os(system="linux"),
    ],
    ids=["Windows", "WSL", "unknown", "unnamed"],
)
def test_where_there_is_none(os: Os) -> None:
    """Never inside WSL: the driver of Windows is the only one."""
    assert install_for(os) is None
