"""Causes at the system's libraries and at the processor."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import ILLEGAL

RULES: Final = (
    Rule(
        code="openmp-duplicate",
        signs=(
            Sign(96, "omp: error #15"),
            Sign(92, "already initialized", r"libi?omp5?\w*\.?\w* already initialized|Initializing libi?omp\S+, but found"),
            Sign(86, "kmp_duplicate_lib_ok"),
            Sign(80, "multiple copies of the openmp runtime"),
        ),
    ),
    Rule(
        code="mkl-version-conflict",
        signs=(
            Sign(95, "ijit_"),
            Sign(88, "mkl_threading_layer"),
            Sign(86, "mkl_service_force_intel"),
            Sign(84, "libmkl", r"libmkl_\w+\.so(?:\.\d)?.{0,80}(?:undefined symbol|cannot open|symbol lookup error|not found)"),
            Sign(84, "mkl", r"undefined symbol:? mkl_\w+|Intel MKL FATAL ERROR|mkl-service \+ Intel"),
            Sign(80, "intel mkl", r"INTEL MKL (?:ERROR|FATAL ERROR)|Intel MKL function load error|Cannot load (?:libmkl|mkl_)\w+"),
            Sign(74, "incompatible with libgomp"),
            Sign(70, "mkl_intel_thread"),
        ),
    ),
    Rule(
        code="glibc-too-old",
        signs=(
            Sign(92, "glibc_2", r"version [`'\"]?GLIBC_2\.\d+['`\"]? not found"),
            Sign(80, "glibc", r"(?:GLIBC|glibc) (?:version )?(?:is )?(?:too old|>=|2\.\d+ or (?:newer|later|higher)|\d.{0,20}(?:required|or newer))"),
            Sign(76, "manylinux_2_", r"manylinux_2_\d+.{0,120}(?:not (?:supported|compatible)|only|found wheels)"),
            Sign(74, "__glibc", r"nothing provides __glibc|__glibc >=?\S+.{0,80}(?:missing|needed|not)"),
        ),
        over=("wrong-platform-wheel",),
    ),
    Rule(
        code="glibcxx-missing",
        signs=(
            Sign(93, "glibcxx_3", r"version [`'\"]?GLIBCXX_3\.4\.\d+['`\"]? not found"),
            Sign(91, "cxxabi_1", r"version [`'\"]?CXXABI_1\.3\.\d+['`\"]? not found"),
            Sign(74, "libstdc++.so.6", r"libstdc\+\+\.so\.6.{0,80}(?:cannot open|not found|version)"),
            Sign(72, "libgcc_s", r"libgcc_s\.so\.1.{0,60}(?:version|must be installed|cannot open)"),
        ),
    ),
    Rule(
        code="static-tls-block",
        signs=(Sign(96, "static tls block"), Sign(94, "object with static tls")),
    ),
    Rule(
        code="cpu-lacks-instruction",
        signs=(
            Sign(84, "instru", rf"^(?!.*CUDA error).*{ILLEGAL}(?! was encountered)"),
            Sign(84, "инструкц", ILLEGAL),
            Sign(84, "машинная команда", ILLEGAL),
            Sign(84, "maschinenbefehl", ILLEGAL),
            Sign(84, "不正な命令", ILLEGAL),
            Sign(84, "instructions, but these aren't"),
            Sign(84, "-1073741795"),
            Sign(84, "illegal hardware instruction"),
            Sign(80, "sigill", r"\bSIGILL\b"),
            Sign(80, "非法指令"),
            Sign(84, "0xc000001d"),
            Sign(78, "avx", r"(?:CPU|processor|machine)\b.{0,60}(?:does(?: not|n['\u2019]t) (?:have|support)|lacks|without)\b.{0,20}(?:AVX|SSE4|FMA|F16C)|(?:Error|Exception|FATAL|[Ff]atal|error)\b.*(?:[Rr]equires?|[Nn]eeds?) .{0,20}AVX"),
            Sign(70, "x86_64_v", r"__archspec.{0,60}x86_64_v\d|baseline optimizations.{0,60}X86_V[23]|requires .{0,20}X86_V2"),
            Sign(70, "baseline optimizations", r"was built with baseline optimizations"),
        ),
    ),
    Rule(
        code="system-library-missing",
        signs=(
            Sign(60, "torchcodec", r"FFmpeg is not properly installed"),
            Sign(90, "libgl.so.1"),
            # Python itself was built without the headers of these.
            Sign(78, "no module named", r"No module named ['\"]?_(?:ctypes|lzma|bz2|sqlite3|curses|tkinter|gdbm|uuid)['\"]?\s*$"),
            Sign(88, "libgthread-2.0.so"),
            Sign(88, "libglib-2.0.so"),
            Sign(84, "libsndfile", r"(?:sndfile library not found|libsndfile.{0,80}(?:cannot|not found)|cannot load library .{0,30}sndfile)"),
            Sign(82, ".so", r"(?:lib(?:SM|Xext|Xrender|X11|xcb\S*|ffi|gomp|openblas|blas|lapack|gfortran|jpeg|png\d*|tiff|webp|z|bz2|lzma|sqlite3|python3\.\d+|numa|ibverbs|rdmacm|mpi|efa|EGL|OpenGL|GLU|fontconfig|freetype|avcodec|avutil|avformat|sox|tcmalloc|jemalloc|ssl|crypto|curl|yaml|snappy|hdf5|geos\w*|gdal|proj|nsl|tinfo|ncursesw?|readline|aio|uuid|va|vulkan|OpenCL|ze_loader|level_zero|mkldnn|dnnl|iomp5)[\w.+-]*\.so[\w.]*): (?:cannot open shared object file|No such file)"),
            Sign(84, "libomp.dylib", r"(?:Library not loaded|image not found|no such file).{0,120}libomp\.dylib|libomp\.dylib.{0,120}(?:image not found|no such file)"),
            Sign(76, "library not loaded", r"Library not loaded: (?!.*(?:torch|c10|libshm|libATen|libcaffe2))"),
            Sign(80, "ffmpeg", r"(?:Couldn't find|No such file or directory:|not found).{0,40}['\"]?ffmpeg|ffmpeg: command not found|ffmpeg.{0,30}(?:is not installed|not found)"),
            Sign(66, "couldn't find appropriate backend", r"Couldn't find appropriate backend to handle uri"),
            Sign(66, "libtorchcodec", r"Could not load libtorchcodec"),
            Sign(66, "espeak", r"espeak(?:-ng)? not installed"),
        ),
        lifts={"windows": -6},
    ),
)  # fmt: skip
