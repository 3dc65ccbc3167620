"""What shells say of a missing program, in several languages."""

from __future__ import annotations

import pytest

from torchup.readers.not_found import is_windows_shell, says_not_found

LINUX = """\
bash: nvidia-smi: command not found
-bash: /usr/bin/nvidia-smi: No such file or directory
zsh: command not found: nvidia-smi
sh: 1: nvidia-smi: not found
fish: Unknown command: nvidia-smi
/usr/bin/which: no nvidia-smi in (/usr/local/bin:/usr/bin)
Command 'nvidia-smi' not found, but can be installed with:
FileNotFoundError: [Errno 2] No such file or directory: 'nvidia-smi'
exec: "nvidia-smi": executable file not found in $PATH: unknown.
bash: nvidia-smi: Kommando nicht gefunden.
bash: nvidia-smi: Befehl nicht gefunden
bash: nvidia-smi : commande introuvable
zsh: commande introuvable : nvidia-smi
bash: nvidia-smi: コマンドが見つかりません
bash: nvidia-smi: orden no encontrada
No se encontró la orden «nvidia-smi»
bash: nvidia-smi: команда не найдена
bash: nvidia-smi: 未找到命令
zsh: 未找到命令: nvidia-smi
bash: nvidia-smi: comando não encontrado
"""
WINDOWS = """\
'nvidia-smi' is not recognized as an internal or external command,
nvidia-smi.exe : The term 'nvidia-smi.exe' is not recognized as the name of a cmdlet, function
    + CategoryInfo          : ObjectNotFound: (nvidia-smi:String) [], CommandNotFoundException
Der Befehl "nvidia-smi" ist entweder falsch geschrieben oder
nvidia-smi : Die Benennung "nvidia-smi" wurde nicht als Name eines Cmdlet, einer Funktion
'nvidia-smi' n'est pas reconnu en tant que commande interne ou externe, un programme exécutable
nvidia-smi : Le terme «nvidia-smi» n'est pas reconnu comme nom d'applet de commande (cmdlet)
'nvidia-smi' は、内部コマンドまたは外部コマンド、
nvidia-smi : 用語 'nvidia-smi' は、コマンドレット、関数、スクリプト ファイル
"nvidia-smi" no se reconoce como un comando interno o externo,
"nvidia-smi" не является внутренней или внешней командой
nvidia-smi : Имя "nvidia-smi" не распознано как имя командлета
'nvidia-smi' 不是内部或外部命令,也不是可运行的程序
nvidia-smi : 无法将“nvidia-smi”项识别为 cmdlet、函数
"""


@pytest.mark.parametrize("line", LINUX.splitlines())
def test_shells_of_linux(line: str) -> None:
    assert says_not_found(f"$ nvidia-smi\n{line}\n", "nvidia-smi")
    assert not is_windows_shell(line)


@pytest.mark.parametrize("line", WINDOWS.splitlines())
def test_shells_of_windows(line: str) -> None:
    assert says_not_found(f"C:\\>nvidia-smi\n{line}\n", "nvidia-smi")
    assert is_windows_shell(line)


@pytest.mark.parametrize(
    "text",
    [
        "bash: nvcc: command not found\n$ nvidia-smi -L",
        "nvcc not found. nvidia-smi is fine.",
        "nvidia-smi works, but the model was not found",
        "OSError: weights.bin not found; see nvidia-smi below",
        "bash: nvidia-smi-all: command not found",
        "nvidia-smi: error while loading shared libraries: libnvidia-ml.so.1",
        "",
    ],
)
def test_another_program_or_another_error(text: str) -> None:
    assert not says_not_found(text, "nvidia-smi")
