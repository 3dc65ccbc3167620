"""Requirements as people have them: files, constraints, hashes, pins that restrict, days."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup, has_next_step, one_error
from cli.world import make_world
from indexserver import IndexServer, make_wheel
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

DRY = ("--dry-run", "--cpu", "--json")
LATE = "2026-11-01T00:00:00Z"
EARLY = "2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world, with extensions of the framework and a private index."""
    root = tmp_path_factory.mktemp("requirements")
    make_world(root)
    simple = root / "simple"
    make_wheel(simple, "ext", "1.0", requires=["torch==2.13.0"])
    make_wheel(simple, "ext", "0.9", requires=["torch==2.12.1"])
    make_wheel(simple, "app", "3.0", requires=["ext==1.0"])
    make_wheel(simple, "loose", "1.0", requires=["torch>=2.0"])
    make_wheel(simple, "ancient", "1.0", requires=["torch==1.0.99"])
    make_wheel(simple, "six", "1.18.0")
    make_wheel(simple, "windows-only", "1.0", tag="py3-none-win_amd64")
    make_wheel(root / "private", "secret", "7.0")
    return root


@pytest.fixture(scope="module")
def server(world: Path) -> Iterator[IndexServer]:
    uploaded = {"six-1.18": LATE, "-": EARLY}
    with IndexServer(world, json=True, uploaded=uploaded).start() as found:
        yield found


@pytest.fixture
def here(server: IndexServer, tmp_path: Path) -> Torchup:
    return Torchup(tmp_path, **sources_of(server))


def planned(torchup: Torchup, *arguments: str, code: int = EXIT_DONE) -> Any:  # noqa: ANN401  # a document
    done = torchup("create", "demo", *DRY, *arguments)
    assert done.code == code, done
    assert not torchup.left()
    return done.document("torchup.plan/v1")


def files_of(document: Any) -> dict[str, str]:  # noqa: ANN401  # a document
    return {one["name"]: one["version"] for one in document["artifacts"]}


def reasons_of(document: Any, code: str) -> list[dict[str, str]]:  # noqa: ANN401  # a document
    return [one for one in document["reasons"] if one["code"] == code]


def written(torchup: Torchup, name: str, text: str, encoding: str = "utf-8") -> str:
    path = torchup.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return name


@needs_world
def test_a_file_from_windows_with_a_nested_one_and_constraints(here: Torchup) -> None:
    written(here, "sub/more.txt", "-r ../all.txt\nsix==1.17.0 ; python_version >= '3'\n")
    written(here, "limits.txt", "filelock==3.12.0\r\nnobody-asks-for-this<1\r\n")
    written(
        here,
        "all.txt",
        "# what we use\r\ntorch==2.13.0\r\n-r sub/more.txt\r\n-c limits.txt\r\n"
        "secret ; sys_platform == 'nowhere'\r\n",
        "utf-16",
    )
    found = planned(here, "-r", "all.txt")
    files = files_of(found)
    assert files["torch"] == "2.13.0+cpu"
    assert (files["six"], files["filelock"]) == ("1.17.0", "3.12.0")
    assert "secret" not in files
    assert "nobody-asks-for-this" not in files


@needs_world
def test_constraints_hold_the_framework_itself(here: Torchup) -> None:
    written(here, "limits.txt", "torch<2.14\n")
    written(here, "all.txt", "six\n-c limits.txt\n")
    assert planned(here, "-r", "all.txt")["stack"]["packages"]["torch"] == "2.13.0"


@needs_world
def test_hashes_are_held_to(here: Torchup, world: Path) -> None:
    wheel = next((world / "simple").glob("six-1.17.0-*.whl"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    other = "0" * 64
    good = f"torch==2.13.0\nsix==1.17.0 \\\n --hash=sha256:{other} \\\n --hash=sha256:{digest}\n"
    written(here, "good.txt", good)
    found = planned(here, "-r", "good.txt")
    assert next(one["sha256"] for one in found["artifacts"] if one["name"] == "six") == digest
    written(here, "bad.txt", f"torch==2.13.0\nsix==1.17.0 --hash=sha256:{'0' * 64}\n")
    said = here("create", "demo", "--cpu", "-r", "bad.txt")
    assert said.code == EXIT_NO, said
    assert "six 1.17.0" in said.err
    assert has_next_step(said.err.strip())
    assert not here.left()


@needs_world
def test_places_of_a_file_serve_the_rest_and_never_the_framework(
    here: Torchup, server: IndexServer
) -> None:
    written(
        here,
        "all.txt",
        f"--extra-index-url {server.index('private')}\n"
        f"--extra-index-url {server.index('whl/cu126')}\n--pre\nsecret\n",
    )
    found = planned(here, "-r", "all.txt")
    assert files_of(found)["secret"] == "7.0"
    assert found["stack"]["build"] == "cpu"
    used, passed = (
        reasons_of(found, "file-place-used"),
        reasons_of(found, "file-place-of-framework"),
    )
    assert [one["about"] for one in used] == ["all.txt:1"]
    assert [one["about"] for one in passed] == ["all.txt:2"]
    ignored = reasons_of(found, "file-option-ignored")
    assert [(one["subject"], one["about"]) for one in ignored] == [("--pre", "all.txt:3")]


@needs_world
def test_a_pin_chooses_the_framework_and_is_named(here: Torchup) -> None:
    assert planned(here)["stack"]["packages"]["torch"] == "2.14.1"
    found = planned(here, "ext==1.0")
    assert found["stack"]["packages"]["torch"] == "2.13.0"
    assert files_of(found)["torch"] == "2.13.0+cpu"
    (reason,) = reasons_of(found, "pinned-by")
    assert (reason["effect"], reason["subject"]) == ("prefer", "ext==1.0")
    assert reason["needs"] == "torch==2.13.0"


@needs_world
def test_a_package_that_brings_another_one(here: Torchup) -> None:
    found = planned(here, "app")
    assert found["stack"]["packages"]["torch"] == "2.13.0"
    (reason,) = reasons_of(found, "pinned-through")
    assert (reason["subject"], reason["about"]) == ("app", "ext 1.0")


@needs_world
def test_a_package_that_any_release_suits_changes_nothing(here: Torchup) -> None:
    found = planned(here, "loose")
    assert found["stack"]["packages"]["torch"] == "2.14.1"
    assert [one["effect"] for one in reasons_of(found, "pinned-through")] == ["accept"]


@needs_world
@pytest.mark.parametrize(
    ("arguments", "tells", "out"),
    [
        (("ext==1.0", "torch==2.14.1"), ("ext==1.0", "torch==2.13.0", "torch==2.14.1"), "ext==1.0"),
        (("ext==1.0", "ancient==1.0"), ("ext==1.0", "ancient==1.0"), "ancient==1.0"),
        (("ancient==1.0",), ("ancient==1.0", "torch==1.0.99"), "ancient==1.0"),
    ],
    ids=str,
)
def test_pins_that_leave_nothing(
    here: Torchup, arguments: tuple[str, ...], tells: tuple[str, ...], out: str
) -> None:
    found = planned(here, *arguments, code=EXIT_NO)
    assert found["outcome"] == "none"
    said = " ".join(one["text"] for one in found["reasons"])
    assert all(one in said for one in tells), said
    remedies = [one["remedy"] for one in found["near_misses"]]
    assert any(f"Leave {out} out" in one for one in remedies), remedies


@needs_world
@pytest.mark.parametrize(
    ("lines", "enough"),
    [
        (("six==9.9",), ["six==9.9"]),
        (("nobody-has-this", "six"), ["nobody-has-this"]),
        (("six==9.9", "filelock==9.9", "numpy"), []),
    ],
    ids=str,
)
def test_lines_that_no_framework_can_reconcile(
    here: Torchup, lines: tuple[str, ...], enough: list[str]
) -> None:
    """What create can't make is not planned either."""
    found = planned(here, *lines, code=EXIT_NO)
    assert found["outcome"] == "none"
    (reason,) = found["reasons"]
    assert reason["code"] == "pins-unsolvable"
    assert lines[0].partition("==")[0] in reason["text"]
    assert [one["reasons"][0]["subject"] for one in found["near_misses"]] == enough
    shown = here("plan", "--cpu", *lines)
    assert shown.code == EXIT_NO
    assert ("Leave" if enough else "Loosen or leave out") in shown.out


@needs_world
def test_an_older_version_does_where_the_newest_does_not(here: Torchup) -> None:
    """Not pinned, so the solver may take the version that goes with the torch asked for."""
    found = planned(here, "ext", "torch==2.12.1")
    assert files_of(found)["ext"] == "0.9"


MISTAKES = [
    ("six\n./local\n", "all.txt, line 2"),
    ("six\n\n# x\ntorch=2.1=py310\n", "all.txt, line 4"),
    ("-r gone.txt\n", "gone.txt"),
    ("numpy @ file:///croot/numpy/work\n", "numpy==VERSION"),
    ("torch @ https://x.test/torch-2.4.1-cp312-cp312-linux_x86_64.whl\n", "(torch @ https://"),
    ("six --frobnicate\n", "--frobnicate"),
    ("six --hash=md5:12\n", "md5:12"),
]


@pytest.mark.parametrize(("text", "tells"), MISTAKES, ids=lambda one: one[:20])
def test_mistakes_in_a_file(torchup: Torchup, text: str, tells: str) -> None:
    written(torchup, "all.txt", text)
    said = one_error(torchup("plan", "-r", "all.txt"), EXIT_USAGE)
    assert tells in said
    assert has_next_step(said)


def test_the_projects_own_code_is_named_and_the_rest_goes_on(torchup: Torchup) -> None:
    written(torchup, "all.txt", "six\n-e .\n")
    done = torchup("plan", "-r", "all.txt", "--gpu", "sm_86", "--driver", "550")
    assert done.code == EXIT_DONE
    assert "all.txt:2" in done.out
    assert "pip install --no-deps -e ." in done.out


def test_a_file_that_is_not_there(torchup: Torchup) -> None:
    assert "nowhere.txt" in one_error(torchup("plan", "-r", "nowhere.txt"), EXIT_USAGE)


@needs_world
def test_as_of_a_day(here: Torchup) -> None:
    now = planned(here, "six")
    assert (now["stack"]["packages"]["torch"], files_of(now)["six"]) == ("2.14.1", "1.18.0")
    then = planned(here, "six", "--as-of", "2026-08-01")
    assert then["stack"]["packages"]["torch"] == "2.13.0"
    assert files_of(then)["six"] == "1.17.0"
    assert reasons_of(then, "after-date")


@pytest.mark.parametrize(
    ("arguments", "tells"),
    [
        (("--as-of", "yesterday"), "yesterday"),
        (("--as-of", "2999-01-01"), "2999-01-01"),
        (("torch==2.14.1", "--as-of", "2024-06-01"), "2.14.1"),
    ],
    ids=str,
)
def test_days_that_can_not_be_taken(
    torchup: Torchup, arguments: tuple[str, ...], tells: str
) -> None:
    said = one_error(torchup("plan", *arguments), EXIT_USAGE)
    assert tells in said
    assert has_next_step(said)


ADA = (
    '{"schema": "torchup.machine/v1", "os": {"system": "linux", "libc": "glibc 2.35"},'
    ' "arch": "x86_64", "gpus": [{"vendor": "nvidia", "name": "NVIDIA GeForce RTX 4090"}],'
    ' "drivers": [{"vendor": "nvidia", "version": "580.65.06"}]}'
)


def test_why_not_a_stack_that_fits_tells_what_is_preferred(torchup: Torchup) -> None:
    stack = "torch==2.9.1 --build cu130 --python 3.12"
    done = torchup("why", "--not", stack, "--machine", "-", "--json", stdin=ADA)
    assert done.code == EXIT_DONE, done
    found = done.document("torchup.plan/v1")
    assert (found["stack"]["build"], found["stack"]["python"]) == ("cu130", "3.12")
    assert found["stack"]["packages"]["torch"] == "2.9.1"
    codes = [one["code"] for one in found["reasons"]]
    assert "arch-covered" in codes
    assert "rival-newer" in codes
    said = torchup("why", "--not", stack, "--machine", "-", stdin=ADA)
    assert "checked 20" in said.out


def test_why_a_pin_chose_the_framework_names_the_fact(torchup: Torchup) -> None:
    done = torchup("why", "xformers==0.0.28", "--machine", "-", stdin=ADA)
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert "xformers==0.0.28 needs torch==2.4.1" in done.out
    assert "torch/extensions.toml" in done.out


def test_why_not_speaks_of_one_stack(torchup: Torchup) -> None:
    done = torchup("why", "--not", "xformers==0.0.28", "--machine", "-", stdin=ADA)
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert done.out.startswith("torch 2.4.1+cu124")
    (covered,) = (line for line in done.out.splitlines() if "machine code" in line)
    assert "2.4.1+cu124" in covered
    assert "judged" not in done.out
    assert "judged" in torchup("why", "--machine", "-", stdin=ADA).out


@pytest.mark.parametrize("words", [("torch 2.9.1 cu128",), ("2.9.1", "cu128")])
def test_why_takes_a_version_and_a_build_as_such(torchup: Torchup, words: tuple[str, ...]) -> None:
    for command in (("why", *words), ("why", "--not", " ".join(words))):
        done = torchup(*command, "--machine", "-", stdin=ADA)
        assert done.out.startswith("torch 2.9.1+cu128"), done


def test_why_takes_a_stack_in_quotes(torchup: Torchup) -> None:
    done = torchup("why", "torch==2.9.1 --build cu128", "--machine", "-", "--json", stdin=ADA)
    assert done.document("torchup.plan/v1")["stack"]["build"] == "cu128"


@pytest.mark.parametrize(
    "stack", ["torch --frob", "torch --build", "torch 'x --cpu", "", "torch=2.9", "numpy"]
)
def test_why_not_what_is_no_stack(torchup: Torchup, stack: str) -> None:
    said = one_error(torchup("why", "--not", stack, "--machine", "-", stdin=ADA), EXIT_USAGE)
    assert has_next_step(said)


@needs_world
def test_wheels_of_another_system_are_those_that_count_there(here: Torchup) -> None:
    described = ("plan", "torch", "windows-only", "--gpu", "RTX 3060", "--driver", "580", "--json")
    on_windows = here(*described, "--os", "windows")
    assert on_windows.code == EXIT_DONE, on_windows
    on_linux = here(*described, "--os", "linux")
    assert on_linux.code == EXIT_NO
    (reason, *_) = on_linux.document("torchup.plan/v1")["reasons"]
    assert "windows-only" in reason["text"]
