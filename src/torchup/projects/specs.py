"""Versions as conda and poetry write them, in the words of PEP 440."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from torchup.model.builds import build_name

_CONDA: Final = re.compile(
    r"^(?:[\w./:+-]+::)?(?P<name>[A-Za-z0-9_][\w.-]*)(?:\[(?P<keys>[^\]]*)\])?\s*(?P<rest>.*)$"
)
_EXPORTED: Final = re.compile(r"^[A-Za-z0-9_][\w.-]*=[^=\s][^=\s]*(?:=[^=\s]+)?$")
_COLUMNS: Final = re.compile(
    r"^[A-Za-z0-9_][\w.-]*\s+\d[\w.+!]*(?:\s+(?:py\w+_\w+|h?[0-9a-f]{6,}_\d+)\b.*)?$"
)
_CUDA: Final = re.compile(r"cuda_?(\d{1,2}\.\d)")
_HASHED: Final = re.compile(
    r"^(?:(?!py|cp)[a-z]{1,10}\d{0,2}_)?h([0-9a-f]{7})_\d{1,4}(?:_(?!py|cp)\w{1,20})?$"
)
_EMPTY: Final = ("d8ed1ab", "d3eb1b0")
"""conda-forge's and Anaconda's hash of no settings at all."""
_KEY: Final = re.compile(r"(?P<key>\w+)\s*=\s*(?P<quote>['\"]?)(?P<value>[^'\"]*)(?P=quote)")
_PARTS: Final = re.compile(r"^v?\d+(?:\.\d+)*$")
_WHOLE: Final = 3
"""Numbers of a version that leave nothing open, such as 1.19.2."""


class CondaParts(NamedTuple):
    """A package of conda: its name, its version as written, the framework's build it names."""

    name: str
    version: str
    build: str
    build_text: str


def is_conda_line(text: str) -> bool:
    """Tell whether a line is one of conda's exports, pasted into a list for pip.

    Args:
        text: ``numpy=1.21.2=py38h20f2e39_0``, or a row of ``conda list`` or ``pip list``.
    """
    return bool(_EXPORTED.match(text) or _COLUMNS.match(text))


def conda_parts(text: str) -> CondaParts | None:
    """Take a package specification of conda apart; None where it is none.

    The rule is conda's "package match specifications": ``channel::name=version=build``, spaces in
    place of the signs, or ``name[version='>=1.8',build=*cuda*]``.
    """
    found = _CONDA.match(text.strip().strip("'\""))
    if found is None:
        return None
    keys = {one["key"]: one["value"] for one in _KEY.finditer(found["keys"] or "")}
    rest = found["rest"].strip()
    if rest and rest[0] not in "=<>!~ " and not rest[0].isdigit() and rest[0] != "*":
        return None
    version, build = _version_and_build(rest)
    version, build = version or keys.get("version", ""), build or keys.get("build", "")
    cuda = _CUDA.search(build)
    named = build_name(cuda[1]) if cuda else ("cpu" if re.search(r"(^|_)cpu(_|$)", build) else "")
    return CondaParts(found["name"].lower(), version, named, build)


def is_build_without_python(build: str) -> bool:
    """Tell whether the build of a conda package says that it was not made for a Python.

    Those that were have ``py38`` or ``pyh`` (any Python) before the hash of their settings; without
    it, that hash is one of a compiled library, but for the two of packages that are nothing but
    requirements.

    Args:
        build: ``h6f3c987_2``, ``py38h497a2fe_0`` or ``pyhd8ed1ab_0``.
    """
    found = _HASHED.match(build)
    return found is not None and found[1] not in _EMPTY


def _version_and_build(rest: str) -> tuple[str, str]:
    if re.match(r"^=?[^=<>!~\s,]+=[^=]+$", rest):  # =1.8=py38, 1.8=py38
        version, _, build = rest.lstrip("=").partition("=")
        return f"={version}", build
    words = rest.split()
    if len(words) > 1 and words[0][:1].isdigit():  # 1.8 py38_0
        return f"={words[0]}", words[1]
    if rest[:1].isdigit():
        return f"={rest}", ""
    return "".join(words), ""


def pip_versions(text: str, *, firm: bool = False) -> str:
    """Return versions in the words of PEP 440; empty for any.

    Args:
        text: conda's ``=1.8``, ``>=3.7,<3.9``, ``1.8.*``, or poetry's ``^3.8`` and ``~1.2``.
        firm: the very version is meant, since its build is named too.
    """
    said = text.strip()
    if not said or said == "*" or "|" in said:
        return ""
    parts = [
        _one(part.strip(), firm=firm)
        for part in re.split(r"\s*,\s*|(?<=[\w*])\s+(?=[<>=!^~])", said)
    ]
    return ",".join(part for part in parts if part)


def is_readable(text: str) -> bool:
    """Tell whether :func:`pip_versions` keeps all that a text says of versions.

    Alternatives (``1.8|1.10``, ``^1.8 || ^2.0``) have no words in PEP 440.

    Args:
        text: versions as conda and poetry write them.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if "|" in text:
        return False
    try:
        SpecifierSet(pip_versions(text))
    except InvalidSpecifier:
        return False
    return True


def _one(said: str, *, firm: bool) -> str:
    operator = re.match(r"^[=<>!^~]*", said)
    sign = operator[0] if operator else ""
    version = said[len(sign) :].strip().rstrip(".").removeprefix("v")
    if version in ("", "*"):
        return ""
    if sign in ("^", "~"):
        return _caret(version) if sign == "^" else _tilde(version)
    if sign in ("", "="):
        bare = version.rstrip("*").rstrip(".")
        plain = _PARTS.match(bare) is not None
        whole = firm or not plain or bare.count(".") + 1 >= _WHOLE
        return f"=={bare}" if whole else f"=={bare}.*"
    if sign in (">", "<", ">=", "<=") and version.endswith("*"):
        version = version.rstrip("*").rstrip(".")
    return f"{sign}{version}"


def _caret(version: str) -> str:
    """``^1.2.3``: up to the next change of the first number that is not zero (poetry)."""
    numbers = [int(one) for one in re.findall(r"\d+", version)]
    at = next((place for place, one in enumerate(numbers) if one), len(numbers) - 1)
    return f">={version},<{'.'.join(map(str, [*numbers[:at], numbers[at] + 1]))}" if numbers else ""


def _tilde(version: str) -> str:
    """``~1.2.3``: up to the next second number; ``~1``: up to the next first one (poetry)."""
    numbers = [int(one) for one in re.findall(r"\d+", version)][:2]
    return f">={version},<{'.'.join(map(str, [*numbers[:-1], numbers[-1] + 1]))}" if numbers else ""
