"""``torchup compat``: which build of which release runs on which card, driver and Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import EXIT_DONE, EXIT_NO, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.compat.cards import Card
    from torchup.compat.filters import Asked, Judged
    from torchup.compat.last import Ways
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the filters and the forms of the answer."""
    say = words.say
    text = parser.add_argument
    text("framework", nargs="?", metavar="FRAMEWORK", help=say("cli.option.compat-framework"))
    text("--framework", dest="named", metavar="NAME", help=say("cli.option.compat-named"))
    text(
        "--torch",
        "--release",
        dest="release",
        metavar="SPEC",
        help=say("cli.option.compat-release"),
    )
    text("--build", metavar="BUILD", help=say("cli.option.compat-build"))
    text("--python", metavar="X.Y", help=say("cli.option.compat-python"))
    text("--gpu", action="append", default=[], metavar="CARD", help=say("cli.option.compat-gpu"))
    text("--driver", metavar="VERSION", help=say("cli.option.compat-driver"))
    text("--os", choices=("linux", "windows", "macos"), help=say("cli.option.compat-os"))
    text("--arch", choices=("x86_64", "aarch64", "arm64"), help=say("cli.option.compat-arch"))
    devices = ("cuda", "rocm", "xpu", "mps", "directml", "openvino", "cpu")
    text("--device", choices=devices, help=say("cli.option.compat-device"))
    text("--all", action="store_true", help=say("cli.option.compat-all"))
    text("--last", action="store_true", help=say("cli.option.compat-last"))
    text("--csv", action="store_true", help=say("cli.option.compat-csv"))
    text("--svg", metavar="FILE", help=say("cli.option.compat-svg"))
    text("--png", metavar="FILE", help=say("cli.option.compat-png"))
    text("--site", metavar="DIR", help=say("cli.option.compat-site"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Answer in the form that was asked for."""
    from torchup.cli.compat_named import mean_named
    from torchup.compat.filters import judge, select
    from torchup.compat.rows import matrix
    from torchup.facts.load import load_catalogue

    if args.csv and args.json:
        raise UsageError("compat.one-output")
    if args.csv and args.last:
        raise UsageError("compat.csv-last")
    mean_named(args)
    if args.last:
        _check_whole(args)
    _ = session.context  # opening it puts the facts of this home in force
    catalogue = load_catalogue()
    asked = _asked(args, catalogue, session)
    rows = select(matrix(catalogue), asked)
    if args.svg or args.png or args.site:
        return _write(args, rows, asked, catalogue, session)
    if args.last:
        return _last(rows, asked, catalogue, session)
    judged = judge(rows, asked, catalogue)
    running = tuple(one for one in judged if one.runs)
    shown = judged if args.all else running
    if session.json:
        _emit(shown, asked, catalogue, session)
    elif args.csv:
        from torchup.cli.compat_csv import csv_lines

        for line in csv_lines(shown, asked.cards):
            session.out.line(line)
    else:
        _print(shown, asked, session, hidden=len(judged) - len(shown))
    return EXIT_DONE if running else EXIT_NO


def _check_whole(args: argparse.Namespace) -> None:
    """What ended a card's way shows only in the whole row of releases and builds.

    Raises:
        UsageError: an option takes some of them away.
    """
    for name in ("release", "build", "python", "driver", "device"):
        if getattr(args, name) is not None:
            option = "--torch" if name == "release" else f"--{name}"
            raise UsageError("compat.last-narrowed", option=option)


def _asked(args: argparse.Namespace, catalogue: Catalogue, session: Session) -> Asked:
    from torchup.compat.filters import Asked
    from torchup.model.builds import build_name
    from torchup.model.drivers import driver_number

    return Asked(
        release=args.release,
        build=None if args.build is None else build_name(args.build),
        system=args.os,
        cpu=args.arch,
        device=args.device,
        python=args.python,
        driver=None if args.driver is None else driver_number(args.driver),
        cards=_cards(args, catalogue, session),
    )


def _cards(args: argparse.Namespace, catalogue: Catalogue, session: Session) -> tuple[Card, ...]:
    """The cards that were named; for ``--last`` without any, those of this machine."""
    named: list[str] = args.gpu
    if not named and not args.last:
        return ()
    from torchup.compat.cards import find_cards
    from torchup.facts.load import load_gpus

    if not named:
        named = _names_here(session)
    gpus = load_gpus()
    found = [card for name in named for card in find_cards(name, gpus, catalogue)]
    return tuple(dict.fromkeys(found))


def _names_here(session: Session) -> list[str]:
    """How the cards of this machine are best named: architecture, PCI id, product."""
    from torchup.api.machines.machine import probe
    from torchup.facts.load import load_catalogue

    gpus = probe(session.context).gpus or ()
    # An Intel display beside another maker's card is seldom what one computes on.
    mine = [gpu for gpu in gpus if gpu.vendor != "intel"] or gpus
    named = [gpu.arch or gpu.pci_id or gpu.name or "" for gpu in mine]
    if not any(named):
        title = load_catalogue().framework.title
        raise UsageError("compat.no-card-here", framework=title)
    return [name for name in named if name]


def _ways(rows: Sequence[Row], asked: Asked, catalogue: Catalogue) -> tuple[Ways, ...]:
    from torchup.compat.last import last_of

    return tuple(last_of(card, rows, catalogue, system=asked.system) for card in asked.cards)


def _emit(
    shown: Sequence[Judged],
    asked: Asked,
    catalogue: Catalogue,
    session: Session,
    *,
    ends: Sequence[Ways] | None = None,
    written: Sequence[str] = (),
) -> None:
    from torchup.wire.compat import document

    ways = _ways((), asked, catalogue) if ends is None else ends
    answer = document(
        catalogue, session.words, rows=shown, ways=ways, written=written, ends=ends is not None
    )
    session.emit(answer)


def _last(rows: Sequence[Row], asked: Asked, catalogue: Catalogue, session: Session) -> int:
    from torchup.cli.compat_last import print_ways

    ways = _ways(rows, asked, catalogue)
    if session.json:
        _emit((), asked, catalogue, session, ends=ways)
    else:
        for one in ways:
            print_ways(one, catalogue, session)
    served = {one.card.asked for one in ways if one.ends}
    return EXIT_DONE if served >= {card.asked for card in asked.cards} else EXIT_NO


def _print(
    shown: tuple[Judged, ...],
    asked: Asked,
    session: Session,
    *,
    hidden: int,
) -> None:
    from torchup.cli.compat_table import print_notes, print_table
    from torchup.compat.rows import newest_patches

    if asked.everything:
        newest = {row.release.version for row in newest_patches(one.row for one in shown)}
        shown = tuple(one for one in shown if one.row.release.version in newest)
    if shown:
        print_table(shown, asked.cards, session)
    print_notes(shown, session, hidden=hidden, newest_only=asked.everything)


def _write(
    args: argparse.Namespace,
    rows: Sequence[Row],
    asked: Asked,
    catalogue: Catalogue,
    session: Session,
) -> int:
    """Write pictures and pages."""
    from msgspec.structs import replace

    from torchup.cli.compat_files import write_pictures, write_site
    from torchup.compat.filters import Asked, judge

    written: list[str] = []
    if args.site and asked != Asked():
        raise UsageError("compat.site-whole")
    if args.svg or args.png:
        running = [one.row for one in judge(rows, replace(asked, cards=()), catalogue) if one.runs]
        written += write_pictures(running, asked, catalogue, session, svg=args.svg, png=args.png)
    pages = 0
    if args.site:
        pages, front = write_site(args.site, catalogue, session)
        written.append(front)
    if session.json:
        _emit((), asked, catalogue, session, written=written)
        return EXIT_DONE
    for path in written:
        session.out.row(session.say("compat.written"), path)
    if pages:
        session.out.row("", session.say("compat.site-written", count=pages))
    return EXIT_DONE
