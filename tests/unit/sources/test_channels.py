from __future__ import annotations

import pytest

from torchup.errors import UsageError
from torchup.model.mirror import Mirror
from torchup.sources.channels import channel_sources, places_of
from unit.sources.fakehost import FileHost

HOME = {"HOME": "/home/ada"}


def places(host: FileHost, *names: str) -> list[tuple[str, str]]:
    return [(one.id, one.url) for one in channel_sources(host, names)]


def with_condarc(text: str, **more: str) -> FileHost:
    return FileHost(files={"/home/ada/.condarc": text, **more}, env=HOME)


def test_a_name_lies_where_conda_looks_by_itself() -> None:
    assert places(FileHost(env=HOME), "conda-forge", "conda-forge/label/rc") == [
        ("conda-forge", "https://conda.anaconda.org/conda-forge"),
        ("conda-forge/label/rc", "https://conda.anaconda.org/conda-forge/label/rc"),
    ]


def test_the_alias_moves_every_name() -> None:
    host = with_condarc("channel_alias: https://mirror.example/anaconda/cloud/\n")
    (one,) = channel_sources(host, ["conda-forge"])
    assert one.url == "https://mirror.example/anaconda/cloud/conda-forge"
    assert one.origin == "/home/ada/.condarc"
    assert one.kind == "channel"


def test_a_channel_s_own_place_counts_before_the_alias() -> None:
    text = (
        "channel_alias: https://mirror.example\n"
        "custom_channels:\n  pytorch: https://other.example/cloud\n"
    )
    assert places(with_condarc(text), "pytorch", "nvidia") == [
        ("pytorch", "https://other.example/cloud/pytorch"),
        ("nvidia", "https://mirror.example/nvidia"),
    ]


def test_the_more_specific_file_counts() -> None:
    host = FileHost(
        files={
            "/etc/conda/.condarc": "channel_alias: https://site.example\n",
            "/home/ada/.condarc": "channel_alias: https://ada.example\n",
        },
        env=HOME,
    )
    assert places(host, "x") == [("x", "https://ada.example/x")]


def test_an_address_among_the_user_s_channels_is_a_mirror() -> None:
    text = "channels:\n  - https://mirror.example/cloud/conda-forge/\n  - defaults\n"
    assert places(with_condarc(text), "conda-forge") == [
        ("conda-forge", "https://mirror.example/cloud/conda-forge")
    ]


def test_defaults_are_what_the_settings_say() -> None:
    assert [url for _, url in places(FileHost(env=HOME), "defaults")] == [
        "https://repo.anaconda.com/pkgs/main",
        "https://repo.anaconda.com/pkgs/r",
    ]
    text = "default_channels:\n  - https://mirror.example/pkgs/main\n"
    assert [url for _, url in places(with_condarc(text), "defaults")] == [
        "https://mirror.example/pkgs/main"
    ]


def test_addresses_are_taken_as_they_are_and_once() -> None:
    url = "http://127.0.0.1:8000/conda-forge"
    assert places(FileHost(env=HOME), url, f"{url}/", "conda-forge") == [
        ("conda-forge", url),
        ("https://conda.anaconda.org/conda-forge", "https://conda.anaconda.org/conda-forge"),
    ]


def test_a_damaged_file_has_no_say() -> None:
    host = with_condarc("channel_alias: [unclosed\n  - x: y\n")
    assert places(host, "x") == [("x", "https://conda.anaconda.org/x")]


@pytest.mark.parametrize("name", ["", "a b", "/not/there", "http:/one", "ftp://x/y", "-c"])
def test_what_is_no_channel_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        channel_sources(FileHost(env=HOME), [name])
    assert caught.value.code == "conda.bad-channel"


NEAR = Mirror(
    kind="conda",
    id="near",
    name="Near",
    url="https://near.example/anaconda",
    layout="channels",
    state="alive",
)
OWN = Mirror(kind="conda", id="own", name="Own", url="https://own.example", layout="channels")


@pytest.mark.parametrize(
    ("name", "places"),
    [
        (
            "conda-forge",
            (
                "https://near.example/anaconda/cloud/conda-forge",
                "https://own.example/conda-forge",
                "https://conda.anaconda.org/conda-forge",
            ),
        ),
        (
            "defaults",
            ("https://near.example/anaconda/pkgs/main", "https://repo.anaconda.com/pkgs/main"),
        ),
        ("https://corp.example/conda-forge", ("https://corp.example/conda-forge",)),
        (
            "https://conda.anaconda.org/nvidia",
            (
                "https://conda.anaconda.org/nvidia",
                "https://near.example/anaconda/cloud/nvidia",
                "https://own.example/nvidia",
            ),
        ),
    ],
)
def test_a_channel_lies_at_every_chosen_mirror_and_at_its_own_place(
    name: str, places: tuple[str, ...]
) -> None:
    host = FileHost(env=HOME)
    chosen = (NEAR, OWN)
    source = channel_sources(host, [name], chosen)[0]
    assert places_of(host, source, chosen) == places


def test_a_channel_has_one_place_where_nobody_chose_another() -> None:
    host = with_condarc("channel_alias: https://mirror.example/cloud\n")
    (source,) = channel_sources(host, ["conda-forge"])
    assert places_of(host, source, ()) == ("https://mirror.example/cloud/conda-forge",)
