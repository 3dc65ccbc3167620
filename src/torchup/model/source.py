"""Where files come from, and what lies there now."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.text import Text

SourceKind = Literal["index", "links", "folder", "channel"]
SourceRole = Literal["primary", "extra", "links", "framework"]
ListingState = Literal["ok", "absent", "unreachable"]


def shown_url(text: str) -> str:
    """Return a text with every login and secret parameter of its addresses replaced by ``***``.

    >>> shown_url("https://me:secret@host.example/simple")
    'https://***@host.example/simple'
    """
    return _without_secrets(_with_login(text, "***@"))


def bare_url(text: str) -> str:
    """Return a text with every login of its addresses taken out, and secret parameters hidden."""
    return _without_secrets(_with_login(text, ""))


def kept_url(text: str) -> str:
    """Return an address as it may be kept: without a login, and without a token of conda's."""
    return without_token(bare_url(text))


def without_token(text: str) -> str:
    """Return a text without the tokens in the addresses of conda's channels (``/t/TOKEN/``).

    >>> without_token("https://host.example/t/secret/conda-forge")
    'https://host.example/t/***/conda-forge'
    """
    if "/t/" not in text:
        return text
    import re

    return re.sub(r"(://[^\s/]+/t/)[^/\s\"',]+", r"\g<1>***", text)


def _without_secrets(text: str) -> str:
    if "=" not in text or ("?" not in text and "&" not in text):
        return text
    import re

    # Shared access signatures (Azure), presigned addresses (AWS, Google) and plain keys.
    words = (
        "token|passw|passphrase|pwd|secret|signature|credential|accesskey|api_?key|access_?key|jwt"
    )
    key = rf"(?P<key>[?&](?:[\w-]*(?:{words})[\w-]*|sig|key|auth|pat|code)=)[^&#\s\"'<>]+"
    return re.sub(key, r"\g<key>***", text, flags=re.IGNORECASE)


def _with_login(text: str, login: str) -> str:
    if "@" not in text:
        return text
    import re

    login_of = r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s]+@"
    text = re.sub(login_of, rf"\g<scheme>{login}", text, flags=re.IGNORECASE)
    # Proxies are also written without a scheme: user:password@host:3128.
    return re.sub(r"(?<![^\s=\"'])[^\s/:@=\"']+:[^\s/@\"']+@(?=[\w\[])", login, text)


class Source(Struct, frozen=True, kw_only=True):
    """One place that files come from.

    ``kind``: a PEP 503/691 index, a page of links, a folder of wheels, or a channel of conda's.
    ``role``: the index for everything (``primary``), a further one, a find-links place, or the
    framework's own index of one build. ``url`` may hold credentials: show it through
    ``redact_url`` only. ``origin`` names the file or variable that it was read from. ``build`` is
    set where all files are of one build.
    """

    id: str
    kind: SourceKind
    role: SourceRole
    url: str
    origin: str = ""
    build: str | None = None


class WheelFile(Struct, frozen=True, kw_only=True):
    """One wheel in a listing.

    ``version`` is public, ``build`` the local part (``cu126``, empty where there is none).
    ``pythons`` reads like ``3.11``, ``3.14t``, ``3.9+`` (stable ABI) or ``any``; ``platforms``
    like ``linux-x86_64`` or ``any``; ``floor`` is the least ``glibc 2.28``, ``musl 1.2`` or
    ``macos 11.0`` that the file's tags ask for. ``size`` is in bytes. ``needs`` is what a package
    of conda's asks for, as match specifications.
    """

    filename: str
    url: str
    version: str
    build: str = ""
    pythons: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    floor: str = ""
    sha256: str = ""
    size: int | None = None
    requires_python: str = ""
    yanked: bool = False
    has_metadata: bool = False
    needs: tuple[str, ...] = ()


class Listing(Struct, frozen=True, kw_only=True):
    """What one source holds of one project. ``why`` says why it is not ``ok``."""

    source: Source
    project: str
    state: ListingState
    files: tuple[WheelFile, ...] = ()
    why: Text | None = None


class FrameworkPlace(Struct, frozen=True, kw_only=True):
    """A place below which the framework's builds lie: each an index, or (``flat``) a page."""

    base: str
    flat: bool = False
    origin: str = ""


class SourceSet(Struct, frozen=True, kw_only=True):
    """Every place this machine is set up to use, in the order of its own configuration.

    ``framework_base`` is the address under which the framework's per-build indexes lie
    (``…/whl``); ``framework_origin`` says who named it, ``framework_flat`` that there is a page of
    files for each build and no index. ``framework_others`` and ``standby`` are further places of
    the same files: of the framework's, and of the primary index's. ``channels`` are conda's.
    """

    primary: Source
    extras: tuple[Source, ...] = ()
    links: tuple[Source, ...] = ()
    framework_base: str = ""
    framework_origin: str = ""
    framework_flat: bool = False
    framework_others: tuple[FrameworkPlace, ...] = ()
    standby: tuple[Source, ...] = ()
    channels: tuple[Source, ...] = ()
    problems: tuple[Text, ...] = ()
