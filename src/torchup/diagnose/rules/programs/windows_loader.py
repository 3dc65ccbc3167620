"""The Windows loader and its kin: what ``FormatMessage`` says of an error, in the user's language."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Sign
from torchup.diagnose.rules.phrases import (
    INIT_FAILED,
    MODULE_MISSING,
    NOT_WIN32,
    PAGEFILE,
    PROCEDURE_MISSING,
)

_DLL: Final = "dll load failed"

_TF: Final = "_pywrap_tensorflow"
"""What TensorFlow says where its own DLL can't be loaded."""

SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "windows-vcredist-missing": (
        Sign(62, 'error loading "', rf"{INIT_FAILED}.{{0,20}} Error loading \""),
        Sign(66, 'error loading "', rf"{MODULE_MISSING}.{{0,20}} Error loading \"\S*[/\\](?:asmjit|c10|torch_python|torch|torch_cpu)\.dll"),
        Sign(70, "vcomp140.dll"),
        Sign(70, "concrt140.dll"),
        Sign(66, "0xc0000135"),
        Sign(64, "-1073741515"),
        Sign(60, "0xc000007b"),
    ),
    "windows-dll-other": (
        Sign(58, _TF, r"No module named ['\"]?_pywrap_tensorflow"),
        Sign(70, 'error loading "', rf"{PROCEDURE_MISSING}.{{0,20}} Error loading \""),
        Sign(62, 'error loading "', rf"{MODULE_MISSING}.{{0,20}} Error loading \""),
        Sign(74, "pip-build-env", r"Error loading \"\S*pip-build-env\S*\.dll"),
        Sign(58, _DLL, rf"DLL load failed(?: while importing \w+)?: (?:{MODULE_MISSING}|{PROCEDURE_MISSING})"),
        Sign(64, "0xc0000139"),
        Sign(64, "-1073741511"),
        Sign(64, "winerror 4551", r"WinError 4551\b"),
        Sign(64, "application control policy has blocked this file"),
        Sign(64, "operation did not complete successfully because the file contains a virus"),
        Sign(60, "could not find module '", r"Could not find module '\S+\.(?:dll|pyd)' \(or one of its dependencies\)"),
        Sign(60, "one of the library files needed to run this application cannot be found"),
    ),
    "windows-dll-load-order": (
        Sign(54, _DLL, rf"DLL load failed(?: while importing \w+)?: .{{0,20}}{INIT_FAILED}"),
        Sign(60, "pyqt", rf"WinError 1114|{INIT_FAILED}", 16),
        Sign(60, "pyside", rf"WinError 1114|{INIT_FAILED}", 16),
    ),
    "windows-pagefile-too-small": (
        Sign(92, "error 1455"),
        Sign(90, _DLL, PAGEFILE),
        Sign(90, 'error loading "', PAGEFILE),
        Sign(88, "dll", PAGEFILE),
        Sign(88, "os error", PAGEFILE),
    ),
    "python-32bit": (Sign(58, _DLL, NOT_WIN32), Sign(58, "oserror", NOT_WIN32)),
    "extension-built-for-other-torch": (
        Sign(74, _DLL, rf"DLL load failed while importing (?:\w*_ext\w*|_cuda\w*|\w*cuda\w*|\w*attn\w*|_backend|_raster\w*|nvdiffrast\w*|\w*_ops?): (?:{MODULE_MISSING}|{PROCEDURE_MISSING})"),
    ),
    "system-library-missing": (
        Sign(62, _DLL, rf"DLL load failed while importing (?:cv2|_path|_imaging|sndfile|av\w*|_core|shapely\w*|_geos|h5|_errors|_sqlite3|_ctypes|_lzma|_bz2|pyexpat|win32\w+|QtCore|QtWidgets|rasterio\w*|_osr|_gdal): {MODULE_MISSING}"),
    ),
    "python-package-version-conflict": (
        Sign(60, _DLL, r"DLL load failed while importing (?:_multiarray_umath|lib|_arpack|_fblas|_flapack|_ufuncs|hashing|onnx_cpp2py_export|onnxruntime_pybind11_state|_pywrap_\w+|parsing|interval|properties|timestamps)\b"),
    ),
}  # fmt: skip
"""Cause → what it looks like."""
