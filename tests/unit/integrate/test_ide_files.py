"""Settings in JSON with comments and in XML: one value changes, every other byte stays."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.host.capture import Capture, CaptureHost
from torchup.integrate.ides import jsonc, pycharm, pycharm_folders, vscode, xmlfile

if TYPE_CHECKING:
    from torchup.model import System

KEY = "python.defaultInterpreterPath"
PATH = "/home/me/my envs/环境/bin/python"

# ---- JSON with comments

SPACE = st.text(st.sampled_from(" \t\n"), max_size=4)
COMMENT = st.one_of(
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=8).map(
        lambda text: f"//{text}\n"
    ),
    st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), max_size=8).map(
        lambda text: f"/*{text}*/"
    ),
)
GAP = st.lists(st.one_of(SPACE, COMMENT), max_size=3).map("".join)
LEAF = st.one_of(
    st.integers(-9, 10**6), st.booleans(), st.none(), st.text(max_size=6), st.floats(-1e3, 1e3)
)
VALUE = st.recursive(
    LEAF,
    lambda one: st.one_of(
        st.lists(one, max_size=3), st.dictionaries(st.text(max_size=4), one, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """An object with comments anywhere, and sometimes a comma after its last member."""
    members = draw(st.dictionaries(st.text(max_size=5), VALUE, max_size=5))
    text = draw(GAP) + "{" + draw(GAP)
    for number, (key, value) in enumerate(members.items()):
        gaps = [draw(GAP) for _ in range(4)]
        text += f"{json.dumps(key)}{gaps[0]}:{gaps[1]}{json.dumps(value)}{gaps[2]}"
        if number < len(members) - 1 or draw(st.booleans()):
            text += f",{gaps[3]}"
    return text + "}" + draw(GAP)


def stripped(text: str) -> dict[str, object]:
    """What the document says, by another way: comments and trailing commas are taken out."""
    out, at, inside = "", 0, False
    while at < len(text):
        if inside:
            out += text[at : at + 2] if text[at] == "\\" else text[at]
            inside = text[at] != '"'
            at += 2 if text[at] == "\\" else 1
        elif text.startswith("//", at):
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
        elif text.startswith("/*", at):
            at = text.index("*/", at + 2) + 2
        elif text[at] == "," and out_of(text, at + 1) in ("}", "]"):
            at += 1
        else:
            inside = text[at] == '"'
            out += text[at]
            at += 1
    found: dict[str, object] = json.loads(out)
    return found


def out_of(text: str, at: int) -> str:
    """The next sign that is neither white space nor in a comment."""
    while at < len(text):
        if text.startswith("//", at):
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
        elif text.startswith("/*", at):
            at = text.index("*/", at + 2) + 2
        elif text[at].isspace():
            at += 1
        else:
            return text[at]
    return ""


@settings(max_examples=60)
@given(documents())
def test_a_setting_is_added_and_nothing_else_changes(text: str) -> None:
    before = stripped(text)
    after = jsonc.put(text, KEY, PATH)
    assert stripped(after) == {**before, KEY: PATH}
    assert jsonc.get(after, KEY) == PATH
    rest = iter(after)
    assert all(sign in rest for sign in text), "every byte is there still, in its order"
    again = jsonc.put(after, KEY, "other")
    assert again == after.replace(json.dumps(PATH, ensure_ascii=False), '"other"')
    assert jsonc.put(again, KEY, PATH) == after


@settings(max_examples=60)
@given(documents(), st.text(max_size=5))
def test_values_are_read(text: str, key: str) -> None:
    assert jsonc.get(text, key) == stripped(text).get(key)


SETTINGS = """\
// my settings
{
  "editor.rulers": [88, 100,], // two of them
  /* "python.defaultInterpreterPath": "/old", */
  "python.testing.pytestArgs": [
    "tests"
  ]  // the last one
}
"""


def test_a_persons_file_keeps_its_shape() -> None:
    member = f'  "{KEY}": "{PATH}"\n'
    first = SETTINGS.replace("  ]  // the last one\n", f"  ],  // the last one\n{member}")
    assert jsonc.put(SETTINGS, KEY, PATH) == first
    windows = SETTINGS.replace("\n", "\r\n")
    assert jsonc.put(windows, KEY, PATH) == first.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", '{\n    "a": 1\n}\n'),
        ("{}", '{"a": 1}'),
        ("{ }\n", '{ "a": 1 }\n'),
        ('{"b": 2}', '{"b": 2, "a": 1}'),
        ('{"b": 2,}', '{"b": 2, "a": 1,}'),
        ("{\n}\n", '{\n    "a": 1\n}\n'),
        ('{\n\t"b": 2,\n}', '{\n\t"b": 2,\n\t"a": 1,\n}'),
        ("// nothing yet\n", '// nothing yet\n\n{\n    "a": 1\n}\n'),
        ('{"a": 3, "a": 4}', '{"a": 3, "a": 1}'),
    ],
)
def test_small_files(text: str, after: str) -> None:
    assert jsonc.put(text, "a", 1) == after


@pytest.mark.parametrize(
    ("text", "line"),
    [("[]", 1), ("{\n  a: 1}", 2), ('{"a": 1 "b": 2}', 1), ('{"a": }', 1), ("{", 1), ("{}{}", 1)],
)
def test_what_is_no_settings_file_is_said(text: str, line: int) -> None:
    with pytest.raises(jsonc.MalformedError) as found:
        jsonc.put(text, "a", 1)
    assert found.value.line == line


@fuzzed
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(jsonc.MalformedError):
        jsonc.get(jsonc.put(text, "a", 1), "a")


# ---- XML

TABLE = """\
<application>
  <component name="ProjectJdkTable">
    <jdk version="2">
      <name value="17" />
      <type value="JavaSDK" />
      <homePath value="$USER_HOME$/.jdks/17" />
    </jdk>
    <jdk version="2">
      <name value="Python 3.9 (old)" />
      <type value="Python SDK" />
      <homePath value="$USER_HOME$/old/bin/python" />
      <additional SDK_UUID="1" />
    </jdk>
  </component>
</application>
"""
WANTED = pycharm.Interpreter(name="Python 3.11 (demo)", python="3.11", home=PATH, virtual=True)
ENTRY = """\
    <jdk version="2">
      <name value="Python 3.11 (demo)" />
      <type value="Python SDK" />
      <version value="Python 3.11" />
      <homePath value="/home/me/my envs/环境/bin/python" />
      <roots>
        <classPath>
          <root type="composite" />
        </classPath>
        <sourcePath>
          <root type="composite" />
        </sourcePath>
      </roots>
      <additional SDK_UUID="UUID">
        <setting name="FLAVOR_ID" value="VirtualEnvSdkFlavor" />
        <setting name="FLAVOR_DATA" value="{}" />
      </additional>
    </jdk>
"""


def without_uuid(data: bytes) -> str:
    return re.sub(r'SDK_UUID="[0-9a-f-]{36}"', 'SDK_UUID="UUID"', data.decode())


def test_an_interpreter_is_added_as_pycharm_writes_it() -> None:
    """The golden text is in the form of files that PyCharm 2023 to 2025 wrote themselves."""
    found = pycharm.with_interpreter(TABLE.encode(), WANTED)
    end = "  </component>\n</application>\n"
    assert without_uuid(found) == TABLE.replace(end, ENTRY + end)
    assert pycharm.registered(found, "/home/me") == (
        pycharm.Registered(name="Python 3.9 (old)", home="/home/me/old/bin/python"),
        pycharm.Registered(name="Python 3.11 (demo)", home=PATH),
    )
    assert pycharm.with_interpreter(found, WANTED) == found, "once is enough"
    new = pycharm.with_interpreter(b"", WANTED)
    head = '<application>\n  <component name="ProjectJdkTable">\n'
    assert without_uuid(new) == head + ENTRY + end


def test_one_of_the_same_name_is_replaced() -> None:
    found = pycharm.with_interpreter(TABLE.encode(), WANTED)
    moved = pycharm.Interpreter(name=WANTED.name, python="3.11", home="/new", virtual=False)
    again = pycharm.with_interpreter(found, moved)
    assert [one.home for one in pycharm.registered(again, "")][1:] == ["/new"]
    assert again.count(b"<jdk ") == 3
    assert again.startswith(TABLE.encode()[: TABLE.index("  </component>")])


@pytest.mark.parametrize(
    "empty",
    [
        '<application>\n  <component name="ProjectJdkTable" />\n</application>\n',
        "<application>\n</application>\n",
        "<application />",
    ],
)
def test_tables_without_an_interpreter(empty: str) -> None:
    found = pycharm.with_interpreter(empty.encode(), WANTED)
    assert [one.home for one in pycharm.registered(found, "")] == [PATH]


MISC = """\
<?xml version="1.0" encoding="UTF-8"?>
<project version="4">
  <component name="Black">
    <option name="sdkName" value="Python 3.9 (old)" />
  </component>
  <component name="ProjectRootManager" version="2" project-jdk-name="17" project-jdk-type="JavaSDK">
    <output url="file://$PROJECT_DIR$/out" />
  </component>
</project>"""
MODULE = """\
<?xml version="1.0" encoding="UTF-8"?>
<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$" />
    <orderEntry type="KIND" />
    <orderEntry type="sourceFolder" forTests="false" />
  </component>
</module>
"""


def test_a_project_names_its_interpreter() -> None:
    found = pycharm.with_chosen(MISC.encode(), "A & B")
    changed = MISC.replace('"17"', '"A &amp; B"').replace('"JavaSDK"', '"Python SDK"')
    assert found.decode() == changed
    assert pycharm.chosen(found) == "A & B"
    assert pycharm.chosen(MISC.encode()) == ""
    bare = MISC.replace(' project-jdk-name="17" project-jdk-type="JavaSDK"', "")
    assert pycharm.chosen(pycharm.with_chosen(bare.encode(), "x")) == "x"
    new = pycharm.with_chosen(b'<project version="4">\n</project>\n', "x").decode()
    assert new == (
        '<project version="4">\n  <component name="ProjectRootManager" version="2"'
        ' project-jdk-name="x" project-jdk-type="Python SDK" />\n</project>\n'
    )


def test_a_module_follows_or_has_its_own() -> None:
    inherits = MODULE.replace("KIND", "inheritedJdk").encode()
    assert pycharm.with_module_chosen(inherits, "x") == inherits
    own = MODULE.replace('"KIND"', '"jdk" jdkName="old" jdkType="Python SDK"')
    found = pycharm.with_module_chosen(own.encode(), "x")
    assert found.decode() == own.replace('"old"', '"x"')
    assert pycharm.module_chosen(found) == "x"


NAME = st.sampled_from(["a", "component", "jdk", "name", "环境"])
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> str:
    """An element with attributes, comments, text, and others in it."""
    from xml.sax.saxutils import escape, quoteattr

    tag = "application" if depth == 0 else draw(NAME)
    names = draw(st.lists(NAME, unique=True, max_size=3)) if depth else []
    attributes = "".join(f" {name}={quoteattr(draw(TEXT))}" for name in names)
    if depth and draw(st.booleans()):
        return f"<{tag}{attributes}/>"
    inner = draw(
        st.lists(
            st.one_of(
                TEXT.map(escape),
                SPACE,
                st.just("<!-- <jdk> -->"),
                trees(depth=depth + 1) if depth < 3 else st.just(""),
            ),
            max_size=4,
        )
    )
    return f"<{tag}{attributes}>{''.join(inner)}</{tag} >"


@settings(max_examples=60)
@given(trees())
def test_any_table_keeps_its_bytes(text: str) -> None:
    data = text.encode()
    found = pycharm.with_interpreter(data, WANTED)
    rest = iter(found)
    assert all(sign in rest for sign in data)
    assert PATH in [one.home for one in pycharm.registered(found, "")]
    same = pycharm.with_chosen(data, "x > y")
    assert pycharm.chosen(same) == "x > y"


@fuzzed
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for change in (lambda: pycharm.with_interpreter(data, WANTED), lambda: pycharm.chosen(data)):
        with suppress(xmlfile.MalformedError):
            change()


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><application>&b;</application>'
    with pytest.raises(xmlfile.MalformedError):
        pycharm.with_interpreter(bomb, WANTED)


@pytest.mark.parametrize(
    ("system", "root", "env"),
    [
        ("linux", "/home/me/.config", {"HOME": "/home/me"}),
        ("macos", "/Users/me/Library/Application Support", {"HOME": "/Users/me"}),
        ("windows", "C:/Users/me/AppData/Roaming", {"APPDATA": "C:\\Users\\me\\AppData\\Roaming"}),
    ],
)
def test_settings_lie_where_each_system_has_them(
    system: System, root: str, env: dict[str, str]
) -> None:
    files = {
        f"{root}/JetBrains/PyCharm2025.1/options/a.xml": "",
        f"{root}/JetBrains/PyCharmCE2024.3/options/a.xml": "",
        f"{root}/JetBrains/WebStorm2025.1/options/a.xml": "",
        f"{root}/Code/User/settings.json": "{}",
        f"{root}/VSCodium/User/settings.json": "{}",
    }
    host = CaptureHost(Capture(system=system, machine="x86_64", env=env, files=files))
    assert [(one.name, one.folder) for one in pycharm_folders.profiles(host)] == [
        ("PyCharm Community 2024.3", f"{root}/JetBrains/PyCharmCE2024.3"),
        ("PyCharm 2025.1", f"{root}/JetBrains/PyCharm2025.1"),
    ]
    assert [one.name for one in vscode.profiles(host)] == ["VS Code", "VSCodium"]


def test_the_oldest_versions_had_folders_of_their_own() -> None:
    files = {"/home/me/.PyCharmCE2019.3/config/options/a.xml": ""}
    env = {"HOME": "/home/me"}
    host = CaptureHost(Capture(system="linux", machine="x86_64", env=env, files=files))
    assert [one.folder for one in pycharm_folders.profiles(host)] == [
        "/home/me/.PyCharmCE2019.3/config"
    ]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("${workspaceFolder}/.venv/bin/python", "/p/.venv/bin/python"),
        ("${env:MINE}/bin/python", "/mine/bin/python"),
        ("~/x/python", "/home/me/x/python"),
        ("./v/bin/python", "/p/v/bin/python"),
        ("python3", "python3"),
        ("C:\\x\\python.exe", "C:\\x\\python.exe"),
        ("${config:odd}/python", "/p/${config:odd}/python"),
    ],
)
def test_variables_of_a_setting(value: str, path: str) -> None:
    env = {"HOME": "/home/me", "MINE": "/mine"}
    host = CaptureHost(Capture(system="linux", machine="x86_64", env=env))
    assert vscode.meant(host, value, "/p") == path
