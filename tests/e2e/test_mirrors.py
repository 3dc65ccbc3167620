"""Creating from mirrors that fail: another one takes over, and what is installed is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from cli.process import DEAD, Torchup
from cli.world import TAG, make_world
from errors_of import said
from indexserver import IndexServer
from torchup.errors import EXIT_DONE, EXIT_OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, needs_world]

WHEEL = f"torch-2.13.0+cpu-{TAG}.whl$"
CREATE = ("create", "demo", "--cpu", "torch==2.13.0", "--no-verify", "--json")
LOGIN = "ada:hunter2"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("world")
    make_world(root)
    return root


@pytest.fixture
def near(world: Path) -> Iterator[IndexServer]:
    with IndexServer(world).start() as server:
        yield server


@pytest.fixture
def far(world: Path) -> Iterator[IndexServer]:
    with IndexServer(world).start() as server:
        yield server


def machine(root: Path, **variables: str) -> Torchup:
    """A machine on which only torchup's own settings name places, and nothing else is reached."""
    torchup = Torchup(root, HTTPS_PROXY=DEAD, NO_PROXY="127.0.0.1", **variables)
    for name in ("UV_DEFAULT_INDEX", "TORCHUP_FRAMEWORK_INDEX"):
        del torchup.env[name]
    return torchup


@pytest.fixture
def both(near: IndexServer, far: IndexServer, tmp_path: Path) -> Torchup:
    """A machine that chose one mirror, with another one standing by."""
    torchup = machine(tmp_path, UV_HTTP_RETRIES="0")
    torchup.config.parent.mkdir(parents=True, exist_ok=True)
    torchup.config.write_text(
        f'[mirror]\npypi = "{near.index()} {far.index()}"\n'
        f'pytorch = "{near.index("whl")} {far.index("whl")}"\n'
    )
    return torchup


def test_the_next_mirror_takes_over_half_way(
    both: Torchup, near: IndexServer, far: IndexServer
) -> None:
    near.faults[WHEEL] = "truncated"
    done = both(*CREATE)
    assert done.code == EXIT_DONE, done
    wheel = next(one for one in far.asked("torch-2.13.0", "GET") if one.path.endswith(WHEEL[:-1]))
    assert wheel.headers["range"].startswith("bytes=")
    assert wheel.headers["range"] != "bytes=0-"
    assert both("run", "demo", "--", "python", "-c", "import torch").code == EXIT_DONE
    (whole,) = (both.home / "cache" / "downloads").rglob("torch-*.whl")
    assert not list(whole.parent.parent.glob("*.part"))
    asked = len(far.asked("torch-2.13.0", "GET"))
    assert both("create", "other", *CREATE[2:]).code == EXIT_DONE
    assert len(far.asked("torch-2.13.0", "GET")) == asked, (
        "what was fetched serves the next one too"
    )
    # What is installed says nothing of the file that it came from.
    assert not list((both.home / "envs" / "demo").rglob("torch-*.dist-info/direct_url.json"))
    shown = both("show", "demo", "--json").document("torchup.environment/v1")["sources"]
    assert all(one["url"].startswith(near.url) for one in shown)


@pytest.mark.parametrize("fault", ["404", "503", "redirect"])
def test_a_file_that_the_mirror_will_not_give(fault: str, both: Torchup, near: IndexServer) -> None:
    near.faults[WHEEL] = fault  # type: ignore[assignment]  # one of them
    done = both(*CREATE)
    assert done.code == EXIT_DONE, done


def test_a_mirror_that_lacks_the_planned_build_is_not_used_for_it(
    both: Torchup, near: IndexServer
) -> None:
    near.faults["/whl/cpu/torch/"] = "404"
    plan = both("plan", "--cpu", "torch==2.13.0", "--json").document("torchup.plan/v1")
    assert plan["stack"]["index_url"] != near.index("whl/cpu")
    assert plan["outcome"] == "ok"


def test_a_page_of_files_is_an_index_of_one_build(near: IndexServer, tmp_path: Path) -> None:
    torchup = machine(tmp_path)
    near.flat = True
    chosen = torchup("mirror", "use", f"flat+{near.index('whl')}", "--kind", "pytorch")
    assert chosen.code == EXIT_DONE, chosen
    torchup("mirror", "use", near.index(), "--kind", "pypi")
    done = torchup(*CREATE)
    assert done.code == EXIT_DONE, done


def test_every_mirror_fails_with_one_error_that_names_the_file(
    both: Torchup, near: IndexServer, far: IndexServer
) -> None:
    for one in (near, far):
        one.faults[WHEEL] = "404"
    done = both(*CREATE)
    assert done.code == EXIT_OUTSIDE
    assert done.error["code"] == "download.failed"
    assert "torch-2.13.0" in done.error["message"]
    assert both("list", "--json").document("torchup.environments/v1")["environments"] == []


def test_a_wrong_file_is_never_installed(
    both: Torchup, near: IndexServer, far: IndexServer
) -> None:
    for one in (near, far):
        one.faults[WHEEL] = "spoilt"
    done = both(*CREATE)
    assert done.code == EXIT_OUTSIDE
    assert done.error["code"] == "download.hash"


def test_a_login_works_and_is_never_shown(world: Path, tmp_path: Path) -> None:
    with IndexServer(world, login=LOGIN).start() as server:
        index = server.index().replace("//", f"//{LOGIN}@", 1)
        ours = server.index("whl").replace("//", f"//{LOGIN}@", 1)
        torchup = machine(tmp_path)
        for kind, url in (("pypi", index), ("pytorch", ours)):
            done = torchup("mirror", "use", url, "--kind", kind)
            assert done.code == EXIT_DONE, done
            said(done, without="hunter2")
        said(torchup("mirror"), without="hunter2")
        said(torchup("mirror", "--json"), without="hunter2")
        said(torchup("mirror", "list", "--json"), without="hunter2")
        for kind, url in (("pypi", index), ("pytorch", ours)):
            done = torchup("mirror", "test", url, "--kind", kind, "--for", "torch==2.13.0")
            said(done, without="hunter2")
        for words in (("config",), ("config", "--json"), ("config", "get", "mirror.pypi")):
            done = torchup(*words)
            assert "127.0.0.1" in done.out
            said(done, without="hunter2")
        done = torchup(*CREATE)
        assert done.code == EXIT_DONE, done
        said(done, without="hunter2")
        server.faults[WHEEL] = "404"
        said(torchup("create", "other", *CREATE[2:]), without="hunter2")
    files = (one for one in torchup.home.rglob("*") if one.is_file() and one.stat().st_size < 10**6)
    holding = [one for one in files if b"hunter2" in one.read_bytes()]
    # What undo puts back is the user's own settings as they were, for nobody else to read.
    assert all(one.is_relative_to(torchup.home / "kept") for one in holding)
    assert {one.stat().st_mode & 0o077 for one in holding} <= {0}


def test_a_dead_mirror_is_told(tmp_path: Path) -> None:
    torchup = machine(tmp_path)
    torchup("mirror", "use", f"{DEAD}/simple", "--kind", "pypi")
    done = torchup("create", "demo", "--cpu", "--json")
    assert done.code == EXIT_OUTSIDE, done


def test_an_index_that_dies_while_files_are_looked_for(
    both: Torchup, near: IndexServer, far: IndexServer
) -> None:
    near.faults["/simple/filelock/"] = "503"
    near.faults[f"{WHEEL[:-1]}.metadata"] = "truncated"
    done = both(*CREATE)
    assert done.code == EXIT_DONE, done
    assert far.asked("/simple/filelock/")
