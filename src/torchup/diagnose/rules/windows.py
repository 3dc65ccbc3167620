"""Causes at Windows' own libraries."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import (
    INIT_FAILED,
    MODULE_MISSING,
    PAGEFILE,
    PROCEDURE_MISSING,
)

RULES: Final = (
    Rule(
        code="windows-dll-openmp-missing",
        signs=(
            Sign(92, "fbgemm.dll"),
            Sign(90, "libomp140"),
            Sign(56, "winerror 126", r"WinError 126\b.{0,300}torch_cpu\.dll", 2),
        ),
        over=("windows-vcredist-missing", "windows-dll-other"),
    ),
    Rule(
        code="windows-vcredist-missing",
        signs=(
            Sign(70, "c10.dll"),
            Sign(62, "dll load failed", rf"DLL load failed(?: while importing \w+)?: .*{INIT_FAILED}"),
            Sign(64, "winerror 1114", r"WinError 1114\b"),
            Sign(90, "vcruntime140", r"VCRUNTIME140(?:_1)?(?:\.dll)?.{0,80}(?:not found|missing|找不到)|(?:find|missing|找不到).{0,60}VCRUNTIME140"),
            Sign(90, "msvcp140", r"MSVCP140.{0,100}(?:not found|missing|找不到)|(?:find|missing|找不到).{0,60}MSVCP140"),
            Sign(92, "visual c++ redistributable", r"(?:Microsoft )?Visual C\+\+ Redistributable (?:is not installed|for|.{0,60}(?:missing|required|not installed|may lead))"),
            Sign(86, "vc_redist"),
            Sign(60, "dll load failed", rf"DLL load failed(?: while importing \w+)?: {MODULE_MISSING}"),
            Sign(50, "winerror 126", r"WinError 126\b"),
            Sign(66, "api-ms-win-crt"),
            Sign(66, "ucrtbase"),
        ),
        lifts={"linux": -30, "macos": -40},
        over=("windows-dll-other",),
    ),
    Rule(
        code="windows-dll-load-order",
        signs=(
            Sign(50, "c10.dll", rf"(?:WinError 1114|{INIT_FAILED})[\s\S]{{0,300}}c10\.dll", 2),
            Sign(58, "winerror 1114", r"WinError 1114\b", 0, ("qt",)),
            Sign(52, "winerror 1114", r"WinError 1114\b"),
            Sign(66, "pyqt", r"(?:import|before|after).{0,60}(?:PyQt\d|PySide\d|pandas|cv2|open3d).{0,60}(?:before|after|then|import) ?(?:import )?torch"),
        ),
        lifts={"qt": 34, "linux": -30, "macos": -40},
    ),
    Rule(
        code="windows-dll-other",
        signs=(
            Sign(72, "dll load failed", rf"DLL load failed(?: while importing \w+)?: {PROCEDURE_MISSING}"),
            Sign(80, "winerror 127", r"WinError 127\b"),
            Sign(66, "specified procedure could not be found"),
            Sign(64, "找不到指定的程序"),
            Sign(72, "caffe2_nvrtc.dll"),
            Sign(70, "nvfuser_codegen.dll"),
            Sign(72, "zlibwapi.dll"),
            Sign(62, "shm.dll"),
            Sign(62, "winerror 182", r"WinError 182\b"),
            Sign(60, "cannot run %1"),
            Sign(60, "操作系统无法运行 %1"),
            Sign(60, "winerror 1920", r"WinError 1920\b"),
            Sign(58, "winerror 126", r"WinError 126\b"),
            Sign(54, "dll load failed", r"DLL load failed"),
            Sign(66, "winerror 225", r"WinError 225\b"),
            Sign(66, "entry point", r"(?:procedure entry point|无法定位程序输入点).{0,200}(?:torch|c10|cu\w+64|\.dll)"),
            Sign(60, "winerror 1450", r"WinError 1450\b"),
            Sign(60, "winerror 1359", r"WinError 1359\b"),
        ),
        lifts={"linux": -30, "macos": -40},
    ),
    Rule(
        code="windows-pagefile-too-small",
        signs=(
            Sign(94, "oserror", PAGEFILE),
            Sign(90, "файл подкачки"),
            Sign(90, "auslagerungsdatei ist zu klein"),
            Sign(90, "fichier de pagination est insuffisant"),
            Sign(90, "ページング"),
            Sign(96, "winerror 1455", r"WinError 1455\b"),
            Sign(92, "paging file is too small"),
            Sign(92, "页面文件太小"),
            Sign(60, "0x800705af"),
        ),
        over=("windows-dll-other", "windows-vcredist-missing"),
    ),
)  # fmt: skip
