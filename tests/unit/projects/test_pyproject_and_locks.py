"""``pyproject.toml``, ``Pipfile`` and the locks."""

from __future__ import annotations

import pytest

from torchup.errors import UsageError
from torchup.projects.locks import read_poetry_lock, read_pylock, read_uv_lock
from torchup.projects.pipfile import read_pipfile, read_pipfile_lock
from torchup.projects.pyproject import read_pyproject
from unit.projects.reading import lines, told

PROJECT = """\
[project]
name = "thing"
version = "1"
requires-python = ">=3.9,<3.12"
dependencies = [
  "torch==2.1.0",
  "fork",
]
[project.optional-dependencies]
train = ["deepspeed"]
[tool.uv.sources]
fork = { git = "https://x.test/fork.git" }
"""
POETRY = """\
[tool.poetry.dependencies]
python = "^3.8"
torch = "1.13.1"
numpy = { version = "^1.23", extras = ["dev"] }
mine = { path = "../mine" }
theirs = { git = "https://x.test/theirs.git" }
maybe = { version = "*", optional = true }
"""
UV_LOCK = """\
version = 1
requires-python = ">=3.10"

[[package]]
name = "thing"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "torch" }, { name = "six" }]

[[package]]
name = "torch"
version = "2.5.1+cu121"
source = { registry = "https://download.pytorch.org/whl/cu121" }
wheels = [{ url = "https://x.test/torch.whl", hash = "sha256:aa" }]

[[package]]
name = "six"
version = "1.16.0"
source = { registry = "https://pypi.org/simple" }
wheels = [{ url = "https://x.test/six.whl", hash = "sha256:bb" }]

[[package]]
name = "filelock"
version = "3.16.1"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "nvidia-cublas-cu12"
version = "12.1.3.1"
"""
PYLOCK = """\
lock-version = "1.0"
created-by = "somebody"
requires-python = ">=3.11"
[[packages]]
name = "six"
version = "1.16.0"
marker = "python_version > '3'"
[[packages.wheels]]
name = "six-1.16.0-py2.py3-none-any.whl"
hashes = { sha256 = "cc" }
[[packages]]
name = "fork"
[packages.vcs]
type = "git"
url = "https://x.test/fork.git"
"""
POETRY_LOCK = """\
[[package]]
name = "torch"
version = "1.13.1"
[[package]]
name = "filelock"
version = "3.9.0"
[metadata]
python-versions = "^3.8"
content-hash = "00"
"""
PIPFILE_LOCK = """\
{"_meta": {"requires": {"python_version": "3.8"}},
 "default": {"six": {"version": "==1.16.0", "hashes": ["sha256:dd"],
                     "markers": "python_version >= '3'"},
             "fork": {"git": "https://x.test/fork.git"}},
 "develop": {"pytest": {"version": "==7.0.0"}}}
"""


def test_the_standard_tables() -> None:
    found = read_pyproject(PROJECT, "pyproject.toml")
    assert lines(found) == ["torch==2.1.0"]
    assert found.pythons == "<3.12,>=3.9"
    assert found.packages[0].number == 6
    assert dict(told(found)) == {
        "left-git": "fork @ git+https://x.test/fork.git",
        "groups-passed": "train",
    }


def test_poetrys_tables() -> None:
    found = read_pyproject(POETRY, "pyproject.toml")
    assert lines(found) == ["torch==1.13.1", "numpy[dev]<2,>=1.23"]
    assert ("left-editable", "../mine") in told(found)
    assert found.pythons == "<4,>=3.8"
    assert ("left-git", "theirs @ git+https://x.test/theirs.git") in told(found)


def test_groups_count_where_there_is_nothing_else() -> None:
    text = '[dependency-groups]\nmain = ["torch", {include-group = "x"}]\ndev = ["pytest"]\n'
    assert lines(read_pyproject(text, "pyproject.toml")) == ["torch"]


def test_uvs_lock_asks_for_the_roots_needs_and_holds_the_rest() -> None:
    found = read_uv_lock(UV_LOCK, "uv.lock")
    assert lines(found) == ["torch==2.5.1", "six==1.16.0"]
    assert [one.text for one in found.constraints] == ["filelock==3.16.1"]
    assert (found.build, found.pythons) == ("cu121", ">=3.10")
    assert [(one.name, one.hashes) for one in found.hashes] == [("six", ("sha256:bb",))]
    assert told(found) == [("left-brought", "nvidia-cublas-cu12")]


ROWS = """
lock-version = "1.0"
created-by = "torchup"
dependency-groups = ["lab", "ci"]

[[packages]]
name = "colorama"
version = "0.4.6"
marker = "'lab' in dependency_groups"

[[packages]]
name = "six"
version = "1.17.0"
marker = "'lab' in dependency_groups or 'ci' in dependency_groups"

[[packages]]
name = "torch"
version = "2.9.1+cu126"
marker = "'lab' in dependency_groups"

[[packages]]
name = "torch"
version = "2.9.1+cpu"
marker = "'ci' in dependency_groups"

[tool.torchup]
table = 1
rows = [{name = "lab", asked = ["torch>=2", "six"]}, {name = "ci", asked = ["torch>=2", "six"]}]
"""


def test_rows_for_several_machines_ask_for_what_was_asked() -> None:
    found = read_pylock(ROWS, "pylock.toml")
    assert lines(found) == ["six==1.17.0", "torch==2.9.1"]
    assert [one.text for one in found.constraints] == ["colorama==0.4.6"]


def test_a_pylock_asks_for_all_it_holds() -> None:
    found = read_pylock(PYLOCK, "pylock.toml")
    assert lines(found) == ['six==1.16.0; python_version > "3"']
    assert found.hashes[0].hashes == ("sha256:cc",)
    assert told(found) == [("left-git", "fork @ git+https://x.test/fork.git")]


def test_poetrys_lock_holds_what_the_project_file_does_not_name() -> None:
    found = read_poetry_lock(POETRY_LOCK, "poetry.lock", frozenset({"torch"}))
    assert (lines(found), [one.text for one in found.constraints]) == (
        ["torch==1.13.1"],
        ["filelock==3.9.0"],
    )


def test_pipenvs_files() -> None:
    found = read_pipfile_lock(PIPFILE_LOCK, "Pipfile.lock")
    assert lines(found) == ['six==1.16.0; python_version >= "3"']
    assert found.python == "3.8"
    text = (
        '[[source]]\nurl = "https://pypi.org/simple"\n[packages]\ntorch = "*"\nsix = "==1.16.0"\n'
    )
    assert lines(read_pipfile(text, "Pipfile")) == ["torch", "six==1.16.0"]


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (read_pyproject, "[project\n"),
        (read_uv_lock, "version = 1\n"),
        (read_uv_lock, "<<<<<<< HEAD\n"),
        (read_pylock, 'lock-version = "1.0"\n'),
        (read_pipfile, "[packages]\ntorch = \n"),
        (read_pipfile_lock, "{"),
    ],
)
def test_a_malformed_file_is_named(reader: object, text: str) -> None:
    assert callable(reader)
    with pytest.raises(UsageError) as caught:
        reader(text, "file")
    assert caught.value.code == "projects.malformed"
    assert caught.value.details["file"] == "file"


def test_a_lock_for_several_systems_names_no_build_and_keeps_the_markers() -> None:
    text = (
        "version = 1\n"
        '[[package]]\nname = "torch"\nversion = "2.5.1"\n'
        '[[package]]\nname = "torch"\nversion = "2.5.1+cpu"\n'
        '[[package]]\nname = "numpy"\nversion = "2.0.2"\n'
        '[[package]]\nname = "numpy"\nversion = "2.1.0"\n'
        '[[package]]\nname = "x"\nsource = { editable = "." }\ndependencies = [\n'
        '  { name = "torch", extra = ["opt"], marker = "os_name != \\"nt\\"" },\n'
        '  { name = "numpy" },\n]\n'
    )
    found = read_uv_lock(text, "uv.lock")
    assert lines(found) == ['torch[opt]==2.5.1; os_name != "nt"', "numpy"]
    assert found.build == ""


def test_poetrys_repository_is_named() -> None:
    text = (
        '[[package]]\nname = "fork"\nversion = "1"\n'
        '[package.source]\ntype = "git"\nurl = "https://x.test/fork.git"\n'
    )
    found = read_poetry_lock(text, "poetry.lock", frozenset())
    assert told(found) == [("left-git", "fork @ git+https://x.test/fork.git")]


def test_a_folder_in_a_pipfile_is_left_and_a_wheel_is_taken_by_name() -> None:
    text = (
        '[packages]\nmyproj = {editable = true, path = "."}\n'
        'six = {path = "wheels/six-1.16.0-py2.py3-none-any.whl"}\n'
    )
    found = read_pipfile(text, "Pipfile")
    assert lines(found) == ["six==1.16.0"]
    assert ("left-editable", ".") in told(found)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (
            ", marker = \"os_name == 'nt'\"",
            ", marker = \"os_name == 'posix'\"",
            'torch==2.5.1; os_name == "nt" or os_name == "posix"',
        ),
        (", marker = \"os_name == 'nt'\"", "", "torch==2.5.1"),
    ],
)
def test_a_need_of_several_systems_keeps_every_marker(first: str, second: str, kept: str) -> None:
    text = (
        '[[package]]\nname = "x"\nsource = { virtual = "." }\ndependencies = [\n'
        f'{{ name = "torch"{first} }},\n{{ name = "torch"{second} }},\n]\n'
        '[[package]]\nname = "torch"\nversion = "2.5.1"\n'
        '[[package]]\nname = "torch"\nversion = "2.5.1+cpu"\n'
    )
    assert lines(read_uv_lock(text, "uv.lock")) == [kept]


def test_the_marker_of_one_row_is_not_that_of_all() -> None:
    text = (
        '[[packages]]\nname = "six"\nversion = "1.16.0"\nmarker = "os_name == \'nt\'"\n'
        '[[packages]]\nname = "six"\nversion = "1.16.0"\nmarker = "os_name == \'posix\'"\n'
    )
    assert lines(read_pylock(text, "pylock.toml")) == ["six==1.16.0"]


def test_the_projects_own_code_is_named_by_its_folder() -> None:
    text = PROJECT.replace('{ git = "https://x.test/fork.git" }', '{ path = "libs/fork" }')
    assert ("left-editable", "libs/fork") in told(read_pyproject(text, "pyproject.toml"))
    lock = '[[packages]]\nname = "x"\ndirectory = { path = "libs/x", editable = true }\n'
    assert told(read_pylock(lock, "pylock.toml")) == [("left-editable", "libs/x")]


CONDITIONS = """\
[tool.poetry.dependencies]
python = "^3.8"
torch = [
  { version = "1.13.1", markers = "sys_platform == 'darwin'" },
  { version = "^2.0", platform = "linux", python = ">=3.8,<3.11" },
  { version = "2.1.0", platform = "linux", python = "^3.11 || ~3.7" },
]
numpy = "^1.21 || ^2.0"
"""


def test_every_alternative_of_poetry_counts_with_its_conditions() -> None:
    found = read_pyproject(CONDITIONS, "pyproject.toml")
    old = 'python_version >= "3.8" and python_version < "3.11"'
    new = 'python_version >= "3.11" and python_version < "4.0"'
    other = 'python_version >= "3.7" and python_version < "3.8"'
    assert lines(found) == [
        'torch==1.13.1; sys_platform == "darwin"',
        f'torch<3,>=2.0; {old} and sys_platform == "linux"',
        f'torch==2.1.0; (({new}) or ({other})) and sys_platform == "linux"',
        "numpy",
    ]
    assert told(found) == [("line-repaired", "numpy ^1.21 || ^2.0")]


def test_pipenvs_own_conditions() -> None:
    text = """[packages]\nx = {version = "*", sys_platform = "== 'win32'"}\n"""
    assert lines(read_pipfile(text, "Pipfile")) == ['x; sys_platform == "win32"']


def test_pythons_that_nobody_can_read_are_named() -> None:
    text = '[tool.poetry.dependencies]\npython = "2.7 || ^3.6"\ntorch = "1.0"\n'
    assert told(read_pyproject(text, "pyproject.toml")) == [("pythons-unread", "2.7 || ^3.6")]


def test_the_framework_is_taken_from_an_extra_where_nothing_else_names_it() -> None:
    text = """\
[project]
dependencies = ["numpy"]
[project.optional-dependencies]
cpu = ["torch==1.10.*"]
cuda = ["torch==1.10.*", "torchvision", "ninja"]
"""
    found = read_pyproject(text, "pyproject.toml")
    assert lines(found) == ["numpy", "torch==1.10.*", "torchvision"]
    assert told(found) == [("from-extra", "cuda"), ("groups-passed", "cpu")]


def test_an_optional_framework_of_poetry_is_taken() -> None:
    text = """\
[tool.poetry.dependencies]
numpy = "*"
torch = { version = "^1.13", optional = true }
scipy = { version = "*", optional = true }
"""
    assert lines(read_pyproject(text, "pyproject.toml")) == ["numpy", "torch<2,>=1.13"]


def test_a_lock_whose_extra_alone_has_the_framework_pins_it() -> None:
    text = """\
version = 1
[[package]]
name = "x"
source = { virtual = "." }
dependencies = [{ name = "six" }]
[package.optional-dependencies]
cuda = [{ name = "torch", version = "1.10.2+cu113" }]
[[package]]
name = "six"
version = "1.16.0"
[[package]]
name = "torch"
version = "1.10.2+cu113"
"""
    assert lines(read_uv_lock(text, "uv.lock")) == ["six==1.16.0", "torch==1.10.2"]


def test_a_lock_whose_extras_have_several_frameworks_is_about_one_of_them() -> None:
    extras = {"tf": "tensorflow", "torch": "torch", "flax": "jax"}
    named = "".join(f'{extra} = [{{ name = "{name}" }}]\n' for extra, name in extras.items())
    packages = "".join(
        f'[[package]]\nname = "{name}"\nversion = "1.0"\n' for name in extras.values()
    )
    text = f"""\
version = 1
[[package]]
name = "x"
source = {{ virtual = "." }}
[package.optional-dependencies]
{named}{packages}"""
    assert lines(read_uv_lock(text, "uv.lock")) == ["torch==1.0"]


@pytest.mark.parametrize(("asked", "pinned"), [("six", True), ("torch", False)])
def test_the_only_framework_of_a_lock_may_be_another_one(asked: str, *, pinned: bool) -> None:
    text = f"""\
version = 1
[[package]]
name = "x"
source = {{ virtual = "." }}
dependencies = [{{ name = "{asked}" }}]
[package.optional-dependencies]
gpu = [{{ name = "jax" }}, {{ name = "jaxlib" }}]
[[package]]
name = "{asked}"
version = "2.9.1"
[[package]]
name = "jax"
version = "0.8.0"
[[package]]
name = "jaxlib"
version = "0.8.0"
"""
    also = ["jax==0.8.0", "jaxlib==0.8.0"] if pinned else []
    assert lines(read_uv_lock(text, "uv.lock")) == [f"{asked}==2.9.1", *also]
