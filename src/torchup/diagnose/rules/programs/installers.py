"""pip, uv, Poetry, PDM, pipenv and their kin.

pip: ``_internal/exceptions.py``, ``_internal/network``, ``_internal/operations/prepare.py``;
uv: the ``#[error]`` texts of its crates; Poetry: ``installation/chooser.py``, ``puzzle``.

Long: a table, one row a message.
"""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Sign
from torchup.diagnose.rules.phrases import COMMAND_MISSING, DENIED, DISK_FULL, KILLED

_NO_WHEEL: Final = "a source distribution or wheel for the current platform"
_TORCH: Final = r"(?:torch(?:vision|audio|text)?|triton|nvidia-[\w-]+)"
_OTHER: Final = r"(?!torch|pytorch|triton|nvidia-)[\w.-]+(?:\[[^\]]*\])?"
_MISNAMED: Final = r"pytorch|cv2|sklearn|pil|skimage|install|yaml|bs4|dotenv|opencv|torch-vision|crypto|serial|win32\w*"
_INDEX: Final = (
    r"(?:pypi|python\.org|pythonhosted|pytorch\.org|/simple|/whl|/packages|nvidia\.com|mirror|aliyun"
    r"|tsinghua|ustc|astral|github\.com/astral)"
)

SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "musl-alpine": (
        Sign(66, _NO_WHEEL, "", 0, ("alpine",)),
        Sign(66, "unable to find installation candidates for", "", 0, ("alpine",)),
        Sign(60, "no matching distribution found for", rf"found for {_TORCH}", 0, ("alpine",)),
        Sign(60, "satisfies the requirement", rf"requirement {_TORCH}", 0, ("alpine",)),
    ),
    "torch-version-not-available": (
        Sign(64, _NO_WHEEL, rf"[Dd]istribution `?{_TORCH}==\S+[\s\S]*{_NO_WHEEL}(?![\s\S]*Python (?:ABI|implementation|version) tag)", 3, ("!alpine",)),
        Sign(72, _NO_WHEEL, r"only has wheels for the following platforms?", 4, ("!alpine",)),
        Sign(60, "the binary distribution is incompatible with the current platform", rf"{_TORCH}"),
        Sign(56, "satisfies the requirement", rf"requirement {_OTHER}\s?[=<>~!]=?.*\(from versions: (?!none|\s*\))", 0, ("!alpine",)),
        Sign(66, "no versions of", rf"no versions? of {_TORCH} match"),
        Sign(64, "couldn't find any candidates", r"torch"),
        Sign(60, "could not find a version that matches", r"torch"),
        Sign(60, "unable to find installation candidates for", rf"candidates for {_TORCH}"),
        Sign(64, "no solution found", rf"there\s+is\s+no\s+version\s+of\s+{_TORCH}", 10),
        Sign(60, "unable to find a resolution", r"torch"),
        Sign(66, "403 forbidden", r"download\.pytorch\.org/whl|pytorch\.org/\S*\.whl"),
        Sign(64, "http error 403", r"pytorch"),
    ),
    "python-version-has-no-wheel": (
        Sign(84, "python abi tag", r"only has wheels with the following Python (?:ABI|implementation|version) tags?"),
        Sign(84, "python implementation tag", r"only has wheels with"),
        # torch has had no source package since 2017: pip builds that one where no wheel fits.
        Sign(72, "wheel for torch", r"(?:Building|building) wheel for torch(?: \(|\s*$)", 0, ("!alpine",)),
        Sign(72, "setup.py ", r"(?:Running )?setup\.py (?:bdist_wheel|install|clean) for torch(?:\s|$)", 0, ("!alpine",)),
        Sign(80, "has no wheels with a matching python", r"matching Python (?:ABI|version|implementation) tag"),
        Sign(72, "that require a different python version", r"Could not find a version|No matching distribution", 4, ("!alpine",)),
        Sign(58, "satisfies the requirement", rf"requirement {_OTHER}.*\(from versions: (?:none)?\s*\)", 0, ("!alpine",)),
        Sign(50, "satisfies the requirement", rf"requirement {_OTHER}\s?[=<>~!]=?.*\(from versions: (?!none|\s*\))", 0, ("!alpine",)),
        # pip takes the source package of 2017 only where no wheel fits.
        Sign(72, "torch-0.1.2", r"torch-0\.1\.2(?:\.post\d)?\.tar\.gz", 0, ("!alpine",)),
        Sign(78, "the current python version", r"[Cc]urrent Python version .{0,40}(?:is not (?:allowed|supported)|does not satisfy)|is not (?:allowed|supported) by the project"),
        Sign(78, "requires-python", r"(?:incompatible|does not (?:satisfy|match)|not compatible).{0,120}[Rr]equires-[Pp]ython|[Rr]equires-[Pp]ython.{0,120}(?:incompatible|does not|not compatible|is not)"),
        Sign(76, "the current project's supported python range", r"not compatible with some of the required packages Python requirement"),
        Sign(74, "not compatible with some of the required packages python requirement"),
        Sign(72, "requires python", r"requires Python (?:'?[<>=!~]|\d).{0,80}(?:but|so it will not be|not) .{0,60}(?:satisf|installed|running|available|the running)"),
        Sign(70, "but the running python is"),
        Sign(74, "cannot install on python version"),
        Sign(66, "python version", r"(?:[Uu]nsupported|not supported|too new|too old|incompatible) [Pp]ython version|[Pp]ython version (?:\d[\d.]* )?(?:is )?(?:not supported|too new|too old|unsupported|incompatible)"),
        Sign(66, "this version of python", r"(?:does not|doesn't|not) support(?:ed)?.{0,40}this version of [Pp]ython|this version of [Pp]ython is not"),
        Sign(70, "incompatible python version"),
        Sign(64, "unable to find installation candidates for", rf"candidates for {_TORCH} \(", 0, ("!alpine",)),
        Sign(58, _NO_WHEEL, rf"[Dd]istribution `?{_TORCH}==", 0, ("!alpine",)),
    ),
    "pip-dependency-conflict": (
        Sign(78, "solverproblemerror"),
        Sign(76, "version solving failed"),
        Sign(76, "resolutionfailure", r"ResolutionFailure|Locking Failed|Could not find a version that matches"),
        Sign(70, "your dependencies could not be resolved"),
        # The end of pip's report, broken by whoever shows it in a column.
        Sign(66, "some packages in these conflicts have no"),
        Sign(66, "loosen the range of package versions"),
        Sign(66, "remove package versions to allow pip"),
        Sign(70, "no solution found when resolving dependencies"),
        Sign(66, "backtracking", r"pip's dependency resolver .{0,60}backtrack"),
        Sign(62, "has requirement", r"has requirement \S+.{0,80}but you(?:'ll)? have"),
        Sign(62, "which is not installed", r"requires \S+.{0,40}, which is not installed"),
        Sign(66, "are incompatible", r"^(?!.*[Ss]hapes? )(?:.*[=<>~!]=?\d.{0,60} and .{0,60}are incompatible|.*we can conclude that .{0,200} are incompatible)"),
    ),
    "pip-read-timeout": (
        Sign(74, "network timeout", r"due to network timeout|UV_HTTP_TIMEOUT"),
        Sign(72, "pip._vendor.urllib3.exceptions", r"exceptions\.(?:Protocol|ReadTimeout|IncompleteRead|NewConnection|ConnectTimeout)\w*"),
        Sign(72, "request failed after", r"Request failed after \d+ retries"),
        Sign(72, "connection broken by '", rf"connection broken by '(?!SSL|Proxy)\w*(?:Timeout|Connection|Protocol|Incomplete|Reset|Disconnect|Resolution)\w*.{{0,400}}(?:{_INDEX}|pip)"),
        Sign(70, "connect timeout", rf"{_INDEX}"),
        Sign(70, "the read operation timed out", "", 0, ("pip-install",)),

        Sign(66, "error sending request for url", rf"{_INDEX}"),
        Sign(66, "could not connect", rf"{_INDEX}.{{0,200}}(?:timed out|refused|unreachable|reset)|(?:timed out|refused|unreachable|reset).{{0,200}}{_INDEX}"),
        Sign(66, "error decoding response body"),
        Sign(66, "i/o operation failed during extraction"),
        Sign(66, "io error: unexpected end of file"),
        Sign(64, "temporary failure in name resolution", rf"{_INDEX}"),
        Sign(64, "getaddrinfo failed", rf"{_INDEX}"),
        Sign(64, "failed to establish a new connection", rf"{_INDEX}"),
        Sign(66, "download failed because not enough bytes were received"),
        Sign(66, "not enough bytes were received"),
        Sign(62, "winerror 10054", rf"{_INDEX}|pip"),
        Sign(62, "network is unreachable", rf"{_INDEX}"),
        Sign(62, "read error", rf"{_INDEX}"),
        Sign(66, "networkconnectionerror"),
        Sign(64, "curl: (", rf"curl: \((?:6|7|18|28|56|92)\).{{0,200}}{_INDEX}"),
    ),
    "pip-ssl-certificate": (
        Sign(74, "ssl certificate problem"),
        Sign(72, "curl: (60)"),
        Sign(72, "curl: (77)"),
        Sign(74, "invalid peer certificate"),
        Sign(72, "unknownissuer"),
        Sign(70, "tlsv1_alert", r"TLSV1_ALERT_(?:UNKNOWN_CA|PROTOCOL_VERSION)|TLSV1_UNRECOGNIZED_NAME"),
        Sign(70, "certificate has expired", r"verify failed|certificate problem|peer certificate|x509|\bSSL"),
        Sign(68, "bad handshake", r"certificate verify failed|bad handshake: Error"),
        Sign(66, "hostname mismatch", r"[Hh]ostname mismatch, certificate|doesn't match (?:either of )?'"),
        Sign(66, "ca certificate", r"(?:invalid|could not find|no such).{0,60}(?:TLS )?CA certificate"),
        Sign(66, "dh_key_too_small"),
        Sign(66, "ee_key_too_small"),
        Sign(64, "unsafe_legacy_renegotiation_disabled"),
        Sign(64, "gnutls_handshake() failed"),
    ),
    "pip-proxy": (
        Sign(76, "tunnel connection failed"),
        Sign(76, "407 proxy"),
        Sign(74, "proxyconnect", r"proxyconnect tcp|ProxyConnect"),
        Sign(72, "could not resolve proxy"),
        Sign(72, "received http code", r"from proxy after CONNECT"),
        Sign(70, "proxy connect", r"(?:unsuccessful|aborted|failed)"),
        Sign(70, "invalid proxy url"),
        Sign(78, "proxyschemeunknown"),
        Sign(68, "socks", r"SOCKS.{0,90}(?:error|refused|missing|unable|not supported|failed)"),
        Sign(66, "unknown scheme for proxy"),
        Sign(64, "ssl: wrong_version_number", "", 0, ("pip-install",)),
    ),
    "pip-hash-mismatch": (
        Sign(82, "hash mismatch", r"Hash mismatch for|hash mismatch.{0,200}(?:\.whl|\.tar\.gz|sha256)"),
        Sign(80, "bad crc", r"Bad CRC"),
        Sign(76, "bad uncompressed size"),
        Sign(76, "bad compressed size"),
        Sign(74, "failed to extract archive", r"(?:[Ii]nvalid|checksum|unable to locate the end of central|corrupt|unexpected)", 3),
        Sign(70, "failed to unzip wheel"),
        Sign(72, "error -3 while decompressing", r"", 0, ("pip-install",)),
        Sign(66, "is invalid", r"Wheel '?[\w.-]+'? located at \S+ is invalid|has an invalid wheel"),
        Sign(64, "data descriptor is missing"),
        Sign(66, "inconsistent version", r"has inconsistent (?:version|name|Name|Version)|Requested \S+ .{0,120}has inconsistent"),
    ),
    "pip-permission-denied": (
        Sign(66, "could not install packages", rf"due to an (?:EnvironmentError|OSError|Exception)[^\n]{{0,60}}(?:{DENIED}|WinError (?:5|32)|Errno 13|Errno 30)"),
        Sign(70, "permissionerror", rf"{DENIED}.{{0,200}}(?:pip|site-packages|dist-packages|Scripts|python)"),
        Sign(72, "could not create '", r"could not (?:create|delete|write).{0,200}(?:Permission denied|Read-only)"),
        Sign(66, "permission denied: '", r"Permission denied: ['\"].*(?:(?:site|dist)-packages|/usr/(?:local/)?(?:bin|lib|share)|[/\\][Pp]ython)"),
        Sign(66, "winerror 5", r"WinError 5\b.*(?:pip|site-packages|Scripts|\.venv|envs)|(?:pip|site-packages|Scripts|\.venv|envs).*WinError 5\b"),
        Sign(66, "winerror 32", r"WinError 32\b.*(?:pip|site-packages|Scripts|\.venv|envs)|(?:pip|site-packages|Scripts|\.venv|envs).*WinError 32\b"),
        Sign(66, "failed to remove directory", r"(?:os error 5|os error 32|denied|site-packages|\.venv)"),
        Sign(66, "failed to remove file", r"(?:os error 5|os error 32|denied|site-packages|\.venv|\.dll|\.pyd)"),
        Sign(64, "os error 32", r"used by another process|site-packages|\.venv|\.(?:dll|pyd)"),
        Sign(64, "being used by another process", r"pip|site-packages|\.venv|os error|WinError|\.dll|\.pyd"),
        Sign(62, "另一个程序正在使用此文件"),
        Sign(56, "is not writable by the current user"),
        Sign(62, "not writeable", r"(?:cache|directory).{0,80}not (?:owned|writ)"),
        Sign(60, "failed to install", r"(?:os error 13|os error 5|denied)", 4),
    ),
    "pip-launcher-broken": (
        Sign(78, "pip/__init__.py", r"(?:ImportError|ModuleNotFoundError)", 6),
        Sign(78, "from pip import main", r"(?:ImportError|cannot import name)", 2),
        Sign(78, "pip._internal", r"(?:No module named ['\"]?pip\._(?:internal|vendor)|cannot import name ['\"]?\w+['\"]? from ['\"]pip\._)", 3),
        Sign(78, "pip._vendor", r"(?:No module named ['\"]?pip\._vendor|cannot import name ['\"]?\w+['\"]? from ['\"]pip\._vendor)", 3),
        Sign(74, 'bin/pip", line', r"(?:ImportError|ModuleNotFoundError|AttributeError)", 14),
        Sign(74, 'bin/pip3", line', r"(?:ImportError|ModuleNotFoundError|AttributeError)", 14),
        Sign(72, "no module named pip"),
        Sign(56, "pip", rf"(?:^|[\s:'\"])pip3?['\"]?:? (?:{COMMAND_MISSING})|command not found: pip3?\s*$|['\"]pip3?['\"] is not recognized"),
        Sign(72, "pip.exe", r"(?:Failed to canonicalize script path|系统找不到指定的|cannot find the (?:path|file) specified)"),
        Sign(72, "failed to canonicalize script path"),
        Sign(70, "did not find executable at"),
        Sign(70, "no python at '", r"No Python at ['\"]"),
        Sign(70, "broken virtual environment"),
        Sign(68, "failed to inspect python interpreter"),
        Sign(66, "failed to query python interpreter"),
        Sign(66, "python interpreter", r"(?:at|in) .{0,120} (?:not found|no longer exists|does not exist)"),
        Sign(66, "bad interpreter", r"(?:pip3?|/bin/\w+|venv)"),
        Sign(64, "错误的解释器"),
        Sign(64, "mauvais interpréteur"),
        Sign(64, "defekter interpreter"),
        Sign(66, "init_fs_encoding", r"Fatal Python error|failed to get the Python codec"),
        Sign(66, "no module named 'encodings'"),
        Sign(66, "ensurepip", r"(?:ensurepip is (?:not available|disabled)|returned non-zero exit status|No module named ensurepip)"),
    ),
    "pip-cache-memoryerror": (
        Sign(72, " -9", r"(?:[Ee]rror|[Ee]xit(?:ed)?|[Rr]eturn(?:ed)?|status).{0,12} -9\b", 0, ("pip-install",)),
        Sign(74, "memoryerror", r"^[\s|#\d.:]*MemoryError\s*$", 0, ("pip-install",)),
        Sign(72, "memoryerror", r"^\s*MemoryError\s*$", 0, ("pip-install",)),
        Sign(70, "killed process", r"Kill(?:ed)? process \d+ \((?:pip3?|uv|conda|mamba)\)"),
        Sign(70, "kill process", r"Kill process \d+ \((?:pip3?|uv|conda|mamba)"),
        Sign(68, "eta 0:00:0", rf"eta 0:00:0\d\s*{KILLED}|eta 0:00:0\d[^\n]*\n\s*{KILLED}", 1),
        *(
            Sign(66, word, rf"(?:^|[\s\d]){KILLED}\s*(?:$|.*pip)", 0, ("pip-install",))
            for word in ("已杀死", "已终止", "getötet", "processus arrêté", "убито", "強制終了", "ucciso", "morto", "terminado (killed)", "죽었음", "強制結束", "unicestwiony")
        ),
    ),
    "disk-full": (
        Sign(70, "errno 28", r"No space left|Errno 28"),
        Sign(70, "[errno 122]"),
        Sign(70, "oserror", DISK_FULL),
        Sign(68, "no usable temporary directory found"),
        Sign(68, "disk quota exceeded"),
        Sign(68, "os error 28"),
        Sign(68, "no space left on device", r"(?:write|writing|copy|extract|install|pip|conda|uv|layer|overlay|docker|whl|envs|pkgs|failed to (?:register|solve|export))"),
        Sign(68, "write error", r"[Ww]rite error.{0,40}No space"),
        Sign(66, "nospacelefterror"),
        Sign(66, "curl: (23)"),
    ),
    "externally-managed-environment": (
        Sign(84, "externally managed"),
        Sign(84, "pep 668"),
        Sign(80, "the interpreter at", r"externally managed", 1),
        Sign(70, "no virtual environment found", r"(?:--system|uv venv)"),
        Sign(74, "record file not found", r"installed by debian|Cannot uninstall"),
        Sign(76, "nix", r"This command has been disabled as it tries to modify the immutable"),
    ),
    "index-url-missing": (
        Sign(74, "there is no version of", r"there\s+is\s+no\s+version\s+of\s+torch\S*\+(?:cu\d+|cpu|rocm\S+|xpu)", 3),
        Sign(70, "no versions of", r"torch\S*\s*\(?\S*\+(?:cu\d+|cpu|rocm)"),
        Sign(70, "couldn't find any candidates", r"torch\S*\+(?:cu\d+|cpu|rocm)"),
    ),
    "wrong-package-name": (
        Sign(80, "failed building wheel for pytorch", r"for pytorch\s*$"),
        Sign(80, "you tried to install", r"pytorch"),
        Sign(72, "satisfies the requirement", rf"requirement (?:{_MISNAMED})(?:[\s=<>~!(]|$)"),
        Sign(70, "not found in the package registry", rf"`(?:{_MISNAMED})`"),
        Sign(70, "was not found in the package registry", rf"because (?:{_MISNAMED})\b"),
    ),
    "build-isolation-no-torch": (
        Sign(80, "no module named 'torch'", "", 0, ("building",)),
        Sign(80, "no module named torch", "", 0, ("building",)),
        # DeepSpeed's, mmcv's and others' setup.py go on or stop in words of their own.
        Sign(76, "unable to import torch", "", 0, ("building",)),
        Sign(74, "torch", r"(?:[Pp]y)?[Tt]orch (?:is (?:not installed|required|needed)|(?:must|needs to|has to|should) be installed|not (?:found|installed))|(?:requires?|[Ii]nstall|need) (?:[Pp]y)?[Tt]orch (?:to be installed |first|before)|absence of (?:[Pp]y)?[Tt]orch", 0, ("building",)),
        Sign(78, "declare it as a build dependency", r"torch"),
        Sign(78, "build-system.requires", r"torch"),
        Sign(76, "extra-build-dependencies", r"torch"),
        Sign(74, "please install torch", r"(?:build|setup\.py|subprocess)", 6),
    ),
    "python-ssl-module-missing": (
        Sign(84, "_ssl", r"(?:No module named|DLL load failed while importing|undefined symbol.{0,60}|Symbol not found.{0,60}) ?['\"]?_ssl|/_ssl\.\S+: (?:undefined symbol|symbol)"),
        Sign(80, "because the ssl module is not available"),
    ),
    "tmp-too-small": (
        Sign(72, "errno 28", r"['\"]/(?:var/)?tmp/"),
        Sign(60, "no usable temporary directory found"),
        Sign(72, "no space left on device", r"/(?:var/)?tmp/(?:pip|tmp)"),
    ),
}  # fmt: skip
"""Cause → what it looks like."""
