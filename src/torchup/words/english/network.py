"""Messages about reaching sources."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "network.unreachable": "{url} can't be reached: {why}.",
    "network.unreachable.hint": "Check the network or the proxy, or find a mirror that answers: torchup mirror auto",
    "network.broke-off": "the connection broke off",
    "network.not-an-address": "it is not an http, https or file address",
    "network.timeout": "{url} did not answer in time (we waited {why}).",
    "network.timeout.hint": "Try again, or find a nearer mirror: torchup mirror auto",
    "network.proxy": "{url} can't be reached, because the proxy on the way to it does not answer: {why}.",
    "network.proxy.hint": "Check the proxy settings (HTTPS_PROXY and HTTP_PROXY), or list the server in NO_PROXY.",
    "network.tls": "{url} can't be trusted: {why}.",
    "network.tls.hint": "If a proxy opens TLS here, point SSL_CERT_FILE at its certificate.",
    "reach.no-folder": "the folder is not there",
    "reach.refused": "the server answers with HTTP {status}",
}
