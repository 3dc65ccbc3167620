"""Which shell torchup was started from."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from torchup.integrate.shells.detect import detect, kind_of

if TYPE_CHECKING:
    from torchup.host import Host


class Machine:
    """Processes above this one, the nearest first, and variables."""

    def __init__(self, *above: str, system: str = "linux", **variables: str) -> None:
        self.system = system
        self._above = above
        self._variables = variables

    def env(self, name: str) -> str | None:
        return self._variables.get(name)

    def read(self, path: str) -> bytes | None:
        _, _, process, what = path.split("/")
        at = 0 if process == "self" else int(process)
        if at > len(self._above):
            return None
        if what == "comm":
            return f"{self._above[at - 1]}\n".encode()
        return f"{at} (a (odd) name) S {at + 1} 1".encode()


def found(machine: Machine) -> tuple[str | None, str]:
    return detect(cast("Host", machine))


def test_the_nearest_shell_above_counts() -> None:
    assert found(Machine("python3", "uv", "fish", "bash", SHELL="/bin/zsh")) == ("fish", "fish")
    assert found(Machine("dash", "fish")) == ("bash", "dash")
    assert found(Machine("nu", "bash")) == (None, "nu")


def test_the_variable_counts_where_none_is_seen() -> None:
    assert found(Machine("sshd", SHELL="/bin/zsh")) == ("zsh", "zsh")
    assert found(Machine(system="macos", SHELL="/opt/homebrew/bin/fish")) == ("fish", "fish")
    assert found(Machine(SHELL="/bin/tcsh")) == (None, "tcsh")
    assert found(Machine()) == (None, "?")


def test_windows_tells_by_its_variables() -> None:
    profile = r"C:\Users\Ann"
    modules = r"C:\Program Files\WindowsPowerShell\Modules"
    own = rf"C:\users\ann\Documents\PowerShell\Modules;{modules}"
    here = {"system": "windows", "USERPROFILE": profile}
    assert found(Machine(PSModulePath=modules, **here)) == ("cmd", "cmd")
    assert found(Machine(PSModulePath=own, **here)) == ("powershell", "powershell")
    assert found(Machine(SHELL="/usr/bin/bash", **here)) == ("bash", "bash")


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        ("/bin/bash", "bash"),
        (r"C:\Windows\System32\cmd.exe", "cmd"),
        ("-zsh", "zsh"),
        ("pwsh.exe", "powershell"),
        ("/usr/bin/xonsh", None),
        ("", None),
    ],
)
def test_programs(program: str, kind: str | None) -> None:
    assert kind_of(program) == kind
