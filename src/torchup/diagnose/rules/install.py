"""Causes at putting packages in place: room, rights, pip itself, what contradicts what."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import DISK_FULL, KILLED

RULES: Final = (
    Rule(
        code="disk-full",
        signs=(
            Sign(72, "no space left on device", r"(?:pip|Could not install|Collecting|conda|extract|unpack|tempfile|Downloading|No space left)"),
            Sign(70, "[errno 28]"),
            Sign(74, "not enough space on the disk"),
            Sign(74, "磁盘空间不足"),
            Sign(74, "oserror", DISK_FULL),
            Sign(74, "winerror 112", r"WinError 112\b"),
            Sign(76, "disk quota exceeded", r"Disk quota exceeded|\[Errno 122\]"),
            Sign(74, "not enough free", r"not enough (?:free )?(?:disk )?space"),
            Sign(74, "nowritableenvsdirerror"),
            Sign(60, "os error 28"),
            Sign(60, "os error 112"),
        ),
        lifts={"container": -2},
        over=("conda-package-corrupted",),
    ),
    Rule(
        code="tmp-too-small",
        signs=(
            Sign(80, "/tmp/tmp", r"(?:No space left|error while writing)"),
            Sign(58, "[errno 28]", "", 0, ()),
            Sign(82, "no space left on device", r"(?:/tmp/|TMPDIR|/var/tmp|pip-(?:unpack|install|build|download|req)-\w+).{0,120}No space left|No space left on device: ?['\"]?(?:/tmp|/var/tmp)"),
            Sign(60, "/tmp", r"/tmp.{0,40}(?:is full|100%|tmpfs.{0,40}100%)"),
            Sign(70, "tmpdir", r"TMPDIR.{0,80}(?:space|full|small)"),
        ),
        over=("disk-full",),
    ),
    Rule(
        code="pip-cache-memoryerror",
        signs=(
            Sign(74, "memoryerror", r"^[\s|#\d.:]*MemoryError", 0, ("pip-install",)),
            Sign(70, "killed", r"(?:pip|Collecting|Downloading|Installing collected packages|torch).{0,200}\bKilled\b", 4, ("pip-install",)),
            Sign(66, "killed", r"(?:^|[\d:]{4,}|\[\d+\]\s+\d+)\s*Killed\b", 0, ("pip-install",)),
            Sign(66, "pip install", rf"\d\s+{KILLED}\s.*pip install"),
            Sign(60, "已杀死", "", 0, ("pip-install",)),
            Sign(64, "msgpack", r"(?:msgpack|cachecontrol).{0,80}(?:MemoryError|too large|exceeds max)"),
            Sign(60, "exit code: 137", "", 0, ("pip-install",)),
        ),
        lifts={"pip-install": 6},
    ),
    Rule(
        code="externally-managed-environment",
        signs=(
            Sign(97, "externally-managed-environment"),
            Sign(95, "this environment is externally managed"),
            Sign(92, "is externally managed", r"interpreter at .{0,200} is externally managed"),
            Sign(86, "break-system-packages"),
        ),
    ),
    Rule(
        code="pip-launcher-broken",
        signs=(
            Sign(74, "cannot import name 'html5lib' from 'pip"),
            Sign(70, "module 'pip' has no attribute"),
            Sign(95, "fatal error in launcher"),
            Sign(84, "bad interpreter", r"(?:pip|pip3|/bin/\w+): .{0,200}bad interpreter"),
            Sign(78, "no module named pip", r"No module named ['\"]?pip(?:\._internal|\.__main__|\._vendor)?['\"]?\s*$"),
            Sign(74, "cannot import name 'main' from 'pip"),
            Sign(74, "cannot import name", r"cannot import name ['\"]?main['\"]?(?: from 'pip')?"),
            Sign(66, "no module named 'pip", r"No module named ['\"]pip(?:\.\w+)*['\"]"),
            Sign(66, "unable to create process using"),
            Sign(66, "failed to create process"),
            Sign(60, "no such file or directory", r"(?:bin/pip3?|Scripts\\pip\S*): No such file or directory"),
        ),
    ),
    Rule(
        code="pip-permission-denied",
        signs=(
            Sign(80, "winerror 5", r"WinError 5\b"),
            Sign(76, "could not install packages", r"Could not install packages due to an (?:EnvironmentError|OSError): \[(?:Errno 13|WinError (?:5|32))\]"),
            Sign(72, "[errno 13]", r"(?:pip|site-packages|dist-packages|\[Errno 13\] Permission denied: ?['\"]?(?:/usr|/opt|C:|/Library|.{0,60}site-packages))"),
            Sign(66, "[errno 13] permission denied", "", 0, ("pip-install",)),
            Sign(76, "winerror 32", r"WinError 32\b"),
            Sign(66, "consider using the `--user` option"),
            Sign(58, "permissionerror", r"PermissionError: \[(?:Errno 13|WinError).{0,200}(?:site-packages|dist-packages|[/\\]pip[/\\]|/usr/(?:local/)?(?:lib|bin)|Scripts)"),
            Sign(58, "permissionerror", r"PermissionError: \[(?:Errno 13|WinError)", 0, ("pip-install",)),
            Sign(62, "permission denied", r"(?:NotebookApp|ServerApp|LabApp|[Jj]upyter|\.ipynb).{0,200}[Pp]ermission [Dd]enied|[Pp]ermission [Dd]enied.{0,200}\.ipynb"),
            Sign(60, "os error 13"),
            Sign(60, "os error 5)"),
            Sign(66, "read-only file system", r"(?:pip|site-packages|dist-packages).{0,100}Read-only|Read-only.{0,100}(?:site-packages|dist-packages)"),
        ),
        lifts={"pip-install": 6},
    ),
    Rule(
        code="pip-dependency-conflict",
        signs=(
            Sign(84, "resolution-too-deep"),
            Sign(64, "which is incompatible", r"has requirement \S+.{0,80}, but you'll have"),
            Sign(66, "because you require", r"No solution found", 0),
            Sign(88, "conflicting dependencies"),
            Sign(88, "package versions have conflicting"),
            Sign(88, "resolutionimpossible"),
            Sign(80, "the conflict is caused by"),
            Sign(74, "requirements are unsatisfiable", r"requirements are unsatisfiable"),
            Sign(56, "dependency resolver does not currently take into account"),
            Sign(64, "which is incompatible", r"requires \S+.{0,80}, but you (?:have|'ll have) .{0,80} which is incompatible"),
            Sign(60, "no solution found when resolving"),
            Sign(60, "version solving failed"),
            Sign(60, "depends on both"),
            Sign(56, "contradictory", r"[Rr]equirements? contradict"),
        ),
    ),
    Rule(
        code="build-isolation-no-torch",
        signs=(
            Sign(84, "no module named 'torch'", r"No module named ['\"]torch['\"]", 0, ("building",)),
            Sign(84, "modulenotfounderror", r"No module named ['\"]torch['\"]", 2, ("building",)),
            Sign(84, "get_requires_for_build_wheel", r"No module named ['\"]torch['\"]", 40),
            Sign(84, "getting requirements to build wheel", r"No module named ['\"]torch['\"]", 60),
            Sign(84, "build-isolation", r"(?:--no-build-isolation|build isolation).{0,120}torch|torch.{0,120}(?:--no-build-isolation|no-build-isolation)"),
            Sign(80, "is not listed as a build dependency", r"depends on `?torch|`?torch`?.{0,60}build dependency"),
            Sign(76, "depends on `torch`, but doesn't declare it"),
        ),
        over=("package-not-installed", "kernel-or-pip-of-other-python", "pip-dependency-conflict"),
    ),
)  # fmt: skip
