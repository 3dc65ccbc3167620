"""What uv 0.13.8 really said; older wordings are from its sources."""

from __future__ import annotations

import pytest

from torchup.backends.uv_errors import explanation, read_failure
from torchup.backends.uv_narrow import read_refusal
from torchup.errors import EXIT_OUTSIDE
from torchup.host import Completed

NO_SOLUTION = """\
error: No solution found when resolving dependencies
  cause: Because there is no version of torch==3 and plan depends on torch==3, we can conclude that your requirements are unsatisfiable.
"""  # noqa: E501  # verbatim
NO_SOLUTION_OLD = """\
  × No solution found when resolving dependencies:
  ╰─▶ Because only numpy<=2.4 is available and you require numpy>3, we can
      conclude that your requirements are unsatisfiable.

      hint: Pre-releases are available; try --prerelease=allow
"""  # noqa: RUF001  # uv's own box
NOT_A_WHEEL = """\
error: No solution found when resolving dependencies
  cause: Because torch==2.13.0+cpu has an invalid package format and plan depends on torch==2.13.0+cpu, we can conclude that your requirements are unsatisfiable.

hint: The structure of `torch` (v2.13.0+cpu) was invalid:
  Failed to read from zip file
"""  # noqa: E501  # verbatim
NO_WHEELS = """\
error: No solution found when resolving dependencies
  cause: Because pkg==4.8 has no usable wheels and p depends on pkg==4.8, we can conclude that your requirements are unsatisfiable.

hint: Wheels are required for `pkg` because building from source is disabled for all packages (i.e., with `--no-build`)
"""  # noqa: E501  # verbatim
OFFLINE = """\
error: No solution found when resolving dependencies
  cause: Because onlyb was not found in the cache and plan depends on onlyb, we can conclude that your requirements are unsatisfiable.

hint: Packages were unavailable because the network was disabled. When the network is disabled, registry packages may only be read from the cache.
"""  # noqa: E501  # verbatim
OFFLINE_SYNC = """\
error: Failed to download `onlyb==1.0`
  cause: Network connectivity is disabled, but the requested data wasn't found in the cache: http://127.0.0.1:9/onlyb-1.0-py3-none-any.whl
"""  # verbatim
DNS = """\
error: Failed to fetch: https://no.such.host.invalid/simple/onlyb/
  cause: error sending request for url (https://no.such.host.invalid/simple/onlyb/)
  cause: client error (Connect)
  cause: dns error
  cause: failed to lookup address information: Name or service not known
"""
HASH = """\
Using Python 3.11.7 environment at: env1
error: Failed to download `onlyb==1.0`
  cause: Hash mismatch for `onlyb==1.0`

         Expected:
           sha256:00a5d3

         Computed:
           sha256:e9a5d3
"""
TRUNCATED = """\
error: Failed to download `onlyb==1.0`
  cause: Failed to extract archive: onlyb-1.0-py3-none-any.whl
  cause: Invalid zip file structure
  cause: an upstream reader returned an error: ZIP structure was truncated
"""
FULL_CACHE = """\
error: Failed to download `big==1.0`
  cause: Failed to extract archive: big-1.0-py3-none-any.whl
  cause: I/O operation failed during extraction
  cause: failed to write to file `/h/cache/.tmpDIVqFN/big/__init__.py`: No space left on device (os error 28)
"""  # noqa: E501  # verbatim
FULL_COPY = """\
Prepared 1 package in 20ms
warning: Failed to hardlink files; falling back to full copy. This may lead to degraded performance.
error: Failed to install: big-1.0-py3-none-any.whl (big==1.0)
  cause: failed to copy file: No space left on device (os error 28)
"""
READ_ONLY = """\
error: Failed to create virtual environment
  cause: failed to create directory `tm/e2`: Read-only file system (os error 30)
"""
LOGIN = """\
error: Failed to fetch: https://me:secret@host.example/simple/x/
  cause: HTTP status client error (401 Unauthorized) for url (https://me:secret@host.example/simple/x/)
"""
LOGIN_HINT = f"""\
{NO_SOLUTION}
hint: An index URL (http://127.0.0.1:1/x) could not be queried due to a lack of valid \
authentication credentials (401 Unauthorized)
"""
FORBIDDEN_HINT = f"""\
{NO_SOLUTION}
hint: An index (http://127.0.0.1:1/x) returned a 403 Forbidden error. Check that the index URL \
is correct and the credentials are valid.
"""
REFUSED = """\
error: Failed to download `onlyb==1.0`
  cause: Failed to fetch: http://127.0.0.1:9/onlyb-1.0-py3-none-any.whl
  cause: tcp connect error
  cause: Connection refused (os error 111)
"""


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        (NO_SOLUTION, 1, "uv.no-solution"),
        (NO_SOLUTION_OLD, 1, "uv.no-solution"),
        (OFFLINE, 1, "uv.offline-missing"),
        (OFFLINE_SYNC, 1, "uv.offline-missing"),
        (DNS, 2, "uv.network"),
        (REFUSED, 2, "uv.network"),
        (HASH, 1, "uv.bad-file"),
        (TRUNCATED, 1, "uv.bad-file"),
        (FULL_CACHE, 1, "uv.disk-full"),
        (FULL_COPY, 2, "uv.disk-full"),
        (READ_ONLY, 2, "uv.permission"),
        (LOGIN, 2, "uv.login"),
        (LOGIN_HINT, 1, "uv.login"),
        (FORBIDDEN_HINT, 1, "uv.no-solution"),
        ("error: something new\n", 2, "uv.failed"),
        ("", 101, "uv.failed"),
    ],
)
def test_each_failure_has_its_code(said: str, status: int, code: str) -> None:
    error = read_failure(Completed(code=status, err=said))
    assert error.code == code
    assert error.exit_code == (1 if code == "uv.no-solution" else 3)


def test_missing_names_are_named() -> None:
    assert read_failure(Completed(code=1, err=OFFLINE)).details["names"] == "onlyb"
    assert read_failure(Completed(code=1, err=OFFLINE_SYNC)).details["names"] == "onlyb==1.0"


def test_no_password_is_shown() -> None:
    error = read_failure(Completed(code=2, err=LOGIN))
    assert "secret" not in str(error)
    assert error.details["url"] == "https://***@host.example/simple/x/"


def test_the_explanation_is_free_of_hints_and_boxes() -> None:
    assert explanation(NO_SOLUTION_OLD) == (
        "Because only numpy<=2.4 is available and you require numpy>3, we can\n"
        "conclude that your requirements are unsatisfiable."
    )
    assert "Expected" in explanation(HASH)
    assert "Using Python" not in explanation(HASH)


def test_without_wheels_is_not_without_a_solution() -> None:
    """A run that builds nothing says nothing about packages that have to be built."""
    assert read_refusal(Completed(code=1, err=NO_WHEELS)).code == "uv.no-wheels"
    assert read_refusal(Completed(code=1, err=NO_SOLUTION)).code == "uv.no-solution"
    assert read_refusal(Completed(code=1, err=DNS)).code == "uv.network"


def test_a_wheel_that_is_none_is_damaged_and_not_missing() -> None:
    error = read_failure(Completed(code=1, err=NOT_A_WHEEL))
    assert (error.code, error.details["subject"]) == ("uv.damaged", "torch==2.13.0+cpu")
    assert error.exit_code == EXIT_OUTSIDE


def test_a_long_explanation_is_cut() -> None:
    assert len(explanation("error: " + "x" * 5000)) < 1300


def test_without_a_network_a_contradiction_may_be_a_missing_file() -> None:
    error = read_failure(Completed(code=1, err=NO_SOLUTION), offline=True)
    assert (error.code, error.exit_code) == ("uv.no-solution-offline", 1)
    assert error.details["why"] == read_failure(Completed(code=1, err=NO_SOLUTION)).details["why"]
