"""Which index may supply what, through whole runs of create."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup
from cli.world import FILELOCK, NUMPY, TAG, add_torch, companions_of
from torchup.errors import EXIT_DONE, EXIT_NO
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]

QUICK = ("--quick", "--json")


def made(torchup: Torchup, *arguments: str) -> Any:  # noqa: ANN401  # a document
    done = torchup("create", "demo", *arguments, *QUICK)
    assert done.code == EXIT_DONE, done
    return done.document("torchup.outcome/v1")


def origins(torchup: Torchup) -> dict[str, str]:
    """Where each installed file came from."""
    shown = torchup("show", "demo", "--json").document("torchup.environment/v1")
    return {one["name"]: one["url"].partition("/files/")[2] for one in shown["sources"]}


def test_packages_of_the_framework_are_not_taken_over(own: IndexServer, tmp_path: Path) -> None:
    """PyPI and an extra index hold packages named like the framework's own."""
    main, extra, ours = own.root / "simple", own.root / "extra", own.root / "whl" / "cpu"
    evil = {"evil/__init__.py": "raise SystemExit('taken over')\n"}
    for name in ("torchtriton", "triton", "torch", "torchvision"):
        make_wheel(main, name, "99.0", files=evil)
        make_wheel(extra, name, "99.1", files=evil)
    make_wheel(ours, "triton", "3.5.0")
    make_wheel(ours, "torchtriton", "2.0.0")
    add_torch(own.root, "2.13.0", "cpu", requires=("filelock", "triton", "torchtriton"))
    torchup = Torchup(tmp_path, **sources_of(own), PIP_EXTRA_INDEX_URL=own.index("extra"))
    packages = made(torchup, "--cpu", "torch==2.13.0")["environment"]["packages"]
    assert packages == {
        "torch": "2.13.0+cpu",
        **companions_of("2.13.0"),
        "filelock": FILELOCK,
        "numpy": NUMPY,
        "pip": "99.0",
        "triton": "3.5.0",
        "torchtriton": "2.0.0",
    }
    found = origins(torchup)
    framework = {"torch", "torchvision", "torchaudio", "triton", "torchtriton"}
    assert {name for name, path in found.items() if path.startswith("whl/cpu/")} == framework
    assert {name for name, path in found.items() if path.startswith("simple/")} == set(
        packages
    ) - framework
    got = [one.path for one in own.asked("/files/", "GET") if one.path.endswith(".whl")]
    assert not [path for path in got if "99." in path and "pip-99.0" not in path]


def test_dependencies_are_not_taken_over(own: IndexServer, tmp_path: Path) -> None:
    """An extra index and the framework's own hold higher versions of what PyPI serves."""
    evil = {"evil/__init__.py": "raise SystemExit('taken over')\n"}
    make_wheel(own.root / "extra", "filelock", "99.0", files=evil)
    make_wheel(own.root / "extra", "torch", "99.0", files=evil)
    make_wheel(own.root / "simple", "torch", "99.0", files=evil)
    make_wheel(own.root / "whl" / "cpu", "filelock", "98.0", files=evil)
    torchup = Torchup(tmp_path, **sources_of(own), PIP_EXTRA_INDEX_URL=own.index("extra"))
    packages = made(torchup, "--cpu")["environment"]["packages"]
    assert packages["filelock"] == FILELOCK
    assert packages["torch"] in {"2.13.0+cpu", "2.14.1+cpu"}
    found = origins(torchup)
    assert found["filelock"].startswith("simple/")
    assert found["torch"].startswith("whl/cpu/")
    got = [one.path for one in own.asked("/files/", "GET")]
    assert not [path for path in got if "filelock-9" in path or "torch-99" in path]


def test_a_dependency_that_only_elsewhere_has_is_no_dependency(
    own: IndexServer, tmp_path: Path
) -> None:
    """The compiler is the framework's own: without it there, it comes from nowhere."""
    make_wheel(own.root / "simple", "triton", "99.0")
    add_torch(own.root, "2.13.0", "cpu", requires=("triton==3.5.0",))
    torchup = Torchup(tmp_path, **sources_of(own))
    done = torchup("create", "demo", "--cpu", "torch==2.13.0", "--quick")
    assert done.code == EXIT_NO, done
    assert "triton" in done.err
    assert not torchup.left()


def test_only_an_extra_index_has_it(own: IndexServer, tmp_path: Path) -> None:
    make_wheel(own.root / "extra", "onlyhere", "1.5")
    torchup = Torchup(tmp_path, **sources_of(own), PIP_EXTRA_INDEX_URL=own.index("extra"))
    packages = made(torchup, "--cpu", "torch==2.13.0", "onlyhere")["environment"]["packages"]
    assert packages["onlyhere"] == "1.5"
    assert origins(torchup)["onlyhere"].startswith("extra/")


def test_another_build_of_the_same_version_is_another_file(
    own: IndexServer, tmp_path: Path
) -> None:
    torchup = Torchup(tmp_path, **sources_of(own))
    made(torchup, "--cpu", "torch==2.13.0")
    kept = torchup("create", "demo", "--build", "cu126", "torch==2.13.0")
    assert kept.code == EXIT_NO, "an environment is not changed behind one's back"
    assert torchup("delete", "demo", "--yes").code == EXIT_DONE
    done = torchup("create", "demo", "--build", "cu126", "torch==2.13.0", "--no-verify", "--json")
    assert done.code == EXIT_DONE, done
    packages = done.document("torchup.outcome/v1")["environment"]["packages"]
    assert packages["torch"] == "2.13.0+cu126"
    assert {v.partition("+")[2] for n, v in packages.items() if n.startswith("torch")} == {"cu126"}
    ran = torchup("run", "demo", "--", "python", "-c", "import torch; print(torch.version.cuda)")
    assert ran.out.strip() == "12.6"


@pytest.mark.parametrize(
    "manners",
    [
        {"json": False, "metadata": False},
        {"json": False, "metadata": False, "ranges": False},
        {"json": True},
        {"json": False, "metadata": False, "hashes": False},
        {"faults": {"/simple/": "redirect", "/files/": "redirect"}},
    ],
    ids=["html only", "html only, no ranges", "json", "no hashes", "redirects"],
)
def test_manners_of_an_index(faulty: Callable[..., Torchup], manners: dict[str, object]) -> None:
    torchup = faulty(**manners)
    outcome = made(torchup, "--cpu", "torch==2.13.0")
    assert outcome["environment"]["packages"]["torch"] == "2.13.0+cpu"
    told = {one["name"]: bool(one["sha256"]) for one in outcome["plan"]["artifacts"]}
    assert told["torch"] is manners.get("hashes", True), "a hash is shown only where one was given"


def test_what_no_hash_protects_is_said(faulty: Callable[..., Torchup]) -> None:
    torchup = faulty(json=False, metadata=False, hashes=False)
    done = torchup("create", "demo", "--cpu", "torch==2.13.0", "--no-verify")
    assert done.code == EXIT_DONE, done
    assert "hash" in done.out
    assert "torch" in done.out.partition("hash")[2]


def test_a_folder_of_wheels(wheels: Path, torchup: Torchup) -> None:
    """No index answers; pip's find-links names folders."""
    links = f"{wheels / 'whl' / 'cpu'} {wheels / 'simple'}"
    torchup.env |= {"PIP_FIND_LINKS": links, "PIP_NO_INDEX": "1"}
    del torchup.env["UV_DEFAULT_INDEX"]
    packages = made(torchup, "--cpu", "torch==2.13.0")["environment"]["packages"]
    assert packages["torch"] == "2.13.0+cpu"


def test_a_companion_that_is_not_to_be_had(own: IndexServer, tmp_path: Path) -> None:
    for wheel in (own.root / "whl" / "cpu").glob("torchaudio-*"):
        wheel.unlink()
    torchup = Torchup(tmp_path, **sources_of(own))
    outcome = made(torchup, "--cpu", "torch==2.13.0")
    assert [one["name"] for one in outcome["plan"]["companions_left_out"]] == ["torchaudio"]
    assert "torchaudio" not in outcome["environment"]["packages"]
    named = torchup("create", "other", "--cpu", "torch==2.13.0", "torchaudio")
    assert named.code == EXIT_NO, named
    assert "torchaudio" in named.out
    assert len(torchup.left()) == 1, "the first environment"


def test_a_wrong_number_is_not_verified(own: IndexServer, tmp_path: Path) -> None:
    add_torch(own.root, "2.13.0", "cpu", broken=True)
    torchup = Torchup(tmp_path, **sources_of(own))
    done = torchup("create", "demo", "--cpu", "torch==2.13.0", *QUICK)
    outcome = done.document("torchup.outcome/v1")
    assert (done.code, outcome["ok"], outcome["verify"]["ok"]) == (EXIT_NO, False, False)
    failed = {one["code"] for one in outcome["verify"]["checks"] if one["status"] == "fail"}
    assert failed == {"matmul"}
    again = torchup("verify", "demo", "--quick")
    assert (again.code, again.err) == (EXIT_NO, "")
    assert "✗" in again.out
    listed = torchup("list", "--json").document("torchup.environments/v1")["environments"]
    assert [one["verified"] for one in listed] == [None]


def test_the_wheel_of_another_python_is_not_taken(own: IndexServer, tmp_path: Path) -> None:
    for wheel in (own.root / "whl" / "cpu").glob("torch-2.13.0*"):
        wheel.rename(wheel.with_name(wheel.name.replace(TAG.partition("-")[0], "cp399")))
    torchup = Torchup(tmp_path, **sources_of(own))
    done = torchup("create", "demo", "--cpu", "torch==2.13.0", "--json")
    assert done.code == EXIT_NO, done
    assert not torchup.left()
