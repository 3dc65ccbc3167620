"""Runs in the peers' environment: torchruntime's own choice for a described machine, as JSON.

Standard input holds the system, the processor and the output of the program that torchruntime would
ask; everything else is its own code and its own table of PCI ids.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import platform
import sys


def main() -> None:
    """Print what it chose, the commands it would run, and the variables it would set."""
    given = json.load(sys.stdin)
    platform.system = lambda: str(given["system"])
    platform.machine = lambda: str(given["cpu"])
    devices = importlib.import_module("torchruntime.device_db")
    for reader in ("get_linux_output", "get_windows_output", "get_macos_output"):
        setattr(devices, reader, lambda: given["listing"])
    detection = importlib.import_module("torchruntime.platform_detection")
    installer = importlib.import_module("torchruntime.installer")
    configuration = importlib.import_module("torchruntime.configuration")
    before = dict(os.environ)
    aside = io.StringIO()
    with contextlib.redirect_stdout(aside):
        gpus = devices.get_gpus()
        chosen = detection.get_torch_platform(gpus, packages=given["packages"])
        commands = installer.get_install_commands(chosen, given["packages"])
        configuration.configure()
    changed = {key: value for key, value in os.environ.items() if before.get(key) != value}
    found = {"platform": chosen, "commands": commands, "sets": changed, "said": aside.getvalue()}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
