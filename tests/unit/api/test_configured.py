"""A described machine's stack: this machine's configuration is read where it counts, only there."""

from __future__ import annotations

import pytest

from torchup.api.context import Context
from torchup.api.stacks.planning import choose, plan
from torchup.model import Driver, Gpu, Machine, Os, Requirement
from torchup.state.home import Home
from unit.sources.fakehost import FileHost

MIRROR = "https://mirror.example/simple"
PIP = "/etc/pip.conf"


class Watched(FileHost):
    """A host that remembers which files were read."""

    def __init__(self, **variables: str) -> None:
        super().__init__(
            env={"HOME": "/home/me", **variables},
            files={PIP: f"[global]\nindex-url = {MIRROR}\n"},
        )
        self.asked: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.asked.append(path)
        return super().read(path)


def described(arch: str, driver: str = "580.65.06") -> Machine:
    return Machine(
        os=Os(system="linux", libc="glibc 2.39"),
        arch="x86_64",
        gpus=(Gpu(index=0, vendor="nvidia", arch=arch),),
        drivers=(Driver(vendor="nvidia", version=driver),),
    )


def chosen(host: Watched, arch: str, *packages: str) -> list[str]:
    """The address of the choice, then those of the near misses."""
    context = Context(host, Home("/home/me/torchup"))
    asked = Requirement(packages=packages, today="2026-11-21")
    answer = plan(choose(context, described(arch), asked, live=False)).resolution
    assert answer.stack is not None, answer
    return [answer.stack.index_url, *(near.stack.index_url for near in answer.near_misses)]


def test_the_frameworks_own_index_needs_no_configuration() -> None:
    host = Watched()
    url, *_ = chosen(host, "sm_61")
    assert url.endswith("/whl/cu126")
    assert PIP not in host.asked


def test_a_stack_from_the_index_for_everything_has_the_configured_address() -> None:
    host = Watched()
    url, *near = chosen(host, "sm_86")
    assert url == MIRROR
    assert PIP in host.asked
    assert "" not in near


def test_what_nearly_fits_is_given_an_address_only_where_it_is_shown() -> None:
    host = Watched()
    context = Context(host, Home("/home/me/torchup"))
    asked = Requirement(today="2026-11-21")
    choice = choose(context, described("sm_86", "560.35.03"), asked, live=False)
    assert choice.resolution.stack
    assert choice.resolution.stack.index_url.endswith("/whl/cu126")
    assert PIP not in host.asked
    near = plan(choice).resolution.near_misses
    assert MIRROR in [one.stack.index_url for one in near]
    assert PIP in host.asked


def test_a_mirror_of_the_frameworks_index_counts() -> None:
    host = Watched(TORCHUP_FRAMEWORK_INDEX="https://mirror.example/whl/")
    assert chosen(host, "sm_61")[0] == "https://mirror.example/whl/cu126"


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_variable_names_no_mirror(value: str) -> None:
    url, *_ = chosen(Watched(TORCHUP_FRAMEWORK_INDEX=value), "sm_61")
    assert url.startswith("https://")
    assert "mirror" not in url
