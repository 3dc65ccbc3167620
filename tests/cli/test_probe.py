from __future__ import annotations

from typing import TYPE_CHECKING

from cli.process import DEAD, Torchup
from stubs import machines
from torchup.errors import EXIT_DONE, EXIT_USAGE
from torchup.host.capture import write_capture
from torchup.probe.ask import ASK

if TYPE_CHECKING:
    from pathlib import Path


def test_a_saved_machine_can_be_looked_at_again(tmp_path: Path) -> None:
    torchup = Torchup(tmp_path, PIP_INDEX_URL="https://me:secret@127.0.0.1:9/simple")
    saved = torchup("probe", "--save", "machine.capture", USER="somebody", HF_TOKEN="hf_abcdefghij")
    assert saved.code == 0, saved
    assert "machine.capture" in saved.out
    text = (tmp_path / "machine.capture").read_text(encoding="utf-8")
    assert "secret" not in text
    assert "somebody" not in text
    here = torchup("probe", "--hardware", "--json").document("torchup.machine/v1")
    there = torchup("probe", "--capture", "machine.capture", "--json")
    again = there.document("torchup.machine/v1")
    for key in ("os", "arch", "cpu", "memory_mib", "gpus", "drivers"):
        assert again[key] == here[key], key
    assert again["pythons"]
    assert again["software"]["settings"]


def test_sources_are_asked_only_with_a_network(tmp_path: Path) -> None:
    torchup = Torchup(tmp_path, PIP_INDEX_URL=f"{DEAD}/simple", TORCHUP_FRAMEWORK_INDEX=DEAD)
    asked = torchup("probe", "--json").document("torchup.machine/v1")["sources"]
    assert [bool(one["why"]) for one in asked] == [True, True]
    offline = torchup("probe", "--json", "--offline").document("torchup.machine/v1")
    assert "sources" not in offline
    screen = torchup("probe")
    assert screen.out.index("System") < screen.out.index("Sources") < screen.out.index("Next")


def test_hardware_alone_has_no_inventory(tmp_path: Path) -> None:
    found = Torchup(tmp_path)("probe", "--hardware", "--json").document("torchup.machine/v1")
    assert "software" not in found


def test_a_capture_that_is_none_is_one_clear_error(tmp_path: Path) -> None:
    torchup = Torchup(tmp_path)
    (tmp_path / "garbage").write_bytes(b"\xff\xfe[1")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    (tmp_path / "deep").write_text("[" * 100_000, encoding="utf-8")
    for name in ("garbage", "other.json", "deep"):
        done = torchup("probe", "--capture", name, "--json")
        assert (done.code, done.error["code"]) == (2, "capture.malformed"), name
        assert name in done.error["message"]
    missing = torchup("probe", "--capture", "nowhere", "--json")
    assert (missing.code, missing.error["code"]) == (2, "wire.unreadable")


def test_a_capture_that_can_not_be_written_is_one_clear_error(tmp_path: Path) -> None:
    torchup = Torchup(tmp_path)
    done = torchup("probe", "--save", "nowhere/machine", "--json")
    assert (done.code, done.error["code"]) == (2, "file.no-folder")
    (tmp_path / "folder").mkdir()
    done = torchup("probe", "--save", "folder", "--json")
    assert (done.code, done.error["code"]) == (3, "file.unwritable")
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_missing_driver_comes_with_the_commands_for_the_system(
    torchup: Torchup, tmp_path: Path
) -> None:
    capture = machines.linux(machines.card("0000:01:00.0", "10de:2684"))
    file = tmp_path / "capture.json"
    file.write_bytes(write_capture(capture))
    shown = torchup("probe", "--capture", str(file))
    assert shown.code == EXIT_DONE, shown
    assert "sudo ubuntu-drivers install" in shown.out


def test_what_pythons_are_and_what_is_odd_about_settings_is_shown_once(tmp_path: Path) -> None:
    paths = {"/usr/bin/python3.12": ("32", "0"), "/usr/bin/python3.14": ("64", "1")}
    capture = machines.linux(
        env={"PYTHONPATH": "/opt/ros/lib"},
        executables=tuple(paths),
        ran=tuple(
            machines.ran(
                *(path, "-E", "-s", "-S", "-c", ASK),
                out=f"torchup|{path[-4:]}.1|cpython|{free}|{bits}|0\n",
            )
            for path, (bits, free) in paths.items()
        ),
    )
    (tmp_path / "capture.json").write_bytes(write_capture(capture))
    shown = Torchup(tmp_path)("probe", "--capture", "capture.json").out
    assert "3.12.1 · CPython · 32-bit" in shown
    assert "3.14.1 · CPython · free-threaded · system" in shown
    live = Torchup(tmp_path, PYTHONPATH="/opt/ros/lib")("probe", "--offline").out
    for out in (shown, live):
        assert out.count("PYTHONPATH is set to “/opt/ros/lib”") == 1


def test_the_diagram(torchup: Torchup, tmp_path: Path) -> None:
    shown = torchup("probe", "--diagram")
    assert shown.code == EXIT_DONE, shown
    assert "│" in shown.out
    file = tmp_path / "chain.svg"
    assert torchup("--lang", "zh_CN", "probe", "--diagram", str(file)).code == EXIT_DONE
    drawn = file.read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert "环境" in drawn
    assert torchup("probe", "--diagram", "--json").code == EXIT_USAGE
    assert torchup("probe", "--diagram", str(tmp_path / "no" / "x.svg")).code == EXIT_USAGE


def test_the_diagram_of_a_mac_knows_its_gpu_without_being_told(tmp_path: Path) -> None:
    said = "Collecting environment information...\nPyTorch version: 2.3.0\nOS: macOS 14.5 (arm64)\n"
    (tmp_path / "pasted.txt").write_text(said, encoding="utf-8")
    shown = Torchup(tmp_path)("probe", "--diagram", "--offline", "--capture", "pasted.txt")
    assert "Apple GPU" in shown.out, shown
