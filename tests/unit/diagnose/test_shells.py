"""A command that isn't there is known in every shell's words."""

from __future__ import annotations

import pytest

from torchup.api.explain.causes import explain_log

CAUSES = {
    "nvidia-smi": "no-nvidia-driver",
    "nvcc": "nvcc-missing",
    "ninja": "ninja-missing",
    "g++": "c-compiler-missing",
    "conda": "conda-not-initialised",
    "pip": "pip-launcher-broken",
    "torchrun": "package-not-installed",
}
FORMS = (
    "bash: {0}: command not found",
    "zsh: command not found: {0}",
    "fish: Unknown command: {0}",
    "sh: 1: {0}: not found",
    "Command '{0}' not found, but can be installed with:",
    "The program '{0}' is currently not installed. You can install it by typing:",
    "'{0}' is not recognized as an internal or external command,",
    "{0} : The term '{0}' is not recognized as the name of a cmdlet, function, script file",
    "'{0}' 不是内部或外部命令\uff0c也不是可运行的程序",
    "bash: {0}\uff1a未找到命令",
    "{0} : 无法将“{0}”项识别为 cmdlet、函数、脚本文件或可运行程序的名称。",
    'Der Befehl "{0}" ist entweder falsch geschrieben oder konnte nicht gefunden werden.',
    "bash: {0} : commande introuvable",
    (
        '  File "/usr/lib/python3.11/subprocess.py", line 1953, in _execute_child\n'
        "FileNotFoundError: [Errno 2] No such file or directory: '{0}'"
    ),
    'exec: "{0}": executable file not found in $PATH',
)


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_command_is_known(form: str) -> None:
    for command, cause in CAUSES.items():
        found = explain_log([form.format(command).encode()]).findings
        assert [one.code for one in found][:1] == [cause]


@pytest.mark.parametrize(
    "said",
    [
        "pip list",
        "using gcc 12",
        "ninja: done",
        "bash: cd: yolo: No such file or directory",
        "model yolo not found in registry",
        "KeyError: 'tokenizer hf not found'",
        "cp: cannot stat 'uv': No such file or directory",
        "cmake not found, using bundled",
        "Warning: c++ not found, skipping",
    ],
)
def test_a_command_that_is_only_named_is_not_missing(said: str) -> None:
    found = explain_log([said.encode()]).findings
    assert {one.code for one in found} <= {"not-environment"}
