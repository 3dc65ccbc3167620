"""Causes at compilers and toolkits."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import COMMAND_MISSING, NO_FILE

RULES: Final = (
    Rule(
        code="nvcc-missing",
        signs=(
            # setup.py of apex and its like, where CUDA_HOME is None.
            Sign(86, "/bin/nvcc", r"_?cuda_(?:dir|home) ?\+ ?['\"]/bin/nvcc['\"][\s\S]*NoneType", 8),
            Sign(78, "nvcc", rf"\bnvcc['\"”\u2019]?.{{0,30}}{COMMAND_MISSING}"),
            Sign(86, "no cuda toolset found"),
            Sign(74, "cuda_runtime", rf"cuda_runtime(?:_api)?\.h['\"]? ?[:\uff1a] ?{NO_FILE}"),
            Sign(70, "cmake_cuda_compiler-notfound"),
            Sign(90, "cuda_home environment variable is not set"),
            Sign(80, "nvcc", r"nvcc['\"\u201d\u2019]?.{0,30}(?:command not found|not found|No such file|未找到命令|is not recognized|不是内部或者?外部命令|was not found)|No such file or directory: ['\"][^'\"]*nvcc['\"]|(?:find|locate|missing|找不到).{0,30}nvcc"),
            Sign(80, "cuda_home", r"CUDA_HOME.{0,60}(?:does not exist|not (?:found|set|defined)|undefined|is None)|(?:set|specify|export) .{0,20}CUDA_HOME"),
            Sign(78, "could not find cuda", r"Could NOT find CUDA(?:Toolkit)?\b|Could not find (?:a )?CUDA(?: toolkit)?"),
            Sign(76, "no cmake_cuda_compiler could be found"),
            Sign(76, "failed to find nvcc"),
            Sign(74, "cuda_runtime.h", r"cuda_runtime(?:_api)?\.h['\"]?:? ?(?:No such file|没有那个文件)|cuda_runtime(?:_api)?\.h.{0,20}file not found"),
            Sign(74, "cuda.h", r"fatal error: ?['\"]?cuda(?:_fp16)?\.h['\"]?:? ?(?:No such|file not)"),
            Sign(70, "fatal error", r"fatal error: ['\"]?(?:cublas_v2|cusparse|cusolverDn|curand\w*|nvToolsExt|cufft|thrust/\S+|cub/\S+)\.(?:h|hpp|cuh)"),
            Sign(66, "specify cuda_toolkit_root_dir", r"Specify CUDA_TOOLKIT_ROOT_DIR"),
            Sign(66, "cannot find -lcud", r"cannot find -lcud(?:art|a)\b"),
            Sign(64, "flash_attn was requested, but nvcc was not found"),
        ),
        lifts={"macos": -24},
    ),
    Rule(
        code="ninja-missing",
        signs=(
            Sign(86, "ninja", rf"^(?!.*nvcc)\W*ninja['\"”\u2019]?.{{0,20}}{COMMAND_MISSING}"),
            Sign(92, "ninja is required to load c++ extensions"),
            Sign(88, "ninja", r"No such file or directory: ['\"]ninja['\"]|ninja: command not found|CMake was unable to find a build program corresponding to \"Ninja\"|ninja.{0,20}(?:is not recognized|不是内部或外部命令)"),
            Sign(70, "could not find ninja"),
            Sign(60, "attempted to use ninja as the backend"),
        ),
    ),
    Rule(
        code="toolkit-torch-cuda-mismatch",
        signs=(
            Sign(94, "mismatches the version that was used to compile", r"detected CUDA version \(\S+\) mismatches"),
            Sign(90, "cuda_mismatch_message"),
            Sign(86, "cuda extensions", r"Cuda extensions are being compiled with a version of Cuda that does not match"),
            Sign(80, "version of cuda that does not match"),
            Sign(76, "cuda version", r"(?:installed|system|nvcc) CUDA version \S+ does not match the version torch was compiled with"),
            Sign(72, "found cuda", r"FindCUDA says CUDA version is .{0,80}but the CUDA headers say"),
        ),
        over=("build-isolation-no-torch",),
    ),
    Rule(
        code="triton-missing",
        signs=(
            Sign(78, "windows not yet supported for torch.compile"),
            Sign(88, "cannot find a working triton installation"),
            Sign(84, "no module named 'triton'"),
            Sign(80, "triton_key"),
            Sign(82, "requirement triton", r"satisfies the requirement (?:pytorch-)?triton"),
            Sign(80, "matching distribution found for triton"),
            Sign(76, "triton not", r"[Tt]riton (?:is )?not (?:available|installed|found|supported)"),
            Sign(74, "tritonmissing"),
            Sign(66, "triton", r"(?:DLL load failed while importing libtriton|libtriton\S*.{0,60}(?:undefined|cannot))"),
        ),
    ),
    Rule(
        code="c-compiler-missing",
        signs=(
            Sign(86, "no cmake_c_compiler could be found"),
            Sign(84, "['which'", r"\['which', '(?:g\+\+|c\+\+|gcc|cc)'\]"),
            Sign(80, "xcode license", r"agree\w* to the Xcode"),
            Sign(72, "build program corresponding to", r"\"Unix Makefiles\""),
            Sign(86, "gcc", rf"(?:^|[\s:'\"“])(?:x86_64\S*-)?gcc['\"”\u2019]?.{{0,6}}[:\uff1a] {COMMAND_MISSING}"),
            Sign(76, "compiler", r"(?:can't|cannot|could not|unable to) find (?:a |any )?(?:suitable |working )?(?:C|C\+\+|host) compiler"),
            Sign(93, "failed to find c compiler"),
            Sign(86, "g++", r"(?:unable to execute|No such file or directory:|command) ['\"]?(?:x86_64\S*-)?(?:gcc|g\+\+|cc|c\+\+|clang)['\"]?(?::? (?:No such file|failed: No such|not found)|\s*$)|['\"]?(?:gcc|g\+\+|c\+\+)['\"]?: (?:command not found|未找到命令)"),
            Sign(86, "gcc", r"(?:unable to execute|No such file or directory:|command) ['\"]?(?:x86_64\S*-)?(?:gcc|g\+\+|cc|c\+\+|clang)['\"]?(?::? (?:No such file|failed: No such|not found)|\s*$)|['\"]?(?:gcc|g\+\+|cc)['\"]?: (?:command not found|未找到命令)"),
            Sign(86, "c++", r"No such file or directory: ['\"]c\+\+['\"]|unable to execute ['\"]?c\+\+"),
            Sign(84, "invalidcxxcompiler"),
            Sign(84, "invalidcppcompiler"),
            Sign(82, "no working c++ compiler", r"No working C\+\+ compiler found"),
            Sign(80, "no cmake_cxx_compiler could be found"),
            Sign(76, "clang", r"(?:clang(?:\+\+)?: command not found|xcrun: error: invalid active developer path|xcode-select: note: no developer tools)"),
            Sign(76, "xcrun: error"),
            Sign(76, "can't find compiler", r"(?:can't|cannot|could not|unable to) find (?:a |any )?(?:suitable |working )?(?:C|C\+\+|host) compiler"),
            Sign(70, "compiler: cl is not found", r"Compiler: cl is not found"),
        ),
        lifts={"windows": -6},
    ),
    Rule(
        code="msvc-missing",
        signs=(
            Sign(84, "instance of visual studio", r"could not find any instance of Visual Studio"),
            Sign(90, "msvc is required to load c++ extensions"),
            Sign(80, "build program corresponding to", r"\"NMake Makefiles\""),
            Sign(52, "winerror 2", r"WinError 2\b", 0, ("building",)),
            Sign(80, "cl", rf"^\W*['\"]?cl(?:\.exe)?['\"”\u2019]? .{{0,20}}{COMMAND_MISSING}"),
            Sign(93, "microsoft visual c++ 14", r"Microsoft Visual C\+\+ 1[45]\.\d.{0,40}(?:is )?required|error: Microsoft Visual C\+\+"),
            Sign(88, "error checking compiler version for cl"),
            Sign(88, "compiler: cl is not found"),
            Sign(86, "cl.exe", r"(?:cl\.exe|['\"]cl['\"]).{0,60}(?:not found|failed|No such|is not recognized|不是内部|could not)|(?:find|locate|No such file or directory:|找不到).{0,40}cl\.exe|No such file or directory: ['\"]cl['\"]|Cannot find compiler 'cl\.exe'"),
            Sign(82, "vcvarsall.bat"),
            Sign(80, "where cl", r"Command '\['where', 'cl'\]'"),
            Sign(78, "unable to find a compatible visual studio", r"[Uu]nable to find a compatible Visual Studio|Could not find any instance of Visual Studio|Visual Studio .{0,40}(?:not found|could not be found)"),
            Sign(70, "nmake", r"(?:'nmake' '-\?'|nmake.{0,30}(?:not found|no such file))"),
            Sign(70, "distutils_use_sdk", r"DISTUTILS_USE_SDK"),
        ),
        lifts={"linux": -30, "macos": -40},
        over=("c-compiler-missing",),
    ),
    Rule(
        code="gcc-too-new-for-nvcc",
        signs=(
            Sign(88, "stl1002"),
            Sign(60, "is not able to compile a simple test program", r"nvcc", 2),
            Sign(94, "unsupported gnu version"),
            Sign(92, "gcc versions later than"),
            Sign(92, "unsupported microsoft visual studio version"),
            Sign(90, "unsupported clang version"),
            Sign(84, "allow-unsupported-compiler"),
            Sign(80, "the current installed version of", r"current installed version of \S+ \(\S+\) is greater than the maximum required version"),
            Sign(66, 'identifier "__builtin', r"identifier \"__(?:builtin_\w+|is_\w+|remove_\w+)\" is undefined"),
            Sign(62, "parameter packs not expanded", r"parameter packs not expanded with"),
            Sign(60, "_float128", r"_Float(?:32|64|128).{0,50}(?:undefined|is not)"),
        ),
    ),
    Rule(
        code="python-headers-missing",
        signs=(
            Sign(95, "python.h", rf"Python\.h['\"\u201d\u00bb]? ?[:\uff1a] ?{NO_FILE}"),
            Sign(95, "python.h", r"Python\.h['\"\u201d\u00bb]?:? ?(?:No such file|file not found)|(?:cannot|can't|could not|没有).{0,40}Python\.h|Python\.h['\"] not found"),
            # triton-windows brings a compiler, and an embeddable Python no headers.
            Sign(58, "tcc.exe", r"tcc\.exe'.*cuda_utils\.c.*non-zero exit status"),
            Sign(84, "pyconfig.h", r"pyconfig\.h.{0,30}(?:No such|not found)"),
            Sign(78, "could not find python", r"Could NOT find Python3? .{0,60}(?:Development|INCLUDE_DIR)"),
            Sign(74, "python3.", r"cannot find -lpython3\.\d+"),
            Sign(74, "python3", r"LNK1104: .{0,40}python3\d*\.lib"),
        ),
        over=("c-compiler-missing",),
    ),
)  # fmt: skip
