"""Reading documents that people and other programs wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.model import Driver, Machine, Requirement
from torchup.resolve import resolve
from torchup.wire.read import machines
from torchup.words import Words

PLAIN: dict[str, Any] = {
    "schema": "torchup.machine/v1",
    "os": {"system": "linux"},
    "arch": "x86_64",
}
TEXT = json.dumps(PLAIN)
REFUSED = {
    "wire.wrong-form",
    "wire.malformed",
    "wire.not-a-choice",
    "wire.wrong-type",
    "wire.field-missing",
}


def read(text: str) -> tuple[Machine, ...]:
    return machines(text.encode(), "here")


def test_only_three_fields_are_needed() -> None:
    (found,) = read(TEXT)
    assert (found.os.system, found.arch) == ("linux", "x86_64")
    assert (found.gpus, found.drivers, found.pythons) == (None, None, None)


def test_none_is_not_unknown() -> None:
    (found,) = read(json.dumps(PLAIN | {"gpus": [], "drivers": [], "pythons": None}))
    assert (found.gpus, found.drivers, found.pythons) == ((), (), None)


def test_what_a_later_version_adds_is_passed_over() -> None:
    (found,) = read(
        json.dumps(PLAIN | {"future": {"deep": [1]}, "gpus": [{"name": "x", "new": 1}]})
    )
    assert found.gpus is not None
    assert found.gpus[0].name == "x"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_json_lines(end: str) -> None:
    assert len(read(TEXT + end + TEXT + end)) == 2


def test_pretty_printed() -> None:
    assert len(read(json.dumps(PLAIN, indent=2))) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_of_windows(encoding: str) -> None:
    text = json.dumps(PLAIN | {"cpu": {"model": "处理器"}}, ensure_ascii=False)
    (found,) = machines(text.encode(encoding), "here")
    assert found.cpu is not None
    assert found.cpu.model == "处理器"


@pytest.mark.parametrize(
    ("system", "written", "platform"),
    [
        ("linux", "arm64", "linux-aarch64"),
        ("linux", "aarch64", "linux-aarch64"),
        ("macos", "aarch64", "macos-arm64"),
        ("windows", "arm64", "windows-arm64"),
        ("windows", "x86_64", "windows-x86_64"),
    ],
)
def test_arm_has_two_names(system: str, written: str, platform: str) -> None:
    (found,) = read(json.dumps(PLAIN | {"os": {"system": system}, "arch": written}))
    assert found.platform == platform


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("[]", "1", "array"),
        ('{\n"schema": "torchup.machine/v1",\n"arch": }', "3", "malformed"),
        (TEXT + "\n" + '{"schema": 1}', "2", "schema"),
        (TEXT + "\n{", "2", "truncated"),
        (TEXT.replace("machine/v1", "machine/v9"), "1", "schema"),
        (TEXT.replace("linux", "plan9"), "1", "os.system"),
        (TEXT.replace("x86_64", "vax"), "1", "arch"),
        (json.dumps(PLAIN | {"gpus": {}}), "1", "gpus"),
        (json.dumps(PLAIN | {"gpus": [{"arch": "sm_8.6"}]}), "1", "gpus[0].arch"),
        (json.dumps(PLAIN | {"pythons": [{"path": "/x", "version": "3"}]}), "1", "version"),
        (json.dumps(PLAIN | {"pythons": [{"path": "/x", "version": "3.14rc1"}]}), "1", "version"),
        (TEXT[:-1] + ', "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "1", "recursion"),
    ],
)
def test_what_is_wrong_is_named(text: str, line: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert caught.value.code in REFUSED
    assert caught.value.details["line"] == line
    said = Words().say(caught.value.code, caught.value.details)
    assert why in said
    assert "here" in said


@pytest.mark.parametrize(
    ("fields", "broken", "line", "said"),
    [
        ({"gpus": [{"name": "a"}, {"name": 5}]}, None, "13", "gpus[1].name has to be `str"),
        ({"os": {"system": "Linux"}}, None, "5", "linux, windows, macos"),
        ({"arch": "AMD64"}, None, "7", "“AMD64”; it can be: x86_64, aarch64, arm64"),
        ({"gpus": [{"vendor": "matrox"}]}, None, "10", "nvidia, amd, intel, apple"),
        ({"drivers": [{"version": 535}]}, None, "10", "drivers[0].version has to be"),
        ({"gpus": [{"memory_mib": -5}]}, None, "10", "gpus[0].memory_mib"),
        ({}, -2, "6", "truncated"),
    ],
)
def test_the_line_of_a_document_of_many(
    fields: dict[str, Any], broken: int | None, line: str, said: str
) -> None:
    text = json.dumps(PLAIN | fields, indent=2)[:broken]
    with pytest.raises(UsageError) as caught:
        read("\n" + text if broken is None else text)
    worded = Words().say(caught.value.code, caught.value.details)
    assert said in worded
    assert f"line {line}:" in worded


@pytest.mark.parametrize(
    ("written", "arch"),
    [("7.5", "sm_75"), ("SM_86", "sm_86"), ("sm86", "sm_86"), ("12.0", "sm_120")],
)
def test_architectures_as_people_write_them(written: str, arch: str) -> None:
    (found,) = read(json.dumps(PLAIN | {"gpus": [{"arch": written}]}))
    assert found.gpus is not None
    assert found.gpus[0].arch == arch


@pytest.mark.parametrize("data", [b"", b" \n", b"\xef\xbb\xbf"])
def test_empty(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"wire\.empty"):
        machines(data, "here")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@fuzzed
@given(st.binary(max_size=200) | st.binary(max_size=40).map(lambda tail: TEXT.encode() + tail))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        machines(data, "here")
    except UsageError as error:
        assert error.code in {*REFUSED, "wire.empty"}  # noqa: PT017 - all are right


@fuzzed
@given(st.dictionaries(st.sampled_from((*PLAIN, "gpus", "drivers", "pythons", "cpu")), JSON))
def test_any_field_is_read_or_refused_and_never_breaks_the_choice(
    fields: dict[str, Any],
) -> None:
    try:
        (found,) = read(json.dumps(PLAIN | fields))
    except UsageError as error:
        assert error.code in REFUSED  # noqa: PT017 - refusing is right too
    else:
        resolve(found, Requirement(today="2026-11-21"), load_catalogue())


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("31.0.15.3623", "536.23"),
        ("27.21.14.5671", "456.71"),
        ("535.183.01", "535.183.01"),
        ("R535", "535"),
    ],
)
def test_drivers_as_windows_writes_them(written: str, read_as: str) -> None:
    (found,) = read(json.dumps(PLAIN | {"drivers": [{"vendor": "nvidia", "version": written}]}))
    assert found.drivers is not None
    assert found.drivers[0].version == read_as


@pytest.mark.parametrize("empty", [{}, None])
def test_whatever_is_missing_at_any_depth_is_unknown(empty: dict[str, Any] | None) -> None:
    fields = {
        "cpu": empty,
        "gpus": [{"name": None}],
        "drivers": [{"vendor": None, "version": None, "max_runtime": "12.4"}],
        "pythons": [{"path": None, "version": "3.12.1", "bits": None}, {"path": "/usr/bin/py"}],
        "toolkits": [{"version": "12.4"}],
        "tools": [{"name": "gcc"}],
        "disks": [{"path": "/"}, {"path": "/data", "free_mib": 100}],
        "problems": [{}, {"code": "x", "args": None}],
        "evidence": [{"source": "nvml"}],
    }
    (found,) = read(json.dumps(PLAIN | fields))
    assert found.drivers == (Driver(vendor="nvidia", version="", max_runtime="12.4"),)
    assert [(one.path, one.minor, one.bits) for one in found.pythons or ()] == [("", "3.12", 64)]
    assert (found.toolkits, found.tools, found.evidence) == ((), (), ())
    assert [one.path for one in found.disks or ()] == ["/data"]
    assert [(one.code, one.args) for one in found.problems] == [("x", {})]
    assert resolve(found, Requirement(today="2026-11-21"), load_catalogue()).outcome == "none"


def test_a_driver_without_a_maker_is_that_of_the_cards() -> None:
    fields = {"gpus": [{"vendor": "amd"}], "drivers": [{"version": "6.12.12"}]}
    (found,) = read(json.dumps(PLAIN | fields))
    assert [one.vendor for one in found.drivers or ()] == ["amd"]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ({"libc": "2.17"}, "glibc 2.17"),
        ({"libc": "glibc-2.31"}, "glibc 2.31"),
        ({"libc": "GLIBC 2.35"}, "glibc 2.35"),
        ({"libc": "ldd (GNU libc) 2.28"}, "glibc 2.28"),
        ({"libc": "glibc 2.35"}, "glibc 2.35"),
        ({"libc": "musl 1.2.5"}, "musl 1.2.5"),
        ({"libc": "unheard of"}, "unheard of"),
        ({"distro": "alpine"}, "musl"),
        ({"distro": "debian"}, None),
    ],
    ids=str,
)
def test_the_c_library_as_people_write_it(written: dict[str, str], read_as: str | None) -> None:
    (found,) = read(json.dumps(PLAIN | {"os": {"system": "linux", **written}}))
    assert found.os.libc == read_as
