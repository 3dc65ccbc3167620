"""Locks for several machines: what is written is a standard lock, and is read as it was."""

from __future__ import annotations

import string
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.pylock import Pylock
from packaging.tags import parse_tag

from fuzzing import fuzzed, fuzzed_for_all
from torchup.backends.lock_reading import (
    Lockfile,
    NotForHere,
    packages_of,
    read_lockfile,
    select,
    tables_of,
)
from torchup.backends.lock_writing import Written, lock_text, marker_of, row_text
from torchup.errors import UsageError
from torchup.model import Machine, Os, Stack
from torchup.model.locked import LockRow
from torchup.resolve.ask import marker_environment

LINUX = Machine(os=Os(system="linux"), arch="x86_64")
MAC = Machine(os=Os(system="macos"), arch="arm64")
HERE = marker_environment(LINUX, "3.11")
TAGS = [
    *parse_tag("cp311-cp311-manylinux_2_28_x86_64"),
    *parse_tag("py3-none-any"),
]
TAG = "cp311-cp311-manylinux_2_28_x86_64"


def stack(build: str, python: str = "3.11") -> Stack:
    return Stack(
        python=python,
        packages={"torch": "2.9.1"},
        build=build,
        runtime="",
        device="cpu",
        pins={"torch": f"2.9.1+{build}"},
        environment={"A": 'quotes " and \\ stay'},
    )


def wheel(name: str, version: str, tag: str = "py3-none-any", sha: str = "a") -> dict[str, Any]:
    return {
        "name": name,
        "version": version,
        "index": "https://files.example/simple",
        "wheels": [
            {
                "url": f"https://files.example/{name}-{version}-{tag}.whl",
                "upload-time": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
                "size": 12,
                "hashes": {"sha256": sha * 64},
            }
        ],
    }


def row(name: str, *packages: dict[str, Any], build: str = "cpu") -> Written:
    made = LockRow(name=name, platform="linux-x86_64", stack=stack(build), words=f"{build},linux")
    return Written(row=made, packages=packages)


LAB = row("lab", wheel("six", "1.0"), wheel("torch", "2.9.1+cu126", TAG, "b"), build="cu126")
CI = row("ci", wheel("six", "1.0"), wheel("torch", "2.9.1+cpu", TAG, "c"))


def lock(*rows: Written, python: str = "3.11") -> Lockfile:
    text = lock_text(rows, [marker_of(LINUX, python)], "demo")
    return read_lockfile(text.encode(), "pylock.toml")


def test_rows_are_groups_and_share_what_is_alike() -> None:
    found = lock(LAB, CI)
    standard = Pylock.from_dict(found.document)
    assert standard.dependency_groups == ["lab", "ci"]
    assert [(one.name, str(one.marker)) for one in standard.packages] == [
        ("six", '"lab" in dependency_groups or "ci" in dependency_groups'),
        ("torch", '"lab" in dependency_groups'),
        ("torch", '"ci" in dependency_groups'),
    ]
    assert found.several
    assert [str(one["version"]) for one in select(found, "ci", HERE, TAGS)] == ["1.0", "2.9.1+cpu"]
    assert select(found, "lab", HERE, TAGS) == LAB.packages


def test_one_row_is_for_every_installer() -> None:
    found = lock(CI)
    assert "dependency-groups" not in found.document
    assert not any("marker" in one for one in found.document["packages"])
    assert [one.name for one, _ in Pylock.from_dict(found.document).select(tags=TAGS)] == [
        "six",
        "torch",
    ]


def test_without_a_group_nothing_is_installed() -> None:
    assert not list(Pylock.from_dict(lock(LAB, CI).document).select(tags=TAGS))


def test_the_lock_says_where_it_can_be_installed() -> None:
    found = lock(CI, python="3.12")
    with pytest.raises(NotForHere, match="environments"):
        select(found, "ci", HERE, TAGS)
    with pytest.raises(NotForHere):
        select(lock(CI), "ci", marker_environment(MAC, "3.11"), TAGS)


def test_a_package_without_a_file_for_here() -> None:
    other = row("ci", wheel("torch", "2.9.1", "cp311-cp311-win_amd64"))
    with pytest.raises(NotForHere, match="torch"):
        select(lock(other), "ci", HERE, TAGS)


def test_processors_are_named_as_their_system_does() -> None:
    windows = Machine(os=Os(system="windows"), arch="arm64")
    assert "platform_machine == 'ARM64'" in marker_of(windows, "3.12")
    assert "platform_machine == 'arm64'" in marker_of(MAC, "3.12")


def test_the_row_alone() -> None:
    text = row_text(LAB.packages, "3.14t")
    assert 'requires-python = ">=3.14"' in text
    assert tables_of(text) == LAB.packages


GOOD = lock_text([LAB, CI], [marker_of(LINUX, "3.11")], "demo")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('lock-version = "1.0"', 'lock-version = "2.0"', "lock.newer"),
        ('lock-version = "1.0"', 'lock-version = "x"', "lock.malformed"),
        ("[[packages]]", "[[packages]", "lock.not-toml"),
        ("[[packages]]", "[[pakages]]", "lock.malformed"),
        ("table = 1", "table = 2", "lock.newer-table"),
        ("table = 1", 'table = "a"', "lock.malformed"),
        ('build = "cpu"', "build = 7", "lock.malformed"),
        ('name = "ci"', 'name = "lab"', "lock.malformed"),
        ("hashes = {", "hash = {", "lock.no-hash"),
        ('name = "torch"', 'name = "Torch"', "lock.malformed"),
        ("2.9.1+cpu-cp311", "2.9.1+cpu", "lock.malformed"),
        ("'lab' in dependency_groups", "lab", "lock.malformed"),
    ],
)
def test_what_is_wrong_with_a_lock(old: str, new: str, code: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        read_lockfile(GOOD.replace(old, new).encode(), "pylock.toml")
    assert caught.value.code == code
    assert caught.value.details["file"] == "pylock.toml"


def test_the_line_of_a_mistake_is_told() -> None:
    with pytest.raises(UsageError) as caught:
        read_lockfile(b'lock-version = "1.0"\n[[packages\n', "pylock.toml")
    assert "line 2" in caught.value.details["why"]


def test_a_later_minor_version_is_read_and_told() -> None:
    found = read_lockfile(GOOD.replace('"1.0"', '"1.3"', 1).encode(), "pylock.toml")
    assert found.newer == "1.3"
    assert len(select(found, "lab", HERE, TAGS)) == 2


def test_another_programs_lock_has_no_rows() -> None:
    text = GOOD[: GOOD.index("[tool.torchup]")]
    found = read_lockfile(b"\xef\xbb\xbf" + text.encode(), "pylock.toml")
    assert found.tool is None
    assert not found.several


NAMES = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,5})?", fullmatch=True)
VERSIONS = st.sampled_from(["1.0", "2.9.1+cu126", "2.9.1+cpu", "0.1rc1", "2024.1"])
SHA = st.text("0123456789abcdef", min_size=64, max_size=64)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def packages(draw: st.DrawFn) -> dict[str, Any]:
    name, version = draw(NAMES), draw(VERSIONS)
    file: dict[str, Any] = {
        "url": f"https://f.example/{name.replace('-', '_')}-{version}-py3-none-any.whl",
        "hashes": {"sha256": draw(SHA)},
    }
    if draw(st.booleans()):
        file["size"] = draw(st.integers(0, 2**40))
    found: dict[str, Any] = {"name": name, "version": version}
    if draw(st.booleans()):
        found["index"] = f"https://f.example/{draw(st.text(string.ascii_letters, max_size=5))}"
    return {**found, "wheels": [file]}


@st.composite
def rows(draw: st.DrawFn) -> Written:
    made = LockRow(
        name=draw(NAMES),
        platform="linux-x86_64",
        words=draw(TEXTS),
        asked=tuple(draw(st.lists(TEXTS, max_size=3))),
        constraints=tuple(draw(st.lists(TEXTS, max_size=2))),
        companions=draw(st.booleans()),
        as_of=draw(TEXTS),
        stack=Stack(
            python=draw(st.sampled_from(["3.9", "3.14t"])),
            packages=draw(st.dictionaries(TEXTS, TEXTS, max_size=3)),
            build=draw(TEXTS),
            runtime=draw(TEXTS),
            device=draw(st.sampled_from(["cuda", "cpu", "mps"])),
            index_url=draw(TEXTS),
            pins=draw(st.dictionaries(TEXTS, TEXTS, max_size=3)),
            beside=tuple(draw(st.lists(TEXTS, max_size=2))),
            environment=draw(st.dictionaries(TEXTS, TEXTS, max_size=2)),
        ),
    )
    each = draw(st.lists(packages(), min_size=1, max_size=5, unique_by=lambda one: one["name"]))
    return Written(row=made, packages=tuple(each))


@fuzzed_for_all
@given(
    st.lists(rows(), min_size=1, max_size=4, unique_by=lambda one: one.row.name),
    TEXTS,
)
def test_what_is_written_is_read_again(written: list[Written], environment: str) -> None:
    text = lock_text(written, [marker_of(LINUX, "3.11")], environment)
    found = read_lockfile(text.encode(), "pylock.toml")
    assert found.tool is not None
    assert found.tool.environment == environment
    assert found.tool.rows == tuple(one.row for one in written)
    for one in written:
        by_name = sorted(one.packages, key=lambda package: package["name"])
        assert list(packages_of(found, one.row.name)) == by_name
    assert list(Pylock.from_dict(found.document).packages)


@fuzzed
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"^lock\."):
        read_lockfile(data, "pylock.toml")


@fuzzed
@given(st.data())
def test_a_spoilt_lock_is_read_or_refused(data: st.DataObject) -> None:
    text = GOOD.encode()
    at = data.draw(st.integers(0, len(text)))
    gone = data.draw(st.integers(0, 30))
    spoilt = text[:at] + data.draw(st.binary(max_size=8)) + text[at + gone :]
    with suppress(UsageError):
        read_lockfile(spoilt, "pylock.toml")
