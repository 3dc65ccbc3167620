"""A choice and the backend's steps, put together."""

from __future__ import annotations

from torchup.model import Artifact, NearMiss, Requirement, Resolution, Stack, Step, text
from torchup.plan import plan_creation
from torchup.words import Words

STACK = Stack(python="3.13", packages={"torch": "2.14.1"}, build="cpu", runtime="", device="cpu")
CHOSEN = Resolution(outcome="ok", requirement=Requirement(), stack=STACK)
STEPS = (
    Step(id="create", summary=text("step.verify", name="demo"), command=("uv", "venv")),
    Step(id="install", summary=text("step.verify", name="demo"), command=("uv", "pip")),
)
FILES = (Artifact(name="torch", version="2.14.1", url="https://x.test/torch.whl"),)


def test_verification_comes_last() -> None:
    plan = plan_creation(CHOSEN, STEPS, artifacts=FILES, name="demo")
    assert [step.id for step in plan.steps] == ["create", "install", "verify"]
    assert plan.steps[-1].command == ("torchup", "verify", "demo")
    assert "demo" in Words().text(plan.steps[-1].summary)
    assert plan.artifacts == FILES


def test_verification_can_wait() -> None:
    plan = plan_creation(CHOSEN, STEPS, verify=False)
    assert plan.steps == STEPS


def test_without_a_stack_there_is_nothing_to_do() -> None:
    near = NearMiss(stack=STACK, reasons=(), remedy=text("remedy.cpu", stack="2.14.1+cpu"))
    none = Resolution(outcome="none", requirement=Requirement(), near_misses=(near,))
    plan = plan_creation(none, STEPS, artifacts=FILES)
    assert (plan.steps, plan.artifacts) == ((), ())
    assert plan.resolution is none
