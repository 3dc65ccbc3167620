"""Whether the C++ compiler of this machine is one that a toolkit's nvcc takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.facts.toolkits import compiler_command, load_toolkits
from torchup.model import StepOutcome
from torchup.model.toolkits import Compiler
from torchup.probe.inventory.programs import TIME_LIMIT, find_programs, program_version
from torchup.readers.host_config import HostLimits, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host
    from torchup.model.record import StepStatus
    from torchup.model.toolkits import Verdict

_BACK: Final = 8
"""How many major versions below the newest are looked for beside the system's own."""


def check_compiler(host: Host, home: Path, distro: str | None) -> Compiler:
    """Compare the compiler that nvcc would start with what the toolkit's header allows.

    ``torch.utils.cpp_extension`` names ``CC`` to nvcc; without it nvcc takes the one that
    ``NVCC_CCBIN`` names, else the first on the search path.

    Args:
        host: the machine.
        home: the toolkit.
        distro: the ID of ``os-release``, for the command that installs a compiler.
    """
    header = host.read(str(home / "include" / "crt" / "host_config.h")) or b""
    limits = read(header.decode("utf-8", "replace"))
    if host.system == "windows":
        return _visual_studio(host, limits)
    named = host.env("CC") or host.env("NVCC_CCBIN") or "g++"
    path = host.which(named)
    if path is None:
        newest = f"GCC {limits.gcc}" if limits.gcc else ""
        return Compiler(
            verdict="missing", name=named, newest=newest, command=compiler_command(distro)
        )
    said = host.run((path, "--version"), timeout=TIME_LIMIT, env={"LC_ALL": "C"}).out
    version = program_version(said) or ""
    clang = "clang" in said
    limit = limits.clang if clang else limits.gcc
    compiler = Compiler(
        verdict="unknown",
        name=Path(path).name,
        version=version,
        path=path,
        newest=f"{'clang' if clang else 'GCC'} {limit}" if limit else "",
    )
    if not limit or not version:
        return compiler
    from msgspec.structs import replace

    if int(version.split(".")[0]) <= limit:
        return replace(compiler, verdict="fits")
    return replace(
        compiler,
        verdict="too-new",
        others=tuple(_others(host, limits.gcc)),
        command=compiler_command(distro, str(limits.gcc)) if limits.gcc else "",
    )


def step_of(compiler: Compiler) -> StepOutcome:
    """Write a comparison as a command's step, skipped where no fitting compiler is here."""
    said = (compiler.verdict, compiler.name, compiler.version, compiler.newest)
    status: StepStatus = "done" if compiler.verdict in {"fits", "unknown"} else "skipped"
    return StepOutcome(id="compiler", status=status, detail=" ".join(filter(None, said)))


def _others(host: Host, newest: int | None) -> Iterator[str]:
    """Find compilers of other versions, which distributions install as ``g++-12``."""
    for version in range(newest or 0, max(0, (newest or 0) - _BACK), -1):
        for name in (f"g++-{version}", f"gcc-toolset-{version}-g++"):
            path = host.which(name)
            if path is not None:
                yield path


def _visual_studio(host: Host, limits: HostLimits) -> Compiler:
    """Compare Visual Studio's compiler, or the Visual Studio that has one."""
    tools = {one.name: one for one in find_programs(host)}
    tool = tools.get("cl") or tools.get("msvc")
    newest = _studio_name(limits.msvc[1]) if limits.msvc else ""
    if tool is None:
        return Compiler(verdict="missing", name="cl", newest=newest)
    number = _number(tool.name, tool.version or "")
    verdict: Verdict = "unknown"
    if limits.msvc and number:
        low, high = limits.msvc
        verdict = "too-old" if number < low else "too-new" if number > high else "fits"
    return Compiler(
        verdict=verdict,
        name="Visual C++" if tool.name == "cl" else "Visual Studio",
        version=tool.version or "",
        path=tool.path,
        newest=newest,
    )


def _number(tool: str, version: str) -> int:
    """The ``_MSC_VER`` of a compiler (19.44 has 1944), or of a Visual Studio's oldest one."""
    parts = version.split(".")
    if tool == "cl":
        return int(parts[0]) * 100 + int(parts[1]) if len(parts) > 1 else 0
    rows = {row.studio: row.compiler for row in load_toolkits().studios}
    return rows.get(parts[0], 0)


def _studio_name(number: int) -> str:
    rows = [row for row in load_toolkits().studios if row.compiler <= number]
    return f"Visual Studio {rows[-1].name}" if rows else ""
