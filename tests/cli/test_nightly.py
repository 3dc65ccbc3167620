"""``--nightly``: the framework's nightly pages, and nothing that is a release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cli.fakeframework import companion_files, torch_files
from cli.fixtures import needs_world, sources_of
from cli.process import Torchup, has_next_step, one_error
from cli.world import TAG, make_world
from indexserver import IndexServer, make_wheel
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from torchup.facts.load import load_catalogue
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

NEWEST = dotted(load_catalogue().latest().version)
NEXT = f"{NEWEST[0]}.{NEWEST[1] + 1}.0"
OLD, NEW = f"{NEXT}.dev20261118", f"{NEXT}.dev20261120"
VISION = "0.99.0.dev20261120+cpu"
TRITON = "9.1.0+gitabcdef"


def add_nightly(folder: Path, version: str, build: str) -> None:
    """Add a nightly, with its compiler as the index itself publishes it."""
    full = f"{version}+{build}"
    needs = ["filelock", f"pytorch-triton=={TRITON}"]
    make_wheel(folder, "torch", full, tag=TAG, requires=needs, files=torch_files(full))
    make_wheel(folder, "pytorch-triton", TRITON, files={"triton/__init__.py": "OURS = True\n"})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world, with nightlies of two days; only the newer one has a companion."""
    root = tmp_path_factory.mktemp("nightly")
    make_world(root)
    page = root / "whl" / "nightly" / "cpu"
    for version in (OLD, NEW):
        add_nightly(page, version, "cpu")
    files = companion_files("torchvision", VISION)
    make_wheel(
        page, "torchvision", VISION, tag=TAG, requires=[f"torch=={NEW}", "numpy"], files=files
    )
    make_wheel(root / "simple", "pytorch-triton", TRITON, files={"triton/__init__.py": "BAD = 1\n"})
    make_wheel(root / "simple", "ext", "1.0", requires=["torch==2.13.0"])
    make_wheel(root / "simple", "loose", "1.0", requires=["torch>=2.0"])
    add_nightly(root / "whl" / "nightly", f"{NEXT}.dev20261119", "xpu")
    return root


@pytest.fixture(scope="module")
def server(world: Path) -> Iterator[IndexServer]:
    with IndexServer(world).start() as found:
        yield found


@pytest.fixture
def here(server: IndexServer, tmp_path: Path) -> Torchup:
    return Torchup(tmp_path, **sources_of(server))


def planned(torchup: Torchup, *arguments: str, code: int = EXIT_DONE) -> Any:  # noqa: ANN401  # a document
    done = torchup("plan", "--nightly", "--cpu", "--json", *arguments)
    assert done.code == code, done
    return done.document("torchup.plan/v1")


def codes(document: Any) -> dict[str, str]:  # noqa: ANN401  # a document
    return {one["code"]: one["effect"] for one in document["reasons"]}


@needs_world
def test_the_newest_nightly_with_the_companions_of_its_day(
    here: Torchup, server: IndexServer
) -> None:
    found = planned(here)
    stack = found["stack"]
    assert stack["packages"] == {"torch": NEW, "torchvision": VISION.partition("+")[0]}
    assert stack["index_url"] == server.index("whl/nightly/cpu")
    assert [one["name"] for one in found["companions_left_out"]] == ["torchaudio"]
    assert codes(found)["nightly-chosen"] == "warn"
    assert any(f"torch=={NEW}+cpu" in step["command"] for step in found["steps"])
    assert planned(here, f"torch=={OLD}")["stack"]["packages"] == {"torch": OLD}


@needs_world
def test_without_it_a_nightly_is_never_chosen(here: Torchup) -> None:
    done = here("plan", "--cpu", "--json")
    assert done.document("torchup.plan/v1")["stack"]["packages"]["torch"] == "2.14.1"


@needs_world
def test_it_is_made_verified_and_recognised(here: Torchup) -> None:
    made = here("create", "demo", "--nightly", "--cpu", "--quick", "--json")
    assert made.code == EXIT_DONE, made
    packages = made.document("torchup.outcome/v1")["environment"]["packages"]
    assert packages["torch"] == f"{NEW}+cpu"
    assert packages["torchvision"] == VISION
    listed = here("run", "demo", "--", "python", "-c", "import triton; print(triton.OURS)")
    assert listed.out.strip() == "True", listed
    again = here("create", "demo", "--nightly", "--cpu")
    assert again.code == EXIT_DONE, again
    other = here("create", "demo", f"torch=={OLD}", "--nightly")
    assert other.code == EXIT_NO, other


@needs_world
def test_an_environment_with_a_release_is_not_what_is_asked_for(here: Torchup) -> None:
    assert here("create", "demo", "--cpu", "--no-verify", "torch==2.13.0").code == EXIT_DONE
    done = here("create", "demo", "--cpu", "--nightly")
    assert done.code == EXIT_NO
    assert "2.13.0" in done.out


@needs_world
def test_offline_it_is_planned_from_the_kept_listing(here: Torchup) -> None:
    assert planned(here, "--offline", code=EXIT_NO)["outcome"] == "none"
    planned(here)
    assert planned(here, "--offline")["stack"]["packages"]["torch"] == NEW


@needs_world
def test_a_build_that_only_the_page_of_all_has(here: Torchup) -> None:
    done = here("plan", "--nightly", "--build", "xpu", "--json")
    stack = done.document("torchup.plan/v1")["stack"]
    assert stack["packages"]["torch"] == f"{NEXT}.dev20261119"
    assert stack["index_url"].endswith("/whl/nightly")


@needs_world
def test_other_packages(here: Torchup) -> None:
    done = here("create", "demo", "loose", "--nightly", "--cpu", "--dry-run", "--json")
    assert done.code == EXIT_DONE, done
    files = {one["name"]: one["version"] for one in done.document("torchup.plan/v1")["artifacts"]}
    assert (files["torch"], files["loose"]) == (f"{NEW}+cpu", "1.0")
    found = planned(here, "ext==1.0", code=EXIT_NO)
    assert codes(found)["pinned-by"] == "reject"


@needs_world
def test_no_nightly_for_this_machine(here: Torchup) -> None:
    done = here("plan", "--nightly", "--build", "cu126", "--json")
    assert done.code == EXIT_NO
    found = done.document("torchup.plan/v1")
    assert found["outcome"] == "none"


def test_no_place_can_be_reached(torchup: Torchup) -> None:
    done = torchup("create", "demo", "--nightly", "--cpu", "--json")
    assert done.code == EXIT_OUTSIDE, done
    assert codes(done.document("torchup.plan/v1")) == {"source-unreachable": "reject"}


@needs_world
def test_a_described_machine_is_served_from_the_index_too(here: Torchup) -> None:
    file = _machines(here.root, count=1)
    done = here("plan", "--nightly", "--machine", str(file), "--json")
    assert done.code == EXIT_DONE, done
    assert done.document("torchup.plan/v1")["stack"]["packages"]["torch"] == NEW


def test_many_machines_are_told_where_nightlies_are_known_from(torchup: Torchup) -> None:
    file = _machines(torchup.root, count=2)
    done = torchup("plan", "--nightly", "--machine", str(file), "--json")
    assert done.code == EXIT_NO, done
    for line in done.out.splitlines():
        found = json.loads(line)
        assert codes(found) == {"nightly-not-listed": "reject"}
        (near,) = found["near_misses"]
        assert near["stack"]["packages"]["torch"] == load_catalogue().latest().version
    said = torchup("plan", "--nightly", "--machine", str(file), "--lang", "zh_CN")
    assert "--nightly" in said.out


def _machines(folder: Path, *, count: int) -> Path:
    """A file of machines without a GPU, one a line."""
    machine = {
        "schema": "torchup.machine/v1",
        "os": {"system": "linux", "libc": "glibc 2.35"},
        "arch": "x86_64",
        "gpus": [],
    }
    file = folder / "machines.jsonl"
    file.write_text(f"{json.dumps(machine)}\n" * count)
    return file


@pytest.mark.parametrize(
    ("arguments", "tells"),
    [
        (("torch==2.14.1",), "torch==2.14.1"),
        (("torch===2.14.1",), "2.14.1"),
        (("torchvision==0.29.1+cu126",), "torchvision==0.29.1"),
        (("--as-of", "2026-08-01"), "--as-of 2026-08-01"),
    ],
    ids=str,
)
@pytest.mark.parametrize("command", [("plan",), ("create", "demo"), ("why",)], ids=str)
def test_what_contradicts_it(
    torchup: Torchup, command: tuple[str, ...], arguments: tuple[str, ...], tells: str
) -> None:
    said = one_error(torchup(*command, "--nightly", *arguments), EXIT_USAGE)
    assert tells in said
    assert has_next_step(said)
