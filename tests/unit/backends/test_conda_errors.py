"""What rattler 0.28.0 really said."""

from __future__ import annotations

import pytest

from torchup.backends.conda_errors import worded
from torchup.errors import EXIT_NO, EXIT_OUTSIDE

HASH = (
    "failed to fetch pytorch-2.9.1-cuda126_mkl_py311_h1_300.tar.bz2\n"
    "Caused by: failed to interact with the package cache layer.\n"
    "Caused by: hash mismatch when extracting http://127.0.0.1:1/x.tar.bz2 to /c/.x: expected 4"
)
GONE = (
    "failed to fetch python-3.11.7-h1_0.tar.bz2\n"
    "Caused by: failed to interact with the package cache layer.\n"
    "Caused by: HTTP status client error (404 Not Found) for url (http://h.example/python.tar.bz2)"
)
HALF = (
    "failed to download http://h.example/linux-64/repodata.json\n"
    "Caused by: error decoding response body\n"
    "Caused by: end of file before message length reached"
)
LOGIN = (
    "HTTP status client error (401 Unauthorized) for url "
    "(http://me:pw@h.example/t/to-ken-42/noarch/repodata_shards.msgpack.zst)"
)
NO_CHANNEL = (
    "could not find subdir 'noarch' in channel 'file:///nowhere/'\n"
    "Caused by: failed to open file `/nowhere/noarch/repodata.json`: No such file or directory"
    " (os error 2)"
)
FULL = (
    "failed to fetch numpy-1.0-0.conda\nCaused by: an io error occurred: No space left on device"
    " (os error 28)"
)
OFFLINE = "no usable repodata cache for http://127.0.0.1:44481/noarch/"


class GatewayError(Exception):
    """Called as rattler calls its own."""


class SolverError(Exception):
    """Called as rattler calls its own."""


@pytest.mark.parametrize(
    ("said", "code", "detail"),
    [
        (HASH, "conda.bad-file", ("subject", "pytorch")),
        (GONE, "conda.network", ("url", "http://h.example/python.tar.bz2")),
        (HALF, "conda.network", ("url", "http://h.example/linux-64/repodata.json")),
        (LOGIN, "conda.login", ("url", "h.example")),
        (NO_CHANNEL, "conda.channel", ("url", "file:///nowhere")),
        (FULL, "conda.disk-full", ("why", "No space left")),
        (OFFLINE, "conda.offline-missing", ("names", "http://127.0.0.1:44481/noarch")),
        ("failed to parse repodata.json\nCaused by: x", "conda.channel", ("why", "repodata.json")),
        ("something new", "conda.failed", ("why", "something new")),
    ],
)
def test_each_failure_has_its_code(said: str, code: str, detail: tuple[str, str]) -> None:
    error = worded(GatewayError(said))
    assert error.code == code
    assert error.exit_code == EXIT_OUTSIDE
    assert detail[1] in error.details[detail[0]]


def test_no_secret_is_said() -> None:
    error = worded(GatewayError(LOGIN))
    assert "pw" not in str(error.details)
    assert "to-ken-42" not in str(error.details)


def test_no_solution_is_an_answer() -> None:
    said = "Cannot solve the request because of: No candidates were found for nothing *."
    error = worded(SolverError(said))
    assert (error.code, error.exit_code) == ("conda.no-solution", EXIT_NO)
    assert error.details["why"].startswith("No candidates")


def test_a_refused_connection_is_no_news_offline() -> None:
    error = worded(GatewayError("error sending request for url (http://h.example/x)"), offline=True)
    assert error.code == "conda.offline-missing"
