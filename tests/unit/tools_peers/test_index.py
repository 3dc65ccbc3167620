from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from tools.peers.index import MISSING, OK, PYPI, StandIn

from torchup.facts.load import load_catalogue
from torchup.sources.wheelname import parse_wheel_name
from unit.tools_peers.facts import CATALOGUE

HOST = "wheels.example"


def links(stand_in: StandIn, host: str, path: str) -> list[str]:
    page = stand_in.answer(host, path)
    assert page.status == OK
    return [unquote(one) for one in re.findall(r'<a href="([^"]+)"', page.body.decode())]


def test_a_page_lists_what_the_catalogue_says() -> None:
    assert links(StandIn(CATALOGUE), HOST, "/whl/cu130/frame/") == [
        "frame-2.0.0+cu130-cp312-cp312-manylinux_2_28_x86_64.whl",
        "frame-2.0.0+cu130-cp313-cp313t-manylinux_2_28_x86_64.whl",
    ]


def test_pypi_has_no_build_in_the_name() -> None:
    found = links(StandIn(CATALOGUE), PYPI, "/simple/frame/")
    assert "frame-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl" in found
    assert "frame-2.0.0-cp312-cp312-win_amd64.whl" in found
    assert "frame-2.0.0-cp312-cp312-macosx_14_0_arm64.whl" in found
    assert not [name for name in found if "+" in name]


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (HOST, "/whl/cu999/frame/"),
        (HOST, "/simple/frame/"),
        (HOST, "/whl/cu130/other/"),
        (PYPI, "/whl/cu130/frame/"),
        (HOST, "/whl/cu130/frame/other-1.0-py3-none-any.whl"),
    ],
)
def test_nothing_else_is_there(host: str, path: str) -> None:
    assert StandIn(CATALOGUE).answer(host, path).status == MISSING


def test_a_wheel_and_its_metadata_agree() -> None:
    stand_in = StandIn(CATALOGUE)
    path = "/whl/cu130/frame/frame-2.0.0%2Bcu130-cp312-cp312-manylinux_2_28_x86_64.whl"
    told = stand_in.answer(HOST, f"{path}.metadata").body
    assert told == b"Metadata-Version: 2.1\nName: frame\nVersion: 2.0.0+cu130\n"
    with zipfile.ZipFile(io.BytesIO(stand_in.answer(HOST, path).body)) as archive:
        assert archive.read("frame-2.0.0+cu130.dist-info/METADATA") == told
        about = archive.read("frame-2.0.0+cu130.dist-info/WHEEL").decode()
    assert "Tag: cp312-cp312-manylinux_2_28_x86_64\n" in about


def test_every_build_of_the_real_catalogue_is_on_its_pages() -> None:
    catalogue = load_catalogue()
    stand_in = StandIn(catalogue)
    for release in catalogue.releases:
        for build in release.builds:
            for channel in build.channels:
                tagged = build.tagged and channel != "pypi"
                version = f"{release.version}+{build.name}" if tagged else release.version
                start = f"{catalogue.framework.name}-{version}-"
                there = [one for one in stand_in.wheels(channel) if one.startswith(start)]
                pythons = {
                    line
                    for name in there
                    if (file := parse_wheel_name(name)) and build.platform in file.platforms
                    for line in file.pythons
                }
                assert pythons >= set(release.pythons.get(build.platform, ()))
