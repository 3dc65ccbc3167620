"""Cards as people name them, and the newest release that each will ever get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from torchup.compat.cards import Card, card_of, find_cards
from torchup.compat.last import last_of
from torchup.compat.rows import matrix
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.resolve.constraints import runs_on

if TYPE_CHECKING:
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import Gpus


@pytest.mark.parametrize(
    ("asked", "archs"),
    [
        ("GTX 1080", {"sm_61"}),
        ("NVIDIA GeForce GTX 1080", {"sm_61"}),
        ("V100", {"sm_70"}),
        ("GT 730", {"sm_21", "sm_30", "sm_35"}),
        ("Radeon VII", {"gfx906"}),
        ("sm_61", {"sm_61"}),
        ("SM61", {"sm_61"}),
        ("gfx803", {"gfx803"}),
        ("10de:1b80", {"sm_61"}),
        ("10DE:1B80", {"sm_61"}),
        ("6.1", {"sm_61"}),
        ("12.0", {"sm_120"}),
        ("GP104", {"sm_61"}),
    ],
)
def test_names(asked: str, archs: set[str], gpus: Gpus, catalogue: Catalogue) -> None:
    found = find_cards(asked, gpus, catalogue)
    assert {card.arch for card in found} == archs
    assert all(card.asked == asked for card in found)
    assert {card.device for card in found} == {"rocm" if "gfx" in min(archs) else "cuda"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("RTX 6090", "compat.unknown-card-but"),
        ("xyzzy", "compat.unknown-card"),
        ("", "compat.unknown-card"),
        ("sm_99", "compat.unknown-arch"),
        ("gfx1", "compat.unknown-arch"),
        ("10de:0000", "compat.unknown-card"),
    ],
)
def test_unknown_names(asked: str, code: str, gpus: Gpus, catalogue: Catalogue) -> None:
    with pytest.raises(UsageError) as raised:
        find_cards(asked, gpus, catalogue)
    assert raised.value.code == code


def test_names_of_boards_that_share_a_device_id(gpus: Gpus, catalogue: Catalogue) -> None:
    shared = [card for card in gpus.cards if any("/" in one for one in card.pci_ids)]
    assert shared
    for card in shared[:20]:
        board = next(one for one in card.pci_ids if "/" in one)
        assert card.archs[0] in {one.arch for one in find_cards(board, gpus, catalogue)}
        plain = find_cards(board.partition("/")[0], gpus, catalogue)
        assert {one.arch for one in plain}, board


def brute(card: Card, rows: tuple[Row, ...], platform: str) -> list[str]:
    """The releases with code for a card, newest first, without the code under test."""
    return list(
        dict.fromkeys(
            row.release.version
            for row in rows
            if row.platform == platform
            and any(runs_on(a, card.arch, embedded=False) for a in row.build.archs or ())
        )
    )


@pytest.mark.parametrize("asked", ["GTX 1080", "V100", "K80", "RTX 5090", "Radeon VII", "gfx803"])
def test_last_and_first(
    asked: str, rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue
) -> None:
    (card,) = find_cards(asked, gpus, catalogue)
    ways = last_of(card, rows, catalogue)
    assert ways.why is None
    platforms = {row.platform for row in rows if row.build.device == card.device}
    ends = {end.platform: end for end in ways.ends}
    for platform in platforms:
        releases = brute(card, rows, platform)
        assert (platform in ends) == bool(releases)
        if releases:
            end = ends[platform]
            assert end.newest.release.version == releases[0]
            assert end.first.release.version == releases[-1]
            assert {end.newest.release.version, *(r.release.version for r in end.also)} == {
                releases[0]
            }
            assert end.fact == catalogue.fact(end.newest.build.fact)


def test_k80(rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue) -> None:
    (card,) = find_cards("K80", gpus, catalogue)
    ways = last_of(card, rows, catalogue)
    assert (ways.first_branch, ways.last_branch, ways.family) == (384, 470, "Kepler")
    for end in ways.ends:
        assert end.newest.label == "2.7.1+cu118"
        assert not end.current
        (why,) = end.why
        assert (why.code, why.args["release"]) == ("compat.last.ended", "2.8.0")
        assert why.args["builds"] == "cu118"
        assert end.driver_to == 470
    assert {end.driver_from for end in ways.ends} == {"450.80.02", "452.39"}


def test_rtx_5090_began_with_2_7(rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue) -> None:
    (card,) = find_cards("RTX 5090", gpus, catalogue)
    ways = last_of(card, rows, catalogue)
    linux = next(end for end in ways.ends if end.platform == "linux-x86_64")
    assert linux.first.label == "2.7.0+cu128"
    assert linux.current == (linux.newest.release.version == catalogue.latest().version)


def test_cards_that_were_never_served(
    rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue
) -> None:
    for card in (*find_cards("GTX 680", gpus, catalogue), *find_cards("GT 730", gpus, catalogue)):
        ways = last_of(card, rows, catalogue)
        assert ways.ends == ()
        assert ways.why is not None
        assert ways.why.args["arch"] == card.arch


@pytest.mark.parametrize(
    ("name", "why"), [("GTX 680", "compat.last.never"), ("RTX 5090", "compat.last.only-ptx")]
)
def test_where_a_named_build_alone_reaches_a_card_its_end_is_told(
    name: str, why: str, gpus: Gpus
) -> None:
    catalogue = load_catalogue("tensorflow")
    (card,) = find_cards(name, gpus, catalogue)
    ways = last_of(card, matrix(catalogue), catalogue)
    assert [end.newest.label for end in ways.ends] == ["2.10.0+directml"]
    assert ways.why is not None
    assert (ways.why.code, ways.why.args["systems"]) == (why, "Linux, macOS")


def test_a_named_build_says_nothing_of_the_last_where_others_reach_the_card(gpus: Gpus) -> None:
    catalogue = load_catalogue("tensorflow")
    (card,) = find_cards("GTX 1080", gpus, catalogue)
    ways = last_of(card, matrix(catalogue), catalogue)
    assert ways.why is None
    assert {end.newest.build.device for end in ways.ends} == {"cuda"}
    (radeon,) = find_cards("RX 580", gpus, catalogue)
    assert last_of(radeon, matrix(catalogue), catalogue).why is None


def test_a_build_that_stays_but_drops_the_architecture(catalogue: Catalogue) -> None:
    newer, older = catalogue.release("2.6.0"), catalogue.release("2.5.1")
    assert newer is not None
    assert older is not None
    cut = replace(
        newer,
        builds=tuple(
            replace(b, name="cu124", archs=("sm_75",)) for b in newer.builds if b.name == "cu124"
        ),
    )
    old = replace(older, builds=tuple(b for b in older.builds if b.name == "cu124"))
    made = replace(catalogue, releases=(cut, old))
    card = Card(asked="x", names=(), arch="sm_61", vendor="nvidia", device="cuda")
    (end, *_) = last_of(card, matrix(made), made).ends
    assert end.newest.label == "2.5.1+cu124"
    assert [why.code for why in end.why] == ["compat.last.dropped"]
    unknown = tuple(replace(b, archs=None) for b in cut.builds)
    made = replace(catalogue, releases=(replace(cut, builds=unknown), old))
    (end, *_) = last_of(card, matrix(made), made).ends
    assert [why.code for why in end.why] == ["compat.last.dropped", "compat.last.unknown"]


def test_every_card_has_an_answer(rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue) -> None:
    for fact in gpus.cards[::25]:
        ways = last_of(card_of(fact, gpus), rows, catalogue)
        assert (ways.why is None) == bool(ways.ends)
        for end in ways.ends:
            assert end.why


def test_a_maker_that_has_builds_of_its_own_is_named(catalogue: Catalogue, gpus: Gpus) -> None:
    (radeon,) = find_cards("7900 XTX", gpus, catalogue)
    rows = [row for row in matrix(catalogue) if row.system == "windows"]
    alone = last_of(radeon, rows, catalogue, system="windows")
    assert alone.why is not None
    assert alone.why.args["systems"] == "Windows"
    assert [one.args["name"] for one in alone.elsewhere] == ["ROCm for Windows"]
    everywhere = last_of(radeon, matrix(catalogue), catalogue)
    assert [one.platform for one in everywhere.ends] == ["linux-x86_64"]
    assert [one.args["name"] for one in everywhere.elsewhere] == ["ROCm for Windows"]
    (jetson,) = find_cards("Jetson Orin Nano", gpus, catalogue)
    ways = last_of(jetson, matrix(catalogue), catalogue)
    assert {one.args["name"].partition(" ")[0] for one in ways.elsewhere} == {"JetPack"}
    (pascal,) = find_cards("GTX 1080", gpus, catalogue)
    assert last_of(pascal, matrix(catalogue), catalogue).elsewhere == ()
