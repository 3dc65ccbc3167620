"""What a bundle holds, and whether it is sound, on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from torchup.bundles.reading import OpenBundle, open_bundle
from torchup.cli.screen import size_of
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import text
from torchup.plan.quoting import command_line
from torchup.wire.bundles import BundleFindingV1, BundleReportV1

if TYPE_CHECKING:
    from torchup.cli.session import Session
    from torchup.model.bundles import Bundle, BundleTarget, Complaint

    Action = Literal["create", "update", "verify", "show"]


def show(file: str, session: Session) -> int:
    """Print what a bundle holds."""
    with open_bundle(file) as bundle:
        if session.json:
            emit(bundle, "show", session)
            return EXIT_DONE
        print_contents(bundle.index, session)
        out = session.out
        out.row(session.say("cli.label.fingerprint"), bundle.digest(), "quiet")
    next_steps(bundle.path, session)
    return EXIT_DONE


def verify(file: str, session: Session) -> int:
    """Read all of a bundle, and judge what each of its targets would get."""
    from torchup.api.bundle.checking import check

    label, line = text("bundle.reading"), text("create.package", package=Path(file).name)
    with open_bundle(file) as bundle:
        report = session.context.report
        found = check(bundle, lambda done, total: report.progress(label, line, done, total))
        good = not any(one.fault for one in found)
        session.close()
        if session.json:
            emit(bundle, "verify", session, ok=good, complaints=found)
            return EXIT_DONE if good else EXIT_NO
        print_contents(bundle.index, session)
        _print_found(found, session)
    out, name = session.out, str(file)
    if good:
        out.row(session.say("cli.label.done"), session.say("bundle.sound", file=name), "good")
        next_steps(Path(file), session)
        return EXIT_DONE
    out.row(session.say("cli.label.wrong"), session.say("bundle.unsound", file=name), "stops")
    again = session.pasteable("torchup", "bundle", "update", name)
    out.row(session.say("cli.label.next"), session.say("bundle.unsound.next", command=again))
    return EXIT_NO


def _print_found(found: tuple[Complaint, ...], session: Session) -> None:
    label = session.say("cli.label.found")
    for one in found:
        session.out.row(label, worded(one, session), "stops" if one.fault else "costs")
        label = ""


def worded(one: Complaint, session: Session) -> str:
    """Say what is wrong."""
    given = {"target": one.target, "subject": one.subject, "has": one.has}
    code = f"bundle.found.{one.code}"
    if one.code == "needs" and one.has:
        code = "bundle.found.needs-other"
    return session.say(code, **given)


def print_contents(index: Bundle, session: Session) -> None:
    """Print the targets, a line each, and the whole."""
    out = session.out
    label = session.say("cli.label.for")
    for one in index.targets:
        out.row(label, f"{one.name}  {line_of(one)}", "good")
        label = ""
    out.row(session.say("cli.label.holds"), _holds(index, session))


def _holds(index: Bundle, session: Session) -> str:
    wheels = sum(one.path.startswith("wheels/") for one in index.files)
    size = size_of(sum(one.size for one in index.files))
    pythons = ", ".join(dict.fromkeys(f"Python {one.version}" for one in index.pythons))
    more = [pythons] if pythons else []
    more += [f"torchup {index.torchup}"] if index.tools else []
    said = session.say("bundle.holds", size=size, count=wheels)
    packages = sum(one.path.startswith("conda/") for one in index.files)
    conda = [session.say("bundle.holds-conda", count=packages)] if packages else []
    return " · ".join([said, *conda, *more])


def line_of(one: BundleTarget) -> str:
    """A target as a line."""
    packages = " · ".join(f"{name} {version}" for name, version in one.packages.items())
    conda = " · conda" if one.conda else ""
    return f"{packages} · {one.build} · Python {one.python} · {one.platform}{conda}"


def next_steps(path: Path, session: Session) -> None:
    """Print what to do with a bundle on the other machine."""
    with open_bundle(path) as bundle:
        index = bundle.index
    out, label = session.out, session.say("cli.label.next")
    name = path.name
    command = session.pasteable("torchup", "create", "--from", name)
    out.row(label, session.say("bundle.next.torchup", command=command))
    systems = {one.platform.partition("-")[0]: one for one in index.tools}
    windows = systems.pop("windows", None)
    bare = next((one for one in systems.values() if one.interpreter), None)
    if bare is not None:
        out.row("", session.say("bundle.next.bare", command=session.pasteable("sh", name)))
    elif systems:
        line = next(iter(systems.values())).python
        command = session.pasteable(f"python{line}", name)
        out.row("", session.say("bundle.next.python", command=command, python=line))
    if windows is not None:
        quoted = command_line(name, windows=True)
        command = f"tar -xf {quoted} install.cmd install.ps1 && install.cmd {quoted}"
        out.row("", session.say("bundle.next.windows", command=command))


def emit(  # noqa: PLR0917  # what a report says
    bundle: OpenBundle,
    action: Action,
    session: Session,
    ok: bool = True,
    complaints: tuple[Complaint, ...] = (),
    fetched: int = 0,
    reused: int = 0,
) -> None:
    """Print the report about a bundle that was opened."""
    session.emit(
        BundleReportV1(
            action=action,
            ok=ok,
            path=str(bundle.path.absolute()),
            size=bundle.path.stat().st_size,
            digest=bundle.digest(),
            bundle=bundle.index,
            fetched=fetched,
            reused=reused,
            findings=tuple(
                BundleFindingV1(
                    code=one.code,
                    severity="error" if one.fault else "info",
                    target=one.target,
                    subject=one.subject,
                    text=worded(one, session),
                )
                for one in complaints
            ),
        )
    )
