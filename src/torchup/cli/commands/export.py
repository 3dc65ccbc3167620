"""``torchup export``: write an environment down for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.cli.cleaning import clean_up
from torchup.cli.files import check_folders, write_file
from torchup.cli.fleet.numbers import seconds
from torchup.cli.screen import Screen
from torchup.errors import EXIT_DONE, UsageError
from torchup.fleet.defaults import COMPUTE_S
from torchup.plan.exporting import FORMATS

if TYPE_CHECKING:
    import argparse

    from torchup.api.environments.exporting import Written
    from torchup.cli.session import Session
    from torchup.words import Words

_USUAL: Final = "requirements"
_PROBE, _TOGETHER = "slurm-probe", "slurm-together"
_BUILD: Final = ("docker", "build", "-t", "{tag}", "-f", "{path}", ".")
_NEXT: Final = {
    "requirements": ("pip", "install", "-r", "{path}"),
    "pylock": ("uv", "pip", "install", "-r", "{path}"),
    "environment": ("conda", "env", "create", "-f", "{path}"),
    "conda-explicit": ("conda", "create", "--name", "NAME", "--file", "{path}"),
    "dockerfile": _BUILD,
    "containerfile": _BUILD,
    _PROBE: ("bash", "{path}"),
    _TOGETHER: ("sbatch", "{path}"),
}
"""What each form is given to; ``path`` is the file, ``tag`` what an image is called."""
_ALL: Final = (*FORMATS, _PROBE, _TOGETHER)


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment, the form and the file."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("--format", choices=_ALL, help=words.say("cli.option.format"))
    parser.add_argument("-o", "--output", metavar="FILE", help=words.say("cli.option.output"))
    parser.add_argument("--hashes", action="store_true", help=words.say("cli.option.hashes"))
    parser.add_argument(
        "--containerfile", action="store_true", help=words.say("cli.option.containerfile")
    )
    group = parser.add_argument_group(words.say("cli.help.export-slurm"))
    group.add_argument("--slurm", action="store_true", help=words.say("cli.option.slurm"))
    group.add_argument(
        "--together", action="store_true", help=words.say("cli.option.slurm-together")
    )
    group.add_argument("--sbatch", metavar="OPTIONS", help=words.say("cli.option.sbatch"))
    group.add_argument(
        "--time-limit",
        type=seconds,
        metavar="SECONDS",
        help=words.say("cli.option.slurm-time-limit", {"default": str(COMPUTE_S)}),
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Write.

    Raises:
        UsageError: ``export.two-formats``, ``export.only-slurm``, or no environment is named.
    """
    form = form_meant(args)
    if args.output:
        check_folders((args.output,))
    clean_up(session)
    written = _written(form, args, session)
    text = written.text
    path = str(Path(args.output).absolute()) if args.output else None
    if path:
        write_file(path, text.encode())
    if session.json:
        from torchup.wire.contents import ExportV1

        session.emit(
            ExportV1(
                environment=args.name or "",
                format=form,  # type: ignore[arg-type]  # one of them
                text=text,
                path=path,
                left_out=written.left_out,
            )
        )
    elif path:
        session.out.row(session.say("cli.label.saved"), path)
        _next(form, path, args.name or "", session)
    else:
        sys.stdout.write(text)
    if written.left_out and not session.json:
        screen = Screen(sys.stderr, session.host)
        said = session.say("export.left-out", names=", ".join(written.left_out))
        screen.line(screen.paint(said, "costs"), folds=True)
    return EXIT_DONE


def form_meant(args: argparse.Namespace) -> str:
    """The form that is asked for: by its name, or by the option that has a name of its own.

    Raises:
        UsageError: ``export.two-formats``: two are; ``export.only-slurm``: an option that belongs
            to another; ``cli.missing-argument``: it takes an environment.
    """
    asked = {f"--format {args.format}": args.format} if args.format else {}
    if args.containerfile:
        asked["--containerfile"] = "containerfile"
    if args.slurm:
        asked["--slurm"] = _TOGETHER if args.together else _PROBE
    forms = list(asked.items())
    if len(set(asked.values())) > 1:
        raise UsageError("export.two-formats", first=forms[0][0], second=forms[1][0])
    form = forms[0][1] if forms else _USUAL
    _check_slurm(form, args)
    if args.name is None and form != _PROBE:
        raise UsageError("cli.missing-argument", command="torchup export", names="NAME")
    return form


def _check_slurm(form: str, args: argparse.Namespace) -> None:
    """Refuse options of the scripts where none is written, or another one."""
    for option, given, forms, example in (
        ("--together", args.together, (_TOGETHER,), "--together"),
        ("--sbatch", args.sbatch is not None, (_PROBE, _TOGETHER), "--sbatch '--partition=gpu'"),
        ("--time-limit", args.time_limit, (_TOGETHER,), "--together --time-limit 300"),
    ):
        if given and form not in forms:
            raise UsageError("export.only-slurm", option=option, example=example)


def _written(form: str, args: argparse.Namespace, session: Session) -> Written:
    if form in (_PROBE, _TOGETHER):
        return _script(form, args, session)
    from torchup.api.environments.exporting import export

    return export(session.context, args.name, form, hashed=args.hashes)  # type: ignore[arg-type]  # one of FORMATS


def _script(form: str, args: argparse.Namespace, session: Session) -> Written:
    from torchup.api.environments.contents import load
    from torchup.api.environments.exporting import Written
    from torchup.fleet.slurm.scripts import probe_script, together_script

    if args.hashes:
        raise UsageError("export.hashes-where", format=form)
    found = load(session.context, args.name) if args.name else None
    options = args.sbatch or ""
    if form == _TOGETHER and found is not None:
        if session.host.system != "linux":
            raise UsageError("slurm.linux", name=args.name)
        limit = args.time_limit or COMPUTE_S
        return Written(text=together_script(session.words, found, options, limit_s=limit))
    return Written(text=probe_script(session.words, options, found))


def _next(form: str, path: str, name: str, session: Session) -> None:
    """What is done with the file."""
    from torchup.plan.containerfile import tag_of

    given = {"path": path, "tag": tag_of(name)}
    following = session.pasteable(*(word.format_map(given) for word in _NEXT[form]))
    session.out.row(session.say("cli.label.next"), following)
