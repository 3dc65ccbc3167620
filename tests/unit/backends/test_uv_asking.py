"""What uv is asked and what its answers mean: hashes, days, who asks for the framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from torchup.backends import Inputs
from torchup.backends.inputs import Dependant
from torchup.backends.uv_dates import dated_failure, day_options
from torchup.backends.uv_hashes import only_allowed
from torchup.backends.uv_narrow import read_dependants
from torchup.backends.uv_stubs import write_stubs
from torchup.errors import NoAnswerError
from torchup.host import Completed
from torchup.model import Source, SourceSet
from torchup.model.stack import AllowedHashes
from torchup.sources.metadata import metadata_of

if TYPE_CHECKING:
    from pathlib import Path

LOCK = """\
lock-version = "1.0"

[[packages]]
name = "bar"
version = "1.0"
sdist = { url = "https://x/bar-1.0.tar.gz", size = 1, hashes = { sha256 = "cc" } }
wheels = [
    { url = "https://x/bar-1.0-py3-none-any.whl", size = 838, hashes = { sha256 = "aa" } },
    { url = "https://x/bar-1.0-py2-none-any.whl", size = 857, hashes = { sha256 = "bb" } },
]

[[packages]]
name = "foo"
version = "2.0"
wheels = [{ url = "https://x/foo-2.0-py3-none-any.whl", hashes = { sha256 = "dd" } }]
"""
LIST = """\
app==3.0
ext==1.0                  # via app
filelock==3.0             # via torch
loose[x]==1.0             # via plan (pyproject.toml)
torch==2.13.0             # via ext, loose
"""


def allowed(**hashes: str) -> list[AllowedHashes]:
    return [AllowedHashes(name=name, hashes=tuple(one.split())) for name, one in hashes.items()]


def files_of(lock: str) -> list[str]:
    read = msgspec.toml.decode(lock)
    return [
        file["url"].rpartition("/")[2]
        for package in read["packages"]
        for file in [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
    ]


def test_only_listed_files_stay() -> None:
    assert only_allowed(LOCK, ()) == LOCK
    kept = only_allowed(LOCK, allowed(bar="sha256:bb sha256:00"))
    assert files_of(kept) == ["bar-1.0-py2-none-any.whl", "foo-2.0-py3-none-any.whl"]
    both = only_allowed(LOCK, allowed(bar="sha256:aa sha256:cc", foo="sha256:DD".lower()))
    assert files_of(both) == [
        "bar-1.0-py3-none-any.whl",
        "bar-1.0.tar.gz",
        "foo-2.0-py3-none-any.whl",
    ]
    assert files_of(only_allowed(LOCK, allowed(bar="sha256:cc")))[0] == "bar-1.0.tar.gz"


@pytest.mark.parametrize("hashes", [{"foo": "sha256:aa"}, {"bar": "sha512:aa"}])
def test_a_package_without_a_listed_file_is_named(hashes: dict[str, str]) -> None:
    with pytest.raises(NoAnswerError) as caught:
        only_allowed(LOCK, allowed(**hashes))
    assert caught.value.code == "uv.hash-not-listed"
    assert caught.value.details["name"] in hashes


def test_who_asks_for_the_framework_and_whose_line_it_is() -> None:
    lines = {"app": "app>=1", "loose": "loose"}
    assert read_dependants(LIST, lines, "torch") == (
        Dependant(name="ext", version="1.0", line="app>=1"),
        Dependant(name="loose", version="1.0", line="loose"),
    )
    assert read_dependants("app==3.0\n", lines, "torch") == ()


def inputs(as_of: str) -> Inputs:
    source = Source(id="primary", kind="index", role="primary", url="https://x/simple")
    return Inputs(
        python="/python",
        minor="3.12",
        requirements=("a",),
        sources=SourceSet(primary=source),
        framework_names=("torch", "Torch_Vision"),
        as_of=as_of,
    )


def test_a_day_is_told_to_uv_and_the_framework_is_exempt() -> None:
    assert day_options(inputs("")) == []
    options = day_options(inputs("2024-06-01"))
    assert options[:2] == ["--exclude-newer", "2024-06-01T23:59:59Z"]
    assert options[3::2] == ["torch=false", "torch-vision=false"]


def test_an_index_that_tells_no_times_is_named() -> None:
    failure = NoAnswerError("uv.no-solution", why="because")
    said = Completed(code=1, err="warning: `a-1.whl` is missing an upload date, but user provided")
    assert dated_failure(inputs("2024-06-01"), said, failure).code == "uv.no-upload-times"
    assert dated_failure(inputs(""), said, failure) is failure
    assert dated_failure(inputs("2024-06-01"), Completed(code=1), failure) is failure


def test_stand_ins_are_wheels_that_ask_for_nothing(tmp_path: Path) -> None:
    folder = write_stubs(tmp_path, {"torch": ["2.4.1"], "two-words": ["1.0"]})
    wheels = sorted(path.name for path in folder.iterdir())
    assert wheels == ["torch-2.4.1-py3-none-any.whl", "two_words-1.0-py3-none-any.whl"]
    said = metadata_of(folder / wheels[0])
    assert said is not None
    assert "Version: 2.4.1" in said
    assert "Requires-Dist" not in said
