"""Messages about fetching files."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "download.failed": "{file} can't be fetched. Places tried: {count}. {url} says: {why}.",
    "download.failed.hint": "What came so far is kept: repeat the command and it goes on from there. torchup mirror test shows which places answer.",
    "download.hash": "{file} was not used: {url} sent something else than what was planned ({why}). Places tried: {count}.",
    "download.hash.hint": "The mirror's copy may be damaged or not finished. torchup mirror auto finds another one; then repeat the command.",
    "download.tls": "{file} can't be fetched, because {url} can't be trusted: {why}.",
    "download.tls.hint": "If a proxy opens TLS here, point SSL_CERT_FILE at its certificate, then repeat the command.",
    "download.login": "{file} can't be fetched, because {url} wants a login ({why}).",
    "download.login.hint": "Put the login into ~/.netrc, or into the address of the index (https://USER:TOKEN@…).",
    "download.proxy-login": "{file} can't be fetched, because the proxy on the way to {url} wants a login.",
    "download.proxy-login.hint": "Put the login into the proxy's address: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
    "download.stopped": "Fetching {file} was stopped.",
    "download.no-room": "The downloads need {needed} MiB in {path}, and {free} MiB are free.",
    "download.no-room.hint": "torchup clean frees what is not needed; config set home DIR moves everything to another disk.",
    "download.disk-full": "The disk with {path} is full. What came so far is kept.",
    "download.disk-full.hint": "Free some room (torchup clean), then repeat the command: it goes on from there.",
    "download.unwritable": "{path} can't be written: {why}.",
    "download.unwritable.hint": "Check who may write there.",
    "download.ours": "gone on with where it breaks off (files: {count}, places: {places})",
    "download.why-hash": "its hash is another one",
    "download.why-length": "its file has another length",
    "download.why-broke": "it broke off again and again",
    "download.why-slow": "it sent hardly anything",
    "download.why-no-ranges": "it can't go on in the middle of a file",
    "download.why-encoded": "it sent the file in another form",
    "download.why-redirects": "it leads from one address to the next without end",
    "network.redirects": "{url} can't be fetched: its server leads from one address to the next without end.",
    "network.redirects.hint": "Name another mirror: torchup mirror auto",
    "network.proxy-login": "{url} can't be reached, because the proxy on the way to it wants a login.",
    "network.proxy-login.hint": "Put the login into the proxy's address: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
}
