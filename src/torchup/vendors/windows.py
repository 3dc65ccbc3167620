r"""What Windows says of its hardware, asked once: starting PowerShell takes half a second.

The classes are those of WMI: Win32_VideoController, Win32_ComputerSystem and Win32_Processor
(https://learn.microsoft.com/windows/win32/cimwin32prov/computer-system-hardware-classes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from torchup.host import Completed, Host

TIME_LIMIT: Final = 10.0  # seconds
_PROGRAM: Final = "powershell"
_FROM_WSL: Final = "/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe"
_PLAIN: Final = ("-NoProfile", "-NonInteractive", "-Command")
_SCRIPT: Final = (
    "Get-CimInstance Win32_VideoController | ForEach-Object "
    "{ 'card|' + $_.PNPDeviceID + '|' + $_.DriverVersion }; "
    "Get-CimInstance Win32_ComputerSystem | ForEach-Object "
    "{ 'memory|' + $_.TotalPhysicalMemory + '|' + $_.NumberOfLogicalProcessors }; "
    "Get-CimInstance Win32_Processor | ForEach-Object { 'processor|' + $_.Name + '|' }"
)
QUESTION: Final = (_PROGRAM, *_PLAIN, _SCRIPT)
EARLIER: Final = (_PROGRAM, *_PLAIN, "(Get-CimInstance Win32_VideoController).PNPDeviceID")
"""What was asked before: captures of that time answer it, and a Windows without the other two."""
_CELLS: Final = 3
_LONGEST: Final = 18  # digits of a number that is one
_MICROSOFTS: Final = "10.0."
"""How the versions of drivers begin that are part of Windows: the card has none of its own."""


class WindowsCard(Struct, frozen=True):
    """A display device: its instance path, and its own driver's version as Windows counts."""

    place: str
    driver: str | None = None


class WindowsAnswer(Struct, frozen=True, kw_only=True):
    """What was answered; None is what was not."""

    cards: tuple[WindowsCard, ...] = ()
    memory_bytes: int | None = None
    cores: int | None = None
    processor: str | None = None


def ask_windows(host: Host) -> WindowsAnswer | None:
    """Ask; None where Windows can't tell. Never raises."""
    done = host.run(QUESTION, timeout=TIME_LIMIT)
    if _failed(done) and not done.timed_out:
        done = host.run(EARLIER, timeout=TIME_LIMIT)
    return None if _failed(done) else parse_answer(done.out)


def ask_windows_from_wsl(host: Host) -> WindowsAnswer | None:
    """Ask the Windows around WSL, which starts its programs where that is not switched off."""
    program = host.which("powershell.exe")
    if program is None and host.is_executable(_FROM_WSL):
        program = _FROM_WSL
    if program is None:
        return None
    done = host.run((program, *_PLAIN, _SCRIPT), timeout=TIME_LIMIT)
    return None if _failed(done) else parse_answer(done.out)


def _failed(done: Completed) -> bool:
    return done.code != 0 or done.timed_out


def parse_answer(text: str) -> WindowsAnswer:
    """Read the lines; one that is a bare instance path is a card of the earlier question."""
    cards: list[WindowsCard] = []
    memory = cores = None
    processor = None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 1 and cells[0]:
            cards.append(WindowsCard(cells[0]))
        if len(cells) != _CELLS:
            continue
        kind, first, second = cells
        if kind == "card" and first:
            own = second and not second.startswith(_MICROSOFTS)
            cards.append(WindowsCard(first, second if own else None))
        elif kind == "memory":
            memory, cores = _number(first), _number(second)
        elif kind == "processor":
            processor = processor or first or None
    return WindowsAnswer(cards=tuple(cards), memory_bytes=memory, cores=cores, processor=processor)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else None
