"""Writing a lock (PEP 751): one row as any installer takes it, several as dependency groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from torchup import __version__
from torchup.backends.lock_reading import TABLE
from torchup.model import Stack
from torchup.model.locked import LockRow
from torchup.resolve.ask import marker_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from torchup.model import Machine

    Table = Mapping[str, Any]

_COMPARED: Final = ("sys_platform", "platform_machine", "python_version")
_ALWAYS: Final = frozenset(one.name for one in msgspec.structs.fields(Stack) if one.required)
_LISTS: Final = frozenset({"wheels", "dependencies", "attestation-identities"})


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A row and its packages, without markers."""

    row: LockRow
    packages: tuple[Table, ...]


def marker_of(machine: Machine, python: str) -> str:
    """The marker that holds on machines like one, with a release line of Python."""
    found = marker_environment(machine, python)
    return " and ".join(f"{name} == '{found[name]}'" for name in _COMPARED)


def lock_text(written: Sequence[Written], markers: Iterable[str], environment: str) -> str:
    """Write a lock.

    A package that several rows have in exactly the same files stands there once. What several rows
    have is installed with any of them, and nothing without one: half an environment helps nobody.

    Args:
        written: the rows, in their order.
        markers: where they can be installed.
        environment: the name of the environment that was locked, empty for none.
    """
    groups = [one.row.name for one in written] if len(written) > 1 else []
    head: dict[str, Any] = {
        "lock-version": "1.0",
        "environments": list(dict.fromkeys(markers)),
        **({"dependency-groups": groups} if groups else {}),
        "created-by": f"torchup {__version__}",
    }
    rows = [_row_table(one.row) for one in written]
    named = {"environment": environment} if environment else {}
    tool = {"torchup": {"table": TABLE, **named, "rows": rows}}
    return render({**head, "packages": _packages(written, bool(groups)), "tool": tool})


def row_text(packages: Iterable[Table], python: str) -> str:
    """Write the lock of one row alone, as an environment keeps it.

    Args:
        packages: its packages, without markers.
        python: its release line.
    """
    head = {"lock-version": "1.0", "requires-python": f">={python.rstrip('t')}"}
    return render({**head, "created-by": f"torchup {__version__}", "packages": list(packages)})


def _conda(lock: Table) -> Any:  # noqa: ANN401  # tomlkit's own types
    """A package of conda's to a line: there are hundreds."""
    import tomlkit

    made = tomlkit.table()
    for key, value in lock.items():
        if key != "packages":
            made.append(key, value)
    packages = tomlkit.array().multiline(multiline=True)
    packages.extend(_inline(one) for one in lock.get("packages", ()))
    made.append("packages", packages)
    return made


def _row_table(row: LockRow) -> dict[str, Any]:
    table: dict[str, Any] = msgspec.to_builtins(row)
    stack = {name: value for name, value in table.pop("stack").items() if value or name in _ALWAYS}
    return {**table, "stack": stack}


def _packages(written: Sequence[Written], grouped: bool) -> list[dict[str, Any]]:
    """Each package once for all the rows that have it alike; by name, then in the rows' order."""
    alike: dict[bytes, tuple[Table, list[str]]] = {}
    for one in written:
        for table in one.packages:
            key = msgspec.json.encode(table, order="deterministic")
            alike.setdefault(key, (table, []))[1].append(one.row.name)
    found = sorted(alike.values(), key=lambda pair: str(pair[0]["name"]))
    return [_marked(table, names if grouped else []) for table, names in found]


def _marked(table: Table, rows: list[str]) -> dict[str, Any]:
    marker = " or ".join(f"'{name}' in dependency_groups" for name in rows)
    first = {key: table[key] for key in ("name", "version") if key in table}
    return {**first, **({"marker": marker} if marker else {}), **table}


def render(document: Mapping[str, Any]) -> str:
    """Write TOML as people read it: a package to a table, a file to a line."""
    import tomlkit

    made = tomlkit.document()
    for key, value in document.items():
        if key == "packages":
            made.append(key, _array_of_tables(value))
        elif key == "tool":
            made.append(key, _tool(value))
        else:
            made.append(key, tomlkit.item(value))
    return tomlkit.dumps(made)


def _array_of_tables(tables: Iterable[Table]) -> Any:  # noqa: ANN401  # tomlkit's own types
    import tomlkit

    found = tomlkit.aot()
    for one in tables:
        table = tomlkit.table()
        for key, value in one.items():
            table.append(key, _value(key, value))
        found.append(table)
    return found


def _value(key: str, value: object) -> Any:  # noqa: ANN401  # tomlkit's own types
    import tomlkit

    if isinstance(value, dict):
        return _inline(value)
    if key in _LISTS and isinstance(value, list):
        array = tomlkit.array().multiline(multiline=True)
        array.extend(_inline(one) for one in value)
        return array
    return tomlkit.item(value)


def _inline(value: Table) -> Any:  # noqa: ANN401  # tomlkit's own types
    import tomlkit

    table = tomlkit.inline_table()
    for key, one in value.items():
        table.append(key, _inline(one) if isinstance(one, dict) else tomlkit.item(one))
    return table


def _tool(tool: Table) -> Any:  # noqa: ANN401  # tomlkit's own types
    import tomlkit

    made, own = tomlkit.table(is_super_table=True), tomlkit.table()
    for key, value in tool["torchup"].items():
        own.append(key, value if key != "rows" else _rows(value))
    made.append("torchup", own)
    return made


def _rows(rows: Iterable[Table]) -> Any:  # noqa: ANN401  # tomlkit's own types
    import tomlkit

    found = tomlkit.aot()
    for row in rows:
        table = tomlkit.table()
        for key, value in row.items():
            if key not in ("stack", "conda"):
                table.append(key, value)
        stack = tomlkit.table()
        for key, value in row["stack"].items():
            stack.append(key, _inline(value) if isinstance(value, dict) else value)
        table.append("stack", stack)
        if "conda" in row:
            table.append("conda", _conda(row["conda"]))
        found.append(table)
    return found
