"""What shells say of a program that isn't there, in the languages that they speak."""

from __future__ import annotations

import re
from typing import Final

_NAMED_FIRST: Final = (
    r"(?:executable file |command )?not found|(?:is )?not recognized|no such file"
    r"|未找到命令|找不到命令|找不到指令|不是内部或外部命令|不是內部或外部命令|没有那个文件或目录"
    r"|项识别为|識別為|无法识别|無法辨識"
    r"|(?:befehl |kommando )?nicht gefunden|ist entweder falsch geschrieben"
    r"|wurde nicht (?:als name|gefunden)"
    r"|commande introuvable|n\West pas reconnu|n\Wa pas été trouvée"
    r"|orden no encontrada|no se encontró|no se reconoce"
    r"|コマンドが見つかりません|は、内部コマンドまたは外部コマンド|は、コマンドレット"
    r"|команда не найдена|не является внутренней|не распознано"
    r"|comando não encontrado|não é reconhecido|comando non trovato|non è riconosciuto"
    r"|명령어를 찾을 수 없음|명령을 찾을 수 없습니다|은\(는\) 내부 또는 외부 명령"
)
_NAMED_LAST: Final = (
    r"(?:command )?not found|unknown command|no such file or directory|which: no|ObjectNotFound"
    r"|未找到命令|找不到命令|befehl nicht gefunden|commande introuvable|no se encontró la orden"
    r"|команда не найдена|コマンドが見つかりません"
)
"""As zsh, fish, Python and PowerShell put it."""
_WINDOWS: Final = re.compile(
    r"internal or external command|cmdlet|CommandNotFoundException|командлет|コマンドレット"
    r"|内部或外部命令|內部或外部命令|内部コマンドまたは外部コマンド|внутренней или внешней"
    r"|entweder falsch geschrieben|commande interne ou externe|comando interno o|내부 또는 외부",
    re.IGNORECASE,
)
"""Words that only ``cmd.exe`` and PowerShell use."""
_BETWEEN: Final = r"[^\w\n.,;!?]{0,6}"
"""Quotation marks, colons and brackets; none that ends a sentence."""


def is_windows_shell(text: str) -> bool:
    """Tell whether it is a shell of Windows that found nothing.

    Args:
        text: what was pasted.
    """
    return _WINDOWS.search(text) is not None


def says_not_found(text: str, program: str) -> bool:
    """Tell whether a text says of a program that it isn't there.

    Args:
        text: what was pasted.
        program: its name without ``.exe``. A line that says it of another program doesn't count.
    """
    named = rf"(?<![\w-]){re.escape(program)}(?:\.exe)?(?![\w-])"
    sign = re.compile(
        rf"{named}{_BETWEEN}(?:{_NAMED_FIRST})|(?:{_NAMED_LAST}){_BETWEEN}(?:\S{{0,60}}/)?{named}",
        re.IGNORECASE,
    )
    return any(program in line.lower() and sign.search(line[:400]) for line in text.splitlines())
