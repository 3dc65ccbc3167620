"""What of an environment can go into an image, and what can't."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from madeenvironments import USUAL, make_environment
from torchup.api.context import Context
from torchup.api.environments.exporting import export
from torchup.apply.marker import LOCK, RECORDS
from torchup.errors import UsageError
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import System

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="lays out Linux environments")


class Windows(RealHost):
    @property
    def system(self) -> System:
        return "windows"


class Alpine(RealHost):
    def libc(self) -> str | None:
        return "musl 1.2.4"


class Arm(RealHost):
    @property
    def machine(self) -> str:
        return "aarch64"


def written(host: RealHost, root: Path, *, index_url: str = "https://example.org/whl/cpu") -> str:
    make_environment(root, "demo", index_url=index_url)
    return export(Context(host, Home(root)), "demo", "containerfile").text


@pytest.mark.parametrize(
    ("host", "code"), [(Windows(), "export.image-linux"), (Alpine(), "export.image-musl")]
)
def test_files_of_another_system_are_refused(host: RealHost, code: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        written(host, tmp_path)
    assert caught.value.code == code


def test_the_platform_is_that_of_the_files(tmp_path: Path) -> None:
    assert "--platform linux/arm64" in written(Arm(), tmp_path)


def test_a_folder_of_this_machine_becomes_the_makers_index(tmp_path: Path) -> None:
    text = written(RealHost(), tmp_path, index_url="file:///srv/wheels")
    assert "--index-url https://download.pytorch.org/whl/cpu" in text
    assert "file://" not in text


def test_an_index_without_tls_is_trusted_by_name_and_logins_stay_here(tmp_path: Path) -> None:
    text = written(RealHost(), tmp_path, index_url="http://me:secret@wheels.lab:8080/cpu")
    assert "--index-url http://wheels.lab:8080/cpu --trusted-host wheels.lab" in text
    assert "secret" not in text


def test_each_package_comes_from_the_index_of_the_lock(tmp_path: Path) -> None:
    path = make_environment(tmp_path, "demo")
    lock = path / RECORDS / LOCK
    line = 'name = "numpy"\n'
    lock.write_text(lock.read_text().replace(line, line + 'index = "https://pypi.lab/simple/"\n'))
    text = export(Context(RealHost(), Home(tmp_path)), "demo", "containerfile").text
    assert "--index-url https://pypi.lab/simple -r" in text
    assert f"numpy=={USUAL['numpy']}" in text


def test_another_framework_does_not_come_from_the_first_ones_index(tmp_path: Path) -> None:
    both = {**USUAL, "jax": "0.8.0", "jaxlib": "0.8.0"}
    make_environment(tmp_path, "both", both, beside=("jax", "jaxlib"))
    text = export(Context(RealHost(), Home(tmp_path)), "both", "containerfile").text
    first, second = text.split("RUN mkdir -p /opt/pins")[1:]
    assert "torch==2.13.0+cpu" in first
    assert "--index-url https://download.pytorch.org/whl/cpu -r" in first
    assert "jax==" not in first
    assert {"jax==0.8.0", "jaxlib==0.8.0"} <= {
        line.strip(" '").partition(" --")[0] for line in second.splitlines()
    }
    assert "--index-url" not in second
    assert "jax.numpy.ones" in text
