"""The worker: imports the framework once and runs the checks that it was given.

Before a check starts, a line ``{"start": CODE}`` is written, and when it ends one with its result,
so that a crash or a hang shows which check it was. The last line has ``"end": true``.
"""

import argparse
import faulthandler
import importlib
import importlib.util
import os
import sys
import time
from functools import partial

from . import codes, identity, libraries
from .lines import Channel, failure, worded
from .options import companions_of

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from .lines import Found

# What a check adds to its line besides the detail.
BESIDE = ("facts", "figures", "devices")
# Devices for which the framework does not have every operation yet.
YOUNG = ("mps", "xpu")


class Session:
    """One run of the checks: what was asked for, and what was imported so far."""

    def __init__(self, channel: Channel, options: argparse.Namespace) -> None:
        self.channel = channel
        self.options = options
        self.todo = options.do.split(",")
        package = __name__.rpartition(".")[0]
        self.checks = importlib.import_module(f"{package}.{options.framework}_checks")
        companions = importlib.import_module(f"{package}.{options.framework}_companions")
        self.operations = companions.OPERATIONS
        self.wanted = companions_of(options)
        self.packages: dict[str, str] = {}
        self.tried = False
        self.no_device = options.no_device
        self.first = options.first

    def bring(self, name: str) -> "ModuleType":
        """Import a package by its project name and note its version."""
        module = importlib.import_module(name.replace("-", "_"))
        self.packages[name] = str(getattr(module, "__version__", "") or "")
        return module

    @property
    def framework(self) -> "ModuleType":
        """The imported framework."""
        return sys.modules[self.options.framework]

    def import_framework(self) -> "Found":
        """Import the framework, in a process where nothing else was imported."""
        self.tried = True
        found: Found = identity.check_place(self.bring(self.options.framework))
        self.checks.settle(self.framework)
        return found

    def version(self) -> "Found":
        """Compare the framework's version with the plan."""
        wanted = self.options.expect_version
        status, values = identity.check_version(self.framework, wanted, own_file=True)
        if status == "pass":
            values.update(self.checks.runtime(self.framework))
        return status, values

    def shadow(self) -> "Found":
        """Look for files that an ordinary run would import instead."""
        names = [self.options.framework, "numpy"] + list(self.wanted)
        return identity.check_shadows(names, self.options.search_path)

    def companion(self, name: str) -> "Found":
        """Import a companion, compare its version, and run an operation of its own."""
        module = self.bring(name)
        for status, values in (
            identity.check_place(module),
            identity.check_version(module, self.wanted[name], own_file=False),
        ):
            if status != "pass":
                return status, values
        operation = self.operations.get(name)
        if operation is None:
            return "pass", {"version": self.packages[name]}
        kind = self.checks.kind_of(self.framework, self.options.device)
        at = kind if kind == "cuda" and not self.no_device else "cpu"
        status, values = operation(self.framework, module, at)
        return status, dict(values, version=self.packages[name])

    def numpy(self) -> "Found":
        """Exchange arrays with NumPy both ways, where it is installed."""
        if importlib.util.find_spec("numpy") is None:
            return "skip", {"reason": "no-numpy"}
        found: Found = self.checks.numpy(self.framework, self.bring("numpy"))
        return found

    def find(self, code: str) -> "Callable[[], Found]":
        """Return the check that a code means."""
        own: dict[str, Callable[[], Found]] = {
            "import": self.import_framework,
            "version": self.version,
            "shadow": self.shadow,
            "numpy": self.numpy,
            "libraries": libraries.look,
        }
        base = codes.base_of(code)
        if base in own:
            return own[base]
        if base.startswith("companion:"):
            return partial(self.companion, base.partition(":")[2])
        return partial(self.on_device, code)

    def on_device(self, code: str) -> "Found":
        """Run one of the framework's checks, unless it or the device it needs is not there."""
        base, at = codes.base_of(code), codes.device_of(code)
        if base == codes.COMPILE and not self.no_device:  # it runs beside the check of the device
            asked = self.checks.CHECKS["device"][0](
                self.framework, self.options.device, self.options
            )
            self.no_device = asked[0] != "pass"
        if self.no_device and base in codes.NEEDS_DEVICE:
            return "skip", {"reason": "no-device"}
        check, needed = self.checks.CHECKS[base]
        for path in needed:
            if not reaches(self.framework, path):  # only who names such a need knows the answer
                gone: Found = self.checks.lacking(self.framework, path)
                return gone
        if self.first and base in codes.NEEDS_DEVICE:
            self.checks.begin_with(self.framework, self.first)
            self.first = ""
        wanted = at or self.options.device
        try:
            found: Found = check(self.framework, wanted, self.options)
        except NotImplementedError as error:
            # Young devices lack some operations; what every device must do is no such thing.
            kind = self.checks.kind_of(self.framework, wanted)
            if base in codes.QUICK or kind not in YOUNG:
                raise
            why = (str(error).strip().splitlines() or [""])[0]
            return "skip", {"reason": "no-kernel", "why": why}
        return found

    def after_import(self, check: "Callable[[], Found]") -> "Found":
        """Run a check, unless the framework can't be imported."""
        if not self.tried:
            try:
                self.import_framework()
            except Exception:
                return "skip", {"reason": "no-import"}
        if self.options.framework not in sys.modules:
            return "skip", {"reason": "no-import"}
        return check()

    def run(self) -> None:
        """Run every check and write the last line."""
        while self.todo:
            code = self.todo.pop(0)
            check = self.find(code)
            whole = check if code == "import" else partial(self.after_import, check)
            if self.run_check(code, whole):
                break
        self.channel.write(end=True, packages=self.packages)

    def run_check(self, code: str, check: "Callable[[], Found]") -> bool:
        """Run one check and tell how it went; return whether the process may have suffered."""
        self.channel.write(start=code)
        began = time.perf_counter()
        raised = False
        try:
            status, values = check()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raised = True
            status, values = failure(error)
        took = round(time.perf_counter() - began, 4)
        more = {key: values.pop(key) for key in BESIDE if key in values}
        self.channel.write(code=code, status=status, detail=worded(values), took_s=took, **more)
        if code == "device":
            self.no_device = status != "pass"
            devices = more.get("devices")
            if isinstance(devices, list):
                self.todo += codes.on_devices(tuple(self.todo), devices)[len(self.todo) :]
        # An error of a kernel stays with the process on CUDA: every later call raises it again.
        return raised and not self.options.device.startswith("cpu") and code in codes.ON_EACH


def reaches(thing: object, path: str) -> bool:
    """Tell whether a dotted path of attributes exists."""
    for name in path.split("."):
        thing = getattr(thing, name, None)
        if thing is None:
            return False
    return True


def main(options: argparse.Namespace) -> None:
    """Run the checks that the command line names; never returns."""
    channel = Channel("stdout")
    faulthandler.enable()
    session = Session(channel, options)
    measured = any(codes.base_of(code) in codes.BENCH for code in session.todo)
    session.checks.prepare(options.cache, repeatable=not measured)
    session.run()
    sys.stdout.flush()
    sys.stderr.flush()
    # The results are told; what libraries do while they are torn down is not what is judged.
    os._exit(0)
