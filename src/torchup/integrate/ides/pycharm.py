"""PyCharm: its table of interpreters, and the files of a project that name one of them.

The table's form is that of IntelliJ's ``ProjectJdkTableImpl`` and ``PythonSdkAdditionalData``.
Where the files lie: https://www.jetbrains.com/help/pycharm/project-and-ide-settings.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

from msgspec import Struct

from torchup.integrate.ides import xmlfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host
    from torchup.integrate.ides.xmlfile import Element
    from torchup.model.ides import Profile

_TYPE: Final = "Python SDK"
_TABLE: Final = "ProjectJdkTable"
_ROOT: Final = "ProjectRootManager"
_MODULE: Final = "NewModuleRootManager"
_VENV: Final = (
    '    <setting name="FLAVOR_ID" value="VirtualEnvSdkFlavor" />\n'
    '    <setting name="FLAVOR_DATA" value="{}" />\n'
)


class Interpreter(Struct, frozen=True, kw_only=True):
    """An interpreter as the table is to have it.

    ``virtual``: it belongs to a virtual environment. Of conda's PyCharm makes its own type where it
    has a conda, and a plain interpreter where it has none, so that no type is written for those.
    """

    name: str
    python: str
    home: str
    virtual: bool


class Registered(Struct, frozen=True, kw_only=True):
    """What the table has: an interpreter, or another kind of SDK, which is no ``python``."""

    name: str
    home: str
    python: bool = True


def table_of(profile: Profile) -> str:
    """Return the file of a version's interpreters."""
    return f"{profile.folder}/options/jdk.table.xml"


def registered(data: bytes, home: str) -> tuple[Registered, ...]:
    """Read a table's interpreters; ``home`` is the user's folder, which the file has a name for.

    Raises:
        MalformedError: the file can't be read.
    """
    return tuple(one for one in entries(data, home) if one.python)


def entries(data: bytes, home: str) -> tuple[Registered, ...]:
    """Read all that a table has, of whatever kind: their names share one menu.

    Raises:
        MalformedError: the file can't be read.
    """
    component = _component(xmlfile.parse(data), _TABLE) if data.strip() else None
    return tuple(_read(one, home) for one in _jdks(component)) if component else ()


def with_interpreter(data: bytes, wanted: Interpreter) -> bytes:
    """Return a table that has an interpreter, in place of one of its name; all else as it was.

    Whether one of that name may be replaced is the caller's to find out.

    Raises:
        MalformedError: the file can't be read.
    """
    entry = _entry(wanted)
    if not data.strip():
        lines = "\n".join(f"    {line}" for line in entry.splitlines())
        head = f'<application>\n  <component name="{_TABLE}">\n'
        return f"{head}{lines}\n  </component>\n</application>\n".encode()
    root = xmlfile.parse(data)
    component = _component(root, _TABLE)
    if component is None:
        lines = "\n".join(f"  {line}" for line in entry.splitlines())
        return xmlfile.added(data, root, f'<component name="{_TABLE}">\n{lines}\n</component>')
    same = next((one for one in _jdks(component) if _value(one, "name") == wanted.name), None)
    if same is None:
        return xmlfile.added(data, component, entry)
    margin = " " * 4
    first, *others = entry.splitlines()
    end = "\r\n" if b"\r\n" in data else "\n"
    return xmlfile.replaced(data, same, end.join([first, *(margin + one for one in others)]))


def chosen(data: bytes) -> str:
    """Return the interpreter that a project's ``misc.xml`` names; empty for none.

    Raises:
        MalformedError: the file can't be read.
    """
    component = _component(xmlfile.parse(data), _ROOT) if data.strip() else None
    if component is None or component.attributes.get("project-jdk-type") != _TYPE:
        return ""
    return component.attributes.get("project-jdk-name", "")


def with_chosen(data: bytes, name: str) -> bytes:
    """Return a ``misc.xml`` that names an interpreter; all else as it was.

    Raises:
        MalformedError: the file can't be read.
    """
    attributes = {"version": "2", "project-jdk-name": name, "project-jdk-type": _TYPE}
    written = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())
    component = f'<component name="{_ROOT}" {written} />'
    if not data.strip():
        return _project(component)
    found = _component(root := xmlfile.parse(data), _ROOT)
    if found is None:
        return xmlfile.added(data, root, component)
    for key, value in attributes.items():
        if key != "version" and found.attributes.get(key) != value:
            data = xmlfile.with_attribute(data, found, key, value)
            found = _component(xmlfile.parse(data), _ROOT) or found
    return data


def module_chosen(data: bytes) -> str:
    """Return the interpreter that a module's file names; empty where it takes the project's.

    Raises:
        MalformedError: the file can't be read.
    """
    entry = _order_entry(xmlfile.parse(data))
    return entry.attributes.get("jdkName", "") if entry else ""


def with_module_chosen(data: bytes, name: str) -> bytes:
    """Return a module's file that names an interpreter, where it names one at all.

    Raises:
        MalformedError: the file can't be read.
    """
    for key, value in (("jdkName", name), ("jdkType", _TYPE)):
        entry = _order_entry(xmlfile.parse(data))
        if entry is not None and entry.attributes.get(key) != value:
            data = xmlfile.with_attribute(data, entry, key, value)
    return data


def modules(host: Host, folder: str) -> tuple[str, ...]:
    """Return the files of a project's modules, as ``modules.xml`` names them.

    Raises:
        MalformedError: the file can't be read.
    """
    data = host.read(f"{folder}/.idea/modules.xml")
    if not data:
        return ()
    component = _component(xmlfile.parse(data), "ProjectModuleManager")
    lists = component.of("modules") if component else ()
    named = (one.attributes.get("filepath", "") for each in lists for one in each.of("module"))
    return tuple(one.replace("$PROJECT_DIR$", folder) for one in named if one.endswith(".iml"))


def new_project(folder: str, name: str) -> dict[str, bytes]:
    """Return the files of a project that PyCharm has not opened yet."""
    module = re.split(r"[\\/]", folder.rstrip("/\\"))[-1] or "project"
    place = f"$PROJECT_DIR$/.idea/{module}.iml"
    listed = (
        '<component name="ProjectModuleManager">\n    <modules>\n'
        f"      <module fileurl={quoteattr(f'file://{place}')} filepath={quoteattr(place)} />\n"
        "    </modules>\n  </component>"
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<module type="PYTHON_MODULE" version="4">\n'
        f'  <component name="{_MODULE}">\n    <content url="file://$MODULE_DIR$" />\n'
        f'    <orderEntry type="jdk" jdkName={quoteattr(name)} jdkType="{_TYPE}" />\n'
        '    <orderEntry type="sourceFolder" forTests="false" />\n  </component>\n</module>\n'
    )
    return {
        f"{folder}/.idea/misc.xml": with_chosen(b"", name),
        f"{folder}/.idea/modules.xml": _project(listed),
        f"{folder}/.idea/{module}.iml": content.encode(),
    }


def _project(component: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<project version="4">\n'
    return f"{head}  {component}\n</project>\n".encode()


def _entry(wanted: Interpreter) -> str:
    roots = "".join(
        f'    <{one}>\n      <root type="composite" />\n    </{one}>\n'
        for one in ("classPath", "sourcePath")
    )
    identity = uuid5(NAMESPACE_URL, f"{wanted.name}\n{wanted.home}")
    additional = f'  <additional SDK_UUID="{identity}"'
    closed = f">\n{_VENV}  </additional>\n" if wanted.virtual else " />\n"
    return (
        '<jdk version="2">\n'
        f"  <name value={quoteattr(wanted.name)} />\n"
        f'  <type value="{_TYPE}" />\n'
        f"  <version value={quoteattr(f'Python {wanted.python}')} />\n"
        f"  <homePath value={quoteattr(wanted.home)} />\n"
        f"  <roots>\n{roots}  </roots>\n"
        f"{additional}{closed}"
        "</jdk>"
    )


def _jdks(component: Element) -> Iterator[Element]:
    return component.of("jdk")


def _read(found: Element, home: str) -> Registered:
    path = _value(found, "homePath").replace("$USER_HOME$", home)
    python = _value(found, "type") == _TYPE
    return Registered(name=_value(found, "name"), home=path, python=python)


def _value(found: Element, tag: str) -> str:
    return next((one.attributes.get("value", "") for one in found.of(tag)), "")


def _component(root: Element, name: str) -> Element | None:
    return next(root.of("component", name=name), None)


def _order_entry(root: Element) -> Element | None:
    component = _component(root, _MODULE)
    return next(component.of("orderEntry", type="jdk"), None) if component else None
