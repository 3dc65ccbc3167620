"""Mirrors: what names mean, what speaks against addresses, and what is written instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexserver import IndexServer, make_wheel
from torchup.api.checks.mirrors import look
from torchup.api.context import Context
from torchup.api.mirrors.choice import choose
from torchup.api.mirrors.judging import fault_of, mended
from torchup.api.mirrors.measuring import ask, measure
from torchup.api.mirrors.race import ranked
from torchup.api.mirrors.writing import prepare
from torchup.errors import NoAnswerError, TorchupError, UsageError
from torchup.facts import current
from torchup.facts.load import load_catalogue
from torchup.facts.mirrors import chosen_mirrors, find_mirror, load_mirrors
from torchup.host.real import RealHost
from torchup.model.mirror import KINDS, Mirror
from torchup.model.mirror_speed import Measured, Wanted
from torchup.sources.channels import channel_sources
from torchup.sources.configured import configured_sources, framework_source
from torchup.state.config import MIRROR_KEYS
from torchup.state.home import Home
from unit.sources.fakehost import FileHost

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import SourceSet, System

OFFICIAL = "https://download.pytorch.org/whl"
PYPI = "https://pypi.org/simple"


def test_every_kind_has_a_setting_and_a_place_of_its_makers() -> None:
    assert sorted(f"mirror.{kind}" for kind in KINDS) == list(MIRROR_KEYS)
    assert [load_mirrors().of(kind)[0].state for kind in KINDS] == ["official"] * 4


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["tuan"], "mirror.unknown-but"),
        (["nobody"], "mirror.unknown"),
        (["douban"], "mirror.gone"),
        (["mirrors.example.cn/simple"], "mirror.no-scheme"),
        (["https:/mirrors.example.cn"], "mirror.not-an-address"),
        (["ftp://mirrors.example.cn/simple"], "mirror.kind-needed"),
        (["https://mirrors.example.cn/simple"], "mirror.kind-needed"),
        (["tuna", "tuan"], "mirror.unknown-but"),
    ],
)
def test_names_that_mean_nothing(words: list[str], code: str) -> None:
    with pytest.raises(TorchupError) as caught:
        choose(KINDS, words)
    assert caught.value.code == code


def test_the_word_that_is_wrong_is_named() -> None:
    with pytest.raises(UsageError) as caught:
        choose(KINDS, ["tuna", "https://ada:pw@own.example/simple"])
    assert caught.value.details["url"] == "https://***@own.example/simple"


@pytest.mark.parametrize(
    "word",
    [
        *("https://", "ftp://a/b", "https:///simple", "https://[::1"),
        *(
            "https://a.example:http/simple",
            "https://a.example:99999",
            "https://a.example/my simple",
        ),
        *("https://a.example/\t", " https://a.example"),
    ],
)
def test_addresses_that_are_none(word: str) -> None:
    with pytest.raises(UsageError, match=r"mirror\.not-an-address"):
        find_mirror("pypi", word)


def test_a_retired_place_is_not_chosen_by_its_address_either() -> None:
    with pytest.raises(NoAnswerError, match=r"mirror\.gone"):
        choose(("pypi",), ["https://pypi.douban.com/simple/"])


def test_an_address_that_is_known_has_the_layout_that_is_known() -> None:
    (chosen,) = choose(("pytorch",), ["https://mirrors.aliyun.com/pytorch-wheels/"])
    assert chosen.mirrors[0].layout == "flat"
    assert find_mirror("pytorch", "flat+https://a.example/whl").layout == "flat"


def test_one_name_for_every_kind_that_is_certain() -> None:
    kinds = {one.kind for one in choose(KINDS, ["aliyun"])}
    assert kinds == {"pypi", "pytorch"}  # its conda is not sure to be whole


def sources(env: dict[str, str], files: dict[str, str] | None = None, **settings: str) -> SourceSet:
    host = FileHost(env={"HOME": "/h", **env}, files=files)
    named = {f"mirror.{kind}": words for kind, words in settings.items()}
    return configured_sources(host, OFFICIAL, PYPI, chosen_mirrors(named))


def test_the_setting_counts_before_files_and_after_variables() -> None:
    files = {"/etc/pip.conf": "[global]\nindex-url = https://etc/simple\n"}
    assert sources({}, files).primary.url == "https://etc/simple"
    found = sources({}, files, pypi="tuna bfsu")
    assert (found.primary.url, found.primary.origin) == (
        "https://pypi.tuna.tsinghua.edu.cn/simple",
        "mirror.pypi",
    )
    assert [one.url for one in found.standby] == [
        "https://mirrors.bfsu.edu.cn/pypi/web/simple",
        PYPI,
    ]
    told = sources({"PIP_INDEX_URL": "https://env/simple"}, files, pypi="tuna")
    assert (told.primary.url, told.standby) == ("https://env/simple", ())


def test_the_frameworks_own_places_stand_by_in_order() -> None:
    found = sources({}, pytorch="aliyun nju")
    page = framework_source(found, "cu126")
    assert (page.kind, page.url) == ("links", "https://mirrors.aliyun.com/pytorch-wheels/cu126/")
    assert [one.base for one in found.framework_others] == [
        "https://mirror.nju.edu.cn/pytorch/whl",
        OFFICIAL,
    ]
    told = sources({"TORCHUP_FRAMEWORK_INDEX": "https://own/whl"}, pytorch="nju")
    assert (told.framework_base, told.framework_others) == ("https://own/whl", ())


def test_condas_channels_come_from_the_chosen_place_where_it_has_them() -> None:
    host = FileHost(env={"HOME": "/h"})
    tuna = (find_mirror("conda", "tuna"),)
    names = ("conda-forge", "nvidia", "defaults")
    assert [one.url for one in channel_sources(host, names, tuna)] == [
        "https://mirrors.tuna.tsinghua.edu.cn/anaconda/cloud/conda-forge",
        "https://conda.anaconda.org/nvidia",
        "https://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/main",
        "https://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/r",
    ]
    own = (find_mirror("conda", "https://own.example/conda"),)
    assert channel_sources(host, ("nvidia",), own)[0].url == "https://own.example/conda/nvidia"


@pytest.mark.parametrize(("system", "more"), [("linux", ()), ("windows", ("msys2",))])
def test_conda_is_told_every_part_of_its_defaults(system: System, more: tuple[str, ...]) -> None:
    host = FileHost(env={"HOME": "/h", "USERPROFILE": "/h"}, system=system)
    context = Context(host, Home("/h/torchup"))
    (written,) = prepare(context, choose(("conda",), ["tuna"]), ("conda",))
    for part in ("main", "r", *more):
        assert f"/anaconda/pkgs/{part}\n".encode() in written.now
    assert written.now.count(b"/anaconda/pkgs/") == 2 + len(more)


def test_a_place_is_measured_anew_each_time_with_its_login(tmp_path: Path) -> None:
    make_wheel(tmp_path / "w" / "simple", "torch", "2.13.0")
    wanted = Wanted(
        kind="pypi", project="torch", version="2.13.0", python="3.11", platform="linux-x86_64"
    )
    context = Context(RealHost(), Home(tmp_path / "home"))
    with IndexServer(tmp_path / "w", login="ada:hunter2").start() as server:
        url = server.index().replace("//", "//ada:hunter2@", 1)
        mirror = find_mirror("pypi", url)
        assert measure(context, ask(context, mirror, wanted)).usable
        server.faults["/simple/"] = "404"
        assert ask(context, mirror, wanted).holds == "no"


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://pypi.doubanio.com/simple/", "retired"),
        ("http://pypi.douban.com/simple", "retired"),
        ("http://mirrors.aliyun.com/pypi/simple/", "insecure"),
        ("http://10.0.0.7:8081/simple", "insecure"),
        ("http://localhost:3141/root/pypi", None),
        ("https://mirrors.aliyun.com/pytorch-wheels/cu126", "flat"),
        ("https://pypi.tuna.tsinghua.edu.cn/simple", None),
    ],
)
def test_what_speaks_against_an_address(url: str, fault: str | None) -> None:
    assert fault_of(url, "index-url") == fault


def test_the_doctor_names_what_is_gone_file_by_file() -> None:
    files = {
        "/h/.config/pip/pip.conf": "[global]\nindex-url = https://pypi.douban.com/simple\n",
        "/h/.config/uv/uv.toml": 'index-url = "http://mirrors.aliyun.com/pypi/simple"\n',
    }
    env = {"HOME": "/h", "PIP_EXTRA_INDEX_URL": "http://pypi.sdutlinux.org/"}
    context = Context(FileHost(env=env, files=files), Home("/h/torchup"))
    found = {one.because[0].partition(": ")[0]: one for one in look(context)}
    assert {origin: one.code for origin, one in found.items()} == {
        "/h/.config/pip/pip.conf": "mirror-retired",
        "/h/.config/uv/uv.toml": "mirror-insecure",
        "PIP_EXTRA_INDEX_URL": "mirror-retired",
    }
    assert found["/h/.config/pip/pip.conf"].title.args["name"] == "Douban"
    assert [one.safety for one in found["PIP_EXTRA_INDEX_URL"].remedies] == ["manual", "ask"]
    assert found["/h/.config/uv/uv.toml"].facts["tool"] == "uv"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("http://[::1]:8080/simple", None),
        ("http://ada:pw@[::1]/simple", None),
        ("http://[fd00::7]:8080/simple", "mirror-insecure"),
        ("http://[::1", None),
        ("http://", None),
        ("['http://a.example/simple']", "mirror-insecure"),
    ],
)
def test_the_doctor_reads_every_address(value: str, code: str | None) -> None:
    files = {"/h/.config/pip/pip.conf": f"[global]\nindex-url = {value}\n"}
    context = Context(FileHost(env={"HOME": "/h"}, files=files), Home("/h/torchup"))
    assert [one.code for one in look(context)] == ([code] if code else [])
    assert load_mirrors().with_host("pypi", value) is None
    assert mended("pip", files["/h/.config/pip/pip.conf"].encode(), "") is not None


def test_pips_file_is_mended_and_the_rest_stays() -> None:
    before = (
        b"# \xd6\xd0\n[global]\nindex-url = http://mirrors.aliyun.com/pypi/simple/\n"
        b"trusted-host =\n    mirrors.aliyun.com\n    10.0.0.7\n"
        b"extra-index-url = http://pypi.douban.com/simple http://10.0.0.7/simple\n"
        b"[list]\nformat = json\n"
    )
    assert mended("pip", before, "") == (
        b"# \xd6\xd0\n[global]\nindex-url = https://mirrors.aliyun.com/pypi/simple/\n"
        b"trusted-host = 10.0.0.7\n"
        b"extra-index-url = http://10.0.0.7/simple\n[list]\nformat = json\n"
    )
    gone = b"[global]\nindex-url = https://pypi.douban.com/simple\n"
    assert mended("pip", gone, "") == b"[global]\n"
    assert mended("pip", gone, PYPI) == f"[global]\nindex-url = {PYPI}\n".encode()
    assert mended("pip", b"[global\n", "") is None


def test_what_old_tutorials_wrote_for_pip_goes_whole() -> None:
    """pip has known neither since 7.0."""
    gone = "http://pypi.douban.com/simple"
    before = f"[install]\nuse-mirrors =true\nmirrors ={gone}/\ntimeout = 60\n"
    assert mended("pip", before.encode(), "") == b"[install]\ntimeout = 60\n"
    kept = "[install]\nuse-mirrors = true\nmirrors = https://mirror.example/simple\n"
    assert mended("pip", kept.encode(), "") == kept.encode()


def test_uvs_file_is_mended_and_the_rest_stays() -> None:
    before = (
        b'# a\nallow-insecure-host = ["pypi.douban.com", "10.0.0.7"]\n\n'
        b'[[index]]\nurl = "http://pypi.douban.com/simple"\ndefault = true\n'
    )
    said = mended("uv", before, "")
    assert said is not None
    assert said.startswith(b'# a\nallow-insecure-host = ["10.0.0.7"]\n')
    assert b"douban" not in said


def test_the_fastest_that_has_the_file_wins_and_the_makers_own_wins_a_tie() -> None:
    wanted = Wanted(kind="pypi", project="torch", version="2.13.0")

    def measured(name: str, **values: object) -> Measured:
        mirror = Mirror(kind="pypi", id=name, name=name, url=f"https://{name}", layout="index")
        return Measured(mirror=mirror, wanted=wanted, **values)  # type: ignore[arg-type]  # by name

    found = [
        measured("lacks", holds="no", latency_ms=1),
        measured("slow", holds="yes", latency_ms=10, rate=5e6, size=10**9),
        measured("same", holds="yes", latency_ms=50, rate=2e7, size=10**9),
        measured("official", holds="yes", latency_ms=50, rate=2e7, size=10**9),
        measured("mute", holds="yes", latency_ms=5),
    ]
    assert [one.mirror.id for one in ranked(found)] == ["official", "same", "slow"]


def test_a_site_adds_mirrors_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "_USED", [])
    (tmp_path / "mirrors.toml").write_text(
        'checked = 2026-11-30\n[sources]\nhouse = "https://wiki.example.org/mirrors"\n'
        '[[mirrors]]\nkind = "pypi"\nid = "house"\nname = "House"\nlayout = "index"\n'
        'url = "https://pypi.example.org/simple"\noperator = "us"\nstate = "alive"\n'
        'certainty = "documented"\nsource = ["house"]\n'
    )
    current.use(RealHost(), Home(tmp_path / "home"), str(tmp_path))
    found = find_mirror("pypi", "house")
    assert found.url == "https://pypi.example.org/simple"
    assert load_mirrors().named("pypi", "tuna") is not None
    assert load_catalogue().framework.name  # the whole overlay is taken


@pytest.mark.parametrize("said", ["tuna", "Tsinghua TUNA", "tsinghua", "清华", "清华源"])
def test_a_mirror_is_found_by_what_people_call_it(said: str) -> None:
    assert find_mirror("pypi", said).id == "tuna"


def test_every_name_means_one_place() -> None:
    mirrors = load_mirrors()
    for kind in KINDS:
        ids = [one.id for one in mirrors.of(kind)]
        assert [mirrors.named(kind, one) for one in ids] == list(mirrors.of(kind))
