"""torchup as one file, and what hosts print when they run it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from torchup import __version__
from torchup.api.context import Context
from torchup.errors import UsageError
from torchup.fleet.ansible import Answer, Literally, _yaml
from torchup.fleet.asking import Asking
from torchup.fleet.inventory import find_inventory
from torchup.fleet.kept import _name
from torchup.fleet.parcel import make_parcel
from torchup.fleet.remote import _said
from torchup.host.real import RealHost
from torchup.state.home import Home
from wheelmaker import make_wheel


def test_the_same_program_makes_the_same_parcel(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = (make_parcel(RealHost(), tmp_path / name, uv=False) for name in "ab")
    assert one.digest == two.digest
    with_wheels = tmp_path / "wheels"
    make_wheel(with_wheels, "six", "1.17.0")
    other = make_parcel(RealHost(), tmp_path, wheelhouse=str(with_wheels), uv=False)
    assert other.digest == one.digest, "it names the program, wherever the rest comes from"
    assert Path(other.path).stat().st_size > Path(one.path).stat().st_size


@pytest.mark.skipif(sys.platform == "win32", reason="it is a shell script")
def test_computing_together_asks_for_the_torchup_that_apply_sent(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "some-1.0-py3-none-any.whl").write_bytes(b"wheel")
    sent = make_parcel(RealHost(), tmp_path, wheelhouse=str(wheels))
    context = Context(RealHost(), Home(tmp_path / "home"))
    inventory = find_inventory(["one,two,"])
    asking = Asking(context, inventory, "demo", str(wheels))
    assert sent.digest in asking._line(("payload_meet.py",), {})
    assert sent.digest in Asking(context, inventory, "demo")._line(("payload_meet.py",), {})


def test_what_is_behind_the_script_is_a_wheel_that_imports(tmp_path: Path) -> None:
    parcel = make_parcel(RealHost(), tmp_path, uv=False)
    lines = (tmp_path / parcel.path).read_bytes().split(b"exit 0\n", 1)
    (tmp_path / "archive.tar").write_bytes(lines[1])
    subprocess.run(["tar", "-xf", "archive.tar"], cwd=tmp_path, check=True)
    wheel = tmp_path / "wheels" / f"torchup-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        record = archive.read(f"torchup-{__version__}.dist-info/RECORD").decode()
        assert len(record.splitlines()) == len(names)
        assert "torchup/api/fleet/collect.sh" in names
    code = (
        f"import sys; sys.path.insert(0, {str(wheel)!r}); import torchup; print(torchup.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert str(wheel) in done.stdout


def test_an_empty_wheelhouse(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ask\.no-wheels"):
        make_parcel(RealHost(), tmp_path, wheelhouse=str(tmp_path))


@pytest.mark.parametrize(
    ("out", "state", "code"),
    [
        ('motd\n@torchup@ answer\n{"schema": "x"}\n\n@torchup@ exit 1\n', "ok", None),
        ("@torchup@ answer\r\n{}\r\n\r\n@torchup@ exit 0\r\n", "failed", "fleet.cut-short"),
        ('@torchup@ answer\n{"schema":', "failed", "fleet.cut-short"),
        ("@torchup@ answer\nnot json\n\n@torchup@ exit 1\n", "failed", "fleet.cut-short"),
        ("@torchup@ cannot python\n\n@torchup@ end\n", "failed", "fleet.cannot-python"),
        (
            "@torchup@ cannot install\nERROR: a\nNo space left on device\n\n@torchup@ end\n",
            "failed",
            "fleet.cannot-install",
        ),
        ("", "failed", "fleet.cut-short"),
    ],
)
def test_what_a_host_prints(out: str, state: str, code: str | None) -> None:
    said = _said(Answer(host="h", state="ok", out=out))
    assert (said.state, said.why.code if said.why else None) == (state, code)
    if code == "fleet.cannot-install":
        assert said.why is not None
        assert said.why.args["why"] == "No space left on device"


def test_an_unreachable_host_says_why_in_a_line() -> None:
    said = _said(Answer(host="h", state="unreachable", why="\nPermission denied.\nmore\n"))
    assert said.why is not None
    assert said.why.args == {"why": "Permission denied."}


def test_braces_of_a_shell_are_no_template() -> None:
    written = _yaml([{"raw": Literally('echo "{{ x }}"'), "when": None, "n": [1, True]}])
    assert written == '[{"raw": !unsafe "echo \\"{{ x }}\\"", "when": null, "n": [1, true]}]'


@pytest.mark.parametrize("host", ["../../etc/passwd", ".hidden", "a/b", "服务器", "h:22", "[::1]"])
def test_a_hosts_name_leads_nowhere_else(host: str) -> None:
    name = _name(host)
    assert "/" not in name
    assert not name.startswith(".")


def test_a_folder_that_cannot_be_made_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    parcel = make_parcel(RealHost(), tmp_path)
    (tmp_path / "file").write_text("")
    env = {"PATH": "/usr/bin:/bin", "TORCHUP_FLEET_DIR": str(tmp_path / "file" / "below")}
    done = subprocess.run(
        ["/bin/sh", parcel.path], env=env, capture_output=True, text=True, check=False
    )
    said = _said(Answer(host="one", state="failed", out=done.stdout, code=done.returncode))
    assert said.why is not None
    assert said.why.code == "fleet.cannot-folder"
    assert "Not a directory" in said.why.args["why"]
    assert "/tmp/" not in Path(parcel.path).read_bytes().partition(b"exit 0\n")[0].decode()
