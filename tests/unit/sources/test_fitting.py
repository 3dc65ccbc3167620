"""Where the very wheel of a compiled package lies, by the true patterns of its makers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.errors import OutsideError
from torchup.facts.wheels import load_wheels
from torchup.host import Response
from torchup.host.real import RealHost
from torchup.resolve.fitting import Ground, fits
from torchup.sources.cache import ListingCache
from torchup.sources.fitting import Found, Places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KNOWN = load_wheels(("flash-attn", "torch-scatter", "mmcv"), "torch")
FLASH = "https://github.com/Dao-AILab/flash-attention/releases/download"
PYG = "https://data.pyg.org/whl"
OPENMMLAB = "https://download.openmmlab.com/mmcv/dist"
LINUX = Ground(
    release="2.6.0",
    build="cu124",
    runtime="12.4",
    device="cuda",
    python="3.12",
    platform="linux-x86_64",
)


class Net(RealHost):
    """A network of the pages that are given; a page may be a status."""

    def __init__(self, pages: Mapping[str, str | int]) -> None:
        super().__init__()
        self.pages = pages
        self.asked: list[tuple[str, str]] = []

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        timeout: float = 15,
    ) -> Response:
        assert timeout
        self.asked.append((method, url))
        self.sent = headers
        found = self.pages.get(url, 404)
        if found == 0:
            raise OutsideError("network.unreachable", url=url, why="no route")
        status, text = (found, "") if isinstance(found, int) else (200, found)
        kind = {"content-type": "text/html"}
        return Response(status=status, url=url, headers=kind, body=text.encode())


def find(net: Net, folder: Path, name: str, ground: Ground = LINUX, accepted: str = "") -> Found:
    places = Places(net, ListingCache(folder), offline=False)
    rows = fits(KNOWN[name], ground, accepted)
    return places.find(KNOWN[name], ground, rows, accepted)


def links(*names: str) -> str:
    return "<!DOCTYPE html>" + "".join(f'<a href="{one}">{one}</a>' for one in names)


def test_a_file_is_named_by_torch_cuda_abi_python_and_platform(tmp_path: Path) -> None:
    name = "flash_attn-2.8.3%2Bcu12torch2.6cxx11abiFALSE-cp312-cp312-linux_x86_64.whl"
    net = Net({f"{FLASH}/v2.8.3/{name}": 200})
    found = find(net, tmp_path, "flash-attn", accepted="==2.8.3")
    assert found.file is not None
    assert found.file.version == "2.8.3"
    assert found.file.build == "cu12torch2.6cxx11abifalse"
    assert net.asked[-1] == ("HEAD", found.file.url)


def test_an_older_version_is_asked_for_where_the_newest_has_no_file(tmp_path: Path) -> None:
    name = "flash_attn-2.8.2%2Bcu12torch2.6cxx11abiFALSE-cp312-cp312-linux_x86_64.whl"
    net = Net({f"{FLASH}/v2.8.2/{name}": 200})
    found = find(net, tmp_path, "flash-attn")
    assert found.file is not None
    assert found.file.version == "2.8.2"


def test_a_page_of_links_holds_the_build_that_is_asked_for(tmp_path: Path) -> None:
    page = links(
        "torch-2.6.0%2Bcu124/torch_scatter-2.1.2%2Bpt26cu124-cp311-cp311-linux_x86_64.whl",
        "torch-2.6.0%2Bcu124/torch_scatter-2.1.2%2Bpt26cu124-cp312-cp312-win_amd64.whl",
        "torch-2.6.0%2Bcu124/torch_scatter-2.1.2%2Bpt26cu124-cp312-cp312-linux_x86_64.whl",
        "torch-2.6.0%2Bcu124/torch_scatter-2.1.3%2Bpt27cu124-cp312-cp312-linux_x86_64.whl",
        "torch-2.6.0%2Bcu124/torch_sparse-0.6.18%2Bpt26cu124-cp312-cp312-linux_x86_64.whl",
    )
    net = Net({f"{PYG}/torch-2.6.0%2Bcu124.html": page})
    found = find(net, tmp_path, "torch-scatter")
    assert found.file is not None
    assert found.file.filename == "torch_scatter-2.1.2+pt26cu124-cp312-cp312-linux_x86_64.whl"
    assert find(net, tmp_path, "torch-scatter", accepted="<2.1").file is None


def test_the_second_page_counts_where_the_first_is_not_there(tmp_path: Path) -> None:
    page = links("mmcv-2.2.0-cp312-cp312-manylinux1_x86_64.whl")
    net = Net({f"{OPENMMLAB}/cu124/torch2.6/index.html": page})
    found = find(net, tmp_path, "mmcv")
    assert found.file is not None
    assert found.file.version == "2.2.0"


@pytest.mark.parametrize("status", [0, 503])
@pytest.mark.parametrize("name", ["flash-attn", "torch-scatter"])
def test_a_place_that_does_not_answer_is_no_place_without_the_wheel(
    status: int, name: str, tmp_path: Path
) -> None:
    class Down(Net):
        def fetch(
            self,
            url: str,
            *,
            method: str = "GET",
            headers: Mapping[str, str] | None = None,
            timeout: float = 15,
        ) -> Response:
            self.pages = {url: status}
            return super().fetch(url, method=method, headers=headers, timeout=timeout)

    found = find(Down({}), tmp_path, name)
    assert found.file is None
    assert found.why is not None


def test_what_is_not_there_is_no_failure(tmp_path: Path) -> None:
    for name in KNOWN:
        found = find(Net({}), tmp_path, name)
        assert (found.file, found.why) == (None, None), name
