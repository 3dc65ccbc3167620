"""Showing conda's settings: what counts, by which file, what is wrong, what a change does."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, Any, Final

from torchup.cli.findings import print_findings
from torchup.model.source import shown_url, without_token

if TYPE_CHECKING:
    from torchup.api.condas.settings import Changed, CondaSettings
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model.conda import CondaValue
    from torchup.wire.diagnosis import CondaConfigV1

_TONES: Final[dict[str, Tone]] = {"+": "good", "-": "stops"}


def print_settings(settings: CondaSettings, session: Session) -> None:
    """Print every setting that counts, the files, and the findings."""
    for value in settings.values:
        _print_value(value, session)
    out = session.out
    if not (settings.values or settings.files):
        out.line(session.say("conda.config-none"), folds=True)
    files = ", ".join(one.path for one in settings.files) or session.say("conda.no-file")
    out.row(session.say("conda.label.files"), files, "quiet")
    last = settings.places[-1]
    places = session.say("conda.config-places", count=len(settings.places), last=last)
    out.row("", places, "quiet")
    print_findings((one.finding for one in settings.findings), session)


def _print_value(value: CondaValue, session: Session) -> None:
    over = (session.say("conda.config-over", over=one) for one in value.over)
    origin = session.out.paint(f"   {', '.join((*value.origins, *over))}", "quiet")
    session.out.line(session.out.paint(value.key, "strong") + origin)
    for line in lines_of(bare(value.value)):
        session.out.line(f"  {line}")


def document(settings: CondaSettings, session: Session) -> CondaConfigV1:
    """Write the same for programs."""
    from torchup.wire import diagnosis

    files = [diagnosis.CondaFileV1(path=one.path, state=one.state) for one in settings.files]
    values = [
        diagnosis.CondaValueV1(
            key=one.key, value=bare(one.value), origins=one.origins, over=one.over
        )
        for one in settings.values
    ]
    return diagnosis.CondaConfigV1(
        places=settings.places,
        files=tuple(files),
        values=tuple(values),
        findings=tuple(diagnosis.finding(one.finding, session.words) for one in settings.findings),
    )


def print_change(change: Changed, session: Session) -> None:
    """Print what changes, line by line, without anybody's password."""
    before, after = (_hidden(one).splitlines() for one in (change.before, change.after))
    for line in list(unified_diff(before, after, lineterm="", n=1))[2:]:
        if not line.startswith("@@"):
            said = session.out.paint(line, _TONES.get(line[0], "quiet"))
            session.out.line(f"  {said}")


def lines_of(value: Any) -> list[str]:  # noqa: ANN401 - YAML holds anything
    """Write a value, an item of a list or of a mapping on each line."""
    if isinstance(value, list):
        return [_line(one) for one in value]
    if isinstance(value, dict):
        return [f"{key}: {_line(one)}" for key, one in value.items()]
    return [_line(value)]


def bare(value: Any) -> Any:  # noqa: ANN401 - YAML holds anything
    """Return a value without passwords and tokens."""
    if isinstance(value, str):
        return _hidden(value)
    if isinstance(value, list):
        return [bare(one) for one in value]
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items()}
    return value


def _line(value: Any) -> str:  # noqa: ANN401 - YAML holds anything
    if isinstance(value, list):
        return ", ".join(_line(one) for one in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _hidden(text: str) -> str:
    return without_token(shown_url(text))
