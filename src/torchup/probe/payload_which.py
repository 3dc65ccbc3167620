"""Says which interpreter this is and what it would import; its text is given to ``python -c``.

Arguments: the framework's name, then more names whose hiding matters. Given as text it sees the
search path that a program in the current folder sees. Prints one line of JSON. Nothing of what is
found is imported. Any Python 3.
"""

# pathlib is slow to import; what can't be told is left out.
# ruff: noqa: BLE001, PTH109, PTH113, PTH118, S110, T201

import json
import os
import sys
import sysconfig

SOONEST = set(sys.builtin_module_names) | {"os", "site", "sys", "abc", "codecs", "io", "stat"}
OF_OLD = {
    "random",
    "types",
    "copy",
    "queue",
    "string",
    "token",
    "typing",
    "enum",
    "json",
    "logging",
    "platform",
    "select",
    "signal",
    "socket",
    "statistics",
    "code",
    "calendar",
    "numbers",
}
"""Modules that much imports, for Pythons that don't tell which are their own."""


def standard() -> "set[str]":
    """Name Python's own modules."""
    return set(getattr(sys, "stdlib_module_names", ())) or OF_OLD


def hidden(names: "set[str]") -> "list[str]":
    """Name the files of this folder that come before modules."""
    found = []
    for name in sorted(names):
        for file in (name + ".py", os.path.join(name, "__init__.py")):
            path = os.path.join(os.getcwd(), file)
            if name not in SOONEST and os.path.isfile(path):
                found.append(path)
    return found


def origin_of(framework: str, hiding: "list[str]") -> "dict[str, object]":
    """Say where the framework would come from, and which version that is."""
    told: dict[str, object] = {}
    try:
        from importlib.util import find_spec

        spec = find_spec(framework)
        if spec is not None:
            places = list(spec.submodule_search_locations or ())
            told["framework"] = spec.origin or (places or [""])[0]
            if told["framework"] not in hiding:  # the version is the hidden one's
                from importlib.metadata import version

                told["version"] = version(framework)
    except Exception:
        pass
    return told


def main(framework: str, more: "list[str]") -> None:
    """Say what this is."""
    told: dict[str, object] = {
        "executable": sys.executable or "",
        "prefix": sys.prefix,
        "base_prefix": getattr(sys, "base_prefix", sys.prefix),
        "python": ".".join(map(str, sys.version_info[:3])),
        "site": sysconfig.get_path("purelib"),
        "search": [one for one in sys.path if one],
    }
    try:
        import site

        user = site.getusersitepackages()
        told["user_site"] = user if user in sys.path else ""
    except Exception:
        pass
    here = "" in sys.path or os.getcwd() in sys.path
    hiding = hidden(standard() | {framework} | set(more)) if here else []
    told["hidden"] = hiding
    told.update(origin_of(framework, hiding))
    print(json.dumps(told))


main(sys.argv[1], sys.argv[2:])
