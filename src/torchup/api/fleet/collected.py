"""What ``collect.sh`` printed, as a capture that the probe replays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.host import Completed, Room
from torchup.host.capture import Capture, Ran
from torchup.probe.ask import ASK
from torchup.vendors.amd.smi import QUESTION
from torchup.vendors.nvidia.smi import query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VARIABLES: Final = (
    "PATH", "HOME", "TMPDIR", "TORCHUP_HOME", "LD_LIBRARY_PATH", "container", "CXX",
    "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_VISIBLE_DEVICES",
    "NVIDIA_DRIVER_CAPABILITIES", "KUBERNETES_SERVICE_HOST", "HSA_OVERRIDE_GFX_VERSION",
    "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK", "CUDA_HOME", "CUDA_PATH",
    "ROCM_PATH", "ROCM_HOME", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "CONDA_EXE",
)  # fmt: skip
_MARK: Final = "@torchup@ "
_BEGIN, _END = f"{_MARK}begin 1", f"{_MARK}end"
_COLUMNS: Final = 6
"""What ``df -P`` prints: device, size, used, available, share, place."""


class IncompleteError(Exception):
    """The host printed something else, or only a part."""


class OtherSystemError(Exception):
    """The host is not Linux; its name is the argument."""


def script() -> str:
    """The shell script that asks, with the very questions that the probe asks."""
    text = Path(__file__).with_name("collect.sh").read_text(encoding="utf-8")
    for name, value in (
        ("VARIABLES", " ".join(VARIABLES)),
        ("SMI_CAPABILITY", query(capability=True)),
        ("SMI", query(capability=False)),
        ("AMD_SMI", " ".join(QUESTION)),
        ("ASK", ASK.replace("'", "'\\''")),
    ):
        text = text.replace(f"@{name}@", value)
    return text


def read_collected(text: str) -> Capture:
    """Read what the script printed on a host.

    What a login banner or a terminal adds before it, and carriage returns, are passed over.

    Args:
        text: standard output, whole.

    Raises:
        IncompleteError: the end is missing, so the connection was cut, or it is something else.
        OtherSystemError: the host is not Linux.
    """
    plain = text.replace("\r\n", "\n")
    start, stop = plain.find(_BEGIN), plain.rfind(_END)
    if start < 0 or stop < start:
        raise IncompleteError
    found = _Collected()
    for kind, argument, content in _records(plain[start:stop]):
        reading = _READING.get(kind)
        if reading is not None:
            reading(found, argument, content)
    if found.system != "Linux":
        raise OtherSystemError(found.system)
    return found.capture()


def _records(text: str) -> Iterator[tuple[str, str, str]]:
    for record in re.split(rf"(?:^|\n){_MARK}", text):
        head, _, content = record.partition("\n")
        kind, _, argument = head.partition(" ")
        if kind:
            yield kind, argument, content


class _Collected:
    """The records so far."""

    def __init__(self) -> None:
        self.system = ""
        self.machine = ""
        self.now = Capture(system="linux", machine="").now
        self.libc: str | None = None
        self.env: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.folders: dict[str, tuple[str, ...]] = {}
        self.executables: dict[str, None] = {}
        self.links: dict[str, str] = {}
        self.programs: dict[str, str] = {}
        self.rooms: dict[str, Room] = {}
        self.ran: dict[tuple[str, ...], Completed] = {}

    def capture(self) -> Capture:
        return Capture(
            system="linux",
            machine=self.machine,
            libc=self.libc,
            env=self.env,
            files=self.files,
            folders=self.folders,
            executables=tuple(self.executables),
            links=self.links,
            programs=self.programs,
            rooms=self.rooms,
            ran=tuple(Ran(argv=argv, done=done) for argv, done in self.ran.items()),
            now=self.now,
        )

    def take_system(self, argument: str, _content: str) -> None:
        self.system, _, self.machine = argument.partition(" ")

    def take_now(self, argument: str, _content: str) -> None:
        if re.fullmatch(r"\d{4}(?:-\d\d){2}T\d\d(?::\d\d){2}\+00:00", argument):
            self.now = argument

    def take_libc(self, argument: str, _content: str) -> None:
        self.libc = argument or None

    def take_env(self, argument: str, content: str) -> None:
        self.env[argument] = content.rstrip("\n")

    def take_file(self, argument: str, content: str) -> None:
        self.files[argument] = content

    def take_there(self, argument: str, _content: str) -> None:
        self.files.setdefault(argument, "")

    def take_folder(self, argument: str, content: str) -> None:
        self.folders[argument] = tuple(content.split("\n")) if content else ()

    def take_link(self, argument: str, content: str) -> None:
        self.links[argument] = content.rstrip("\n")

    def take_executable(self, argument: str, _content: str) -> None:
        self.executables[argument] = None

    def take_program(self, argument: str, content: str) -> None:
        self.programs[argument] = content.rstrip("\n")

    def take_room(self, argument: str, content: str) -> None:
        cells = content.split(None, _COLUMNS - 1)
        if len(cells) == _COLUMNS and cells[1].isdigit() and cells[3].isdigit():
            self.rooms[argument] = Room(free=int(cells[3]) << 10, total=int(cells[1]) << 10)

    def take_ran(self, argument: str, content: str) -> None:
        kind, code, program = [*argument.split(" ", 2), "", ""][:3]
        argv = _ARGUMENTS.get(kind)
        if argv is not None and code.isdigit():
            said = content + "\n"
            whole = (program, *argv)
            self.ran[whole] = Completed(code=int(code), out=said, err="")


_ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "plain": (),
    "smi": (query(capability=False), "--format=csv,noheader"),
    "smi-capability": (query(capability=True), "--format=csv,noheader"),
    "amd-smi": QUESTION,
    "python": ("-E", "-s", "-S", "-c", ASK),
}
_READING: Final[dict[str, Callable[[_Collected, str, str], None]]] = {
    name.removeprefix("take_"): getattr(_Collected, name)
    for name in vars(_Collected)
    if name.startswith("take_")
}
