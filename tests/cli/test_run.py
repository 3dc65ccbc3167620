"""``torchup run``: the command has the terminal as if nobody stood between; its death is told."""

from __future__ import annotations

import os
import pty
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from madeenvironments import add_package, make_environment
from torchup.cli.commands.run import _explain
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.process import Torchup
    from torchup.cli.session import Session

if sys.platform == "win32":
    pytest.skip("terminals as POSIX has them", allow_module_level=True)

import fcntl
import termios

DIES = "raise RuntimeError('operator torchvision::nms does not exist')"
CODE = "torchvision-torch-mismatch"
RUN = ("run", "demo", "--", "python", "-c")
WHOLE = ("run", "demo", "--", sys.executable, "-c")
"""With a Python that has all of its modules; the laid-out environment's has not."""


@pytest.fixture(autouse=True)
def demo(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


class Terminal(NamedTuple):
    """A terminal with torchup in front."""

    pid: int
    fd: int

    def read(self) -> str:
        """Read what is there; empty at the end."""
        try:
            return os.read(self.fd, 65536).decode()
        except OSError:
            return ""

    def until(self, wanted: str, timeout: float = 20) -> str:
        """Read until something is written."""
        said, end = "", time.monotonic() + timeout
        while wanted not in said and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.1)[0]:
                said += self.read()
        assert wanted in said, said
        return said

    def rest(self) -> tuple[int, str]:
        """Wait for torchup's end; return its status, and what was still written."""
        said = ""
        while more := self.read():
            said += more
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), said


Start = Callable[[str | list[str]], Terminal]


@pytest.fixture
def terminal(torchup: Torchup) -> Iterator[Start]:
    opened: list[Terminal] = []

    def start(code: str | list[str]) -> Terminal:
        argv = torchup.argv(*RUN, code) if isinstance(code, str) else code
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(torchup.root)
            os.execvpe(argv[0], argv, torchup.env)
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
        opened.append(Terminal(pid, fd))
        return opened[-1]

    yield start
    for one in opened:
        os.close(one.fd)
        with suppress(OSError):
            os.kill(one.pid, signal.SIGKILL)
            os.waitpid(one.pid, 0)


def ran(torchup: Torchup, *words: str, **variables: str) -> Ended:
    done = subprocess.run(
        torchup.argv(*words),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=torchup.env | variables,
        cwd=torchup.root,
        timeout=60,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_why_it_died_follows_the_traceback(torchup: Torchup) -> None:
    died = ran(torchup, *RUN, DIES)
    assert (died.code, died.out) == (1, "")
    trace, _, told = died.err.partition("nms does not exist\n")
    assert trace.startswith("Traceback")
    assert "torchup repair demo\n" in told
    assert f"torchup explain --list {CODE}" in told
    assert "torchvision" in ran(torchup, *RUN, DIES, LC_ALL="zh_CN.UTF-8").err


def test_the_machine_decides_where_the_words_alone_do_not(torchup: Torchup) -> None:
    """With a card it is the build, without one the program: either way it is told."""
    done = ran(torchup, *RUN, "raise AssertionError('Torch not compiled with CUDA enabled')")
    assert done.code == 1
    told = {"torch-cpu-build-on-gpu-machine", "cuda-code-on-machine-without-nvidia"}
    assert any(f"torchup explain --list {one}" in done.err for one in told), done.err


def test_a_package_that_is_missing_is_named_as_pip_calls_it(torchup: Torchup) -> None:
    missing = "raise ModuleNotFoundError(\"No module named 'cv2'\")"
    said = ran(torchup, *RUN, missing).err
    assert "torchup add opencv-python -n demo\n" in said
    assert "torchup create demo" not in said
    add_package(torchup.home / "envs" / "demo", "opencv-python", "4.11.0.86")
    assert "torchup add" not in ran(torchup, *RUN, missing).err, "it is there"
    own = missing.replace("cv2", "my_models")
    assert "torchup add" not in ran(torchup, *RUN, own).err, "nobody knows what that is"


def test_it_can_be_left_out(torchup: Torchup) -> None:
    assert CODE not in ran(torchup, "run", "--no-explain", "demo", "--", "python", "-c", DIES).err
    assert CODE not in ran(torchup, "run", "demo", "--no-explain", "--", "python", "-c", DIES).err
    assert torchup("config", "set", "explain", "off").code == 0
    assert CODE not in ran(torchup, *RUN, DIES).err
    assert torchup("config", "set", "explain", "perhaps").code == 2


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(3)",
        "raise ValueError('shapes (3,4) and (5,6) not aligned')",
        f"import sys; sys.stderr.write({DIES[19:-1]})",
        "import sys; sys.exit('CUDA is not something this program knows')",
    ],
)
def test_nothing_is_said_where_nothing_is_certain(torchup: Torchup, code: str) -> None:
    plain = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    died = ran(torchup, *RUN, code)
    assert (died.code, died.out, died.err) == (plain.returncode, plain.stdout, plain.stderr)


def test_the_status_is_the_commands_own(torchup: Torchup) -> None:
    assert ran(torchup, *RUN, "raise SystemExit(127)").code == 127
    assert ran(torchup, "run", "demo", "--", "no-such-command").code == 2
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGABRT):
        assert ran(torchup, *RUN, f"import os; os.kill(os.getpid(), {int(number)})").code == -number


def test_a_run_in_a_run_explains_once(torchup: Torchup) -> None:
    inner = [*torchup.argv(*RUN), DIES]
    died = ran(torchup, *WHOLE, f"import subprocess; raise SystemExit(subprocess.call({inner!r}))")
    assert died.err.count(f"torchup explain --list {CODE}") == 1


def test_one_place_keeps_its_order(torchup: Torchup) -> None:
    code = "import os\nfor n in range(2000): os.write(1 + n % 2, b'%d\\n' % n)\nraise SystemExit(1)"
    both = subprocess.run(
        torchup.argv(*RUN, code),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=torchup.env,
        cwd=torchup.root,
        check=False,
    )
    assert both.stdout.split() == [b"%d" % number for number in range(2000)]
    assert both.returncode == 1


def test_a_reader_that_is_gone_ends_it(torchup: Torchup) -> None:
    code = "import sys\nwhile True: sys.stderr.write('x' * 1000 + '\\n')"
    with torchup.start(*RUN, code) as child:
        assert child.stderr is not None
        child.stderr.close()
        assert child.wait(20) != 0


def test_the_terminal_is_as_without_torchup(terminal: Start) -> None:
    code = (
        "import os, sys\n"
        "print([os.isatty(n) for n in range(3)], os.get_terminal_size(2), flush=True)\n"
        "print('you said', input('say: '), flush=True)\n"
        "sys.stderr.write('\\x1b[31mred\\x1b[0m\\n')\n"
        f"{DIES}"
    )
    shown = terminal(code)
    shown.until("say: ")
    os.write(shown.fd, b"hello\n")
    status, said = shown.rest()
    assert status == 1
    assert "you said hello" in said
    assert "\x1b[31mred\x1b[0m" in said
    assert f"torchup explain --list {CODE}" in said


def test_size_and_kind_of_the_terminal(terminal: Start) -> None:
    code = (
        "import os, time\n"
        "time.sleep(.3)\n"
        "print([os.isatty(n) for n in range(3)], tuple(os.get_terminal_size(1)))"
    )
    _, said = terminal(code).rest()
    assert "[True, True, True] (77, 33)" in said


def test_keys_reach_the_command_once(terminal: Start) -> None:
    code = (
        "import time\n"
        "try:\n print('ready', flush=True); time.sleep(30)\n"
        "except KeyboardInterrupt: print('stopped once', flush=True)\n"
        "time.sleep(.3)\n"
        "raise SystemExit(7)"
    )
    shown = terminal(code)
    shown.until("ready")
    os.write(shown.fd, b"\x03")
    status, said = shown.rest()
    assert said.count("stopped once") == 1
    assert status == 7


@pytest.mark.skipif(not shutil.which("bash"), reason="a shell that suspends")
def test_it_is_suspended_and_goes_on(torchup: Torchup, terminal: Start) -> None:
    code = "import time; print('rea' + 'dy'); time.sleep(2); print('went' + ' on', flush=True)"
    line = shlex.join(
        [*torchup.argv(*RUN), f"import sys; sys.stdout.reconfigure(line_buffering=True); {code}"]
    )
    shell = terminal(["bash", "--norc", "--noprofile", "-i"])
    os.write(shell.fd, f"{line}\n".encode())
    shell.until("ready")
    os.write(shell.fd, b"\x1a")
    shell.until("Stopped")
    os.write(shell.fd, b"fg\n")
    shell.until("went on")
    os.write(shell.fd, b"exit $?\n")
    assert shell.rest()[0] == 0


def test_what_a_program_changes_about_the_terminal_counts(terminal: Start) -> None:
    code = (
        "import sys, termios, tty\n"
        "tty.setcbreak(1); print('raw', flush=True)\n"
        "print('key', sys.stdin.read(1), flush=True)"
    )
    shown = terminal(code)
    before = termios.tcgetattr(shown.fd)[3]
    assert before & termios.ICANON
    shown.until("raw")
    assert not termios.tcgetattr(shown.fd)[3] & termios.ICANON
    os.write(shown.fd, b"k")
    shown.until("key k")
    assert shown.rest()[0] == 0


def test_whoever_is_left_goes_on_writing(torchup: Torchup) -> None:
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', "
        "\"import time, sys; time.sleep(2); sys.stderr.write('late'); sys.exit(0)\"])\n"
        "sys.stderr.write('done'); raise SystemExit(4)"
    )
    ended = ran(torchup, *WHOLE, code)
    assert (ended.code, ended.err) == (4, "donelate")


def test_a_polite_end_is_handed_on_and_a_hard_one_takes_it_along(torchup: Torchup) -> None:
    code = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\n"
        "sys.stderr.write(f'{os.getpid()}\\n'); time.sleep(30)"
    )
    with torchup.start(*RUN, code) as child:
        assert child.stderr is not None
        child.stderr.readline()
        child.terminate()
        assert child.wait(20) == 9
    with torchup.start(*RUN, code) as child:
        assert child.stderr is not None
        inner = int(child.stderr.readline())
        child.kill()
        child.wait(20)
    end = time.monotonic() + 10
    while sys.platform == "linux" and alive(inner):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_is_ignored_stays_ignored(torchup: Torchup) -> None:
    code = "import signal; print(*(int(signal.getsignal(n)) for n in (1, 10, 3)))"
    line = f"trap '' HUP QUIT; exec {shlex.join(torchup.argv(*WHOLE, code))}"
    done = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, text=True, env=torchup.env, check=False
    )
    assert (done.stdout.split(), done.returncode) == (["1", "0", "1"], 0), done.stderr


def test_whoever_stops_the_command_alone_does_not_stop_torchup(torchup: Torchup) -> None:
    code = (
        "import os, sys, time; sys.stderr.write(f'{os.getpid()}\\n'); time.sleep(.5); sys.exit(6)"
    )
    with torchup.start(*WHOLE, code) as child:
        assert child.stderr is not None
        inner = int(child.stderr.readline())
        os.kill(inner, signal.SIGSTOP)
        time.sleep(0.3)
        assert state(child.pid) != b"T"
        os.kill(inner, signal.SIGCONT)
        assert child.wait(20) == 6


def test_the_explanation_never_replaces_the_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unworded(*_: object, **__: object) -> None:
        raise KeyError("no-such-message")

    monkeypatch.setattr("torchup.api.explain.dying.why", lambda *_: object())
    monkeypatch.setattr("torchup.cli.findings.print_findings", unworded)
    _explain("demo", b"", cast("Session", SimpleNamespace(context=None, host=RealHost())))
    assert "next" not in capsys.readouterr().err


def state(pid: int) -> bytes:
    """The letter that a process's state has; empty where nobody can tell."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123
            return stat.read().rpartition(b")")[2].split()[0]
    except OSError:
        return b""


def alive(pid: int) -> bool:
    return state(pid) not in {b"", b"Z", b"X"}


def test_options_of_the_command_are_its_own(torchup: Torchup) -> None:
    done = ran(
        torchup, "run", "demo", "python", "-c", "import sys; print(sys.argv[1:])", "--lang", "fr"
    )
    assert (done.code, done.out.strip()) == (0, "['--lang', 'fr']")
    missing = ran(torchup, "run", "demo", "--", "no-such-tool", "--json")
    assert missing.code != 0
    assert not missing.out.startswith("{")
