"""``torchup compat`` as a process: the table, documents, files, exit statuses."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from cli.process import has_next_step, one_error
from torchup.cli.screen import width
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.facts.load import DATA

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = pytest.mark.slow


def test_the_whole_matrix(torchup: Torchup) -> None:
    done = torchup("compat")
    assert (done.code, done.err) == (EXIT_DONE, "")
    lines = done.out.splitlines()
    assert lines[0].split() == [
        "Release",
        "Platform",
        "Python",
        "Build",
        "Driver",
        "from",
        "Compiled",
        "for",
    ]
    assert max(map(width, lines)) <= 100
    firsts = [line.split()[0] for line in lines]
    assert "2.5.1" in firsts
    assert "2.5.0" not in firsts
    assert firsts.index("2.6.0") < firsts.index("2.5.1"), "newest first"


def test_a_card(torchup: Torchup) -> None:
    done = torchup("compat", "--gpu", "GTX 1080", "--torch", ">=2.4,<2.8", "--os", "linux")
    assert (done.code, done.err) == (EXIT_DONE, "")
    lines = done.out.splitlines()
    assert "GTX 1080" in lines[0]
    assert max(map(width, lines)) <= 100
    assert any(line.startswith("2.4.0-2.4.1") for line in lines)
    assert "cu128" not in done.out, "no code for sm_61"
    everything = torchup(
        "compat", "--gpu", "GTX 1080", "--torch", "2.7.1", "--os", "linux", "--all"
    )
    assert "2.7.1+cu128 was built for" in everything.out.replace("\n    ", " ")


def test_columns_line_up_in_chinese(torchup: Torchup) -> None:
    done = torchup("compat", "--torch", "2.6", "--gpu", "sm_61", "--lang", "zh_CN")
    head, *lines = done.out.splitlines()
    assert done.code == EXIT_DONE
    at = width(head[: head.index("sm_61")])
    covered = [line for line in lines if "linux-x86_64" in line or "windows-x86_64" in line]
    assert covered
    for line in covered:
        cut, columns = 0, 0
        while columns < at:
            columns += width(line[cut])
            cut += 1
        assert line[cut - 1] == " "
        assert line[cut] != " "


def test_last(torchup: Torchup) -> None:
    done = torchup("compat", "--gpu", "K80", "--last")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert "2.7.1+cu118" in done.out
    assert "2.8.0 has no build with code for sm_37: cu118 ended." in done.out
    assert "R470" in done.out
    assert "\nLinux         2.7.1+cu118" in done.out
    assert "\nWindows       2.7.1+cu118" in done.out
    assert "fact: " in done.out
    assert "checked 20" in done.out
    never = torchup("compat", "--gpu", "GTX 680", "--last")
    assert (never.code, never.err) == (EXIT_NO, "")
    assert "sm_30" in never.out


def test_last_of_other_makers(torchup: Torchup) -> None:
    intel = torchup("compat", "--gpu", "arc a770", "--last")
    assert (intel.code, intel.err) == (EXIT_DONE, "")
    assert "+xpu" in intel.out
    apple = torchup("compat", "--gpu", "m2", "--last")
    assert (apple.code, apple.err) == (EXIT_DONE, "")
    assert "macos-arm64" in apple.out
    assert "device mps" in apple.out
    table = torchup("compat", "--gpu", "m2", "--csv")
    assert table.code == EXIT_DONE
    rows = list(csv.DictReader(StringIO(table.out)))
    assert {(row["platform"], row["card:m2:mps"]) for row in rows} == {("macos-arm64", "code")}
    sister = torchup("compat", "--gpu", "RX 6700 XT", "--last")
    assert sister.code == EXIT_NO
    assert "HSA_OVERRIDE_GFX_VERSION=10.3.0" in sister.out
    document = torchup("compat", "--gpu", "RX 6700 XT", "--last", "--json")
    (card,) = document.document("torchup.compat/v1")["cards"]
    assert card["instead"]["code"] == "compat.last.as-sister"


def test_a_driver_as_windows_numbers_it(torchup: Torchup) -> None:
    windows = torchup("compat", "--gpu", "1080", "--driver", "31.0.15.3623", "--os", "windows")
    plain = torchup("compat", "--gpu", "1080", "--driver", "536.23", "--os", "windows")
    assert (windows.code, windows.out) == (plain.code, plain.out)
    assert "cu121" in windows.out
    assert "cu130" not in windows.out


def test_last_of_this_machine_without_a_card(torchup: Torchup) -> None:
    """A machine without any card asks for one; a machine with one is answered."""
    done = torchup("compat", "--last")
    assert done.code in {EXIT_USAGE, EXIT_DONE, EXIT_NO}
    if done.code == EXIT_USAGE:
        assert "--gpu" in done.err


def test_last_as_a_document(torchup: Torchup) -> None:
    done = torchup("compat", "--gpu", "GT 730", "--gpu", "K80", "--last", "--json")
    assert done.code == EXIT_NO, "no chip of the GT 730 ever had a build"
    document = done.document("torchup.compat/v1")
    assert [(card["asked"], card["arch"]) for card in document["cards"]] == [
        ("GT 730", "sm_21"),
        ("GT 730", "sm_30"),
        ("GT 730", "sm_35"),
        ("K80", "sm_37"),
    ]
    (end, *_) = document["cards"][3]["ends"]
    assert (end["release"], end["build"], end["current"]) == ("2.7.1", "cu118", False)
    assert end["why"][0]["code"] == "compat.last.ended"
    assert end["fact"]["checked"]
    assert document["cards"][0]["why"]["text"]
    assert document["rows"] == []


def test_rows_as_a_document(torchup: Torchup) -> None:
    done = torchup("compat", "--torch", "2.6.0", "--build", "cu118", "--gpu", "K80", "--json")
    assert done.code == EXIT_DONE
    document = done.document("torchup.compat/v1")
    linux = next(row for row in document["rows"] if row["platform"] == "linux-x86_64")
    assert linux["archs"] == [
        *("sm_37", "sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90")
    ]
    assert (linux["driver_floor"], linux["covers"], linux["runs"]) == ("450.80.02", ["code"], True)
    assert linux["reasons"][0]["code"] == "arch-covered"
    assert linux["fact"]["url"]
    every = torchup("compat", "--json").document("torchup.compat/v1")
    assert len(every["rows"]) > 600


def test_csv(torchup: Torchup) -> None:
    done = torchup(
        "compat", "--csv", "--gpu", "K80", "--gpu", "RTX 5090", "--torch", "2.7.1", "--all"
    )
    assert done.code == EXIT_NO, "nothing runs on both"
    rows = list(csv.DictReader(StringIO(done.out)))
    assert {row["release"] for row in rows} == {"2.7.1"}
    found = {
        row["build"]: (row["card:K80:sm_37"], row["card:RTX 5090:sm_120"], row["runs"])
        for row in rows
        if row["platform"] == "linux-x86_64"
    }
    assert found["cu118"][0] == "code"
    assert found["cu128"][1] == "code"
    assert {runs for *_, runs in found.values()} == {"no"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--torch", "99"),
        ("--gpu", "GTX 680"),
        ("--gpu", "GTX 1080", "--driver", "590"),
        ("--torch", "2.6", "--python", "3.14"),
    ],
    ids=" ".join,
)
def test_nothing_left(torchup: Torchup, arguments: tuple[str, ...]) -> None:
    done = torchup("compat", *arguments)
    assert (done.code, done.err) == (EXIT_NO, "")
    assert done.out.splitlines()[-1].startswith("Next ")
    document = torchup("compat", *arguments, "--json")
    assert document.code == EXIT_NO
    assert document.document("torchup.compat/v1")["rows"] == []


@pytest.mark.parametrize(
    ("arguments", "tells"),
    [
        (("--gpu", "RTX 6090"), "RTX 5090"),
        (("--gpu", "sm_99"), "sm_90"),
        (("--torch", "new"), "new"),
        (("--build", "cu999"), "cu118"),
        (("--python", "9.9"), "3.12"),
        (("--driver", "latest"), "latest"),
        (("--os", "beos"), "windows"),
        (("--csv", "--last", "--gpu", "K80"), "--last"),
        (("--last", "--gpu", "K80", "--driver", "470"), "--driver"),
        (("--last", "--gpu", "K80", "--torch", "<2.6"), "--torch"),
        (("--last", "--gpu", "K80", "--python", "3.10"), "--python"),
        (("--gpu", "3060 乱码"), "RTX 3060"),
        (("--svg", "nowhere/x.svg"), "nowhere"),
        (("--png", "nowhere/x.png"), "nowhere"),
        (("--device", "cpu", "--svg", "x.svg"), "draw"),
        (("--gpu", "K80", "--site", "public"), "--site"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_mistakes(torchup: Torchup, arguments: tuple[str, ...], tells: str) -> None:
    said = one_error(torchup("compat", *arguments), EXIT_USAGE)
    assert tells in said
    assert has_next_step(said)
    assert not [
        path for path in torchup.root.iterdir() if path.name in {"x.svg", "public", "nowhere"}
    ]


def test_csv_and_json(torchup: Torchup) -> None:
    done = torchup("compat", "--csv", "--json")
    assert (done.code, done.error["code"]) == (EXIT_USAGE, "compat.one-output")


def test_svg(torchup: Torchup) -> None:
    (torchup.root / "out").mkdir()
    done = torchup("compat", "--svg", "out/matrix.svg", "--lang", "zh_CN")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert "matrix.svg" in done.out
    root = ET.fromstring((torchup.root / "out" / "matrix.svg").read_text(encoding="utf-8"))
    assert root.get("lang") == "zh-CN"
    document = torchup("compat", "--gpu", "V100", "--svg", "v100.svg", "--json")
    assert document.document("torchup.compat/v1")["written"] == ["v100.svg"]


def test_site(torchup: Torchup) -> None:
    done = torchup("compat", "--site", "public", "--json")
    assert done.code == EXIT_DONE, done
    front = torchup.root / "public" / "index.html"
    (written,) = done.document("torchup.compat/v1")["written"]
    assert torchup.root / written == front
    assert '<html lang="en">' in front.read_text(encoding="utf-8")
    other = torchup.root / "public" / "zh-cn" / "card" / "tesla-k80.html"
    assert '<html lang="zh-CN">' in other.read_text(encoding="utf-8")
    foreign = torchup.root / "foreign"
    foreign.mkdir()
    (foreign / "a.txt").write_text("a")
    assert "foreign" in one_error(torchup("compat", "--site", "foreign"), EXIT_USAGE)
    assert [path.name for path in foreign.iterdir()] == ["a.txt"]
    marker = json.loads((torchup.root / "public" / ".torchup-site.json").read_text())
    assert "zh-cn/index.html" in marker["files"]
    again = torchup("compat", "--site", "public", "--lang", "zh_CN")
    assert again.code == EXIT_DONE
    assert '<html lang="zh-CN">' in front.read_text(encoding="utf-8")
    assert not (torchup.root / "public" / "zh-cn" / "index.html").exists()
    assert (torchup.root / "public" / "en" / "index.html").exists()


def test_the_facts_of_this_home_are_shown(torchup: Torchup) -> None:
    shipped = Path(DATA) / "torch" / "releases" / "2.6.0.toml"
    own = torchup.root / "own" / "torch" / "releases" / "2.99.0.toml"
    own.parent.mkdir(parents=True)
    text = shipped.read_text(encoding="utf-8")
    own.write_text(text.replace('version = "2.6.0"', 'version = "2.99.0"', 1), encoding="utf-8")
    assert torchup("compat", "--torch", "2.99").code == EXIT_NO
    assert torchup("facts", "overlay", str(torchup.root / "own")).code == EXIT_DONE
    done = torchup("compat", "--torch", "2.99", "--gpu", "GTX 1080")
    assert done.code == EXIT_DONE
    assert "2.99.0" in done.out


def test_the_picture_in_the_documents_is_up_to_date(torchup: Torchup) -> None:
    """``torchup compat --svg docs/compat.svg`` writes it."""
    fresh = torchup.root / "fresh.svg"
    assert torchup("compat", "--svg", str(fresh)).code == EXIT_DONE
    shown = Path(__file__).parents[2] / "docs" / "compat.svg"
    assert shown.read_text(encoding="utf-8") == fresh.read_text(encoding="utf-8")
