"""Environments that torchup neither made nor adopted: an Anaconda that is there, as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.anaconda import GONE, Anaconda, add_environment
from cli.process import has_next_step, one_error
from condamaker import MINOR

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the layout is a Unix one")


@pytest.fixture
def anaconda(torchup: Torchup) -> Anaconda:
    return Anaconda(torchup.root)


def names(torchup: Torchup, *options: str) -> dict[str, str]:
    found = torchup("list", "--json", *options).document("torchup.environments/v1")
    assert {one["state"] for one in found["environments"]} <= {"foreign"}
    return {one["name"]: one["path"] for one in found["environments"]}


def test_all_are_listed_by_conda_s_names_where_asked(torchup: Torchup, anaconda: Anaconda) -> None:
    assert names(torchup) == {}
    assert names(torchup, "--all") == {
        "conda:base": str(anaconda.base),
        "conda:course": str(anaconda.course),
        "conda:lab": str(anaconda.lab),
        "conda:plain": str(anaconda.plain),
    }
    shown = torchup("list", "--all").out
    assert "torch 2.13.0+cpu" in shown
    assert "no framework" in shown


def test_folders_that_condarc_names_count(torchup: Torchup, anaconda: Anaconda) -> None:
    other = torchup.root / "big" / "lab"
    add_environment(other, {"python": f"{MINOR}.0"})
    (torchup.root / ".condarc").write_text(f"envs_dirs:\n  - {other.parent}\n")
    found = names(torchup, "--all")
    assert found[str(other)] == str(other)
    assert found[str(anaconda.lab)] == str(anaconda.lab)
    said = one_error(torchup("show", "conda:lab"), 2)
    assert str(other) in said
    assert has_next_step(said)


def test_one_is_named_by_name_or_path_without_being_adopted(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    by_name = torchup("show", "conda:course", "--json").document("torchup.environment/v1")
    by_path = torchup("show", str(anaconda.course), "--json").document("torchup.environment/v1")
    assert by_name["path"] == by_path["path"] == str(anaconda.course)
    assert by_name["packages"]["torch"] == "2.13.0+cpu"
    assert by_name["size"]["own"] > 0
    listed = torchup("packages", "-n", "conda:lab", "--json").document("torchup.packages/v1")
    assert {one["name"] for one in listed["packages"]} >= {"pytorch", "pandas"}
    differ = torchup("compare", "conda:course", "conda:lab", "--json")
    assert differ.code == 1
    changed = differ.document("torchup.comparison/v1")["packages"]
    assert {"name": "torch", "first": "2.13.0+cpu", "second": "2.12.1+cpu"} in changed
    text = torchup("export", "conda:lab", "--format", "environment").out
    assert "pandas=2.2.3=0" in text
    ran = torchup(
        "run", "conda:plain", "--", "python", "-c", "import os; print(os.environ['CONDA_PREFIX'])"
    )
    assert ran.out.strip() == str(anaconda.plain)
    lines = torchup("activate", "conda:course", "--shell", "bash").out
    assert (
        f"CONDA_PREFIX='{anaconda.course}'" in lines or f"CONDA_PREFIX={anaconda.course}" in lines
    )
    assert "conda:" not in lines
    assert names(torchup) == {}


def test_an_adopted_one_is_listed_once_and_meant_by_its_path(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    assert torchup("adopt", str(anaconda.course), "--name", "mine").code == 0
    found = names(torchup, "--all")
    assert "conda:course" not in found
    assert found["mine"] == str(anaconda.course)
    shown = torchup("show", str(anaconda.course), "--json").document("torchup.environment/v1")
    assert shown["name"] == "mine"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("show", "conda:nothing"), 1),
        (("show", "./nothing"), 1),
        (("verify", "conda:plain"), 1),
        (("clone", "conda:plain", "copy"), 1),
        (("rename", "conda:plain", "copy"), 2),
    ],
)
def test_what_is_not_there_is_said(
    torchup: Torchup, anaconda: Anaconda, command: tuple[str, ...], code: int
) -> None:
    assert anaconda.base.is_dir()
    assert has_next_step(one_error(torchup(*command), code))


def test_conda_deletes_what_is_conda_s(torchup: Torchup, anaconda: Anaconda) -> None:
    anaconda.add_conda()
    said = one_error(torchup("delete", "conda:lab"), 2)
    assert "--yes" in said
    dry = torchup("delete", "conda:lab", "--dry-run")
    assert f"env remove -p {anaconda.lab} -y" in dry.out
    assert anaconda.calls == []
    done = torchup("delete", "conda:lab", "--yes")
    assert done.code == 0
    assert f"{anaconda.base}/bin/conda env remove -p {anaconda.lab}" in done.out
    assert anaconda.calls == [["env", "remove", "-p", str(anaconda.lab), "-y"]]
    assert not anaconda.lab.exists()
    as_json = torchup("delete", str(anaconda.course), "--yes", "--json")
    (step,) = as_json.document("torchup.outcome/v1")["steps"]
    assert step["status"] == "done"
    assert str(anaconda.course) not in anaconda.list.read_text()


def test_a_conda_that_fails_is_told_of(torchup: Torchup, anaconda: Anaconda) -> None:
    anaconda.add_conda()
    failed = torchup("delete", "conda:lab", "--yes", "--json", CONDA_FAILS="1")
    assert failed.code == 3
    assert "PackagesNotFoundError" in failed.error["message"]
    assert anaconda.lab.is_dir()


def test_without_conda_torchup_deletes_it_and_takes_it_off_the_list(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    done = torchup("delete", str(anaconda.course), "--yes")
    assert done.code == 0
    assert not anaconda.course.exists()
    assert anaconda.list.read_text().splitlines() == [str(anaconda.base), GONE]
    assert torchup.left() == []
    assert torchup("delete", GONE).code == 0
    assert anaconda.list.read_text().splitlines() == [str(anaconda.base)]
    assert torchup("delete", GONE).code == 1


def test_a_base_is_never_deleted(torchup: Torchup, anaconda: Anaconda) -> None:
    anaconda.add_conda()
    assert has_next_step(one_error(torchup("delete", "conda:base", "--yes"), 2))
    strange = torchup.root / "strange" / "place"
    add_environment(strange, {"conda": "24.9.2"})
    one_error(torchup("delete", str(strange), "--yes"), 2)
    assert strange.is_dir()
    assert anaconda.calls == []
    assert anaconda.base.is_dir()


def test_the_path_of_an_adopted_one_only_leaves_the_list(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    assert torchup("adopt", str(anaconda.course), "--name", "mine").code == 0
    assert torchup("delete", str(anaconda.course)).code == 0
    assert anaconda.course.is_dir()
    assert names(torchup) == {}


def test_conda_changes_what_is_conda_s(torchup: Torchup, anaconda: Anaconda) -> None:
    said = one_error(torchup("add", "pandas", "-n", "conda:plain"), 2)
    assert has_next_step(said)
    anaconda.add_conda()
    plain, course = str(anaconda.plain), str(anaconda.course)
    assert torchup("add", "pandas>=2", "-n", "conda:plain").code == 0
    assert torchup("remove", "pandas", "-n", plain).code == 0
    assert torchup("upgrade", "--all", "-n", plain, "--json").code == 0
    assert torchup("add", "torch==2.13.0", "-n", course, "--no-verify").code == 0
    assert torchup("upgrade", "pandas", "-n", course, "--dry-run").code == 0
    assert anaconda.calls == [
        ["install", "-p", plain, "-y", "pandas>=2"],
        ["remove", "-p", plain, "-y", "pandas"],
        ["update", "-p", plain, "-y", "--all"],
        ["install", "-p", course, "-y", "pytorch==2.13.0"],
    ]
    one_error(torchup("add", "pandas[excel]", "-n", plain), 2)


def test_what_does_not_compute_after_conda_changed_it_is_said(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    anaconda.add_conda()
    done = torchup("add", "pandas", "-n", "conda:course", "--json")
    assert done.code == 1
    said = done.document("torchup.outcome/v1")
    assert said["ok"] is False
    assert [one["status"] for one in said["steps"]] == ["done"]


def test_what_one_takes_is_told_and_is_no_part_of_the_home(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    alone = torchup("du", "--json").document("torchup.usage/v1")
    found = torchup("du", "conda:lab", "--json").document("torchup.usage/v1")
    (one,) = found["environments"]
    assert one["name"] == "conda:lab"
    assert one["frees"] > 0
    assert found["total"] == alone["total"]
    every = torchup("du", "--all", "--json").document("torchup.usage/v1")["environments"]
    assert len(every) == 4
    assert "conda:course" in torchup("du", str(anaconda.course), "--all").out


def test_a_virtual_environment_is_not_cloned_but_told_how(torchup: Torchup) -> None:
    folder = torchup.root / "project" / ".venv"
    folder.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    said = one_error(torchup("clone", str(folder), "copy"), 2)
    assert "torchup export" in said


def test_what_is_listed_and_gone_is_a_finding_with_its_mend(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    def found() -> dict[str, dict[str, object]]:
        said = torchup("doctor", "--json", "--offline").document("torchup.diagnosis/v1")
        return {one["code"]: one for one in said["findings"]}

    assert anaconda.base.is_dir()
    gone = found()["conda-environment-gone"]
    assert gone["because"] == [GONE]
    ((command,),) = [one["commands"] for one in gone["remedies"]]  # type: ignore[attr-defined]
    assert command == ["torchup", "repair", "--finding", "conda-environment-gone"]
    assert torchup(*command[1:]).code == 0
    assert "conda-environment-gone" not in found()


def test_doctor_looks_at_one_of_them(torchup: Torchup, anaconda: Anaconda) -> None:
    record = anaconda.course / "lib" / f"python{MINOR}" / "site-packages" / "torch-2.13.0.dist-info"
    (record / "METADATA").unlink()
    done = torchup("doctor", "conda:course", "--json", "--offline")
    findings = done.document("torchup.diagnosis/v1")["findings"]
    assert "environment-broken" in {one["code"] for one in findings}


def test_a_folder_that_is_removed_half_is_removed_by_the_next_command(
    torchup: Torchup, anaconda: Anaconda
) -> None:
    """What a killed deletion leaves: the folder in the trash, under the key of these."""
    assert torchup("list").code == 0
    trash = torchup.home / "trash"
    trash.mkdir(parents=True)
    anaconda.lab.rename(trash / "1.elsewhere")
    assert torchup("delete", str(anaconda.course), "--yes").code == 0
    assert torchup.left() == []


def test_a_shell_goes_in_and_out_again(torchup: Torchup, anaconda: Anaconda) -> None:
    python = f"{sys.executable} -m torchup"
    script = "; ".join(
        (
            "before=$PATH",
            f'eval "$({python} activate conda:lab --shell bash)"',
            "echo in $CONDA_PREFIX $CONDA_DEFAULT_ENV",
            f'eval "$({python} deactivate --shell bash)"',
            'echo out "$CONDA_PREFIX"; [ "$PATH" = "$before" ] && echo same',
        )
    )
    done = subprocess.run(
        ["bash", "-c", script], env=torchup.env, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [f"in {anaconda.lab} lab", "out ", "same"], done


@pytest.mark.parametrize(("typed", "code"), [("", 1), ("y", 1), ("lab", 0)])
def test_who_is_asked_types_the_name(
    torchup: Torchup, anaconda: Anaconda, typed: str, code: int
) -> None:
    person, terminal = os.openpty()
    os.write(person, f"{typed}\n".encode())
    done = subprocess.run(
        torchup.argv("delete", "conda:lab"),
        stdin=terminal,
        env=torchup.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(person)
    os.close(terminal)
    assert done.returncode == code, done
    assert "(lab)" in done.stdout
    assert anaconda.lab.exists() is bool(code)


def test_adopting_can_be_tried_first(torchup: Torchup, anaconda: Anaconda) -> None:
    tried = torchup("adopt", str(anaconda.course), "--name", "mine", "--dry-run", "--json")
    found = tried.document("torchup.outcome/v1")
    assert (tried.code, found["environment"]["name"]) == (0, "mine")
    assert found["steps"][0]["status"] == "skipped"
    assert not list((torchup.home / "adopted").glob("*"))
    assert torchup("show", "mine").code == 1
