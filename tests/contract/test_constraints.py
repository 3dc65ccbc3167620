"""What a backend of wheels does with what is held back; with the real program."""

from __future__ import annotations

import tarfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from crash.support import STACK, make_index, make_wheel, make_world
from torchup.backends import Backend, Inputs, load_backend
from torchup.errors import NoAnswerError
from torchup.host.real import RealHost
from torchup.model import Source, SourceSet
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

HOST = RealHost()


@pytest.fixture
def backend() -> Backend:
    """The one that installs wheels; what all do with a constraint is in ``test_backends``."""
    return load_backend("uv")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return make_world(tmp_path_factory.mktemp("world"))


def locked(backend: Backend, inputs: Inputs, root: Path) -> dict[str, str]:
    _, artifacts = backend.resolve(HOST, Home(root / "home"), inputs, root / "plan")
    return {one.name: one.version for one in artifacts}


def test_a_constraint_holds_back_what_others_ask_for(
    backend: Backend, inputs: Inputs, tmp_path: Path
) -> None:
    asked = replace(inputs, constraints=("numeric<1.1,>=0.5", "nothing==1.0"))
    found = locked(backend, asked, tmp_path)
    assert found["numeric"] == "1.0"
    assert "nothing" not in found


def test_a_constraint_that_nothing_meets_is_no_answer(
    backend: Backend, inputs: Inputs, tmp_path: Path
) -> None:
    with pytest.raises(NoAnswerError):
        locked(backend, replace(inputs, constraints=("numeric<1.0",)), tmp_path)


def test_what_must_be_absent_is_left_out(backend: Backend, inputs: Inputs, tmp_path: Path) -> None:
    found = locked(backend, replace(inputs, absent=("numeric",)), tmp_path)
    assert "framework" in found
    assert "numeric" not in found


def test_what_comes_as_wheels_only_is_not_built(
    backend: Backend, inputs: Inputs, tmp_path: Path
) -> None:
    wheels = tmp_path / "wheels"
    make_wheel(wheels, "numeric", "2.0")
    make_wheel(wheels, "pip", "99.0")
    _source_archive(wheels, "numeric", "1.5")
    page = tmp_path / "pages" / "numeric"
    primary = make_index(wheels, tmp_path / "pages")
    with (page / "index.html").open("a") as stream:
        stream.write(f'<a href="{(wheels / "numeric-1.5.tar.gz").as_uri()}">numeric-1.5.tar.gz</a>')
    sources = SourceSet(primary=Source(id="primary", kind="index", role="primary", url=primary))
    asked = replace(inputs, sources=sources, constraints=("numeric<2",))
    assert locked(backend, asked, tmp_path)["numeric"] == "1.5"
    with pytest.raises(NoAnswerError):
        locked(backend, replace(asked, wheels_only=("numeric",)), tmp_path / "again")


def test_commands_hold_back_what_the_stack_does(backend: Backend) -> None:
    stack = replace(
        STACK,
        beside=("Numeric", "other"),
        constraints=("numeric<1.1", "pip<24.1", "third==3.7.*"),
        absent=("harmful",),
    )
    commands = [step.command for step in backend.steps(stack, "work") if step.command]
    install = next(command for command in commands if "framework==2.0+cpu" in command)
    assert install[-4:] == ("numeric<1.1", "other", "pip<24.1", "third==3.7.*")
    assert commands[-1][-1] == "harmful"
    assert "uninstall" in commands[-1]


def _source_archive(folder: Path, name: str, version: str) -> None:
    """Write a source archive whose metadata can be read without building it."""
    stem = f"{name}-{version}"
    content = {
        "PKG-INFO": f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\n",
        "pyproject.toml": f'[project]\nname = "{name}"\nversion = "{version}"\n',
    }
    with tarfile.open(folder / f"{stem}.tar.gz", "w:gz") as archive:
        for place, words in content.items():
            data = words.encode()
            info = tarfile.TarInfo(f"{stem}/{place}")
            info.size = len(data)
            archive.addfile(info, BytesIO(data))
