"""What is installed beside the drivers, on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model import Machine
    from torchup.model.software import Answering, CondaInstall, Software

    Row: TypeAlias = tuple[str, str, Tone]


def print_tools(found: Machine, session: Session) -> None:
    """Print the compilers and build tools, in one line."""
    tools = [_joined(one.name, one.version, between=" ") for one in found.tools or ()]
    if tools:
        session.out.row(session.say("cli.label.tools"), _joined(*tools))


def print_software(found: Software, session: Session) -> None:
    """Print an inventory, a line a thing; what there is none of is left out."""
    _print((*_installed(found, session), *_told(found, session)), session)


def print_sources(found: Iterable[Answering], session: Session) -> None:
    """Print which sources answer."""
    _print((_source(one, session) for one in found), session)


def _print(rows: Iterable[Row], session: Session) -> None:
    """Print rows; a label that stays the same is shown once."""
    before = ""
    for label, line, tone in rows:
        session.out.row(session.say(f"cli.label.{label}") if label != before else "", line, tone)
        before = label


def _installed(found: Software, session: Session) -> Iterator[Row]:
    for library in found.libraries:
        yield "libraries", _joined(f"{library.name} {library.version}", library.path), "plain"
    for conda in found.condas:
        yield "condas", _conda(conda, session), "plain"
    for one in found.environments:
        packages = (f"{name} {version}" for name, version in one.packages.items())
        python = f"Python {one.python}" if one.python else None
        yield "elsewhere", _joined(one.path, one.kind, python, *packages), "plain"
    for kernel in found.notebooks:
        if kernel.exists:
            yield "notebooks", _joined(kernel.title, kernel.interpreter), "plain"
        else:
            args = {"title": kernel.title, "interpreter": kernel.interpreter}
            yield "notebooks", session.say("cli.notebook-broken", **args), "costs"
    for editor in found.editors:
        yield "editors", _joined(editor.name, editor.version, editor.path), "plain"


def _told(found: Software, session: Session) -> Iterator[Row]:
    for one in found.settings:
        if one.wins:
            args = {"tool": one.tool, "key": one.key, "value": one.value, "origin": one.origin}
            yield "settings", session.say("cli.setting", **args), "plain"
    for name, value in found.variables.items():
        yield "variables", f"{name}={value}", "plain"
    for folder in found.folders:
        if folder.role == "cache" and folder.links is False:
            yield "folders", session.say("cli.folder-apart", path=folder.path), "costs"


def _conda(found: CondaInstall, session: Session) -> str:
    count = session.say("cli.environments-in", count=len(found.environments))
    off = None if found.on_path else session.say("cli.off-path")
    return _joined(_joined(found.kind, found.version, between=" "), found.path, count, off)


def _source(found: Answering, session: Session) -> Row:
    if found.why is not None:
        return "answering", session.words.text(found.why), "costs"
    took = session.say("cli.took", ms=found.took_ms)
    through = session.say("cli.through", proxy=found.proxy) if found.proxy else None
    return "answering", _joined(found.url, took, through), "plain"


def _joined(*parts: str | None, between: str = " · ") -> str:
    return between.join(part for part in parts if part)
