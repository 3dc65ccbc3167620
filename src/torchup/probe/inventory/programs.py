"""Compilers and other programs that building an extension needs, with their versions."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.json import decode

from torchup.model import Tool

if TYPE_CHECKING:
    from torchup.host import Host

TIME_LIMIT: Final = 5.0  # seconds each
_NAMES: Final = ("gcc", "g++", "clang", "nvcc", "hipcc", "ninja", "cmake", "make", "git")
_WINDOWS_NAMES: Final = ("cl", "clang-cl", "nvcc", "ninja", "cmake", "git")
_VERSION: Final = r"(?<![\d.])\d{1,4}(?:\.\d{1,6}){1,3}"
_RELEASE: Final = r"release [\d.]+, V(\d+(?:\.\d+){1,3})"
_VSWHERE: Final = "Microsoft Visual Studio/Installer/vswhere.exe"
# https://github.com/microsoft/vswhere/wiki: the component that has the C++ compiler.
_COMPILER: Final = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"


def find_programs(host: Host) -> tuple[Tool, ...]:
    """Find them on the search path, and Visual Studio's compiler where it is off the path."""
    from torchup.host.together import together

    names = _WINDOWS_NAMES if host.system == "windows" else _NAMES
    found = [(name, path) for name in names if (path := host.which(name)) is not None]
    asked = together([partial(_version, host, path) for _, path in found])
    tools = [
        Tool(name=name, path=path, version=version)
        for (name, path), version in zip(found, asked, strict=True)
    ]
    if host.system == "windows" and not any(tool.name == "cl" for tool in tools):
        tools += _visual_studio(host)
    return tuple(tools)


def _version(host: Host, path: str) -> str | None:
    done = host.run((path, "--version"), timeout=TIME_LIMIT, env={"LC_ALL": "C"})
    return program_version(done.out or done.err)


def program_version(text: str) -> str | None:
    """Read a program's own version: nvcc's full one, else the first number with a dot."""
    release = re.search(_RELEASE, text)
    if release:
        return release[1]
    # A distribution's own version in brackets comes before GCC's.
    first = re.sub(r"\([^)]*\)", "", text.strip().partition("\n")[0])
    found = re.search(_VERSION, first) or re.search(_VERSION, text)
    return found[0] if found else None


def _visual_studio(host: Host) -> list[Tool]:
    programs = (host.env("PROGRAMFILES(X86)") or "C:/Program Files (x86)").replace("\\", "/")
    program = f"{programs}/{_VSWHERE}"
    if host.modified(program) is None:
        return []
    argv = (program, "-products", "*", "-requires", _COMPILER, "-format", "json", "-utf8")
    return parse_vswhere(host.run(argv, timeout=TIME_LIMIT).out)


def parse_vswhere(text: str) -> list[Tool]:
    """Read ``vswhere -format json``; anything else is an empty list."""
    try:
        rows = decode(text or "[]", type=list[dict[str, object]])
    except (ValueError, RecursionError):
        return []
    return [
        Tool(
            name="msvc", path=str(row["installationPath"]), version=str(row["installationVersion"])
        )
        for row in rows
        if {"installationPath", "installationVersion"} <= set(row)
    ]
