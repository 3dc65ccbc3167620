"""What is told to Ansible, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.errors import UsageError
from torchup.fleet import ansible
from torchup.fleet.inventory import find_inventory, limit_words, without
from torchup.fleet.settings import checks_keys, environment
from torchup.host.capture import Capture, CaptureHost
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path


def test_inventories_are_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hosts.ini").touch()
    found = find_inventory(["hosts.ini", "a,b,"], limit="gpu", forks=3, options="--become -e 'a b'")
    assert found.sources == (str(tmp_path / "hosts.ini"), "a,b,")
    assert (found.limit, found.forks, found.options) == ("gpu", 3, ("--become", "-e", "a b"))
    for sources, code in ([], "fleet.no-inventory"), (["gone"], "fleet.no-such-inventory"):
        with pytest.raises(UsageError) as raised:
            find_inventory(sources)
        assert raised.value.code == code


@pytest.mark.parametrize(
    ("text", "checked"),
    [
        ("", True),
        ("[defaults]\nforks = 5\n", True),
        ("[defaults]\nhost_key_checking = False\n", False),
        ("[defaults]\nhost_key_checking = perhaps\n", True),
        ("not a file of settings", True),
    ],
)
def test_unknown_host_keys_are_refused_unless_the_user_says_otherwise(
    tmp_path: Path, text: str, *, checked: bool
) -> None:
    file = tmp_path / "ansible.cfg"
    file.write_text(text)
    assert checks_keys(str(file)) is checked
    host = CaptureHost(
        Capture(system="linux", machine="x86_64", env={"ANSIBLE_CONFIG": str(file), "PATH": "/x"})
    )
    found = environment(host)
    assert found["ANSIBLE_HOST_KEY_CHECKING"] == str(checked)
    assert found["ANSIBLE_CONFIG"] == str(file)
    assert found["PATH"].endswith(":/x")


def test_a_variable_of_the_users_own_stays() -> None:
    env = {"ANSIBLE_HOST_KEY_CHECKING": "False", "HOME": "/nowhere"}
    host = CaptureHost(Capture(system="linux", machine="x86_64", env=env))
    assert "ANSIBLE_HOST_KEY_CHECKING" not in environment(host)


def test_where_ansible_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ansible, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"fleet\.no-ansible"):
        ansible.check_there(RealHost())
    windows = CaptureHost(Capture(system="windows", machine="AMD64"))
    with pytest.raises(UsageError, match=r"fleet\.no-control"):
        ansible.check_there(windows)


def test_thousands_of_names_go_into_a_file(tmp_path: Path) -> None:
    few = find_inventory(["a,"], limit="gpu")
    assert limit_words(find_inventory(["a,"]), tmp_path) is None
    assert limit_words(without(few, ["b"]), tmp_path) == "gpu,!b"
    many = without(few, [f"host{number:04}" for number in range(1000)])
    named = limit_words(many, tmp_path)
    assert named == f"@{tmp_path / 'limit'}"
    lines = (tmp_path / "limit").read_text().split()
    assert (lines[0], lines[1], len(lines)) == ("gpu", "!host0000", 1001)
