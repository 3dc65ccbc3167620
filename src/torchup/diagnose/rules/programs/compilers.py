"""Compilers and what drives them: GCC, Clang, cl, nvcc, CMake, setuptools, torch's cpp_extension."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Sign
from torchup.diagnose.rules.phrases import COMMAND_MISSING, NO_FILE

_C_HEADER: Final = (
    r"(?:std(?:lib|io|int|bool|arg|def)|string|math|limits|errno|assert|features|unistd|ctype|time|float"
    r"|io|crtdbg|corecrt|corecrt_\w+|vcruntime|yvals\w*|sal|basetsd|windows|winsock2|bits/\S+|sys/\S+"
    r"|gnu/stubs\S*|asm/\S+|linux/\S+)\.h|(?:iostream|cstddef|cstdint|cstdio|cstdlib|vector|string|memory"
    r"|algorithm|type_traits|utility|atomic|cmath|map|array|functional|optional)"
)

SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "nvcc-missing": (
        Sign(80, "cuda_home", r"CUDA_HOME\b.{0,80}(?:not set|is None|does not exist|undefined|empty|not found|set it to)|CUDA_HOME'?\]?\s*(?:=|is) ?None"),
        Sign(80, "nvcc was not found"),
        Sign(80, "cudamissingexception"),
        Sign(80, "missingcudaexception"),
        Sign(78, "nvcc", r"(?:No such file or directory|FileNotFoundError|cannot find|not find|找不到|系统找不到).{0,80}nvcc(?:\.exe)?\b|nvcc(?:\.exe)?['\"]?:? (?:No such file|not found|cannot be found)"),
        Sign(76, "nvcc fatal", r"nvcc fatal\s*: (?:Cannot find|Could not open|Don't know|Path to)"),
        Sign(76, "cicc", rf"cicc: {COMMAND_MISSING}|cicc: not found"),
        Sign(76, "ptxas", rf"ptxas: {COMMAND_MISSING}|Cannot find ptxas|No such file or directory: ['\"]\S*ptxas"),
        Sign(76, "cannot find ptxas"),
        Sign(74, "could not find cuda", r"Could(?: NOT| not) find CUDA"),
        Sign(74, "failed to find cuda", r"[Ff]ailed to (?:find|detect) (?:a )?(?:default )?CUDA"),
        Sign(76, "cuda_toolkit_root_dir", r"not (?:found|specified)"),
        Sign(76, "bare_metal", r"NameError"),
        Sign(56, "get_cuda_bare_metal_version(", r"(?:check_output|subprocess)", 6),
        Sign(66, "cuda is not availabel"),
        Sign(74, "cuda toolkit", r"CUDA [Tt]oolkit.{0,60}(?:not (?:be )?(?:found|installed|detected)|missing|is required|cannot be found)|(?:[Cc]annot|[Cc]ould not|[Uu]nable to|[Ff]ailed to) (?:find|locate|detect).{0,40}CUDA [Tt]oolkit"),
        Sign(74, ".h", rf"fatal error:? [`'\"]?(?:cuda\w*|cublas\w*|cusparse\w*|cusolver\w*|curand\w*|cufft\w*|nvToolsExt\w*|nvtx3/\S+|thrust/\S+|cub/\S+|crt/\S+|nv/target|device_launch_parameters|driver_types|vector_types|cooperative_groups)(?:\.h|\.hpp|\.cuh)?['\"]? ?[:\uff1a] ?{NO_FILE}"),
        Sign(72, "cannot open include file", r"(?:cuda\w*|cublas\w*|cusparse\w*|cusolver\w*|curand\w*|nvToolsExt\w*|device_launch_parameters|nv/target)(?:\.h)?'"),
        Sign(72, "cannot find -l", r"cannot find -l(?:cudart|cublas\w*|cuda|nvrtc|cudadevrt|nvToolsExt|curand|cusparse|cusolver)\b"),
        Sign(70, "cmake_cuda_compiler", r"(?:No CMAKE_CUDA_COMPILER|CMAKE_CUDA_COMPILER(?:-NOTFOUND|, is not|.{0,20}not (?:be )?found)|is not a full path to an existing compiler)"),
        Sign(70, "cuda language", r"(?:enable|CUDA language).{0,60}(?:not|fail)"),
        Sign(70, "unsupported operand type", r"NoneType' and 'str'", 0, ("cuda-setup",)),
        Sign(66, "unable to load cuda", r"nvcc|toolkit"),
        Sign(66, "must compile with cuda"),
        Sign(68, "libdevice", r"(?:libdevice(?:\.10\.bc)? not found|Can't find libdevice|Failed to find libdevice)"),
    ),
    "c-compiler-missing": (
        Sign(82, "command 'gcc' failed", r"No such file"),
        Sign(82, "command '", r"command '['\"]?(?:x86_64-linux-gnu-|aarch64-linux-gnu-|/usr/bin/)?(?:gcc|g\+\+|cc|c\+\+|clang)(?:-\d+)?['\"]? failed: No such file"),
        Sign(82, "unable to execute", r"unable to execute ['\"]?\S*(?:gcc|g\+\+|cc|c\+\+|clang)\S*: No such file"),
        Sign(80, "failed to find c compiler"),
        Sign(80, "['which', '", r"\['which', '(?:g\+\+|gcc|c\+\+|cc|clang)'\].{0,60}non-zero exit status"),
        Sign(80, "no such file or directory", r"No such file or directory: ['\"]\S{0,40}(?:gcc|g\+\+|c\+\+|cc|clang|clang\+\+)['\"]"),
        Sign(80, "cc1plus", r"(?:cannot execute|error trying to exec|execvp).{0,40}cc1(?:plus)?|cc1plus['\"]?: (?:execvp|No such)"),
        Sign(78, "compiler", r"(?:No |no |C |C\+\+ |cannot find |could not find |Could not find )(?:(?:suitable|working|usable|acceptable|C|C\+\+) ){0,2}compiler (?:was )?(?:found|not found|cannot create executables|available)|[Uu]nknown compiler\(s\)"),
        Sign(76, "c compiler cannot create executables"),
        Sign(76, "no acceptable c compiler found", r"configure: error:|found in \$PATH"),
        # Triton's own build of its launcher.
        Sign(58, "failed to compile. cc_cmd", r"^(?!.*cl\.exe)(?!.*cl\.EXE)"),
        Sign(76, "unknown compiler(s)"),
        Sign(76, "cmake_cxx_compiler", r"(?:No CMAKE_CXX_COMPILER|CMAKE_CXX_COMPILER not set|CMAKE_CXX_COMPILER-NOTFOUND)"),
        Sign(76, "cmake_c_compiler", r"(?:No CMAKE_C_COMPILER|CMAKE_C_COMPILER not set|CMAKE_C_COMPILER-NOTFOUND)"),
        Sign(74, "fatal error", rf"fatal error:? [`'\"]?{_C_HEADER}['\"]? ?[:\uff1a] ?(?:{NO_FILE})|fatal error: '{_C_HEADER}' file not found"),
        Sign(74, "cannot find crt", r"cannot find (?:crt1|Scrt1|crti|crtbegin\w*)\.o"),
        Sign(72, "cannot find -lgcc"),
        Sign(72, "linker `cc` not found"),
        Sign(70, "can't find a suitable c"),
        Sign(72, "xcrun: error", r"invalid active developer path|missing xcrun"),
        Sign(72, "xcode", r"(?:no developer tools were found|requires Xcode|(?:install|missing|need).{0,40}Command Line Tools)"),
        Sign(70, "make: ", r"(?:^|[\s:])make: (?:command )?not found"),
        Sign(70, "cmake", r"(?:CMake must be installed|cmake: (?:command )?not found|No such file or directory: ['\"]cmake['\"]|Could not find an executable.{0,20}cmake|Problem with the CMake installation)"),
    ),
    "msvc-missing": (
        Sign(62, "failed to compile. cc_cmd", r"cl\.(?:exe|EXE)"),
        Sign(80, "clang-cl", r"(?:file not found|non-zero exit status|not found)", 0, ("windows",)),
        Sign(80, "fatal error", rf"fatal error:? '?{_C_HEADER}'? (?:file not found|: No such)", 0, ("windows",)),
        Sign(80, "cannot open include file", rf"Cannot open include file: '{_C_HEADER}'"),
        Sign(80, "c1083", rf"C1083.{{0,60}}'{_C_HEADER}'"),
        Sign(80, "lnk1104", r"LNK1104.{0,40}'(?:kernel32|msvcprt|libcmt|msvcrt|ucrt|uuid|LIBCMT|MSVCRT|user32|oldnames)\.lib'"),
        Sign(80, "rc.exe", r"(?:LNK1158|cannot run 'rc\.exe'|rc\.exe.{0,30}not found)"),
        Sign(78, "failed to find msvc"),
        Sign(78, "failed to find windows sdk"),
        Sign(78, "cl.exe", r"(?:[Ff]ailed to find|not find|cannot find|Cannot find|No such file|not found|is not recognized|找不到)"),
        Sign(76, "unable to find vcvarsall"),
        Sign(76, "'where', 'cl'"),
        Sign(76, "link.exe", r"(?:not found|No such file|cannot find)"),
        Sign(74, "nmake", r"(?:'nmake'|nmake(?:\.exe)?).{0,40}(?:not found|no such file|is not recognized|failed)"),
        Sign(74, "visual studio", r"(?:[Cc]ould not find|[Uu]nable to find|not find|\bNo|[Mm]issing) .{0,60}Visual Studio|Visual Studio.{0,60}(?:not found|is required|could not be found|not installed)"),
        Sign(72, "cannot find compiler 'cl.exe'"),
        Sign(72, "linker `link.exe` not found"),
        Sign(70, "microsoft c++ build tools"),
        Sign(70, "failed to find c compiler", "", 0, ("windows",)),
    ),
    "gcc-too-new-for-nvcc": (
        Sign(84, "extern _float", r"identifier \"_Float(?:32|64|128)x?\" is[\s\S]*extern _Float", before=6),
        Sign(86, "unsupported gnu version"),
        Sign(86, "later than", r"(?:gcc|clang) versions (?:later|greater|newer) than \d"),
        Sign(84, "unsupported microsoft visual studio version"),
        Sign(84, "unsupported clang version"),
        Sign(80, "host compiler", r"host compiler.{0,60}(?:not supported|unsupported|too new)|unsupported.{0,40}host compiler"),
        Sign(80, "no supported gcc/g++ host compiler found"),
        # What nvcc itself said is above it, where the log has it.
        Sign(46, "nvcc' failed with exit"),
        Sign(76, "stl1002"),
        Sign(74, "expected cuda 1", r"Unexpected compiler version, expected CUDA"),
        Sign(70, "error: ", r"(?:std_function\.h.{0,80}parameter packs not expanded|identifier \"__builtin_\w+\" is undefined|identifier \"_Float\d+\w?\" is undefined|more than one instance of overloaded function \"(?:rsqrt|cospi|sinpi)|exception specification is incompatible with that of previous function \"(?:rsqrt|cospi|sinpi))"),
        Sign(70, "exception specification is incompatible"),
    ),
    "toolkit-torch-cuda-mismatch": (
        Sign(84, "used to compile", r"CUDA version \(?[\d.]+\)? .{0,60}(?:mismatch|does not match|differs)"),
        Sign(82, "installed cuda version", r"does not match the version torch was compiled with"),
        Sign(82, "bare-metal", r"Cuda extensions are being compiled with a version"),
        Sign(76, "is only supported on cuda", r"(?:FlashAttention|flash_attn|[Ff]lash-attn|\w+) is only supported on CUDA 1\d\.\d and above"),
        Sign(72, "cuda version", r"(?:nvcc|[Cc]uda toolkit|CUDA_HOME).{0,80}(?:different|does not match|mismatch).{0,60}(?:[Pp]y)?[Tt]orch"),
        Sign(70, "minimum required version", r"CUDA (?:compiler )?version.{0,40}(?:minimum|at least)|requires CUDA (?:>=|\d)"),
    ),
    "python-headers-missing": (
        Sign(84, "python.h", rf"(?:['\"`]|fatal error:? )?Python\.h['\"]? ?(?:[:\uff1a] ?{NO_FILE}|file not found|not found)"),
        Sign(80, "python.h", r"(?:Checking for|Check failed for|Could not find|Could NOT find|Cannot find|missing).{0,40}Python\.h|fatal error:? Python\.h:?\s*$"),
        Sign(82, "cannot open include file", r"'(?:Python|pyconfig|patchlevel)\.h'"),
        Sign(78, "failed to find python libs"),
        Sign(78, "development.module", r"(?:Could NOT find|missing:)"),
        Sign(76, "could not find python", r"Could NOT find Python.{0,120}(?:missing:|Development|INCLUDE)"),
        Sign(74, "cannot find -lpython"),
        Sign(74, "lnk1104", r"python3\d*t?\.lib"),
        Sign(72, "python3-dev", r"(?:[Ee]rror|ERROR|missing|need|require|[Pp]lease install|try installing).{0,120}python3-dev|python3-dev\S* (?:is |are )?(?:missing|required|needed|not installed)"),
        # Most of what a package of Python lacks is Python's own headers; the line above it would say.
        Sign(44, "-linux-gnu-gcc' failed with exit"),
        Sign(72, "pyconfig.h", rf"pyconfig\.h.{{0,30}}(?:{NO_FILE}|not found)"),
    ),
    "ninja-missing": (
        Sign(84, "ninja", rf"(?:^|['\"\s:])ninja['\"]?:? (?:{COMMAND_MISSING})|No such file or directory: ['\"]ninja|ninja is required|Ninja is (?:required|not (?:available|installed|found))|Could not find ninja|build program corresponding to \"Ninja"),
        Sign(76, "['ninja', '", r"\['ninja', '(?:--version|-v)'\]['\"]? (?:returned|.{0,30}No such)"),
    ),
    "triton-missing": (
        Sign(80, "tritonmissing"),
        Sign(80, "no module named", r"No module named ['\"]?triton['\"]?\s*$"),
        Sign(78, "working triton installation"),
        Sign(76, "triton", r"[Tt]riton(?: \S+){0,3} (?:is )?(?:not (?:available|installed|found|supported|supported on this platform)|unavailable|missing)|(?:Error|Exception)\b.*(?:[Nn]eeds?|[Rr]equires?|install) triton"),
        Sign(74, "windows not yet supported for torch.compile"),
        Sign(72, "cannot import name", r"cannot import name ['\"]?\w+['\"]? from ['\"]triton(?:\.[\w.]+)?['\"]"),
        Sign(70, "module 'triton' has no attribute"),
        Sign(68, "inductor", r"(?:backend|Inductor).{0,60}[Tt]riton.{0,60}(?:not|missing|old)"),
    ),
}  # fmt: skip
"""Cause → what it looks like."""
