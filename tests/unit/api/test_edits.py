"""What a change asks for, worked out from the record."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from torchup.api.environments.edits import Edit, edited
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.frameworks import meaning
from torchup.model import EnvRecord, Requirement, Stack

STACK = Stack(
    python="3.11",
    packages={"torch": "2.7.1", "torchvision": "0.22.1"},
    build="cu126",
    runtime="12.6",
    device="cuda",
)


def record(*packages: str, **changes: object) -> EnvRecord:
    asked = Requirement(packages=packages, **changes)  # type: ignore[arg-type]
    return EnvRecord(
        name="demo", path="/envs/demo", backend="uv", created="", stack=STACK, requirement=asked
    )


def add(*packages: str) -> Edit:
    return Edit(kind="add", packages=packages)


def upgrade(*packages: str) -> Edit:
    return Edit(kind="upgrade", packages=packages)


def test_the_stack_is_pinned_as_it_is() -> None:
    found = edited(record("torch>=2.5", "numpy<2"), add("pandas"))
    assert found.asked.packages == ("torch>=2.5", "numpy<2", "pandas")
    assert found.pinned.packages == ("torch==2.7.1", "torchvision==0.22.1", "numpy<2", "pandas")
    assert (found.pinned.build, found.pinned.python) == ("cu126", "3.11")
    assert (found.framework, found.fresh) == (False, ())


def test_a_new_line_takes_the_old_ones_place() -> None:
    found = edited(record("numpy<2", "rich"), add("NumPy>=2"))
    assert found.asked.packages == ("rich", "NumPy>=2")


def test_what_is_there_of_the_framework_is_nothing_new() -> None:
    found = edited(record("torch>=2.5"), add("torch>=2.6", "torchvision"))
    assert found.asked.packages == ("torch>=2.5",)


@pytest.mark.parametrize("line", ["torch==2.5", "torch<2.7", "torchvision==0.21"])
def test_another_framework_is_refused(line: str) -> None:
    with pytest.raises(NoAnswerError, match=r"change\.framework-held"):
        edited(record(), add(line))


def test_a_companion_can_come_and_go() -> None:
    found = edited(record(companions=False), add("torchaudio"))
    assert found.pinned.companions
    assert found.pinned.packages[-1] == "torchaudio"
    gone = edited(record(), Edit(kind="remove", packages=("torchvision",)))
    assert gone.pinned.packages == ("torch==2.7.1",)
    with pytest.raises(NoAnswerError, match=r"change\.framework-needed"):
        edited(record(), Edit(kind="remove", packages=("Torch",)))


def test_an_upgrade_keeps_limits_and_takes_new_ones() -> None:
    found = edited(record("numpy<2", "rich"), upgrade("numpy", "urllib3>2", "rich==14"))
    assert found.asked.packages == ("numpy<2", "rich==14", "urllib3>2")
    assert found.fresh == ("numpy", "urllib3", "rich")
    assert not found.framework


def test_an_upgrade_of_the_framework_chooses_anew() -> None:
    found = edited(record("torch", "rich", use_gpus=("1",)), upgrade("torch==2.9"))
    assert found.framework
    assert found.pinned.packages == ("torch==2.9", "rich")
    assert found.pinned.build is None
    assert (found.pinned.python, found.asked.python) == ("3.11", None), "it keeps its Python"
    assert found.pinned.use_gpus == ("1",)
    every = edited(record("rich"), Edit(kind="upgrade", every=True))
    assert (every.framework, every.fresh) == (True, None)


def test_mistakes() -> None:
    with pytest.raises(UsageError, match=r"change\.nothing-named"):
        edited(record(), add())
    with pytest.raises(UsageError, match=r"ask\.not-a-requirement"):
        edited(record(), add("numpy =="))


def test_apples_build_has_no_name() -> None:
    from msgspec.structs import replace

    mac = replace(record(), stack=replace(STACK, device="mps", build="cpu", runtime=""))
    assert edited(mac, add("rich")).pinned.build is None


@pytest.mark.parametrize("name", ["tensorflow-cpu", "tensorflow-directml-plugin"])
def test_what_makes_the_build_can_not_be_taken_out(name: str) -> None:
    stack = Stack(
        python="3.10",
        packages={"tensorflow": "2.10.0", "tensorflow-directml-plugin": "0.4.0.dev230202"},
        build="directml",
        runtime="",
        device="directml",
        distributions={"tensorflow": "tensorflow-cpu"},
    )
    there = replace(record("tensorflow", build="directml"), stack=stack)
    with meaning("tensorflow"):
        with pytest.raises(NoAnswerError, match=r"change\.framework-needed"):
            edited(there, Edit(kind="remove", packages=(name,)))
        kept = edited(there, add("rich")).pinned
    assert kept.packages[:2] == (
        "tensorflow==2.10.0",
        "tensorflow-directml-plugin==0.4.0.dev230202",
    )
    assert kept.build == "directml"


def test_apples_gpu_needs_no_name_unless_a_plugin_makes_it() -> None:
    plain = replace(STACK, device="mps", build="cpu")
    assert plain.named_build is None
    assert replace(plain, build="").named_build is None
    assert replace(plain, build="metal").named_build == "metal"
    assert STACK.named_build == "cu126"
