"""Packages that are compiled against the framework: the wheel that belongs, or a question."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.compiledworld import FACTS, kernels, server
from cli.fixtures import needs_world
from cli.process import DEAD
from cli.world import TAG
from sdistmaker import make_sdist
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from cli.process import Torchup
    from indexserver import IndexServer

__all__ = ["kernels", "server"]

pytestmark = needs_world

CREATE = ("create", "demo", "--cpu", "--no-verify")
QUICK = ("-n", "demo", "--no-verify")


def packages(kernels: Torchup) -> dict[str, str]:
    found: dict[str, str] = kernels("show", "demo", "--json").document("torchup.environment/v1")[
        "packages"
    ]
    return found


def built(kernels: Torchup) -> str:
    """What the module that was built says of its build."""
    python = kernels.home / "envs" / "demo" / "bin" / "python"
    code = "import tinykernel; print(tinykernel.BUILT)"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout


def test_the_wheel_is_taken_from_its_makers_place_alone(
    kernels: Torchup, server: IndexServer
) -> None:
    make_wheel(server.root / "simple", "tinykernel", "8.0", tag=TAG)
    done = kernels(*CREATE, "torch==2.12.1", "tinykernel")
    assert done.code == EXIT_DONE, done
    assert packages(kernels)["tinykernel"] == "1.0+pt212cpu"
    assert packages(kernels)["six"] == "1.17.0"


def test_what_is_there_is_not_asked_for_again(kernels: Torchup, server: IndexServer) -> None:
    assert kernels(*CREATE, "torch==2.12.1", "tinykernel").code == EXIT_DONE
    make_wheel(server.root / "pages" / "torch-2.12.0+cpu", "tinykernel", "1.1+pt212cpu", tag=TAG)
    server.faults["pages/torch-2.12.0+cpu/links"] = "503"
    done = kernels("add", "filelock<3.13", *QUICK)
    assert done.code == EXIT_DONE, done
    assert packages(kernels)["tinykernel"] == "1.0+pt212cpu"
    server.faults.clear()
    assert kernels("upgrade", "tinykernel", *QUICK).code == EXIT_DONE
    assert packages(kernels)["tinykernel"] == "1.1+pt212cpu"


def test_a_stack_that_has_a_wheel_is_chosen_where_the_user_leaves_it_open(
    kernels: Torchup,
) -> None:
    done = kernels("plan", "--cpu", "tinykernel", "--json")
    found = done.document("torchup.plan/v1")
    assert found["stack"]["packages"]["torch"] == "2.12.1", found["reasons"]
    moved = next(one for one in found["reasons"] if one["code"] == "fit-moved")
    assert "torch 2.12.1+cpu" in moved["text"]


def test_a_plan_names_what_would_be_compiled(kernels: Torchup) -> None:
    done = kernels("plan", "--cpu", "torch==2.13.0", "tinykernel")
    assert done.code == EXIT_DONE
    said = " ".join(done.out.split())
    assert "it would be compiled" in said
    assert "tinykernel has wheels for torch 2.12.1+cpu" in said


def test_what_was_agreed_to_moves_no_stack(kernels: Torchup) -> None:
    agreed = ("--build-from-source", "tinykernel")
    done = kernels("plan", "--cpu", "tinykernel", "torch<2.14", *agreed)
    assert done.code == EXIT_DONE
    assert "torch 2.13.0+cpu" in done.out
    command = 'torchup create NAME tinykernel "torch<2.14" --build-from-source tinykernel --cpu'
    assert command in " ".join(done.out.split())


@pytest.mark.parametrize("yes", [(), ("--yes",)])
def test_nothing_is_compiled_unasked(kernels: Torchup, yes: tuple[str, ...]) -> None:
    assert kernels(*CREATE, "torch==2.13.0").code == EXIT_DONE
    before = packages(kernels)
    done = kernels("add", "tinykernel", *QUICK, *yes, "--json")
    assert done.code == EXIT_NO
    assert done.error["code"] == "build.not-agreed-near"
    assert "torch 2.12.1+cpu" in done.error["message"]
    assert "--build-from-source tinykernel" in done.error["hint"]
    assert packages(kernels) == before


def test_what_was_agreed_to_is_built_against_the_environments_torch(kernels: Torchup) -> None:
    assert kernels(*CREATE, "torch==2.13.0").code == EXIT_DONE
    done = kernels("add", "tinykernel", *QUICK, "--build-from-source", "TinyKernel")
    assert done.code == EXIT_DONE, done
    said = built(kernels)
    assert "'2.13.0+cpu'" in said
    assert "'TOLD': 'yes'" in said
    assert "'MAX_JOBS': '" in said
    assert packages(kernels)["six"] == "1.17.0", "it needs that"
    again = kernels("add", "filelock<3.13", *QUICK)
    assert again.code == EXIT_DONE, "it is there: nobody has to agree again"
    assert packages(kernels)["tinykernel"] == "1.0"


def test_create_builds_last(kernels: Torchup) -> None:
    refused = kernels(*CREATE, "torch==2.13.0", "tinykernel", "--json")
    assert (refused.code, refused.error["code"]) == (EXIT_NO, "build.not-agreed-near")
    agreed = ("--build-from-source", "tinykernel")
    done = kernels(*CREATE, "torch==2.13.0", "tinykernel", *agreed)
    assert done.code == EXIT_DONE, done
    assert "'2.13.0+cpu'" in built(kernels)


def test_a_failed_build_shows_the_compilers_words_and_changes_nothing(
    kernels: Torchup, server: IndexServer
) -> None:
    make_sdist(server.root / "simple", "tinykernel", "1.1", fails=True)
    assert kernels(*CREATE, "torch==2.13.0").code == EXIT_DONE
    before = packages(kernels)
    agreed = ("--build-from-source", "tinykernel")
    done = kernels("add", "six", "tinykernel", *QUICK, *agreed, "--json")
    assert done.code == EXIT_OUTSIDE
    assert done.error["code"] == "uv.build-failed"
    assert "kernel.cu(7): error: no such thing" in done.error["message"]
    assert packages(kernels) == before
    assert kernels.left() == ["envs/demo"]


def test_what_can_not_be_compiled_is_refused_with_the_nearest_stack(kernels: Torchup) -> None:
    assert kernels(*CREATE, "torch==2.13.0").code == EXIT_DONE
    done = kernels("add", "onlywheels", *QUICK, "--json")
    assert done.code == EXIT_NO
    assert done.error["code"] == "fit.none-near"
    assert "torchup upgrade torch==2.12.1" in done.error["hint"]
    planned = kernels("plan", "--cpu", "torch==2.13.0", "onlywheels")
    assert planned.code == EXIT_NO
    assert "torchup create NAME torch==2.12.1 onlywheels --cpu" in planned.out


def test_what_no_stack_has_a_wheel_for_is_warned_of_and_not_installed(
    kernels: Torchup,
) -> None:
    planned = kernels("plan", "--cpu", "torch==2.13.0", "triton-windows")
    assert planned.code == EXIT_DONE
    assert "there is no wheel of triton-windows" in " ".join(planned.out.split())
    done = kernels(*CREATE, "torch==2.13.0", "triton-windows", "--json")
    assert (done.code, done.error["code"]) == (EXIT_NO, "fit.none")


def test_a_place_that_can_not_be_reached_is_named(kernels: Torchup) -> None:
    facts = kernels.root / "facts" / "torch" / "wheels.toml"
    facts.write_text(FACTS.format(url=DEAD))
    done = kernels(*CREATE, "torch==2.12.1", "tinykernel", "--json")
    assert done.code == EXIT_OUTSIDE
    assert done.error["code"] == "fit.unreachable"
    assert DEAD in done.error["message"]
    planned = kernels("plan", "--cpu", "torch==2.12.1", "tinykernel")
    assert planned.code == EXIT_DONE
    assert "can't be reached" in planned.out


def test_the_users_own_place_wins(kernels: Torchup, server: IndexServer) -> None:
    make_wheel(server.root / "mine", "tinykernel", "1.0+pt213cpu", tag=TAG)
    file = kernels.root / "requirements.txt"
    file.write_text(f"--find-links {server.links('mine')}\ntorch==2.13.0\ntinykernel\n")
    done = kernels(*CREATE, "-r", str(file))
    assert done.code == EXIT_DONE, done
    assert packages(kernels)["tinykernel"] == "1.0+pt213cpu"


def test_a_wheel_for_another_torch_is_warned_of(kernels: Torchup, server: IndexServer) -> None:
    url = f"{server.url}/files/pages/torch-2.12.0+cpu/tinykernel-1.0+pt212cpu-{TAG}.whl"
    assert kernels(*CREATE, "torch==2.13.0").code == EXIT_DONE
    done = kernels("add", f"tinykernel @ {url}", *QUICK)
    assert done.code == EXIT_DONE, done
    assert "was compiled for torch 2.12" in " ".join(done.out.split())


def test_sources_that_nobody_knows_are_built_and_named(
    kernels: Torchup, server: IndexServer
) -> None:
    make_sdist(server.root / "simple", "puretool", "2.0", pure=True)
    assert kernels(*CREATE, "torch==2.13.0").code == EXIT_DONE
    done = kernels("add", "puretool", *QUICK)
    assert done.code == EXIT_DONE, done
    assert "puretool 2.0 has no wheel here: it is built from its sources." in done.out


def test_one_that_only_another_package_asks_for_is_found_too(
    kernels: Torchup, server: IndexServer
) -> None:
    make_wheel(server.root / "simple", "model", "1.0", requires=["tinykernel"])
    assert kernels(*CREATE, "torch==2.12.1", "model").code == EXIT_DONE
    assert packages(kernels)["tinykernel"] == "1.0+pt212cpu"
    other = kernels("create", "other", "--cpu", "torch==2.13.0", "model", "--no-verify", "--json")
    assert (other.code, other.error["code"]) == (EXIT_NO, "build.not-agreed-near")


def test_an_upgrade_does_not_leave_the_stack_that_has_a_wheel(kernels: Torchup) -> None:
    assert kernels(*CREATE, "torch>=2.12,<2.13", "tinykernel").code == EXIT_DONE
    done = kernels("upgrade", "torch>=2.12", *QUICK)
    assert done.code == EXIT_DONE, done
    assert packages(kernels)["tinykernel"] == "1.0+pt212cpu"
    assert packages(kernels)["torch"].startswith("2.12.1")


def test_what_was_built_is_repaired_by_building_it_again(kernels: Torchup) -> None:
    agreed = ("--build-from-source", "tinykernel")
    assert kernels(*CREATE, "torch==2.13.0", "tinykernel", *agreed).code == EXIT_DONE
    module = next((kernels.home / "envs" / "demo").rglob("site-packages/tinykernel.py"))
    module.unlink()
    done = kernels("repair", "demo", "--no-verify")
    assert done.code == EXIT_DONE, done
    assert "'2.13.0+cpu'" in built(kernels)


def test_what_a_project_can_not_have_is_left_and_the_rest_goes_on(kernels: Torchup) -> None:
    project = kernels.root / "project"
    project.mkdir()
    (project / "requirements.txt").write_text("torch==2.13.0\ntinykernel\nsix\n")
    done = kernels(*CREATE, "--project", str(project))
    assert done.code == EXIT_DONE, done
    assert "tinykernel is left for you" in " ".join(done.out.split())
    assert packages(kernels)["six"] == "1.17.0"
    assert "tinykernel" not in packages(kernels)


def test_a_version_that_is_not_compiled_is_built_as_any_other(
    kernels: Torchup, server: IndexServer
) -> None:
    facts = kernels.root / "facts" / "torch" / "wheels.toml"
    told = facts.read_text().replace('name = "tinykernel"', 'name = "tinykernel"\nsince = "2.0"', 1)
    facts.write_text(told)
    make_sdist(server.root / "simple", "tinykernel", "0.9", pure=True)
    done = kernels(*CREATE, "torch==2.13.0", "tinykernel<1")
    assert done.code == EXIT_DONE, done
    assert packages(kernels)["tinykernel"] == "0.9"


def test_the_addresses_of_a_plan_name_the_very_wheel(kernels: Torchup) -> None:
    done = kernels("plan", "--urls", "--cpu", "torch==2.12.1", "tinykernel")
    assert done.code == EXIT_DONE, done
    assert f"/tinykernel-1.0%2Bpt212cpu-{TAG}.whl" in done.out


def test_a_dry_run_asks_nobody_and_builds_nothing(kernels: Torchup) -> None:
    assert kernels(*CREATE, "torch==2.13.0").code == EXIT_DONE
    done = kernels("add", "tinykernel", *QUICK, "--dry-run")
    assert done.code == EXIT_DONE, done
    said = " ".join(done.out.split())
    assert "+ tinykernel 1.0" in said
    assert "+ six 1.17.0" in said
    assert "it would be compiled" in said
    assert "tinykernel" not in packages(kernels)
    other = kernels("create", "other", "--cpu", "torch==2.13.0", "tinykernel", "--dry-run")
    assert other.code == EXIT_DONE, other
    assert kernels.left() == ["envs/demo"]
