"""The benchmarks' command, at the smallest sizes: that it runs, and keeps what it measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ROOT: Final = Path(__file__).parents[2]
CASES: Final = ("startup", "explaining", "conda")


@pytest.mark.skipif(sys.platform == "win32", reason="what children used is asked of resource")
def test_one_command_measures_and_writes_page_and_pictures(tmp_path: Path) -> None:
    torchup = Path(sys.executable).with_name("torchup")
    command = [sys.executable, "-m", "bench", "--tiny", "--torchup", str(torchup)]
    subprocess.run([*command, "--into", str(tmp_path), *CASES], cwd=ROOT, check=True)
    kept = msgspec.json.decode((tmp_path / "results.json").read_bytes())
    assert set(kept) == set(CASES)
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    for line in (line for case in kept.values() for line in case["lines"]):
        assert line["name"].rpartition(" / ")[2] in page
    for name in CASES:
        pictures = list((tmp_path / "benchmarks").glob(f"{name}*.svg"))
        assert pictures, name
        for picture in pictures:
            assert picture.read_bytes().startswith(b"<?xml")
            assert f"benchmarks/{picture.name}" in page


def test_a_case_that_fails_is_told_and_the_others_run(tmp_path: Path) -> None:
    broken = tmp_path / "torchup"
    broken.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    broken.chmod(0o755)
    python = broken.with_name(Path(sys.executable).name)  # which tells what was measured
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    command = [sys.executable, "-m", "bench", "--tiny", "--torchup", str(broken)]
    done = subprocess.run(
        [*command, "--into", str(tmp_path / "into"), "startup", "conda"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    outside = 3
    assert done.returncode == outside
    assert "startup could not be measured" in done.stderr
    kept = msgspec.json.decode((tmp_path / "into" / "results.json").read_bytes())
    assert set(kept) == {"conda"}
