"""Ansible's own settings: where they are, and what of them must not be overridden."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchup.host import Host


def environment(host: Host) -> dict[str, str]:
    """Ansible's own settings stay the user's; ansible-runner would put its defaults over some."""
    beside = str(Path(sys.executable).parent)
    found = {
        "PATH": f"{beside}{os.pathsep}{host.env('PATH') or ''}",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        # What leaves out the hosts that are called like options matches none, mostly.
        "ANSIBLE_HOST_PATTERN_MISMATCH": "warning",
    }
    config = _config(host)
    if config is not None:
        found["ANSIBLE_CONFIG"] = config
    if host.env("ANSIBLE_HOST_KEY_CHECKING") is None:
        found["ANSIBLE_HOST_KEY_CHECKING"] = str(checks_keys(config))
    return found


def _config(host: Host) -> str | None:
    """The file of settings that Ansible would take in this folder.

    Order of https://docs.ansible.com/ansible/latest/reference_appendices/config.html; it is named
    because the play lies in another folder.
    """
    home = host.env("HOME") or ""
    named = host.env("ANSIBLE_CONFIG")
    places = (named, "ansible.cfg", f"{home}/.ansible.cfg", "/etc/ansible/ansible.cfg")
    found = next((one for one in places if one and Path(one).is_file()), None)
    return None if found is None else str(Path(found).resolve())


def checks_keys(config: str | None) -> bool:
    """Whether unknown host keys are refused: Ansible's default, unless its settings say no."""
    from configparser import ConfigParser
    from configparser import Error as ConfigError

    parser = ConfigParser(interpolation=None, strict=False)
    try:
        if config is not None:
            parser.read(config, encoding="utf-8")
        return parser.getboolean("defaults", "host_key_checking", fallback=True)
    except (ConfigError, ValueError, OSError):
        return True
