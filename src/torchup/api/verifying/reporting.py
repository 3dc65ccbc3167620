"""Everything that a report of a bug needs, in one text, without what is private."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct, to_builtins

from torchup.api.environments.contents import packages as packages_of
from torchup.api.environments.known import show
from torchup.api.machines.machine import probe
from torchup.backends.installed import interpreter
from torchup.errors import OutsideError
from torchup.host.privacy import redactor_for
from torchup.model import Environment, Machine, VerifyReport, shown_url
from torchup.model.contents import InstalledPackage
from torchup.readers import os_release
from torchup.state.files import write_atomic
from torchup.state.logs import recent_logs
from torchup.verify.collect_env import Collected, collect_env
from torchup.verify.page import badge

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.words import Words

Form = Literal["markdown", "collect_env"]
FORMS: Final = ("markdown", "collect_env")
RECENT: Final = 3
ERROR_LINES: Final = 30
SECONDS: Final = 10.0
_ASK: Final = (
    "import platform, struct, sys; "
    "print(sys.version.replace('\\n', ' '), '(%d-bit runtime)' % (8 * struct.calcsize('P'))); "
    "print(platform.platform())"
)


class Gathered(Struct, frozen=True, kw_only=True):
    """What is known of an environment and its machine; ``errors`` are the ends of logs."""

    machine: Machine
    environment: Environment
    packages: tuple[InstalledPackage, ...]
    receipt: VerifyReport | None
    collected: Collected
    errors: dict[str, str] = {}


def gather(context: Context, name: str) -> Gathered:
    """Look at the machine, the environment, its last verification and recent errors.

    Raises:
        NoAnswerError: there is no such environment, or its record can't be read.
    """
    held = packages_of(context, name)
    environment, receipt = show(context, name)
    machine = probe(context)
    path = Path(environment.record.path)
    return Gathered(
        machine=machine,
        environment=environment,
        packages=held.packages,
        receipt=receipt,
        collected=_collected(context, str(interpreter(path, context.host)), machine),
        errors=_errors(context),
    )


def as_text(context: Context, gathered: Gathered, form: Form, words: Words) -> str:
    """Write it down, redacted: names of people and machines, addresses, keys and marks."""
    text = collect_env(gathered.machine, gathered.packages, gathered.receipt, gathered.collected)
    if form == "markdown":
        text = _markdown(gathered, text, words)
    return redactor_for(context.host).clean(text)


def as_document(context: Context, gathered: Gathered, words: Words) -> dict[str, Any]:
    """Return it as plain values, redacted: ``torchup.report/v1``."""
    cleaner = redactor_for(context.host)
    text = collect_env(gathered.machine, gathered.packages, gathered.receipt, gathered.collected)
    name = gathered.environment.record.name
    document = {
        "name": name,
        "badge": badge(name, gathered.receipt, words) if gathered.receipt else "",
        "machine": to_builtins(gathered.machine),
        "stack": to_builtins(gathered.environment.record.stack),
        "state": gathered.environment.state,
        "packages": {one.name: one.version for one in gathered.packages},
        "verify": to_builtins(gathered.receipt) if gathered.receipt else None,
        "errors": gathered.errors,
        "collect_env": text,
    }
    return {key: _cleaned(value, cleaner.clean) for key, value in document.items()}


def _cleaned(value: Any, clean: Any) -> Any:  # noqa: ANN401 - any plain value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _cleaned(inner, clean) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner, clean) for inner in value]
    return value


def write_report(path: Path, text: str) -> None:
    """Write a report to a file, whole or not at all.

    Raises:
        OutsideError: ``report.unwritable``.
    """
    try:
        write_atomic(path.expanduser(), text.encode())
    except OSError as error:
        raise OutsideError("report.unwritable", path=path, why=error.strerror) from error


def _collected(context: Context, python: str, machine: Machine) -> Collected:
    host = context.host

    def first(*command: str) -> str | None:
        done = host.run(command, timeout=SECONDS)
        lines = done.out.splitlines()
        return lines[0].strip() if done.code == 0 and lines else None

    asked = host.run((python, "-I", "-S", "-c", _ASK), timeout=SECONDS)
    said = asked.out.splitlines() if asked.code == 0 else []
    cpu = host.run(("lscpu",), timeout=SECONDS) if machine.os.system == "linux" else None
    gcc, clang, cmake = (
        first("gcc", "--version"),
        first("clang", "--version"),
        first("cmake", "--version"),
    )
    return Collected(
        system=_system(context, machine),
        gcc=gcc.removeprefix("gcc ") if gcc else None,
        clang=clang.partition("clang version ")[2] or None if clang else None,
        cmake=cmake.removeprefix("cmake ") if cmake else None,
        python=said[0] if said else None,
        platform=said[1] if len(said) > 1 else None,
        cpu=cpu.out.strip() if cpu and cpu.code == 0 else None,
        module_loading=host.env("CUDA_MODULE_LOADING"),
    )


def _system(context: Context, machine: Machine) -> str | None:
    names = {"windows": "Microsoft Windows", "macos": "macOS"}
    if machine.os.system in names:
        return f"{names[machine.os.system]} {machine.os.version or ''}".strip()
    text = (context.host.read("/etc/os-release") or b"").decode("utf-8", "replace")
    pretty = re.search(r'^PRETTY_NAME="?([^"\n]+)', text, re.MULTILINE)
    return pretty[1] if pretty else os_release.read(text).os or machine.os.distro


def _errors(context: Context) -> dict[str, str]:
    """Read the ends of the newest logs that torchup left of mistakes of its own."""
    logs = recent_logs(context.home, RECENT)
    return {name: "\n".join(said.splitlines()[-ERROR_LINES:]) for name, said in logs.items()}


def _markdown(gathered: Gathered, collected: str, words: Words) -> str:
    record = gathered.environment.record
    say = words.say
    parts = [f"## {say('report.title', {'name': record.name})}", ""]
    if gathered.receipt is not None:
        parts += [badge(record.name, gathered.receipt, words), ""]
    else:
        parts += [say("report.unverified"), ""]
    parts += [_folded(say("report.machine"), _machine(gathered, words))]
    parts += [_folded("collect_env", collected)]
    if gathered.receipt is not None:
        rows = [
            f"{check.status:<5} {check.code:<24} {check.detail}"
            for check in gathered.receipt.checks
        ]
        parts += [_folded(say("report.verification"), "\n".join(rows))]
        libraries = "\n".join(sorted(gathered.receipt.libraries))
        parts += [_folded(say("report.libraries"), libraries)] if libraries else []
    listed = "\n".join(f"{one.name}=={one.version}" for one in gathered.packages)
    parts += [_folded(say("report.packages"), listed)]
    parts += [_folded(name, text) for name, text in gathered.errors.items()]
    return "\n".join(parts)


def _machine(gathered: Gathered, words: Words) -> str:
    machine = gathered.machine
    record = gathered.environment.record
    stack = " ".join(f"{name} {version}" for name, version in record.stack.packages.items())
    lines = [
        f"{gpu.vendor} {gpu.name} {gpu.arch} {gpu.memory_mib} MiB" for gpu in machine.gpus or ()
    ]
    lines += [
        f"driver {one.vendor} {one.version} {one.max_runtime}" for one in machine.drivers or ()
    ]
    lines += [f"toolkit {one.name} {one.version} {one.path}" for one in machine.toolkits or ()]
    lines += [f"memory {machine.memory_mib} MiB"] if machine.memory_mib else []
    lines += [words.say(f"problem.{one.code}", one.args) for one in machine.problems]
    lines += [
        f"stack {stack} {record.stack.build} {shown_url(record.stack.index_url)}".rstrip(),
        f"created {record.created} changed {record.changed} torchup {record.torchup}",
        f"state {gathered.environment.state}",
    ]
    return "\n".join(lines)


def _folded(title: str, text: str) -> str:
    """Fold a part as GitHub does; the fence is longer than any in the text (CommonMark, 4.5)."""
    inside = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, inside + 1)
    return (
        f"<details><summary>{title}</summary>\n\n{fence}\n{text.rstrip()}\n{fence}\n\n</details>\n"
    )
