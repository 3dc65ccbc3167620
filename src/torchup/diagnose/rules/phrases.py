"""What shells, loaders and compilers say in the languages that they speak.

The messages are those of bash and zsh, of Windows' command prompt and PowerShell, of the Windows
loader, of GCC and of the GNU C library; where a program isn't translated, its English is enough.
"""

from __future__ import annotations

from typing import Final

COMMAND_MISSING: Final = (
    r"(?:command not found|not found|No such file|is not recognized|未找到命令|找不到命令|不是内部或外部命令"
    r"|项识别为|辨識為|コマンドが見つかりません|内部コマンドまたは外部コマンド|認識されて?い?ません|Kommando nicht gefunden"
    r"|konnte nicht gefunden werden|wurde nicht als Name|commande introuvable"
    r"|n['\u2019]est pas reconnu|команда не найдена|не является внутренней или внешней"
    r"|не распознано как имя|orden no encontrada|no se reconoce como)"
)
"""After a command's name: a shell knows no such command."""
NO_FILE: Final = (
    r"(?:No such file|file not found|没有那个文件或目录|そのようなファイルやディレクトリはありません"
    r"|Datei oder Verzeichnis nicht gefunden|Aucun fichier ou dossier de ce (?:type|nom)"
    r"|Нет такого файла или каталога|No existe el (?:archivo|fichero) o el directorio)"
)
"""After a file's name: a compiler doesn't find it."""
MODULE_MISSING: Final = (
    r"(?:The specified module could not be found|找不到指定的模块|找不到指定的模組"
    r"|指定されたモジュールが見つかりません|Das angegebene Modul wurde nicht gefunden"
    r"|Le module spécifié est introuvable|\u041d\u0435 найден указанный модуль"
    r"|No se puede encontrar el módulo especificado|지정된 모듈을 찾을 수 없습니다)"
)
"""Windows, error 126: a DLL, or one that it needs, is missing."""
PROCEDURE_MISSING: Final = (
    r"(?:The specified procedure could not be found|找不到指定的程序"
    r"|指定されたプロシージャが見つかりません|Die angegebene Prozedur wurde nicht gefunden"
    r"|La procédure spécifiée est introuvable|\u041d\u0435 найдена указанная процедура"
    r"|No se (?:puede encontrar el procedimiento|encontró el proceso) especificado)"
)
"""Windows, error 127: a DLL is of another version."""
INIT_FAILED: Final = (
    r"(?:initialization routine failed|初始化例程失败|初始化ルーチンの実行に失敗しました"
    r"|Initialisierungsroutine ist fehlgeschlagen|routine d['\u2019]initialisation d['\u2019]une bibliothèque"
    r"|сбой в программе инициализации|rutina de inicialización de biblioteca)"
)
"""Windows, error 1114: a DLL couldn't start."""
PAGEFILE: Final = (
    r"(?:paging file is too small|页面文件太小|ページング ?ファイルが小さすぎ"
    r"|Auslagerungsdatei ist zu klein|fichier de pagination est insuffisant"
    r"|Файл подкачки слишком мал|archivo de paginación es demasiado pequeño)"
)
"""Windows, error 1455."""
NOT_WIN32: Final = (
    r"%1 (?:is not a valid Win32 application|不是有效的 ?Win32 ?应用程序"
    r"|は有効な Win32 アプリケーションではありません|ist keine zulässige Win32-Anwendung"
    r"|n['\u2019]est pas une application Win32 valide|не является приложением Win32"
    r"|no es una aplicación Win32 válida)"
)
"""Windows, error 193: a file is for another processor."""
DISK_FULL: Final = (
    r"(?:There is not enough space on the disk|磁盘空间不足|ディスクに十分な空き領域がありません"
    r"|nicht genug Speicherplatz auf dem Datenträger|Espace insuffisant sur le disque"
    r"|Недостаточно места на диске|Espacio en disco insuficiente"
    r"|设备上没有空间|デバイスに空き領域がありません|kein Speicherplatz mehr verfügbar"
    r"|Aucun espace disponible sur le périphérique|не осталось свободного места)"
)
"""Windows, error 112, and what GNU's programs say."""
ILLEGAL: Final = (
    r"(?:Illegal (?:hardware )?instruction|非法指令|不正な命令|Ungültiger Maschinenbefehl"
    r"|Instruction (?:illégale|non permise)|Недопустимая инструкция|Неверная машинная команда)"
)
"""A shell, of a program that its processor didn't understand."""
KILLED: Final = (
    r"(?:Killed|已杀死|已终止|強制終了|Getötet|Processus arrêté|Убито|Terminado \(killed\))"
)
"""A shell, of a program that the system ended for want of memory."""


def words(text: str) -> str:
    """Return a pattern for words that a program may have broken into lines anywhere."""
    return r"\s+".join(text.split())
