"""Where conda's packages lie in a bundle, and what is wrong with those of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from msgspec.structs import replace

from torchup.api.bundle.channels import entry
from torchup.api.bundle.of_conda import complaints, files_of, not_in, place_of
from torchup.errors import NoAnswerError
from torchup.model import Stack
from torchup.model.conda_locked import CondaLock, Locked
from torchup.model.locked import LockRow

if TYPE_CHECKING:
    from torchup.bundles.reading import OpenBundle
    from torchup.model.bundles import BundleFile

FORGE = "https://conda.anaconda.org/conda-forge"
SIX = Locked(
    name="six",
    version="1.17.0",
    build="pyh1_0",
    build_number=0,
    subdir="noarch",
    fn="six-1.17.0-pyh1_0.conda",
    url=f"{FORGE}/noarch/six-1.17.0-pyh1_0.conda",
    channel="conda-forge",
    sha256="1" * 64,
    size=10,
    depends=("python >=3.9", "__unix"),
    noarch="python",
    track_features=("a", "b"),
)
PYTHON = replace(
    SIX,
    name="python",
    version="3.12.1",
    subdir="linux-64",
    fn="python-3.12.1-pyh1_0.tar.bz2",
    sha256="2" * 64,
    depends=(),
    noarch="",
)


def row(*packages: Locked) -> LockRow:
    stack = Stack(
        python="3.12",
        packages={"torch": "2.13.0"},
        build="cpu",
        runtime="",
        device="cpu",
        index_url=FORGE,
    )
    conda = CondaLock(subdir="linux-64", specs=("six",), channels=(FORGE,), packages=packages)
    return LockRow(name="here", platform="linux-x86_64", stack=stack, conda=conda)


@pytest.mark.parametrize(
    ("channel", "url", "folder"),
    [
        ("conda-forge", f"{FORGE}/noarch", "conda-forge"),
        (FORGE, f"{FORGE}/noarch", "conda-forge-"),
        ("", "https://a.example/t/***/lab/noarch", "lab-"),
        ("conda-forge/label/rc", f"{FORGE}/label/rc/noarch", "rc-"),
        ("..", "file:///srv/%E7%8E%AF/noarch", "E7-8E-AF-"),
    ],
)
def test_a_channel_s_folder_is_a_name(channel: str, url: str, folder: str) -> None:
    place = place_of(replace(SIX, channel=channel, url=f"{url}/{SIX.fn}"))
    first, found, subdir, fn = place.split("/")
    assert (first, subdir, fn) == ("conda", "noarch", SIX.fn)
    assert found.startswith(folder)
    assert (len(found) == len(folder) + 8) == folder.endswith("-")


def test_a_package_of_which_nobody_tells_a_hash_is_not_taken() -> None:
    with pytest.raises(NoAnswerError, match=r"bundle\.no-hash"):
        files_of(row(replace(SIX, sha256="")).conda)


def test_what_a_package_needs_and_where_it_runs() -> None:
    assert list(complaints(row(SIX, PYTHON))) == []
    (needs,) = complaints(row(SIX))
    assert (needs.code, needs.subject) == ("needs", "six: python >=3.9")
    (tag,) = complaints(row(SIX, replace(PYTHON, subdir="win-64")))
    assert (tag.code, tag.subject) == ("tag", PYTHON.fn)


class Files:
    """As much of a bundle as is looked at."""

    def __init__(self, *files: BundleFile) -> None:
        self.files = {one.path: one for one in files}


def test_a_lock_names_what_is_in_the_bundle_and_no_path() -> None:
    held = files_of(row(SIX, PYTHON).conda)
    bundle = cast("OpenBundle", Files(*held))
    assert not_in(bundle, None) == ()
    assert not_in(bundle, row(SIX, PYTHON).conda) == ()
    for wrong in (
        replace(SIX, sha256="3" * 64),
        replace(SIX, fn="six-1.17.0-pyh1_1.conda"),
        replace(SIX, build="../../pyh1_0"),
        replace(SIX, name="..\\six"),
    ):
        assert not_in(bundle, row(wrong).conda) == (wrong.fn,)


def test_a_channel_s_index_says_what_the_lock_does() -> None:
    said = entry(SIX)
    assert said["track_features"] == "a b"
    assert said["noarch"] == "python"
    assert said["depends"] == ["python >=3.9", "__unix"]
    assert "noarch" not in entry(PYTHON)
    assert "md5" not in said, "what isn't known is left out"
