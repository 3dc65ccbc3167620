"""Poetry's tables of dependencies, and Pipfile's, which are written alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from torchup.model.names import canonical_name
from torchup.projects.addresses import ARCHIVES
from torchup.projects.specs import is_readable, pip_versions
from torchup.projects.toml_text import line_of, texts

if TYPE_CHECKING:
    from torchup.projects.gathering import Gathering

_PART: Final = re.compile(r"^(?P<sign>[=<>!~]+)(?P<version>[\d.]+?)(?P<open>\.\*)?$")
_SAID: Final = re.compile(
    r"^\s*(?P<sign>[=<>!~]{1,2}|in|not in)\s*(?P<quote>['\"]?)(?P<value>[^'\"]+)"
)
_MARKERS: Final = frozenset(
    {
        "os_name",
        "sys_platform",
        "platform_machine",
        "platform_system",
        "platform_python_implementation",
        "python_version",
        "python_full_version",
        "implementation_name",
    }
)
"""Variables of a marker (PEP 508) that Pipfile takes as keys of their own."""
_SHORT: Final = 2
"""Numbers of a ``python_version``."""


def take_poetry(found: Gathering, wanted: dict[str, Any], text: str) -> dict[str, list[str]]:
    """Take poetry's table, or Pipfile's, which writes the like.

    Args:
        found: collects it.
        wanted: package → version, or a table with ``version``, ``extras``, ``git``, ``path``,
            conditions, or a list of such tables.
        text: the file, for the lines.

    Returns:
        The lines that are optional, by the package's name.
    """
    optional: dict[str, list[str]] = {}
    for name, said in wanted.items():
        number = line_of(text, f"\n{name} ") + 1 if f"\n{name} " in text else line_of(text, name)
        for one in said if isinstance(said, list) else [said]:
            options = {"version": one} if isinstance(one, str) else one
            if not isinstance(options, dict):
                continue
            if options.get("optional") is True:
                optional.setdefault(name, []).append(f"{name}{_versions(found, name, options, 0)}")
            else:
                _take(found, name, options, number)
    return optional


def _take(found: Gathering, name: str, options: dict[str, Any], number: int) -> None:
    if canonical_name(name) == "python":
        found.say_pythons(str(options.get("version", "")), number)
    elif "git" in options:
        found.note("left-git", f"{name} @ git+{options['git']}", number)
    elif "path" in options and not str(options["path"]).endswith(ARCHIVES):
        found.note("left-editable", str(options["path"]), number)
    else:
        where = options.get("path") or options.get("url") or options.get("file")
        extras = ",".join(texts(options.get("extras")))
        line = f"{name}[{extras}]" if extras else name
        line += f" @ {where}" if where else _versions(found, name, options, number)
        marker = " and ".join(_conditions(options))
        found.take(f"{line} ; {marker}" if marker else line, number)


def _versions(found: Gathering, name: str, options: dict[str, Any], number: int) -> str:
    """What is asked of the version; what can't be read is named."""
    version = options.get("version", "")
    version = version.strip() if isinstance(version, str) else ""
    if not is_readable(version):
        found.note("line-repaired", f"{name} {version}", number, has=name)
        return ""
    # A bare version is the exact one to both tools.
    exact = version[:1].isdigit() and "," not in version and "*" not in version
    return f"=={version}" if exact else pip_versions(version)


def _conditions(options: dict[str, Any]) -> list[str]:
    """A table as markers: poetry's ``python``, ``platform``, ``markers``; Pipfile's own keys."""
    parts: list[str] = []
    marker, python = options.get("markers"), options.get("python")
    if isinstance(marker, str) and marker:
        parts.append(f"({marker})" if " or " in marker else marker)
    if isinstance(python, str):
        parts += _of_python(python)
    platform = options.get("platform")
    if isinstance(platform, str) and platform:
        parts.append(f"sys_platform == '{platform}'")
    for key in sorted(_MARKERS & set(options)):
        said = _SAID.match(str(options[key]))
        if said:
            parts.append(f"{key} {said['sign']} '{said['value'].strip()}'")
    return parts


def _of_python(said: str) -> list[str]:
    """``>=3.8,<3.11`` as a marker; alternatives hold where any of them does."""
    ways: list[str] = []
    for one in said.split("||"):
        found = [_PART.match(part) for part in pip_versions(one).split(",")]
        ways.append(" and ".join(_one_python(part) for part in found if part))
    if not all(ways):
        return []
    return ways if len(ways) == 1 else [f"({' or '.join(f'({one})' for one in ways)})"]


def _one_python(part: re.Match[str]) -> str:
    short = part["version"].count(".") < _SHORT
    variable = "python_version" if short else "python_full_version"
    version = part["version"] if "." in part["version"] else f"{part['version']}.0"
    return f"{variable} {part['sign']} '{version}'"
