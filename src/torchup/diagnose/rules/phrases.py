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
    r"|не распознано как имя|orden no encontrada|no se reconoce como|comando non trovato"
    r"|comando não encontrado|não é reconhecido como|non è riconosciuto come|명령어를 찾을 수 없음"
    r"|명령을 찾을 수 없|인식되지 않|指令找不到|找不到命令|不是内部或外部|不是內部或外部命令|nie znaleziono polecenia"
    r"|opdracht niet gevonden|komut yok|command nicht gefunden)"
)
"""After a command's name: a shell knows no such command."""
NO_FILE: Final = (
    r"(?:No such file|file not found|没有那个文件或目录|そのようなファイルやディレクトリはありません"
    r"|Datei oder Verzeichnis nicht gefunden|Aucun fichier ou dossier de ce (?:type|nom)"
    r"|Нет такого файла или каталога|No existe el (?:archivo|fichero) o el directorio"
    r"|File o directory non esistente|Arquivo ou diretório inexistente|Ficheiro ou pasta inexistente"
    r"|그런 파일이나 디렉터리가 없습니다|沒有此一檔案或目錄|Nie ma takiego pliku ani katalogu"
    r"|Bestand of map bestaat niet)"
)
"""After a file's name: a compiler doesn't find it."""
MODULE_MISSING: Final = (
    r"(?:The specified module could not be found|找不到指定的模块|找不到指定的模組"
    r"|指定されたモジュールが見つかりません|Das angegebene Modul wurde nicht gefunden"
    r"|Le module spécifié est introuvable|\u041d\u0435 найден указанный модуль"
    r"|No se puede encontrar el módulo especificado|지정된 모듈을 찾을 수 없습니다"
    r"|Não foi possível encontrar o módulo especificado|Impossibile trovare il modulo specificato"
    r"|Nie można odnaleźć określonego modułu|Kan opgegeven module niet vinden)"
)
"""Windows, error 126: a DLL, or one that it needs, is missing."""
PROCEDURE_MISSING: Final = (
    r"(?:The specified procedure could not be found|找不到指定的程序"
    r"|指定されたプロシージャが見つかりません|Die angegebene Prozedur wurde nicht gefunden"
    r"|La procédure spécifiée est introuvable|\u041d\u0435 найдена указанная процедура"
    r"|No se (?:puede encontrar el procedimiento|encontró el proceso) especificado"
    r"|Não foi possível encontrar o procedimento especificado|Impossibile trovare la procedura specificata"
    r"|지정된 프로시저를 찾을 수 없습니다|找不到指定的程序)"
)
"""Windows, error 127: a DLL is of another version."""
INIT_FAILED: Final = (
    r"(?:initialization routine failed|初始化例程失败|初始化ルーチンの実行に失敗しました"
    r"|Initialisierungsroutine ist fehlgeschlagen|routine d['\u2019]initialisation d['\u2019]une bibliothèque"
    r"|сбой в программе инициализации|rutina de inicialización de (?:la )?biblioteca"
    r"|rotina de inicialização d[ae] (?:biblioteca|DLL)|routine di inizializzazione d"
    r"|초기화 루틴을 실행할 수 없습니다|動態連結程式庫 ?\(DLL\) ?初始化常式失敗|初始化例行程式失敗"
    r"|procedury inicjowania biblioteki)"
)
"""Windows, error 1114: a DLL couldn't start."""
PAGEFILE: Final = (
    r"(?:paging file is too small|页面文件太小|ページング ?ファイルが小さすぎ"
    r"|Auslagerungsdatei ist zu klein|fichier de pagination est insuffisant"
    r"|Файл подкачки слишком мал|archivo de paginación es demasiado pequeño"
    r"|arquivo de paginação é (?:muito )?pequeno|file di paging (?:è|non è).{0,20}(?:piccolo|sufficiente|insufficiente)"
    r"|페이징 파일이 너무 작|分頁檔(?:案)?太小|Plik stronicowania jest (?:za|zbyt) mały)"
)
"""Windows, error 1455."""
NOT_WIN32: Final = (
    r"%1 (?:is not a valid Win32 application|不是有效的 ?Win32 ?应用程序"
    r"|は有効な Win32 アプリケーションではありません|ist keine zulässige Win32-Anwendung"
    r"|n['\u2019]est pas une application Win32 valide|не является приложением Win32"
    r"|no es una aplicación Win32 válida|não é um aplicativo Win32 válido"
    r"|non è un'applicazione di Win32 valida|은\(는\) 올바른 Win32 응용 프로그램이 아닙니다|不是正確的 Win32 應用程式)"
)
"""Windows, error 193: a file is for another processor."""
DISK_FULL: Final = (
    r"(?:There is not enough space on the disk|磁盘空间不足|ディスクに十分な空き領域がありません"
    r"|nicht genug Speicherplatz auf dem Datenträger|Espace insuffisant sur le disque"
    r"|Недостаточно места на диске|Espacio en disco insuficiente"
    r"|设备上没有空间|デバイスに空き領域がありません|kein Speicherplatz mehr verfügbar"
    r"|Aucun espace disponible sur le périphérique|не осталось свободного места"
    r"|No queda espacio en el dispositivo|Spazio esaurito sul device|Não há espaço disponível no dispositivo"
    r"|장치에 남은 공간이 없음|裝置上已無多餘空間|磁碟空間不足|Brak miejsca na urządzeniu"
    r"|디스크 공간이 부족|Espaço insuficiente no disco|Spazio su disco insufficiente)"
)
"""Windows, error 112, and what GNU's programs say."""
ILLEGAL: Final = (
    r"(?:Illegal (?:hardware )?instruction|非法指令|不正な命令|Ungültiger Maschinenbefehl"
    r"|Instruction (?:illégale|non permise)|Недопустимая инструкция|Неверная машинная команда"
    r"|Instrucción ilegal|Istruzione non consentita|Instrução ilegal|무효한 명령|명령어가 잘못됨|無效指令"
    r"|Błędna instrukcja|Ongeldige instructie)"
)
"""A shell, of a program that its processor didn't understand."""
KILLED: Final = (
    r"(?:Killed|已杀死|已终止|強制終了|强制终止|Getötet|Processus arrêté|Убито|Terminado \(killed\)"
    r"|Ucciso|Morto|죽었음|強制結束|Unicestwiony|Geëlimineerd)"
)
"""A shell, of a program that the system ended for want of memory."""

CANNOT_OPEN: Final = (
    r"(?:cannot open shared object file|No such file|no such file|image not found|无法打开共享对象文件"
    r"|無法開啟共用物件|共有オブジェクトファイルを開けません|동적 오브젝트 파일을 열 수 없습니다"
    r"|Kann die Shared-Object-Datei nicht öffnen|Ne peut ouvrir le fichier d['\u2019]objet partagé"
    r"|no se puede abrir el fichero del objeto compartido|impossibile aprire il file oggetto condiviso"
    r"|não é possível abrir arquivo compartilhado|невозможно открыть разделяемый объектный файл)"
)
"""glibc's loader, after a library's name, and dyld."""
STATIC_TLS: Final = (
    "static tls block",
    "静态 tls 块",
    "靜態 tls 區塊",
    "静的 tls ブロック",
    "statischen tls-block",
    "bloc statique tls",
    "bloque tls estático",
    "статичном блоке tls",
    "정적 tls 블럭",
    "blocco statico tls",
    "bloco tls estático",
)
"""glibc's loader, of a library that comes too late; in lower case."""
DENIED: Final = (
    r"(?:Permission denied|Access is denied|Permission non accordée|Accès refusé|Keine Berechtigung"
    r"|Zugriff verweigert|拒绝访问|存取被拒|权限不够|許可がありません|アクセスが拒否されました|Permiso denegado"
    r"|Acceso denegado|Отказано в доступе|Permesso negato|Accesso negato|Permissão negada|Acesso negado"
    r"|허가 거부|액세스가 거부되었습니다)"
)
"""Of a file that may not be written: errno 13, and Windows' error 5."""


def words(text: str) -> str:
    """Return a pattern for words that a program may have broken into lines anywhere."""
    return r"\s+".join(text.split())


PACKAGE_HOSTS: Final = (
    r"(?:pypi|python|pytorch|conda|continuum|binstar|prefix\.dev|astral|nvidia|mirror|aliyun|tsinghua"
    r"|ustc|artifactory|nexus|localhost|127\.0|10\.|192\.168)"
)
"""What the names of hosts hold that give packages; others give models and data."""
GONE_FROM_PYTHON: Final = (
    r"(?:getargspec|formatargspec|getmoduleinfo|Mapping|MutableMapping|Sequence|MutableSequence|Callable"
    r"|Iterable|Iterator|Hashable|Set|MutableSet|OrderedDict|clock|coroutine|async|letters|maketrans"
    r"|lowercase|uppercase|linux_distribution|dist|popen|ClassType|StringType|ListType|DictType|escape"
    r"|encodestring|decodestring|izip|imap|ifilter|getcwdu|maxint|setdefaultencoding|ImpImporter"
    r"|find_loader|load_module|format|Str|Num|gcd|io|lgettext|_shutdown|cElementTree|readPlist"
    r"|SafeConfigParser|makeSuite|isAlive|tostring|abstractproperty)"
)
"""Names that a release of Python took out of its library, by "What's New in Python"."""
