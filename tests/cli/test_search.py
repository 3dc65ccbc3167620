"""search: versions that an index has, and the names near one that it has not."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup, has_next_step, one_error
from cli.test_documents import read
from madeenvironments import make_environment
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from torchup.wire.contents import SearchV1
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

SCHEMA = "torchup.search/v1"
pytestmark = needs_world
OTHER = f"cp{sys.version_info[0]}{sys.version_info[1] + 1}"


def test_versions_without_an_environment(connected: Torchup) -> None:
    done = connected("search", "Filelock", "--json")
    found = read(done, SearchV1, SCHEMA)
    assert (done.code, done.err, found.asked) == (EXIT_DONE, "", "filelock")
    assert [(one.version, one.fits) for one in found.versions] == [
        ("3.16.1", None),
        ("3.12.0", None),
    ]
    assert [one.ok for one in found.sources] == [True]
    assert "3.16.1" in connected("search", "filelock").out


def test_wheels_for_the_environments_python(own: IndexServer, tmp_path: Path) -> None:
    torchup = Torchup(tmp_path, **sources_of(own))
    tag = f"{OTHER}-{OTHER}-manylinux_2_28_{platform.machine()}"
    make_wheel(own.root / "simple", "filelock", "4.0", tag=tag)
    make_wheel(own.root / "simple", "filelock", "3.99", requires_python="<3.9")
    make_wheel(own.root / "simple", "filelock", "3.98", tag="cp39-cp39-win_amd64")
    make_environment(torchup.home, "demo")
    done = torchup("search", "filelock", "-n", "demo", "--json")
    found = read(done, SearchV1, SCHEMA)
    assert [(one.version, one.fits) for one in found.versions] == [
        ("4.0", False),
        ("3.99", False),
        ("3.16.1", True),
        ("3.12.0", True),
    ]
    shown = torchup("search", "filelock", "-n", "demo").out
    assert "demo" in shown
    assert "4.0" not in shown
    torch = read(torchup("search", "torch", "-n", "demo", "--json"), SearchV1, SCHEMA)
    assert torch.versions[0].builds == ("cpu",), "from the framework's own index"


def test_a_name_that_is_nowhere(own: IndexServer, tmp_path: Path) -> None:
    own.projects = True
    torchup = Torchup(tmp_path, **sources_of(own))
    done = torchup("search", "numpyy", "--json")
    found = read(done, SearchV1, SCHEMA)
    assert (done.code, found.near, found.names_from) == (EXIT_NO, ("numpy",), own.index("simple"))
    shown = torchup("search", "numpyy")
    assert (shown.code, "numpy" in shown.out) == (EXIT_NO, True)
    assert own.index("simple") in shown.out


def test_where_no_index_gives_its_names(connected: Torchup) -> None:
    done = connected("search", "xfomers", "--json")
    found = read(done, SearchV1, SCHEMA)
    assert (done.code, found.near[0], found.names_from) == (EXIT_NO, "xformers", "")


def test_where_no_index_can_be_asked(torchup: Torchup) -> None:
    done = torchup("search", "numpy")
    assert (done.code, done.err) == (EXIT_OUTSIDE, "")
    assert "127.0.0.1:9" in done.out
    assert "not known" in done.out, "it doesn't say that there is none"


def test_what_is_no_name(torchup: Torchup) -> None:
    assert has_next_step(one_error(torchup("search", "numpy==2"), EXIT_USAGE))
    assert one_error(torchup("search", "numpy", "-n", "nothing"), EXIT_NO)
