"""What is wrong with conda's settings: slips that stop it, and what old tutorials left in them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple

from torchup.model.conda import Edit
from torchup.model.finding import Finding, Remedy
from torchup.model.source import shown_url, without_token
from torchup.model.text import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.facts.conda_settings import CondaFacts
    from torchup.model.conda import CondaFile
    from torchup.model.finding import Safety, Severity
    from torchup.model.text import Text

_ALIKE: Final = 0.8
"""How near an unknown key is to a known one that it is taken for a slip of the pen."""
_LISTS: Final = frozenset({"channels", "channel", "default_channels"})
_PRIORITY: Final = "channel_priority"
_MAIN: Final = "/pkgs/main/"
_SOLVERS: Final = frozenset({"solver", "experimental_solver"})
_OFF: Final = frozenset({"false", "no", "off"})


class Judged(NamedTuple):
    """A finding about one file, and the changes that mend it."""

    finding: Finding
    path: str
    edits: tuple[Edit, ...] = ()

    @property
    def safety(self) -> Safety | None:
        """How safe the mend is; None where there is none."""
        return self.finding.remedies[0].safety if self.finding.remedies else None


def judge_conda(files: Iterable[CondaFile], facts: CondaFacts) -> tuple[Judged, ...]:
    """Look for what is wrong, file by file.

    Args:
        files: as they are.
        facts: what conda's settings hold, and which channels are no more.
    """
    known = tuple(files)
    strict = any(str(one.settings.get(_PRIORITY)) == "strict" for one in known)
    mixed = () if strict else (one for file in known for one in _of_mixture(file, facts))
    return (*(one for file in known for one in _of_file(file, facts)), *mixed)


def _of_file(file: CondaFile, facts: CondaFacts) -> Iterator[Judged]:
    if file.state == "unreadable":
        yield _found(file, text("condarc-unreadable", path=file.path), "error")
    elif file.state == "malformed":
        said = text("condarc-malformed", path=file.path, line=file.line, column=file.column)
        because = f"{file.path}:{file.line}:{file.column}: {file.why}"
        yield _found(file, said, "error", because=because, edits=_rewriting(file), safety="ask")
    else:
        for key in file.settings:
            yield from _of_key(file, key, facts)


def _of_mixture(file: CondaFile, facts: CondaFacts) -> Iterator[Judged]:
    """Look for channels of two builders side by side: the solver weighs every package of both."""
    listed = file.settings.get("channels")
    names = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    ours = [one for one in names if _is_forge(one, facts)]
    theirs = [one for one in names if one == "defaults" or _MAIN in f"{one}/"]
    if ours and theirs:
        said = text("conda-channels-mixed", first=theirs[0], second=ours[0])
        edits = (Edit(action="set", key=_PRIORITY, value="strict"),)
        yield _found(file, said, "warning", edits=edits, safety="ask")


def _is_forge(address: str, facts: CondaFacts) -> bool:
    return _without_platform(address, facts).rstrip("/").rpartition("/")[2] == "conda-forge"


def _rewriting(file: CondaFile) -> tuple[Edit, ...]:
    return () if file.mended is None else (Edit(action="rewrite"),)


def _of_key(file: CondaFile, key: str, facts: CondaFacts) -> Iterator[Judged]:
    value = file.settings[key]
    kind = facts.kind_of(key)
    unset = (Edit(action="unset", key=key),)
    if key in file.misfits:
        said = text("condarc-wrong-kind", path=file.path, key=key, kind=f"@conda.kind-{kind}")
        yield _found(file, said, "error", edits=_rewriting(file), safety="ask")
    elif kind is None:
        near = get_close_matches(key, facts.names, n=1, cutoff=_ALIKE)
        if near and near[0] not in file.settings:
            said = text("condarc-unknown-key", key=key, near=near[0])
            renamed = (Edit(action="rename", key=key, new=near[0]),)
            yield _found(file, said, "warning", edits=renamed, safety="ask")
    elif kind == "choice" and str(value) not in facts.choices_of(key):
        choices = ", ".join(facts.choices_of(key))
        said = text("condarc-bad-choice", key=key, value=value, choices=choices)
        yield _found(file, said, "error", edits=unset, safety="ask")
    elif key in _SOLVERS and str(value) == "classic":
        said = text("conda-solver-classic", key=key)
        yield _found(file, said, "warning", edits=unset, safety="ask")
    elif facts.name_of(key) == "ssl_verify" and str(value).lower() in _OFF:
        yield _found(file, text("conda-ssl-off", key=key), "warning", edits=unset, safety="ask")
    for place, address in _addresses(key, value):
        yield from _of_channel(file, place, address, facts)


def _addresses(key: str, value: object) -> Iterator[tuple[str, str]]:
    """The names and addresses of channels in a setting, each with the key that it stands under."""
    if key in _LISTS and isinstance(value, list):
        yield from ((key, one) for one in value if isinstance(one, str))
    elif key == "channel_alias" and isinstance(value, str):
        yield key, value
    elif key in {"custom_channels", "custom_multichannels"} and isinstance(value, dict):
        for name, held in value.items():
            places = held if isinstance(held, list) else [held]
            yield from ((f"{key}.{name}", one) for one in places if isinstance(one, str))


def _of_channel(file: CondaFile, key: str, address: str, facts: CondaFacts) -> Iterator[Judged]:
    shown = without_token(shown_url(address))
    plain = _without_platform(address, facts)
    retired, mirror = facts.retired(plain), facts.mirror(address)
    if retired and retired.what == "gone":
        said = text("conda-channel-gone", channel=shown, name=retired.name)
        yield _found(file, said, "warning", edits=(_taken_out(key, address),))
        return
    if retired:
        said = text("conda-channel-frozen", channel=shown, last=retired.last)
        yield _found(file, said, "info", edits=(_taken_out(key, address),), safety="ask")
    if mirror and mirror.state == "retired":
        said = text("conda-mirror-retired", channel=shown, name=mirror.name)
        yield _found(file, said, "warning", edits=(_taken_out(key, address),), safety="ask")
        return
    new = _as_it_should_be(plain, facts)
    edits = (Edit(action="replace", key=key, value=address, new=new),) if new != address else ()
    after = without_token(shown_url(new))
    host = facts.host(address)
    if plain != address:
        said = text("conda-channel-platform", channel=shown, new=after)
        yield _found(file, said, "warning", edits=edits)
    if host and host.now:
        said = text("conda-host-moved", channel=shown, new=after, now=host.now)
        yield _found(file, said, "warning", edits=edits)
    elif address.startswith("http://") and new.startswith("https://"):
        said = text("conda-channel-insecure", channel=shown, new=after)
        yield _found(file, said, "warning", edits=edits)


def _taken_out(key: str, address: str) -> Edit:
    if key in _LISTS or key.startswith("custom_multichannels."):
        return Edit(action="remove", key=key, value=address)
    return Edit(action="unset", key=key)


def _without_platform(address: str, facts: CondaFacts) -> str:
    """Cut the folder of one platform off an address: conda adds its own."""
    head, _, last = address.rstrip("/").rpartition("/")
    return head if "://" in head and last in facts.platforms else address


def _as_it_should_be(plain: str, facts: CondaFacts) -> str:
    host = facts.host(plain)
    known = host is not None or facts.mirror(plain) is not None
    if host and host.now:
        plain = plain.replace(host.name, host.now, 1)
    return plain.replace("http://", "https://", 1) if known else plain


def _found(
    file: CondaFile,
    said: Text,
    severity: Severity,
    *,
    because: str = "",
    edits: tuple[Edit, ...] = (),
    safety: Safety = "safe",
) -> Judged:
    command = ("torchup", "config", "conda", "mend", said.code, "--file", file.path)
    title = text(f"{said.code}.mend", **said.args)
    remedy = Remedy(title=title, safety=safety, commands=(command,))
    finding = Finding(
        code=said.code,
        severity=severity,
        title=said,
        because=(because or file.path,),
        remedies=(remedy,) if edits else (),
    )
    return Judged(finding, file.path, edits)
