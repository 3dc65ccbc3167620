"""``conda info``, also mamba's and its ``--json``: which conda, for which system, from where.

Facts: ``conda_version``, ``platform`` (``linux-64``), ``active_env``, ``active_env_location``,
``virtual_packages`` as printed, ``cuda_virtual`` (the ``__cuda`` among them), ``solver``,
``channel_urls``, ``base_environment``, ``base_writable``, ``offline``, ``config_files`` that
were read, ``package_cache``, ``envs_directories``, ``user_agent``, ``mamba_version``.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from torchup.readers.pasted import output_lines, word
from torchup.readers.reading import Reading
from torchup.readers.texts import virtual_package

KIND: Final = "conda-info"
_PAIR: Final = re.compile(r"^\s{0,60}([A-Za-z][A-Za-z0-9:/_ -]{0,60}?) :(?:\s(.*))?$")
_STAGES: Final = (("alpha", "a"), ("beta", "b"), ("candidate", "rc"))
_ARCHES: Final = {"64": "x86_64", "32": "x86", "arm64": "arm64", "aarch64": "aarch64"}
_SIGNS: Final = ("conda version", "active environment", "channel URLs", "virtual packages")
_MAMBAS: Final = ("libmamba version", "micromamba version", "mamba version")
_JSON_SIGNS: Final = ('"root_prefix"', '"virtual_pkgs"', '"platform"')
_FEWEST: Final = 3


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    start = text[:200_000]
    if '"conda_version"' in start and any(key in start for key in _JSON_SIGNS):
        return True
    keys = _pairs(output_lines(start))
    return sum(sign.lower() in keys for sign in (*_SIGNS, *_MAMBAS, "platform")) >= _FEWEST - 1


def read(text: str) -> Reading:
    """Read it. ``cuda`` is what the driver offers, by conda's own look at it."""
    lines = output_lines(text)
    decoded = _decoded(lines)
    if decoded is not None:
        return _made(decoded, "ok")
    pairs = _pairs(lines)
    known = any(sign.lower() in pairs for sign in (*_SIGNS, *_MAMBAS, "platform"))
    facts = _facts(pairs)
    if not known:
        return _made(facts, "unreadable")
    # conda ends with these two; mamba's own program has neither.
    whole = "offline mode" in pairs or any(sign in pairs for sign in _MAMBAS)
    return _made(facts, "ok" if whole else "truncated")


def _pairs(lines: list[str]) -> dict[str, list[str]]:
    """Collect the values by key; lines without a key belong to the one before."""
    pairs: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in lines:
        found = _PAIR.match(line)
        if found:
            key = found[1].strip().lower()
            value = (found[2] or "").strip()
            current = None if key in pairs else pairs.setdefault(key, [value] if value else [])
        elif not line.strip():
            current = None
        elif current is not None:
            current.append(line.strip())
    return pairs


def _facts(pairs: dict[str, list[str]]) -> dict[str, Any]:
    def one(*keys: str) -> str | None:
        values = next((pairs[key] for key in keys if pairs.get(key)), [""])
        return values[0] if values[0] and values[0] != "None" else None

    def every(*keys: str) -> list[str] | None:
        values = next((pairs[key] for key in keys if key in pairs), None)
        return None if values is None else [value for value in values if value != "None"]

    base = one("base environment", "root environment")
    urls = every("channel urls", "channels")
    place, _, mark = (base or "").rpartition("  (")
    active = one("active environment", "environment", "default environment")
    return {
        "conda_version": one("conda version"),
        "python": one("python version"),
        "platform": one("platform"),
        "active_env": None if active is None else active.removesuffix(" (active)"),
        "active_env_location": one("active env location", "env location"),
        "virtual_packages": every("virtual packages"),
        "solver": one("solver"),
        "channel_urls": None if urls is None else [url.partition(" ")[0] for url in urls],
        "base_environment": place.strip() or base,
        "base_writable": {"writable)": True, "read only)": False, "read-only)": False}.get(mark),
        "offline": {"True": True, "False": False}.get(one("offline mode") or ""),
        "config_files": every("populated config files", "config file"),
        "package_cache": every("package cache"),
        "envs_directories": every("envs directories"),
        "user_agent": one("user-agent"),
        "mamba_version": one("mamba version", "micromamba version", "libmamba version"),
    }


def _decoded(lines: list[str]) -> dict[str, Any] | None:
    """Read what ``--json`` prints; None for anything else."""
    if not next((line for line in lines if line.strip()), "").lstrip().startswith("{"):
        return None
    try:
        found = json.loads("\n".join(lines))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not ("conda_version" in found or "platform" in found):
        return None
    virtual = found.get("virtual_pkgs")
    solver = found.get("solver")
    return {
        "conda_version": word(found.get("conda_version")),
        "python": word(found.get("python_version")),
        "platform": word(found.get("platform")),
        "active_env": word(found.get("active_prefix_name")),
        "active_env_location": word(found.get("active_prefix")),
        "virtual_packages": [_joined(each) for each in virtual]
        if isinstance(virtual, list)
        else _texts(found.get("virtual packages")),
        "solver": word(solver.get("name") if isinstance(solver, dict) else solver),
        "channel_urls": _texts(found.get("channels")),
        "base_environment": word(found.get("root_prefix")),
        "base_writable": _switch(found.get("root_writable")),
        "offline": _switch(found.get("offline")),
        "config_files": _texts(found.get("config_files")),
        "package_cache": _texts(found.get("pkgs_dirs")),
        "envs_directories": _texts(found.get("envs_dirs")),
        "user_agent": word(found.get("user_agent")),
        "mamba_version": word(found.get("mamba version") or found.get("mamba_version")),
    }


def _made(facts: dict[str, Any], state: str) -> Reading:
    python, platform = facts.pop("python"), facts["platform"]
    virtual = facts["virtual_packages"] or []
    cuda = facts["cuda_virtual"] = virtual_package(virtual, "__cuda")
    return Reading(
        kind=KIND,
        state=state,
        cuda=cuda,
        arch=_ARCHES.get((platform or "").partition("-")[2]),
        libc=virtual_package(virtual, "__glibc"),
        python=None if python is None else _release(python),
        facts=facts,
    )


def _release(version: str) -> str:
    """Turn ``3.10.13.final.0`` into ``3.10.13``, and ``3.13.0.candidate.1`` into ``3.13.0rc1``."""
    plain = version.partition(".final")[0]
    for name, short in _STAGES:
        plain = plain.replace(f".{name}.", short)
    return plain


def _joined(package: Any) -> str:  # noqa: ANN401 - a decoded JSON value can be anything
    if isinstance(package, list):
        return "=".join(word(part) or "" for part in package)
    return word(package) or ""


def _texts(values: Any) -> list[str] | None:  # noqa: ANN401 - a decoded JSON value can be anything
    if not isinstance(values, list):
        return None
    return [word(value) or "" for value in values]


def _switch(value: Any) -> bool | None:  # noqa: ANN401 - a decoded JSON value can be anything
    return value if isinstance(value, bool) else None
