"""A project's lines against an index: what is gone is named, what has no wheel is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup
from cli.world import make_world
from indexserver import IndexServer, make_wheel
from torchup.errors import EXIT_DONE, EXIT_NO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, needs_world]

AMPERE = ("--gpu", "sm_86", "--driver", "550.54", "--os", "linux", "--arch", "x86_64")
OLD = "cp38-cp38-manylinux2014_x86_64"
OLDER = "cp37-cp37m-manylinux2014_x86_64"
UPLOADED = {"fresh-1": "2019-12-01T00:00:00Z", "-": "2019-01-01T00:00:00Z"}
LATER = "cp310-cp310-manylinux2014_x86_64"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("mended")
    make_world(root)
    simple = root / "simple"
    make_wheel(simple, "compiled", "1.0", tag=OLD)
    make_wheel(simple, "compiled", "1.1", tag=LATER)
    make_wheel(simple, "compiled", "2.0", tag=LATER)
    make_wheel(simple, "fresh", "0.9", tag=OLDER)
    make_wheel(simple, "fresh", "1.0", tag=OLD)
    make_wheel(simple, "elder", "1.0", tag=OLD)
    make_wheel(simple, "young", "1.0", requires=["inner==1.0"])
    make_wheel(simple, "inner", "1.0", tag=OLD)
    make_wheel(simple, "six", "1.16.0")
    make_wheel(simple, "careful", "1.0", requires=["six<1.17"])
    make_wheel(simple, "inner", "2.0")
    make_wheel(simple, "new-inner", "1.0", requires=["inner>=2"])
    make_wheel(simple, "wide", "1.0", tag="cp27-cp27mu-manylinux2014_x86_64")
    make_wheel(simple, "wide", "2.0", requires=["six<1.17"])
    make_wheel(simple, "mixed", "1.0", tag="cp38-cp38-win_amd64")
    make_wheel(simple, "mixed", "2.0", tag=OLD)
    make_wheel(simple, "bygone", "1.0", requires_python=">=3.6,<3.7")
    make_wheel(simple, "old-school", "1.0", requires=["mixed<2"])
    return root


@pytest.fixture(scope="module")
def server(world: Path) -> Iterator[IndexServer]:
    with IndexServer(world, json=True, uploaded=UPLOADED).start() as found:
        yield found


@pytest.fixture
def here(server: IndexServer, tmp_path: Path) -> Torchup:
    return Torchup(tmp_path, **sources_of(server))


def planned(here: Torchup, text: str, *more: str) -> Any:  # noqa: ANN401  # a document
    (here.root / "p").mkdir()
    (here.root / "p" / "requirements.txt").write_text(text)
    done = here("plan", "--project", "p", "--json", *AMPERE, *more)
    assert done.code == EXIT_DONE, done
    return done.document("torchup.plan/v1")


def told(document: Any, code: str) -> list[tuple[str, str]]:  # noqa: ANN401  # a document
    return [(one["subject"], one["needs"]) for one in document["reasons"] if one["code"] == code]


def test_a_package_that_is_gone_is_named_and_the_rest_goes_on(here: Torchup) -> None:
    document = planned(here, "torch==2.1.0\nnobody-has-this==1.0\nsix\n")
    assert document["outcome"] == "ok"
    assert told(document, "left-gone") == [("nobody-has-this==1.0", "")]


def test_a_version_that_never_was_is_taken_without_it(here: Torchup) -> None:
    document = planned(here, "torch==2.1.0\nsix==4.7.1.72\n")
    assert told(document, "left-version-gone") == [("six==4.7.1.72", "")]


def test_the_python_is_one_that_the_pins_have_wheels_for(here: Torchup) -> None:
    document = planned(here, "torch==2.1.0\ncompiled==1.0\nsix==1.16.0\nelder==1.0\n")
    assert document["stack"]["python"] == "3.8"
    assert told(document, "python-of-pins") == [("compiled==1.0, elder==1.0", "3.8")]


def test_a_pin_without_a_wheel_for_the_projects_python_is_moved(here: Torchup) -> None:
    readme = here.root / "p" / "README.md"
    readme.parent.mkdir()
    readme.write_text("Python 3.10")
    (here.root / "p" / "requirements.txt").write_text("torch==2.1.0\ncompiled==1.0\n")
    done = here("plan", "--project", "p", "--json", *AMPERE)
    document = done.document("torchup.plan/v1")
    assert document["stack"]["python"] == "3.10"
    assert told(document, "moved-package") == [("compiled==1.0", "compiled==1.1")]


def test_a_pin_for_other_pythons_without_a_later_version_is_left_out(here: Torchup) -> None:
    document = planned(here, "torch==1.8.1\nbygone==1.0\nsix==1.16.0\n")
    assert told(document, "left-python") == [("bygone==1.0", "")]


def test_what_only_comes_along_has_a_say_in_the_python(here: Torchup) -> None:
    document = planned(here, "torch==2.1.0\nyoung\n")
    assert document["stack"]["python"] == "3.8"
    assert told(document, "python-of-pins") == [("inner", "3.8")]


def test_a_repeated_create_finds_the_environment(here: Torchup) -> None:
    (here.root / "p").mkdir()
    (here.root / "p" / "requirements.txt").write_text("torch>=2\nsix==4.7.1.72\n-e .\n")
    words = ("create", "demo", "--project", "p", "--cpu", "--no-verify", "--yes", "--json")
    assert here(*words).code == EXIT_DONE
    again = here(*words)
    assert again.code == EXIT_DONE, again
    assert again.document("torchup.outcome/v1")["steps"][0]["status"] == "skipped"


def test_lines_that_contradict_each_other_through_others_are_named(here: Torchup) -> None:
    (here.root / "p").mkdir()
    (here.root / "p" / "requirements.txt").write_text("torch==2.1.0\ncareful\n-r more.txt\n")
    (here.root / "p" / "more.txt").write_text("\nsix==1.17.0\n")
    done = here("plan", "-r", "p/requirements.txt", *AMPERE)
    assert done.code == EXIT_NO, done
    assert "requirements.txt:2 asks for careful." in done.out
    assert "more.txt:2 asks for six==1.17.0." in done.out


def test_a_constraint_that_a_line_contradicts_is_named_with_its_line(here: Torchup) -> None:
    (here.root / "a.txt").write_text("torch==2.1.0\nsix==1.17.0\n-c con.txt\n")
    (here.root / "con.txt").write_text("\nsix==1.16.0\n")
    done = here("plan", "-r", "a.txt", *AMPERE)
    assert done.code == EXIT_NO, done
    assert "a.txt:2 asks for six==1.17.0." in done.out
    assert "con.txt:2 asks for six==1.16.0." in done.out


def test_a_projects_pin_gives_way_to_what_another_package_needs(here: Torchup) -> None:
    document = planned(here, "torch==2.1.0\ncareful==1.0\nsix==1.17.0\n")
    assert told(document, "gave-way") == [("six==1.17.0", "six==1.16.0")]
    assert [one["has"] for one in document["reasons"] if one["code"] == "gave-way"] == [
        "six<1.17 (careful)"
    ]


def test_several_contradictions_are_settled_one_after_the_other(here: Torchup) -> None:
    document = planned(here, "torch==2.1.0\ncareful\nsix==1.17.0\nnew-inner\ninner==1.0\n")
    assert told(document, "gave-way") == [
        ("six==1.17.0", "six==1.16.0"),
        ("inner==1.0", "inner==2.0"),
    ]


def test_a_version_that_another_pin_forbids_is_not_missing(here: Torchup) -> None:
    document = planned(here, "torch==2.1.0\nwide\nsix==1.17.0\n")
    assert told(document, "gave-way") == [("six==1.17.0", "six==1.16.0")]
    assert not told(document, "left-unfit")


def test_a_line_of_the_user_never_gives_way(here: Torchup) -> None:
    (here.root / "p").mkdir()
    (here.root / "p" / "requirements.txt").write_text("torch==2.1.0\ncareful==1.0\n")
    done = here("plan", "six==1.17.0", "--project", "p", "--json", *AMPERE)
    document = done.document("torchup.plan/v1")
    assert not [one for one in told(document, "gave-way") if one[0].startswith("six")]


def test_no_python_is_taken_for_what_has_wheels_in_another_version_alone(here: Torchup) -> None:
    document = planned(here, "torch==2.1.0\nold-school\n")
    assert document["stack"]["python"] != "3.8"
    assert not told(document, "python-of-pins")
    left = [one for one in document["reasons"] if one["code"] == "left-unfit"]
    assert [(one["subject"], one["has"]) for one in left] == [("old-school", "mixed")]


def test_a_python_that_is_younger_than_the_day_takes_the_packages_of_its_time(
    here: Torchup,
) -> None:
    document = planned(here, "torch\nfresh\n", "--as-of", "2019-06-01")
    assert document["stack"]["packages"]["torch"] == "1.7.0"
    assert document["stack"]["python"] == "3.8"
    assert [subject for subject, _ in told(document, "moved-day-python")] == ["2019-06-01"]
    assert told(document, "moved-past-day")


def test_what_is_named_on_the_command_line_is_not_moved(here: Torchup) -> None:
    (here.root / "p").mkdir()
    (here.root / "p" / "README.md").write_text("Python 3.10")
    (here.root / "p" / "requirements.txt").write_text("torch==2.1.0\ncompiled==1.0\n")
    done = here("plan", "compiled==1.0", "--project", "p", "--json", *AMPERE)
    assert not told(done.document("torchup.plan/v1"), "moved-package")


def test_a_page_of_links_that_is_gone_is_left_out_and_the_rest_is_examined(here: Torchup) -> None:
    gone = "http://127.0.0.1:9/natten.html"
    document = planned(here, f"torch==2.1.0\n-f {gone}\nnobody-has-this==1.0\n")
    assert [subject for subject, _ in told(document, "links-gone")] == [gone]
    assert told(document, "left-gone") == [("nobody-has-this==1.0", "")]
