"""What runs inside an environment: the checks, one after another, told as JSON lines.

This file and its neighbours ``payload_*.py`` stand alone: the standard library and the
framework are all they import, and any Python from 3.6 on runs them by their path, with ``-I``.
Before a check starts, a line ``{"start": CODE}`` is written, and when it ends one with its
result, so that a crash or a hang shows which check it was. The last line has ``"end": true``.

The lines have a channel of their own: whatever the framework or its libraries print, from Python
or from C, is sent elsewhere before anything of theirs is imported.
"""

# Pathlib is slow to import.
# ruff: noqa: PTH100, PTH118, PTH120

# Annotations are quoted where Python 3.6 could not evaluate them.
import argparse
import faulthandler
import importlib
import importlib.util
import json
import os
import shlex
import sys
import threading
import time
from functools import partial

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    Found = tuple[str, dict[str, object]]

# One line is one write, and a pipe takes 4096 bytes at once without mixing (POSIX PIPE_BUF).
DETAIL_LIMIT = 1500
HEARTBEAT_S = 0.5


class Channel:
    """Where the lines go; everything else that is printed goes to the other stream.

    Args:
        name: ``stdout`` or ``stderr``.
    """

    def __init__(self, name: str) -> None:
        mine, other = (1, 2) if name == "stdout" else (2, 1)
        self._descriptor = os.dup(mine)
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(other, mine)

    def write(self, **line: object) -> None:
        """Write one line, at once and whole."""
        os.write(self._descriptor, (json.dumps(line) + "\n").encode("ascii"))


def worded(values: "dict[str, object]") -> str:
    """Put values into a detail: the reason first, then ``key=value`` as a shell would quote it."""
    parts = [str(values["reason"])] if "reason" in values else []
    for key, value in values.items():
        if key != "reason":
            clean = "".join(c if c.isprintable() else " " for c in str(value))
            parts.append(f"{key}={shlex.quote(clean[:DETAIL_LIMIT])}")
    return " ".join(parts)


def failure(error: BaseException) -> "Found":
    """Make the result of a check that raised something."""
    lines = str(error).strip().splitlines() or [""]
    return "fail", {"reason": "error", "error": type(error).__name__, "message": lines[0]}


def run_check(channel: Channel, code: str, check: "Callable[[], Found]") -> bool:
    """Run one check and tell how it went; return whether it passed."""
    channel.write(start=code)
    began = time.perf_counter()
    try:
        status, values = check()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        status, values = failure(error)
    took = round(time.perf_counter() - began, 4)
    channel.write(code=code, status=status, detail=worded(values), took_s=took)
    return status == "pass"


def load_neighbour(name: str) -> "ModuleType":
    """Load ``payload_NAME.py`` beside this file, which is on nobody's search path."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, f"payload_{name}.py")
    spec = importlib.util.spec_from_file_location(f"payload_{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Session:
    """One run of the checks: what was asked for, and what was imported so far."""

    def __init__(self, channel: Channel, options: argparse.Namespace) -> None:
        self.channel = channel
        self.options = options
        self.identity = load_neighbour("identity")
        self.checks = load_neighbour(options.framework)
        self.operations = load_neighbour(options.framework + "_companions").OPERATIONS
        self.packages: dict[str, str] = {}
        self.tried = False
        self.failed: set[str] = set()

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
        found: Found = self.identity.check_place(self.bring(self.options.framework))
        return found

    def version(self) -> "Found":
        """Compare the framework's version with the plan."""
        wanted = self.options.expect_version
        status, values = self.identity.check_version(self.framework, wanted, own_file=True)
        if status == "pass":
            values.update(self.checks.runtime(self.framework))
        return status, values

    def companion(self, name: str, wanted: str) -> "Found":
        """Import a companion, compare its version, and run an operation of its own."""
        module = self.bring(name)
        for status, values in (
            self.identity.check_place(module),
            self.identity.check_version(module, wanted, own_file=False),
        ):
            if status != "pass":
                return status, values
        operation = self.operations.get(name)
        if operation is None:
            return "pass", {"version": self.packages[name]}
        status, values = operation(self.framework, module)
        return status, dict(values, version=self.packages[name])

    def numpy(self) -> "Found":
        """Exchange arrays with NumPy both ways, where it is installed."""
        if importlib.util.find_spec("numpy") is None:
            return "skip", {"reason": "no-numpy"}
        found: Found = self.checks.numpy(self.framework, self.bring("numpy"))
        return found

    def plan(self) -> "list[tuple[str, Callable[[], Found]]]":
        """List the wanted checks, in the order in which they run."""
        planned: list[tuple[str, Callable[[], Found]]] = [
            ("import", self.import_framework),
            ("version", self.version),
        ]
        for code, check in self.checks.CHECKS.items():
            planned.append((code, partial(self.on_device, code, check)))
        planned.append(("numpy", self.numpy))
        for pair in self.options.companion:
            name, _, wanted = pair.partition("=")
            planned.append(("companion:" + name, partial(self.companion, name, wanted)))
        only, skip = self.options.only, self.options.skip
        return [(c, check) for c, check in planned if (not only or c in only) and c not in skip]

    def on_device(self, code: str, check: "Callable[[ModuleType, str], Found]") -> "Found":
        """Run one of the framework's checks, unless the device it needs is not there."""
        if "device" in self.failed and code in self.checks.NEEDS_DEVICE:
            return "skip", {"reason": "no-device"}
        return check(self.framework, self.options.device)

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
        for code, check in self.plan():
            whole = check if code == "import" else partial(self.after_import, check)
            if not run_check(self.channel, code, whole):
                self.failed.add(code)
        python = ".".join(map(str, sys.version_info[:3]))
        self.channel.write(end=True, packages=self.packages, python=python)


def beat(channel: Channel) -> None:
    """Show that the process lives, so that who listens can stop it while nothing else is told."""
    while True:
        time.sleep(HEARTBEAT_S)
        channel.write(alive=True)


def parse(arguments: "list[str]") -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--framework", required=True)
    parser.add_argument("--expect-version", default="", help="such as 2.13.0+cpu")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, rocm, mps or xpu")
    parser.add_argument("--companion", action="append", default=[], metavar="NAME=VERSION")
    parser.add_argument("--only", action="append", default=[], metavar="CODE")
    parser.add_argument("--skip", action="append", default=[], metavar="CODE")
    parser.add_argument("--cache", default="", help="folder for compiled code")
    parser.add_argument("--channel", choices=["stdout", "stderr"], default="stdout")
    parser.add_argument("--heartbeat", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: "list[str]") -> None:
    """Run the checks that the command line names; never returns."""
    options = parse(arguments)
    channel = Channel(options.channel)
    faulthandler.enable()
    if options.heartbeat:
        threading.Thread(target=beat, args=(channel,), daemon=True).start()
    session = Session(channel, options)
    session.checks.prepare(options.cache)
    session.run()
    sys.stdout.flush()
    sys.stderr.flush()
    # The results are told; what libraries do while they are torn down is not what is judged.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
