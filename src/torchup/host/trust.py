"""Which certificates are trusted: the system's, and those that the user's programs are told of."""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from typing import Final

_VARIABLES: Final = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Beside SSL_CERT_FILE and SSL_CERT_DIR, which OpenSSL itself reads."""
# Where distributions keep them; an interpreter that was built elsewhere looks in one place only.
_SYSTEM: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def trusting(also: str = "") -> ssl.SSLContext:
    """Make a context that trusts the system's certificates, and those that somebody named.

    A named file that isn't there, or is no certificate, is passed over: pip would stop at it, but
    the server may well be trusted without.

    Args:
        also: a further file of certificates, such as pip's ``cert``.
    """
    context = ssl.create_default_context()
    told = (also, *(os.environ.get(name, "") for name in _VARIABLES))
    paths = dict.fromkeys(os.path.realpath(os.path.expanduser(path)) for path in told if path)
    known = {os.path.realpath(path) for path in _already_trusted()}
    for path in paths:  # reading a large bundle once more takes a tenth of a second
        if path not in known:
            _add(context, path)
    named = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
    if not named and not _holds_any(context):
        for path in _SYSTEM:
            _add(context, path)
    return context


def _already_trusted() -> tuple[str, ...]:
    """The file and folder that OpenSSL has read by itself."""
    default = ssl.get_default_verify_paths()
    return tuple(filter(None, (default.cafile, default.capath)))


def _add(context: ssl.SSLContext, path: str) -> None:
    with suppress(OSError):  # ssl.SSLError is one
        if os.path.isdir(path):
            context.load_verify_locations(capath=path)
        elif os.path.isfile(path):
            context.load_verify_locations(cafile=path)


def _holds_any(context: ssl.SSLContext) -> bool:
    folder = ssl.get_default_verify_paths().capath
    return bool(context.cert_store_stats()["x509_ca"]) or bool(folder and os.listdir(folder))
