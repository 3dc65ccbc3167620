"""Causes on the way from an index: certificates, proxies, mirrors, damaged downloads."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import PACKAGE_HOSTS

_SERVICE: Final = r"(?:huggingface|hf\.co|kaggle|githubusercontent|github\.com|wandb|openai|googleapis|amazonaws|modelscope)"
_ELSEWHERE: Final = rf"host='(?![\w.-]*{PACKAGE_HOSTS})"
"""A server that packages don't come from."""

RULES: Final = (
    Rule(
        code="pip-hash-mismatch",
        signs=(
            Sign(93, "do not match the hashes"),
            Sign(70, "expected sha256"),
            Sign(90, "hash mismatch for", r"Hash mismatch for `?\S+"),
            Sign(80, "bad crc-32", r"\.whl|bad CRC-32 for file '(?:torch|nvidia|caffe2)", 0),
            Sign(80, "badzipfile", r"BadZip[Ff]ile", 0, ("pip-install",)),
            Sign(60, "wheel", r"(?:Wheel .{0,100} is invalid|has an invalid wheel|invalid wheel)"),
            Sign(66, "while decompressing", r"Error -3 while decompressing", 0, ("pip-install",)),
        ),
        over=("pip-read-timeout",),
    ),
    Rule(
        code="pip-ssl-certificate",
        signs=(
            Sign(84, "certificate_verify_failed"),
            Sign(80, "certificate verify failed"),
            Sign(78, "invalid peer certificate", r"invalid peer certificate: (?:UnknownIssuer|Expired|BadSignature|NotValid)"),
            Sign(70, "sslcertverificationerror"),
            Sign(70, "self signed certificate"),
            Sign(66, "could not find a suitable tls ca certificate bundle"),
            Sign(64, "unable to get local issuer certificate"),
            Sign(60, "sslerror", r"SSLError\((?!.*(?:SSL module is not available|EOF occurred|UNEXPECTED_EOF|WRONG_VERSION))"),
            Sign(56, "problem confirming the ssl certificate", r"^(?!.*SSL module is not available).*There was a problem confirming the ssl certificate"),
        ),
        over=("python-version-has-no-wheel", "torch-version-not-available", "python-32bit", "index-url-missing", "conda-http-000"),
    ),
    Rule(
        code="python-ssl-module-missing",
        signs=(
            Sign(95, "ssl module in python is not available"),
            Sign(93, "ssl module is not available"),
            Sign(86, "no module named '_ssl'"),
            Sign(80, "no module named _ssl"),
            Sign(74, "import _ssl", r"DLL load failed(?: while importing)? _ssl|import _ssl.{0,100}ImportError"),
            Sign(78, "https is not supported", r"Can't connect to HTTPS URL because the SSL module"),
        ),
        over=("pip-ssl-certificate", "python-version-has-no-wheel", "torch-version-not-available", "python-32bit", "conda-http-000", "index-url-missing"),
    ),
    Rule(
        code="pip-proxy",
        signs=(
            Sign(84, "error in your proxy configuration"),
            Sign(70, "sslzeroreturnerror"),
            Sign(70, "proxy", r"(?:407|Bad Gateway|refused).{0,40}proxy|proxy.{0,60}(?:407|refused the connection)"),
            Sign(82, "check_hostname requires server_hostname"),
            Sign(82, "cannot connect to proxy"),
            Sign(78, "proxyerror", r"ProxyError\("),
            Sign(78, "tunnel connection failed"),
            Sign(80, "proxy authentication required"),
            Sign(76, "missing dependencies for socks support"),
            Sign(74, "unable to determine socks version"),
            Sign(74, "your proxy appears to only use http"),
            Sign(70, "proxy url had no scheme", r"[Pp]roxy URL had (?:no scheme|unsupported)|not supported proxy scheme|Unsupported proxy|proxy.{0,20}malformed"),
            Sign(64, "eof occurred in violation of protocol", r"EOF occurred in violation of protocol"),
            Sign(62, "ssleoferror"),
            Sign(60, "wrong_version_number", r"WRONG_VERSION_NUMBER|wrong version number"),
        ),
        lifts={"conda": -4},
        over=("python-version-has-no-wheel", "pip-read-timeout", "index-url-missing", "torch-version-not-available"),
    ),
    Rule(
        code="pip-mirror-untrusted",
        signs=(
            Sign(92, "is not a trusted or secure host"),
            Sign(60, "--trusted-host", r"--trusted-host.{0,60}(?:required|to allow|add)"),
            Sign(60, "insecure host", r"insecure (?:host|index|transport)"),
        ),
        over=("python-version-has-no-wheel", "index-url-missing", "torch-version-not-available"),
    ),
    Rule(
        code="pip-read-timeout",
        signs=(
            Sign(72, "failed to fetch", r"dns error|client error \(Connect\)|connect error|Connection refused|connection closed|timed out|error decoding response body|end of file before message length|error sending request", 8),
            Sign(72, "failed to download", r"dns error|client error \(Connect\)|connect error|connection closed|error sending request|end of file before message", 8),
            Sign(70, "attempting to resume incomplete download"),
            Sign(66, "failed to download distribution due to network timeout"),
            Sign(80, "read timed out", rf"^(?!.*{_SERVICE})(?!.*{_ELSEWHERE})"),
            Sign(78, "readtimeouterror", rf"^(?!.*{_SERVICE})(?!.*{_ELSEWHERE})"),
            Sign(72, "connection broken by", r"connection broken by '(?:ReadTimeout|ConnectTimeout|NewConnectionError|ProtocolError|IncompleteRead|ConnectionResetError|RemoteDisconnected)"),
            Sign(72, "incompleteread", r"IncompleteRead\("),
            Sign(72, "connection reset by peer", "", 0, ("pip-install",)),
            Sign(64, "connectionreseterror", r"ConnectionResetError.{0,40}(?:10054|104)", 0, ("pip-install",)),
            Sign(66, "operation timed out"),
            Sign(66, "failed to download", r"Failed to (?:download|fetch).{0,200}(?:timeout|timed out|error decoding|connection|network)", 6),
            Sign(66, "uv_http_timeout"),
            Sign(62, "_error_catcher", r"urllib3.{0,40}response\.py.{0,40}_error_catcher"),
            Sign(58, "recv_into", r"ssl\.py.{0,30}in recv_into"),
            Sign(62, "max retries exceeded", r"(?:pypi|pythonhosted|pytorch\.org|simple).{0,200}Max retries exceeded|Max retries exceeded with url: /(?:simple|whl|packages)"),
            Sign(60, "incomplete-download"),
            Sign(60, "connection aborted", r"Connection aborted", 0, ("pip-install",)),
            Sign(66, "temporary failure in name resolution", r"(?:pip|pypi|simple|pythonhosted|index).{0,200}Temporary failure in name resolution"),
        ),
        over=("python-version-has-no-wheel",),
    ),
)  # fmt: skip
