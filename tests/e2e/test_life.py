"""What an environment goes through after it was made: verified, broken, deleted meanwhile."""

from __future__ import annotations

import shutil
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup, one_error
from cli.world import MINOR, add_torch
from torchup.apply import RECORDS
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]

CREATE = ("create", "demo", "--cpu", "torch==2.13.0")


def listed(torchup: Torchup) -> Any:  # noqa: ANN401  # a document
    (found,) = torchup("list", "--json").document("torchup.environments/v1")["environments"]
    return found


@pytest.fixture
def made(connected: Torchup) -> Torchup:
    assert connected(*CREATE, "--no-verify").code == EXIT_DONE
    return connected


def test_nobody_deletes_what_is_being_verified(own: IndexServer, tmp_path: Path) -> None:
    add_torch(own.root, "2.13.0", "cpu", pause_s=2)
    torchup = Torchup(tmp_path, **sources_of(own))
    assert torchup(*CREATE, "--no-verify").code == EXIT_DONE
    child = torchup.start("verify", "demo", "--quick")
    time.sleep(1.5)
    said = one_error(torchup("delete", "demo", "--yes"), EXIT_OUTSIDE)
    assert "demo" in said
    assert child.wait(timeout=60) == 0, child.communicate()
    child.communicate()
    assert listed(torchup)["verified"]
    assert torchup("delete", "demo", "--yes").code == EXIT_DONE
    assert not torchup.left()


def test_a_failed_verification_is_not_forgotten(made: Torchup) -> None:
    site = made.home / "envs" / "demo" / "lib" / f"python{MINOR}" / "site-packages"
    (site / "torch" / "__init__.py").write_text("raise RuntimeError('broken')\n")
    assert made("verify", "demo", "--quick").code == EXIT_NO
    found = listed(made)
    assert (found["state"], found["verified"]) == ("broken", None)
    assert "import" in found["why"]
    again = made(*CREATE)
    assert again.code in {EXIT_NO, EXIT_USAGE}, again
    assert "demo" in made().out


def test_files_that_are_gone(made: Torchup) -> None:
    site = made.home / "envs" / "demo" / "lib" / f"python{MINOR}" / "site-packages"
    shutil.rmtree(site / "torch")
    found = listed(made)
    assert found["state"] == "broken"
    assert "torch" in found["why"]


def test_nothing_runs_where_the_python_is_gone(made: Torchup) -> None:
    for file in (made.home / "envs" / "demo" / "bin").glob("python*"):
        file.unlink()
    said = one_error(made("run", "demo", "--", "python", "-c", "print(1)"), EXIT_NO)
    assert "demo" in said
    assert listed(made)["state"] == "broken"


def test_a_program_gets_its_signals_as_they_were(made: Torchup) -> None:
    """``yes | head`` ends by SIGPIPE, which Python ignores for itself."""
    seen = made("run", "demo", "--", "grep", "SigIgn", "/proc/self/status")
    assert seen.code == EXIT_DONE, seen
    ignored = int(seen.out.split()[1], 16)
    assert not ignored & 1 << (signal.SIGPIPE - 1)
    assert not ignored & 1 << (signal.SIGXFSZ - 1)


def test_a_place_of_links_that_is_gone_is_said_and_left_out(connected: Torchup) -> None:
    connected.env["PIP_FIND_LINKS"] = f"{connected.root}/no-such-folder"
    done = connected(*CREATE, "--no-verify", "--json")
    assert done.code == EXIT_DONE, done
    reasons = done.document("torchup.outcome/v1")["plan"]["reasons"]
    (lost,) = [one for one in reasons if one["code"] == "source-lost"]
    assert "no-such-folder" in lost["text"]


def test_names_that_differ_in_case_alone(made: Torchup) -> None:
    said = one_error(made("create", "DEMO", *CREATE[2:]), EXIT_USAGE)
    assert "demo" in said
    assert made.left() == ["envs/demo"]


def test_a_receipt_that_can_not_be_left(made: Torchup) -> None:
    """The verification is told all the same."""
    receipt = made.home / "envs" / "demo" / RECORDS / "receipt.json"
    receipt.mkdir()
    done = made("verify", "demo", "--quick", "--json")
    assert done.code == EXIT_DONE, done
    assert done.document("torchup.verify/v1")["ok"]
    assert "receipt" in done.err
