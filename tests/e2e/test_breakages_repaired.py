"""What breaks a verification, repaired, verified and undone, byte for byte; else left as it was.

The ways to break are those of ``tests/slow/breakage.py``. One environment serves all: each way puts
back what it changed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup
from condachannels import make_forge
from condamaker import MINOR
from slow import breakage as by
from torchup.errors import EXIT_DONE, EXIT_NO
from walks.steps import everything

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]

REPAIRED: Final = {
    "no package": by.gone("torch"),
    "no version": by.gone("torch/version.py"),
    "no dependency": by.gone("filelock"),
    "no record": by.gone("numpy-1.26.9.dist-info/RECORD"),
    "an empty module": by.damaged("torch/nn/functional.py", b""),
    "a page in the place of a module": by.damaged("torch/nn/functional.py", b"<html>404</html>"),
    "files of two versions": by.damaged("torch/version.py", b"__version__ = '2.12.0+cpu'\n"),
    "a package from elsewhere": by.elsewhere("torch"),
    "a crash in the import": by.told("import os; os.abort()"),
    "a hang in the import": by.told(by.SLEEP),
    "an early exit in the import": by.told("import os; os._exit(0)"),
    "wrong numbers": by.patched("torch.Tensor.__matmul__", "right(*a, **k) * 1.001"),
    "a crash in native code": by.patched("torch.nn.functional.conv2d", by.SEGFAULT),
    "no threads": by.patched("torch.get_num_threads", "0"),
    "NumPy can't be imported": by.damaged("numpy/__init__.py", b"raise ImportError"),
    "NumPy is hollow": by.damaged("numpy/__init__.py", b"pass"),
    "a companion of another version": by.damaged("torchvision/__init__.py", b"__version__ = '0'"),
    "no companion": by.gone("torchaudio"),
}
"""Files of what torchup installed: its record says what they were."""
LEFT: Final = {
    "a start that ends at once": by.added("end.pth", "import os; os._exit(3)\n"),
    "a package of nobody's before it": by.added("sitecustomize.py", "raise SystemExit(3)\n"),
    "a module that PYTHONPATH leads to": by.search_path("torch.py"),
}
"""What is no file of torchup's: it is for whoever put it there to take away."""


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, shared_server: IndexServer
) -> Iterator[tuple[Torchup, by.Place]]:
    root = tmp_path_factory.mktemp("broken")
    torchup = Torchup(root, **sources_of(shared_server))
    done = torchup("create", "demo", "--cpu", "torch==2.13.0")
    assert done.code == EXIT_DONE, done
    outside = root / "outside"
    outside.mkdir()
    yield torchup, by.Place(torchup.home / "envs" / "demo", outside)
    assert torchup("verify", "demo", "--quick").code == EXIT_DONE, "every way put back what it took"


def held(root: Path) -> dict[str, Any]:
    """The environment, but for torchup's own notes and what undoing needs."""
    return {name: one for name, one in everything(root).items() if not name.startswith(".torchup/")}


@pytest.mark.parametrize("way", REPAIRED)
def test_it_is_repaired_and_undone(made: tuple[Torchup, by.Place], way: str) -> None:
    torchup, place = made
    whole = held(place.root)
    with REPAIRED[way](place):  # type: ignore[attr-defined]  # a context manager
        broken = held(place.root)
        assert broken != whole
        done = torchup("repair", "demo", "--json")
        outcome = done.document("torchup.outcome/v1")
        assert (done.code, outcome["ok"]) == (EXIT_DONE, True), done
        assert outcome["verify"]["ok"], "it computes"
        now = held(place.root)
        assert {name: one for name, one in now.items() if name in whole} == whole
        assert torchup("undo").code == EXIT_DONE
        assert held(place.root) == broken
    assert held(place.root) == whole


OF_CONDA: Final = {
    "a file of conda's": lambda place: place.instead(place.torch / "__init__.py", None),
    "an empty file of conda's": by.damaged("torch/nn/functional.py", b""),
    "conda's record of a package": lambda place: place.instead(
        next((place.root / "conda-meta").glob("numpy-*.json")), None
    ),
    "a program": lambda place: place.instead(place.root / "bin" / "tabulate", None),
    "the interpreter": lambda place: place.instead(place.root / "bin" / f"python{MINOR}", None),
    "what pip brought": by.gone("six"),
    "pip's record": by.gone("six-1.17.0.dist-info"),
    "NumPy of somebody else": by.damaged("numpy/__init__.py", b"other = 1\n"),
}
"""Ways to break an environment of conda's that torchup made, with a package of pip's in it."""


@pytest.fixture(scope="module")
def of_conda(
    tmp_path_factory: pytest.TempPathFactory, shared_server: IndexServer
) -> tuple[Torchup, by.Place]:
    root = tmp_path_factory.mktemp("conda")
    make_forge(root / "channels")
    (root / ".condarc").write_text(f"channel_alias: {(root / 'channels').as_uri()}\n")
    torchup = Torchup(root, **sources_of(shared_server))
    asked = ("torch==2.13.0", "tabulate", "six==1.17.0", "--backend", "conda")
    done = torchup("create", "demo", *asked)
    assert done.code == EXIT_DONE, done
    outside = root / "outside"
    outside.mkdir()
    return torchup, by.Place(torchup.home / "envs" / "demo", outside)


def conda_s(root: Path) -> dict[str, Any]:
    """What counts of conda's: its own notes tell when and from where, and are written anew."""
    found = held(root)
    return {name: one for name, one in found.items() if not name.startswith("conda-meta/")}


@pytest.mark.parametrize("way", OF_CONDA)
def test_conda_s_is_repaired_and_undone(of_conda: tuple[Torchup, by.Place], way: str) -> None:
    torchup, place = of_conda
    whole = conda_s(place.root)
    with OF_CONDA[way](place):
        broken = held(place.root)
        done = torchup("repair", "demo", "--json")
        outcome = done.document("torchup.outcome/v1")
        assert (done.code, outcome["ok"]) == (EXIT_DONE, True), done
        assert outcome["verify"]["ok"], "it computes"
        assert conda_s(place.root) == whole
        assert torchup("undo").code == EXIT_DONE
        assert held(place.root) == broken
    assert conda_s(place.root) == whole


@pytest.mark.parametrize("way", LEFT)
def test_what_is_not_its_own_is_left(made: tuple[Torchup, by.Place], way: str) -> None:
    """It doesn't verify, nothing of it is changed, and nobody says that it was mended."""
    torchup, place = made
    with LEFT[way](place):  # type: ignore[attr-defined]  # a context manager
        told = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        broken = everything(place.root)
        assert torchup("verify", "demo", "--quick", **told).code == EXIT_NO
        done = torchup("repair", "demo", "--json", **told)
        outcome = done.document("torchup.outcome/v1")
        assert not [one for one in outcome["steps"] if one["status"] == "done"], done
        assert everything(place.root) == broken
        assert (done.code, outcome["ok"]) == (EXIT_NO, False), "it still doesn't compute"
    assert torchup("verify", "demo", "--quick").code == EXIT_DONE
