"""The project's checks and long runs by name: ``nox -s NAME``; ``nox -l`` lists them.

``python bootstrap.py test`` is what a change is judged by. A session is one part of it, or what is
too long for it; both come from ``tools/run_checks.py``, in the environment that it keeps. Only what
makes files for a release has an environment of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import nox

ROOT: Final = Path(__file__).parent
DIST: Final = ROOT / "dist"
MOST_BYTES: Final = 3_000_000
"""Of the wheel: it is fetched before anything else can be."""
NAME: Final = "torchup"

nox.options.sessions = ["lint", "types", "tests"]
nox.options.error_on_missing_interpreters = True


def _part(session: nox.Session, name: str) -> None:
    command = [sys.executable, str(ROOT / "bootstrap.py"), "test", "--only", name]
    session.run(*command, *session.posargs, external=True)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Format, style, layers, messages, the generated files."""
    _part(session, "lint")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Types, strictly."""
    _part(session, "types")


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """The fast tests; arguments go to pytest."""
    _part(session, "tests")


@nox.session(venv_backend="none")
def slow(session: nox.Session) -> None:
    """The tests that start real processes and install real packages."""
    _part(session, "slow")


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """The site of the documentation, built strictly into build/site."""
    _part(session, "docs")


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Everything beside its peers: docs/benchmarks.md; -- --help for a part of it."""
    _part(session, "bench")


@nox.session(venv_backend="none")
def chaos(session: nox.Session) -> None:
    """5,000 commands, each with a fault of its own (docs/reliability.md)."""
    _part(session, "chaos")


@nox.session(venv_backend="none")
def fuzz(session: nox.Session) -> None:
    """Every parser with 10,000 spoiled texts."""
    _part(session, "fuzz")


@nox.session
def build(session: nox.Session) -> None:
    """The wheel, the sources, and the facts as a wheel of data, into dist."""
    session.install("build")
    session.run("python", "-m", "build", "--outdir", str(DIST), str(ROOT))
    for wheel in DIST.glob(f"{NAME}-*.whl"):
        if wheel.stat().st_size > MOST_BYTES:
            session.error(f"{wheel.name} is larger than {MOST_BYTES:,} bytes")
    session.install(str(ROOT))
    session.run("python", "-m", "tools.build_facts_wheel", "--out", str(DIST))


@nox.session
def pyz(session: nox.Session) -> None:
    """One file that runs with this system and this Python: dist/torchup.pyz."""
    session.install("shiv")
    file = DIST / f"{NAME}.pyz"
    file.parent.mkdir(exist_ok=True)
    session.run("shiv", "--console-script", NAME, "--output-file", str(file), str(ROOT))
    session.run("python", str(file), "plan")
