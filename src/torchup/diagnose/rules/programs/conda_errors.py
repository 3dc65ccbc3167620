"""conda's, mamba's and micromamba's error classes and log lines.

conda: ``conda/exceptions.py``, ``conda/gateways/repodata``; mamba: ``libmamba/src``.
"""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Sign

_HOSTS: Final = r"(?:anaconda|conda|repodata|pkgs/|mirror|tuna|ustc|aliyun|bfsu|nju|sjtu)"
_BUILT_IN: Final = "AssertionError|AttributeError|ImportError|IndexError|KeyError|ModuleNotFoundError|NameError|TypeError|UnboundLocalError|ValueError"
_OWN: Final = r"(?:conda(?:_env|_package_\w+|_libmamba_solver|_build|_content_trust|_anaconda_\w+)?|mamba|libmambapy|menuinst|ruamel_yaml|boltons|pycosat|conda_index)"

SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "conda-broken-base": (
        Sign(84, "cannot import name", rf"cannot import name ['\"]?\w+['\"]? from (?:partially initialized module )?['\"]{_OWN}(?:\.[\w.]+)?['\"]"),
        Sign(84, "no module named", rf"No module named ['\"]?{_OWN}(?:\.[\w.]+)?['\"]?\s*$"),
        Sign(80, 'bin/conda", line', r"(?:ImportError|ModuleNotFoundError|AttributeError|OSError)", 30),
        Sign(80, 'bin/mamba", line', r"(?:ImportError|ModuleNotFoundError|AttributeError|OSError)", 30),
        Sign(80, 'conda-script.py", line', r"(?:ImportError|ModuleNotFoundError|AttributeError|OSError)", 30),
        # A built-in exception that ends in conda's own code is a fault of conda, not of its user.
        *(
            Sign(72, key, rf"[/\\]site-packages[/\\]conda(?:_env|_libmamba_solver|_package_\w+)?[/\\]\S+\.py\"?, line \d+, in \S+\n(?:(?!\s*File )[^\n]*\n){{0,2}}(?:{_BUILT_IN}): ", 3)
            for key in ("site-packages/conda", "site-packages\\conda")
        ),
        *(
            Sign(84, key, rf"^\s*(?:from|import) {_OWN}(?:\.[\w.]+)?\b[^\n]*\n(?:[\s^~]*\n)?\s*(?:ImportError|ModuleNotFoundError): (?!lib)", 2)
            for key in ("from conda", "import conda", "import libmamba", "from libmamba")
        ),
        Sign(84, "libmambapy", r"(?:Error while loading|cannot|No module|undefined|has no attribute|incompatible|mismatch|DLL load failed)"),
        Sign(80, "error while loading conda entry point"),
        Sign(80, "libarchive.so", r"cannot open|undefined symbol"),
        Sign(78, "libsolv.so", r"cannot open|undefined symbol"),
        Sign(78, "libmamba.so", r"cannot open|undefined symbol"),
        Sign(76, "libxml2.so", r"(?:conda|mamba|libarchive)"),
        Sign(74, "pluginerror"),
        Sign(74, "condaimporterror"),
        Sign(70, "'module' object is not callable", "", 0, ("conda-code",)),
        Sign(70, "corruptedenvironmenterror"),
        Sign(62, "was unexpected at this time", "", 0, ("conda",)),
        Sign(76, "activate: line ", r"(?:conda|miniforge)\S*activate: line \d+: \w+: command not found"),
        Sign(72, "conda/", rf"[/\\]conda[/\\](?:cli|core|gateways|base|common|models)[/\\]\S+\.py\"?, line \d+, in \S+\n(?:(?!\s*File )[^\n]*\n){{0,2}}(?:{_BUILT_IN}): ", 3),
        Sign(70, "nobaseenvironmenterror"),
        Sign(70, "condaupgradeerror"),
        Sign(66, "module 'conda", r"has no attribute"),
    ),
    "conda-env-yaml-malformed": (
        Sign(82, "condavalueerror", r"could not parse|Malformed|invalid (?:package|version|spec)|Invalid spec|The target prefix is the base prefix"),
        Sign(82, "could not parse '", r"could not parse '.{0,200}' in: "),
        Sign(80, "environmentfile", r"EnvironmentFile(?:Invalid|Empty|ExtensionNotValid|NotDownloaded|TypeMismatchError)"),
        Sign(78, "specnotfound"),
        Sign(78, "can't process without a name"),
        Sign(76, "unable to determine environment"),
        Sign(76, "invalidmatchspec"),
        Sign(76, "invalidversionspec"),
        Sign(62, "invalid requirement", "", 0, ("env-file",)),
        Sign(62, "pip subprocess error", r"[Ii]nvalid requirement|Could not open requirements file", 8),
        Sign(74, "invalid spec", r"[Ii]nvalid spec(?:\b|s\b)", 0, ("conda",)),
        Sign(74, "error parsing matchspec"),
        Sign(70, "yaml-cpp: error"),
        Sign(70, "error parsing yaml"),
        Sign(70, "env file", r"(?:invalid|could not|cannot|malformed|YAML)"),
    ),
    "conda-package-not-found": (
        Sign(80, "packagesnotfound"),
        Sign(78, "nothing provides", r"nothing provides (?:requested )?(?!__)[\w.-]+"),
        Sign(78, "which does not exist", r"does not exist \(perhaps"),
        Sign(74, "does not exist (perhaps"),
        Sign(70, "noCandidates".lower()),
        Sign(70, "no candidates were found for", r"found for (?!__)"),
        Sign(68, "unavailableinvalidchannel"),
        Sign(66, "noChannelsConfiguredError".lower()),
        Sign(66, "http 404", r"(?:channel|repodata)"),
        Sign(66, "environmentnamenotfound"),
    ),
    "conda-unsatisfiable": (
        Sign(76, "libmambaunsatisfiableerror"),
        Sign(74, "specsconfigurationconflicterror"),
        Sign(70, " conflicts for:", r"^Package \S+ conflicts for:"),
        Sign(72, "conflicts with any installable versions"),
        Sign(70, "is not installable because"),
        Sign(70, "there are no viable options"),
        Sign(68, "pins to", r"(?:conflict|not installable|unsatisfiable)"),
        Sign(66, "the following specifications were found to be incompatible"),
        Sign(70, "cannot solve the request"),
        Sign(66, "rattler", r"(?:cannot|could not) (?:solve|satisf)"),
        Sign(66, "disallowedpackageerror"),
    ),
    "conda-solve-hangs": (
        Sign(66, "condamemoryerror"),
        Sign(64, "solving environment", r"Solving environment[\s\S]{0,200}(?:Killed|已杀死|Getötet|\^C|KeyboardInterrupt|CondaSignalInterrupt)", 3),
        Sign(62, "examining ", r"Examining (?:conflict|\S+): +\d+%"),
        Sign(60, "this can take several minutes. press ctrl-c to abort"),
        Sign(60, "determining conflicts", r"Comparing specs|Finding conflict paths|Finding shortest conflict"),
        Sign(60, "finding shortest conflict path"),
    ),
    "conda-clobber": (
        Sign(72, "clobbererror"),
        Sign(72, "clobberwarning"),
        Sign(70, "conda no longer clobbers"),
        Sign(68, "file already exists", r"(?:conda|libmamba|site-packages|envs)"),
    ),
    "conda-package-corrupted": (
        Sign(80, "corrupt package tarball"),
        Sign(80, "cannot find a valid extracted directory cache"),
        Sign(78, "cannot find tarball cache"),
        Sign(78, "package cache error"),
        Sign(76, "invalidarchiveerror"),
        Sign(76, "error with archive"),
        Sign(76, "condaverificationerror"),
        Sign(74, "checksummismatcherror"),
        Sign(74, "safetyerror"),
        Sign(72, "validation failed", r"(?:libmamba|\.conda|\.tar\.bz2)"),
        Sign(72, "file not valid: ", r"(?:SHA256|MD5|file size|sha256)"),
        Sign(70, "binaryprefixreplacementerror"),
        Sign(70, "paddingerror"),
        Sign(70, "linkerror", r"\bLinkError: "),
        Sign(68, "extraction failed", r"(?:libmamba|conda|pkgs)"),
        Sign(66, "error opening for reading", r"(?:pkgs|conda)"),
        Sign(66, "condafileioerror"),
        Sign(64, "post-link script failed"),
        Sign(60, "no such file or directory", r"[/\\]pkgs[/\\]\S+[/\\](?:info|lib|site-packages)[/\\]"),
    ),
    "conda-http-000": (
        Sign(76, "connection broken by '", rf"/(?:anaconda|conda-forge|pkgs/|main/|r/|free/)\S*|{_HOSTS}.{{0,300}}(?:repodata|\.conda|notices\.json)|repodata\.json"),
        Sign(74, "collecting package metadata", r"Collecting package metadata.{0,200}(?:failed|[Rr]etrying|Error|timed out)"),
        Sign(74, "retrying (retry(total", rf"(?:{_HOSTS}|repodata)", 0, ("!pip-install", "conda")),
        Sign(72, "condahttperror"),
        Sign(72, "condasslerror"),
        Sign(72, "connectionfailed: connection failed for url"),
        Sign(72, "libmamba", r"(?:Download error|download (?:was )?(?:aborted|failed)|Could not (?:load|retrieve|connect)|ZSTD decompression error|Unable to retrieve repodata|transfer (?:failed|timed out)|curl)"),
        Sign(70, "unable to retrieve repodata"),
        Sign(70, "multi-download failed"),
        Sign(70, "subdir ", r"not loaded|could not (?:be )?(?:load|download)"),
        Sign(70, "could not read json repodata"),
        Sign(68, "condaproxyerror"),
        Sign(66, "jsondecodeerror", "", 0, ("conda-code",)),
        Sign(66, "http error occurred when trying to retrieve"),
        Sign(66, "response ended prematurely", "", 0, ("conda-code",)),
        Sign(64, "downloading and extracting packages", r"(?:ConnectionError|timed out|ChunkedEncodingError|reset by peer)", 4),
    ),
    "condarc-malformed": (
        Sign(80, "configurationloaderror"),
        Sign(80, "unable to load configuration"),
        Sign(76, "customvalidationerror", "condarc|Parameter"),
        Sign(76, "invalidtypeerror", r"InvalidTypeError: Parameter \w+ = "),
        Sign(74, "multiplekeyserror", r"MultipleKeysError: Multiple aliased keys in "),
        Sign(74, "condakeyerror"),
        Sign(74, "could not load configuration file"),
        Sign(74, "error parsing file", r"condarc|mambarc"),
        Sign(70, "condarc", r"(?:invalid|error|malformed|cannot|could not|failed|bad)"),
    ),
    "conda-not-initialised": (
        Sign(80, "has not been properly configured to use 'conda"),
        Sign(80, "run 'conda init'", r"before"),
        Sign(78, "run 'mamba init'"),
        Sign(78, "shell init", r"(?:micromamba|mamba) shell (?:init|hook)"),
        Sign(76, "is running as a subprocess and can't modify the parent shell"),
        Sign(72, "activate' is not recognized"),
        Sign(70, "commandnotfounderror", r"(?:activate|deactivate|shell)"),
        Sign(66, "source: not found", r"activate", 2),
        Sign(66, "activate", r"(?:source|\.): ?(?:not found|command not found|activate: (?:No such|file not))|activate: No such file"),
        Sign(64, "no such file or directory", r"(?:conda|activate|etc/profile\.d/conda\.sh)\S*: No such file"),
        Sign(66, "profile.ps1", r"(?:cannot be loaded|无法加载|禁止运行脚本)"),
        Sign(64, "conda", r"(?:^|[\s:/])(?:conda|mamba|micromamba): ?(?:command )?not found"),
    ),
    "conda-env-not-writable": (
        Sign(78, "notwritableerror"),
        Sign(76, "nowritableenvsdirerror"),
        Sign(76, "nowritablepkgsdirerror"),
        Sign(74, "environmentisfrozenerror"),
        Sign(70, "could not open lockfile"),
        Sign(70, "cannot lock", r"(?:libmamba|conda|pkgs|envs)"),
        Sign(66, "permission denied", r"[/\\](?:anaconda|miniconda|miniforge|mambaforge|conda)\d?[/\\](?:envs|pkgs|lib|bin|conda-meta)|\.conda[/\\](?:envs|pkgs|environments)"),
        Sign(66, "[errno 13]", r"(?:conda|miniforge|mambaforge)\S*[/\\](?:envs|pkgs|conda-meta)|environments\.txt"),
        Sign(64, "condaioerror", r"(?:[Pp]ermission|write)"),
        Sign(62, "lockerror", r"^\s*LockError: "),
    ),
    "conda-tos-not-accepted": (
        Sign(84, "condatos", r"CondaToS\w*Error"),
        Sign(84, "terms of service", r"[Tt]erms of [Ss]ervice.{0,60}(?:not (?:been )?accepted|must be accepted|to accept|rejected)"),
    ),
    "disk-full": (Sign(74, "nospacelefterror"),),
    "wrong-platform-wheel": (Sign(70, "platformmismatcherror"),),
    "pip-proxy": (Sign(64, "proxyerror: conda cannot proceed due to an error in your proxy"),),
}  # fmt: skip
"""Cause → what it looks like."""
