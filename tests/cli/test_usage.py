"""Help, mistakes on the command line, languages, settings."""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.process import one_error
from madeenvironments import make_environment
from torchup import __version__
from torchup.cli.commands import COMMANDS
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

CHINESE = "机"


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(torchup: Torchup, option: str) -> None:
    assert torchup(option) == (EXIT_DONE, f"torchup {__version__}\n", "")


def test_version_beside_other_options(torchup: Torchup) -> None:
    assert torchup("--lang", "en", "--version") == (EXIT_DONE, f"torchup {__version__}\n", "")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(torchup: Torchup, option: str) -> None:
    done = torchup(option)
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert all(f"  {name} " in done.out for name in COMMANDS)


@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=list(COMMANDS))
def test_help_of_a_command_has_examples(torchup: Torchup, number: int) -> None:
    command = [*COMMANDS][number]
    done = torchup(command, "--help", "--lang", ("en", "zh_CN")[number % 2])
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert f"torchup {command}" in done.out
    assert f"\n  torchup {command}" in done.out, "an example"
    assert "--json" in done.out


def test_unknown_command(torchup: Torchup) -> None:
    said = one_error(torchup("craete", "demo"), EXIT_USAGE)
    assert "craete" in said
    assert "create" in said
    said = one_error(torchup("xyzzy"), EXIT_USAGE)
    assert "torchup --help" in said


@pytest.mark.parametrize(
    ("arguments", "tells"),
    [
        (("plan", "--offlin"), "--offline"),
        (("plan", "--biuld=cu126"), "--build"),
        (("list", "--frobnicate"), "torchup list --help"),
        (("--frobnicate",), "--frobnicate"),
        (("list", "more"), "more"),
        (("plan", "--python"), "--python"),
        (("plan", "--progress", "loud"), "plain"),
        (("plan", "--offline=yes"), "--offline"),
        (("create",), "NAME"),
        (("show",), "NAME"),
        (("config", "frob"), "unset"),
        (("run", "demo"), "torchup run demo -- python"),
        (("verify",), "torchup verify NAME"),
        (("verify", "a", "--python", "b"), "--python"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_wrong_usage(torchup: Torchup, arguments: tuple[str, ...], tells: str) -> None:
    assert tells in one_error(torchup(*arguments), EXIT_USAGE)
    assert not torchup.home.exists(), "nothing was begun"


def test_mistakes_are_told_in_chinese(torchup: Torchup) -> None:
    for arguments in (("craete",), ("verify",), ("create", "a b")):
        said = one_error(torchup(*arguments, "--lang", "zh_CN"), EXIT_USAGE)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said.splitlines()[0]), said


def test_options_may_stand_anywhere(torchup: Torchup) -> None:
    machine = torchup.root / "m.json"
    machine.write_text(
        '{"schema": "torchup.machine/v1", "os": {"system": "linux"}, "arch": "x86_64"}'
    )
    orders = [
        ("plan", "--cpu", "--machine", str(machine), "torch==2.13.0", "--json", "numpy<2"),
        ("--json", "plan", "torch==2.13.0", "--cpu", "numpy<2", "--machine", str(machine)),
        ("plan", "torch==2.13.0", "numpy<2", f"--machine={machine}", "--cpu", "--json"),
    ]
    answers = {torchup(*order).out for order in orders}
    assert len(answers) == 1
    assert '"2.13.0"' in answers.pop()


def test_language(torchup: Torchup) -> None:
    english = torchup("list").out
    assert english.startswith("none yet")
    for done in (
        torchup("list", "--lang", "zh_CN"),
        torchup("list", "--lang=zh-Hans"),
        torchup("list", LANG="zh_CN.UTF-8"),
        torchup("list", LANG="en_US.UTF-8", LC_ALL="zh_CN.UTF-8"),
    ):
        assert done.code == EXIT_DONE
        assert done.out != english
        assert "torchup create" in done.out
    assert torchup("list", "--lang", "en", LANG="zh_CN.UTF-8").out == english
    assert torchup("list", LANG="fr_FR.UTF-8").out == english
    assert "tlh" in one_error(torchup("list", "--lang", "tlh"), EXIT_USAGE)


def test_configured_language(torchup: Torchup) -> None:
    assert torchup("config", "set", "lang", "zh_CN").code == EXIT_DONE
    assert not torchup("list").out.startswith("none yet")
    assert torchup("list", "--lang", "en").out.startswith("none yet")
    assert torchup("config", "unset", "lang").code == EXIT_DONE
    assert torchup("list").out.startswith("none yet")


def test_a_terminal_that_knows_no_chinese(torchup: Torchup) -> None:
    done = torchup("list", "--lang", "zh_CN", PYTHONIOENCODING="ascii")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert "torchup create" in done.out


def test_config_keeps_the_rest_of_the_file(torchup: Torchup) -> None:
    torchup.config.parent.mkdir()
    before = "# mine\nlang = 'en'  # for now\n\n[future]\nthing = 1\n"
    torchup.config.write_text(before)
    home = str(torchup.root / "else where")
    assert torchup("config", "set", "home", home).code == EXIT_DONE
    assert torchup("config", "set", "lang", "zh_CN").code == EXIT_DONE
    text = torchup.config.read_text()
    assert "# mine" in text
    assert "# for now" in text
    assert "[future]\nthing = 1" in text
    assert torchup("config", "get", "home").out.strip() == home
    assert torchup("config", "get", "lang").out == "zh_CN\n"
    assert torchup("config", "unset", "home").code == EXIT_DONE
    gone = torchup("config", "get", "home")
    assert (gone.code, gone.out) == (EXIT_NO, "\n")
    assert "future" in gone.err  # kept, and named: this torchup does nothing with it
    assert torchup("config", "unset", "home").code == EXIT_DONE, "it is unset"


def test_configured_home_is_used_unless_another_is_named(torchup: Torchup) -> None:
    for name, code in (("one", EXIT_DONE), ("two", EXIT_DONE)):
        assert torchup("config", "set", "home", str(torchup.root / name)).code == code
    torchup.env.pop("TORCHUP_HOME")
    torchup("probe")
    assert (torchup.root / "two" / "cache").is_dir()
    torchup("probe", "--home", str(torchup.root / "three"))
    assert (torchup.root / "three" / "cache").is_dir()
    torchup("probe", TORCHUP_HOME=str(torchup.root / "four"))
    assert (torchup.root / "four" / "cache").is_dir()
    assert not (torchup.root / "one").exists()


@pytest.mark.parametrize(
    ("arguments", "tells"),
    [
        (("set", "lang", "fr"), "zh_CN"),
        (("set", "home", "relative/folder"), "relative/folder"),
        (("set", "home", ""), "home"),
        (("set", "speed", "fast"), "lang"),
        (("get", "speed"), "lang"),
        (("unset", "speed"), "lang"),
        (("set", "lang"), "VALUE"),
        (("get",), "KEY"),
        (("get", "lang", "en"), "KEY"),
        (("list", "lang"), "KEY"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_config_mistakes(torchup: Torchup, arguments: tuple[str, ...], tells: str) -> None:
    assert tells in one_error(torchup("config", *arguments), EXIT_USAGE)
    assert not torchup.config.exists()


@pytest.mark.parametrize(
    "text", [b"lang = ", b"\xff\xfe", b"lang = 'fr'", b"lang = 3", b"[[lang]]\nx = 1", b"home = ''"]
)
def test_broken_settings(torchup: Torchup, text: bytes) -> None:
    torchup.config.parent.mkdir()
    torchup.config.write_bytes(text)
    said = one_error(torchup("list"), EXIT_USAGE)
    assert "lang" in said or str(torchup.config) in said or "home" in said
    assert torchup.config.read_bytes() == text


def test_settings_that_are_a_folder(torchup: Torchup) -> None:
    torchup.config.mkdir(parents=True)
    assert str(torchup.config) in one_error(torchup("list"), EXIT_OUTSIDE)
    assert str(torchup.config) in one_error(torchup("config", "set", "lang", "en"), EXIT_OUTSIDE)


@pytest.mark.parametrize("unbuffered", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["", "unbuffered"])
@pytest.mark.parametrize(
    "arguments", [["--help"], ["probe", "--json"], ["create", "--help"], ["show", "x", "--json"]]
)
@pytest.mark.skipif(sys.platform == "win32", reason="pipes close differently there")
def test_an_output_that_is_closed_early(
    torchup: Torchup, arguments: list[str], unbuffered: dict[str, str]
) -> None:
    child = subprocess.Popen(
        torchup.argv(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=torchup.env | unbuffered,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    said = child.stderr.read()
    child.stderr.close()
    assert child.wait(30) in {EXIT_DONE, EXIT_OUTSIDE}, "argparse forgives a reader that left"
    assert said == b""


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_an_output_that_is_full(torchup: Torchup) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
        done = subprocess.run(
            torchup.argv("probe"),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env=torchup.env,
            timeout=30,
        )
    assert done.returncode == EXIT_OUTSIDE
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert b"space" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
def test_closed_streams_are_no_mistake(torchup: Torchup, closed: str) -> None:
    line = f"{shlex.join(torchup.argv('list'))} {closed}"
    done = subprocess.run(
        ["sh", "-c", line],
        env=torchup.env,
        cwd=torchup.root,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == EXIT_DONE, done
    assert b"Traceback" not in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="others keep the current folder")
def test_a_current_folder_that_is_gone(torchup: Torchup, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    line = f"rmdir {gone}; exec {shlex.join(torchup.argv('list'))}"
    done = subprocess.run(
        ["sh", "-c", line],
        env=torchup.env,
        cwd=gone,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == EXIT_DONE, done


def test_a_home_of_a_name_that_is_too_long(torchup: Torchup) -> None:
    said = one_error(torchup("list", "--home", f"{torchup.root}/{'a' * 300}"), EXIT_OUTSIDE)
    assert "aaa" in said
    assert "did not expect" not in said


def test_what_is_missing_is_what_is_needed(torchup: Torchup) -> None:
    said = one_error(torchup("create"), EXIT_USAGE)
    assert "NAME" in said
    assert "REQUIREMENT" not in said
    assert "torchup status" not in one_error(torchup("--bogus"), EXIT_USAGE)


def test_the_next_command_starts_as_this_one_did(torchup: Torchup) -> None:
    torchup.env["TORCHUP_COMMAND"] = "python3 bootstrap.py"
    said = one_error(torchup("show", "nobody"), EXIT_NO)
    assert "python3 bootstrap.py list" in said or "python3 bootstrap.py create" in said
    assert " torchup " not in torchup("plan", "--gpu", "V100").out.split("Next")[1]
    shown = torchup("--help").out
    assert "python3 bootstrap.py" not in shown.split()[0]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('langs = "zh_CN"\n', ["“langs”", "“lang”"]),
        ('[facts]\noverlays = "/srv/facts"\n', ["“facts.overlays”", "“facts.overlay”"]),
        (
            'xyzzy = 1\n[proxy]\nurl = "x"\n',
            ["“xyzzy”", "“proxy”", "default, explain, facts.overlay, home"],
        ),
        ("facts = 3\n", ["“facts”"]),
    ],
)
def test_a_setting_that_is_none_is_named(torchup: Torchup, settings: str, said: list[str]) -> None:
    """On standard error, so that a document on standard output stays whole."""
    torchup.config.parent.mkdir(parents=True, exist_ok=True)
    torchup.config.write_text(settings)
    done = torchup("list", "--json")
    assert done.code == EXIT_DONE
    assert done.document("torchup.environments/v1")
    assert all(one in done.err for one in said), done.err
    assert str(torchup.config) in done.err


def test_settings_that_are_known_are_not_spoken_of(torchup: Torchup) -> None:
    torchup.config.parent.mkdir(parents=True, exist_ok=True)
    torchup.config.write_text('lang = "en"\n[facts]\noverlay = "/srv/facts"\n')
    assert torchup("config").err == ""


def test_what_is_wrong_with_one_does_not_move_the_columns_of_others(torchup: Torchup) -> None:
    for name in ("good", "bad"):
        make_environment(torchup.home, name)
    (torchup.home / "envs" / "bad" / ".torchup" / "environment.json").write_text("{")
    rows = torchup("list").out.splitlines()
    good = next(row for row in rows if row.startswith("good"))
    bad = next(row for row in rows if row.startswith("bad"))
    assert len(good) < len(bad)
    assert "     " not in good.split("Python", 1)[1]
