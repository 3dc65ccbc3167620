"""Passwords, keys and tokens: found in text by their names and by their form, and hidden."""

from __future__ import annotations

import re
from typing import Final

from torchup.host.redact import redact_url, without_token

HIDDEN: Final = "***"
_VARIABLE: Final = re.compile(
    r"TOKEN|KEY(?!RING|BOARD|MAP)|SECRET|PASS|PWD|CREDENTIAL|AUTH|COOKIE|BEARER|SIGNATURE|JWT"
    r"|(?:^|_)(?:PAT|SAS|SIG|PIN|OTP|DSN)(?:_|$)|CONNECTION_?STRING",
    re.IGNORECASE,
)
_FOLDERS: Final = frozenset({"PWD", "OLDPWD"})
# A token is known by what its maker puts in front of it, so that a leaked one can be found:
# GitHub, GitLab, Hugging Face, PyPI, OpenAI, Stripe, Slack, AWS, Docker Hub, npm, Google,
# Artifactory, Databricks, NVIDIA, Replicate, Atlassian; last the JSON Web Token (RFC 7519).
_BY_FORM: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:hf_[A-Za-z0-9]{12,}|gh[pousr]_\w{8,}|github_pat_\w{8,}"
    r"|gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[\w.-]{8,}|pypi-[\w-]{8,}|sk-[\w-]{12,}"
    r"|[srp]k_(?:live|test)_\w{8,}|xox[abeoprs]-[\w-]{8,}|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,}"
    r"|dckr_[po]at_[\w-]{8,}|npm_[A-Za-z0-9]{10,}|AIza[\w-]{16,}|ya29\.[\w-]{8,}"
    r"|(?:AKCp|cmVmdGtu)\w{8,}|dapi[0-9a-f]{16,}|nvapi-[\w-]{8,}|r8_\w{16,}|ATATT\w{8,}"
    r"|eyJ[\w-]{8,}(?:\.[\w-]*){0,4})"
)
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_HEADER: Final = re.compile(
    r"(?P<name>\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)[^\"'\r\n]+", re.IGNORECASE
)
_BEARER: Final = re.compile(r"(?P<name>\bbearer\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
_NETRC: Final = re.compile(r"(?P<name>\blogin\s+)\S+(?P<then>\s+password\s+)\S+", re.IGNORECASE)
_NAMES: Final = (
    r"(?:token|secret|passw|passphrase|pwd|credential|cookie|auth(?!or|ent)|bearer|signature"
    r"|connection_?string|\w[_.-]?key(?![a-z])|[_-](?:pat|pass|sas|sig|dsn)(?![a-z]))"
)
# A quoted value ends with its quote, so that a JSON file stays one.
_ASSIGNED: Final = re.compile(
    rf"(?P<name>(?<![\w./@-])[\w.-]{{0,80}}{_NAMES}[\w.-]{{0,80}}[\"']?\s*[=:]\s*)"
    r"(?:(?P<quote>[\"'])(?:\\.|(?!(?P=quote)|\\).)*\\?(?P=quote)|(?P<open>[\[{])|\S+)",
    re.IGNORECASE,
)
_OPTION: Final = re.compile(
    rf"(?P<name>(?<!\S)--?[\w-]{{0,80}}{_NAMES}[\w-]{{0,80}}\s+)(?!-)\S+", re.IGNORECASE
)
# Package indexes hand out addresses that have the token as one part of the path.
_IN_PATH: Final = re.compile(
    r"(?<=[^:/\s]/)(?=[\w~%=-]*\d)(?=[\w~%=-]*[a-z])(?=[\w~%=-]*[A-Z])[\w~%=-]{16,}"
    r"(?=[/\s?#\"']|$)"
)
_ADDRESS: Final = re.compile(r"://[^\s\"'<>]+")


def names_secret(variable: str) -> bool:
    """Tell whether an environment variable holds a secret, by its name."""
    return variable not in _FOLDERS and _VARIABLE.search(variable) is not None


def hide_secrets(text: str) -> str:
    """Return ``text`` with ``***`` for every secret that can be told."""
    text = without_token(redact_url(_PRIVATE_KEY.sub(HIDDEN, text)))
    text = _ADDRESS.sub(lambda found: _IN_PATH.sub(HIDDEN, found[0]), text)
    text = _HEADER.sub(rf"\g<name>{HIDDEN}", text)
    text = _BEARER.sub(rf"\g<name>{HIDDEN}", text)
    text = _NETRC.sub(rf"\g<name>{HIDDEN}\g<then>{HIDDEN}", text)
    text = _OPTION.sub(rf"\g<name>{HIDDEN}", _BY_FORM.sub(HIDDEN, text))
    return _ASSIGNED.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    """Hide an assigned value; what opens a list or a table holds names of its own."""
    if found["open"]:
        return found[0]
    quote = found["quote"] or ""
    return f"{found['name']}{quote}{HIDDEN}{quote}"
