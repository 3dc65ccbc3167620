"""What loads shared libraries: glibc's ld.so, musl's, macOS' dyld, and those who call them.

glibc: ``elf/dl-load.c``, ``elf/dl-lookup.c``, ``elf/dl-version.c``; musl: ``ldso/dynlink.c``;
dyld: ``Library not loaded``, ``Symbol not found``, ``Reason: tried``.
"""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Sign
from torchup.diagnose.rules.phrases import CANNOT_OPEN, STATIC_TLS

_TORCH_LIB: Final = r"lib(?:torch\w*|c10\w*|caffe2\w*|shm|ATen\w*|TH\w*)"
_CUDA_LIB: Final = (
    r"lib(?:cudart|cublas(?:Lt)?|cufftw?|curand|cusparse(?:Lt)?|cusolver(?:Mg)?|nvrtc[\w-]*|nvJitLink"
    r"|nvToolsExt|cupti|cufile\w*|npp\w+|nvjpeg|nvshmem\w*|nvblas|cutensor\w*|nvinfer\w*|nvonnxparser"
    r"|nvparsers|nvfatbin|nvcuvid|nvidia-encode|cudla)"
)
_OF_ADDON: Final = (
    r"(?:torch[-_](?:scatter|sparse|cluster|spline_conv)|pyg_lib|mmcv|detectron2|xformers|vllm|apex"
    r"|flash_attn|torchao|torchvision|torchaudio|torchtext|fbgemm_gpu|torchsparse|spconv|pytorch3d"
    r"|onnxruntime|tensorrt|tensorrt_llm|sgl_kernel|deepspeed|natten|nvdiffrast|kaolin|dgl)"
)

SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "broken-torch-install": (
        Sign(84, "library not loaded", rf"Library not loaded: \S*{_TORCH_LIB}\S*\.dylib[\s\S]{{0,400}}Referenced from: (?:<\S+> )?\S*/torch/(?:lib/|_C)", 2),
        Sign(84, "/torch/lib/", rf"/torch/lib/\S+: {CANNOT_OPEN}"),
        Sign(84, "library not loaded", rf"dlopen\(\S*/torch/_C\S*.*Library not loaded: \S*{_TORCH_LIB}"),
        Sign(82, "undefined symbol", r"/torch/lib/lib(?:torch|c10|shm|caffe2)\S*: undefined symbol:? _?Py"),
        Sign(80, "mapping process and mapped file", r"/torch/\S+"),
        Sign(80, "code signature", r"/torch/\S*(?:\.dylib|\.so).{0,200}code signature"),
        Sign(70, "file too short", r"(?:/torch/|lib(?:torch|c10)\w*\.so)\S*: file too short"),
        Sign(74, "not defined in file", r"/torch/(?:lib/|_C)\S*: symbol \S*(?:_Z\w+|THP\w+|c10\w+)\b.{0,80}not defined in file"),
    ),
    "extension-built-for-other-torch": (
        Sign(80, "library not loaded", rf"Library not loaded: \S*{_TORCH_LIB}\S*\.dylib[\s\S]{{0,400}}Referenced from: (?:<\S+> )?(?!\S*/torch/(?:lib/|_C))", 2),
        Sign(76, "libtorch", rf"(?:^|[\s:'\"]){_TORCH_LIB}\.so(?:\.\d+)? ?: ?{CANNOT_OPEN}"),
        Sign(80, "libtorch_hip.so", CANNOT_OPEN),
        Sign(80, "libtorch_python.so", rf"(?<!/){CANNOT_OPEN}|libtorch_python\.so: {CANNOT_OPEN}"),
        Sign(80, "libc10_hip.so", CANNOT_OPEN),
        Sign(80, "libc10_cuda.so", CANNOT_OPEN),
        Sign(78, "undefined symbol", r"^(?!.*/torch/(?:_C|lib/)).*undefined symbol:? _Z\w*(?:6THPVar|at\d?_|2at|c10|torch|caffe2)"),
        Sign(78, "not defined in file", r"^(?!.*/torch/(?:_C|lib/)).*symbol _Z\w+.{0,80}not defined in file lib(?:torch|c10)"),
        Sign(76, "symbol not found", r"Symbol not found: \(?_?_Z\w*(?:2at|c10|5torch|caffe2|THP)"),
        Sign(76, "error relocating", r"(?!.*/torch/lib).*_Z\w*(?:c10|2at|5torch)\w*: symbol not found"),
    ),
    "torchaudio-torch-mismatch": (
        Sign(88, "torchaudio", rf"torchaudio[/\\.](?:_?extension|__init__|lib|_torchaudio)[\s\S]{{0,900}}{_TORCH_LIB}\.so: {CANNOT_OPEN}", 16),
        Sign(84, "import torchaudio", rf"{_TORCH_LIB}\.so: {CANNOT_OPEN}", 16),
    ),
    "torchvision-torch-mismatch": (
        Sign(86, "torchvision", rf"torchvision[/\\](?:extension|__init__|_C|image|io)[\s\S]{{0,900}}{_TORCH_LIB}\.so: {CANNOT_OPEN}", 16),
        Sign(80, "import torchvision", rf"{_TORCH_LIB}\.so: {CANNOT_OPEN}", 16),
        Sign(86, "library not loaded", rf"Library not loaded: \S*{_TORCH_LIB}\S*[\s\S]{{0,400}}Referenced from: (?:<\S+> )?\S*/torchvision/", 2),
    ),
    "torchtext-torch-mismatch": (
        Sign(86, "torchtext", rf"torchtext[/\\](?:_?extension|__init__|lib|_torchtext)[\s\S]{{0,900}}{_TORCH_LIB}\.so: {CANNOT_OPEN}", 16),
    ),
    "cuda-runtime-lib-missing": (
        Sign(80, ".so", rf"(?:^|[\s:'\"/(]){_CUDA_LIB}(?:\.[0-9a-f]{{8}})?\.so(?:\.[\d.]+)?(?: \(deleted\))? ?:? ?{CANNOT_OPEN}"),
        Sign(80, "cannot open shared object file", rf"{_CUDA_LIB}(?:[-.][0-9a-f]{{8}})?\.so(?:\.[\d.]+)?"),
        Sign(80, "failed to load library libonnxruntime_providers", r"lib(?:cu|nv)\w+\.so"),
        Sign(72, ".dll", r"(?:Library|library|Could not (?:find|locate|load)|LoadLibrary failed|error 126)\D{0,60}(?:cudart64|cublas(?:Lt)?64|cufft64|curand64|cusparse64|cusolver64|nvrtc64|nvJitLink)_\w+\.dll"),
        Sign(72, "library libcublas", r"Library libcublas\S* is not found or cannot be loaded"),
        Sign(72, "library cublas", r"Library cublas\S*\.dll is not found or cannot be loaded"),
        Sign(64, "onnxruntime_providers_cuda", r"(?:FAIL|Error loading|LoadLibrary failed|error 126).{0,200}onnxruntime_providers_cuda\.dll"),
        Sign(60, "require cudnn", r"Require cuDNN 9\.\* and CUDA 12\.\*|[Pp]lease (?:install|make sure|reference).{0,80}(?:CUDA|cuDNN)"),
    ),
    "cudnn-library-missing": (
        Sign(84, "libcudnn", rf"libcudnn\w*\.so(?:\.[\d.]+)?:? {CANNOT_OPEN}"),
        Sign(80, "could not locate cudnn", r"Could not locate (?:zlibwapi|cudnn\w*)\.dll"),
        Sign(76, "failed to load library libonnxruntime_providers", r"libcudnn\w*\.so"),
        Sign(70, "cannot load symbol cudnn", r"(?:Invalid handle|error code 12[67])\.? Cannot load symbol cudnn\w+"),
        Sign(66, "could not load symbol cudnn"),
    ),
    "cuda-lib-conflict-ld-library-path": (
        Sign(84, "not defined in file", r"symbol (?:cu(?:blas|sparse|solver|fft|rand|da|dnn)?\w*|nv(?:rtc|JitLink|shmem)\w*), version \S+ not defined in file lib(?:cu|nv)\w+\.so"),
        Sign(82, "undefined symbol", r"/torch/lib/\S+: undefined symbol:? (?:cu[A-Z]\w+|cu(?:blas|sparse|solver|fft|rand|da)\w+|nv(?:rtc|JitLink|tx)\w+)"),
        Sign(80, "symbol lookup error", r"(?:libcu\w+|libnv\w+)\.so\S*: undefined symbol: (?!nccl)\w+"),
    ),
    "mkl-version-conflict": (
        Sign(86, "undefined symbol", r"undefined symbol:? (?:iJIT_\w+|mkl_\w+|MKL_\w+|omp_\w+_mkl|__kmpc_\w+.{0,40}mkl|i_malloc)"),
        Sign(80, "not defined in file", r"not defined in file libmkl"),
        Sign(78, "libmkl", rf"libmkl_\w+\.(?:so|dylib)\S*:? {CANNOT_OPEN}"),
        Sign(78, "mkl_", r"Library not loaded: \S*libmkl_\w+"),
        Sign(76, "mkl_get_max_threads"),
    ),
    "nccl-symbol-conflict": (
        Sign(84, "not defined in file", r"symbol p?nccl\w+.{0,60}not defined in file"),
        Sign(80, "undefined symbol", r"libtorch\w*\.so\S*: undefined symbol:? p?nccl\w+"),
    ),
    "static-tls-block": tuple(Sign(90, key) for key in STATIC_TLS),
    "glibc-too-old": (
        Sign(90, "glibc_", r"version [`'\"\u2018\u2019\u201e\u201c]*GLIBC_2\.\d+(?:\.\d+)?['`\"\u2018\u2019\u201d\u201c]* (?:not found|nicht gefunden|introuvable|не найден|no encontrad|non trovat|não encontrad|未找到|找不到)"),
        Sign(86, "glibc_abi_dt_relr"),
        Sign(84, "glibc_private", r"GLIBC_PRIVATE|undefined symbol: \w+, version GLIBC"),
        Sign(80, "undefined symbol", r"undefined symbol: \w+, version GLIBC_2\.\d+"),
        Sign(84, "kernel too old"),
    ),
    "glibcxx-missing": (
        Sign(88, "glibcxx_", r"version [`'\"\u2018\u2019\u201e\u201c]*GLIBCXX_3\.4(?:\.\d+)?"),
        Sign(88, "cxxabi_", r"version [`'\"\u2018\u2019\u201e\u201c]*CXXABI_1\.3(?:\.\d+)?|CXXABI_ARM"),
        Sign(84, "undefined symbol", r"undefined symbol: _Z(?:NK?|T[IV])?\w*(?:St|__cxx11)\w*, version GLIBCXX"),
        Sign(80, "libgomp", r"version [`'\"]*(?:GOMP|OMP)_\d\.\d['`\"]* not found"),
        Sign(80, "gcc_", r"version [`'\"]*GCC_\d+(?:\.\d+)*['`\"]* not found"),
        Sign(76, "libstdc++", rf"libstdc\+\+\.so\.6:? {CANNOT_OPEN}"),
    ),
    "musl-alpine": (
        Sign(84, "error loading shared library", r"Error loading shared library (?:ld-linux|lib(?:c|m|dl|rt|pthread|gomp|stdc\+\+)[-.])"),
        Sign(82, "error relocating", r"Error relocating \S+: (?!_Z)\w+: symbol not found"),
        Sign(82, "ld-linux-x86-64.so.2", r"(?:No such file|not found).{0,40}ld-linux|ld-linux-x86-64\.so\.2: No such file"),
        Sign(76, "fcntl64: symbol not found"),
    ),
    "wrong-platform-wheel": (
        Sign(74, "incompatible architecture", r"have [`'\"\u2018]?(?:arm64e?|x86_64|i386)\S*,? need"),
        Sign(72, "wrong elf class"),
        Sign(70, "no suitable image found", r"wrong architecture|no matching architecture"),
        Sign(70, "bad cpu type in executable"),
        Sign(66, "elf file's phentsize"),
        Sign(66, "elf load command", r"ELF (?:load command|file) .{0,60}(?:not|invalid)"),
        Sign(70, "machine type", r"cannot (?:open|execute).{0,100}machine type"),
    ),
    "openmp-duplicate": (
        # Intel's runtime aborts where another one has begun before it.
        Sign(66, "__kmp_register_library_startup"),
        Sign(58, "__kmp_abort_process"),
        Sign(80, "omp: error", r"found \S*(?:omp|gomp)\S* already initialized"),
    ),
    "system-library-missing": (
        # Whatever library has no cause of its own: cv2's, ffmpeg's, MPI's, audio's, X11's.
        Sign(52, "cannot open shared object file", rf"^(?!.*(?:{_TORCH_LIB}|{_CUDA_LIB}|libcud|libnv|libnccl|libcuda|libmkl|libbitsandbytes|libtorchaudio|libtorchtext|libamdhip|lib(?:hip|roc|MIOpen)\w*)).*\blib[\w+.-]+\.so"),
        Sign(52, "no such file or directory", rf"(?:^|[\s:'\"])(?!{_TORCH_LIB}|{_CUDA_LIB}|libcud|libnv|libnccl|libcuda|libmkl|libbitsandbytes)lib[\w+-]+\.so(?:\.\d+)*: No such file"),
        Sign(60, "library not loaded", rf"Library not loaded: (?!\S*(?:{_TORCH_LIB}|libmkl|libiomp5))\S+\.dylib"),
        Sign(84, "sndfile", r"sndfile library not found|cannot load library ['\"]?(?:lib)?sndfile|libsndfile\S*: (?:cannot open|No such)"),
        Sign(80, "portaudio", r"portaudio(?:\.h)? (?:library )?not found|libportaudio|portaudio\.h: No such"),
        Sign(80, "no library called", r"no library called \"|cannot load library ['\"]"),
        Sign(78, "ffmpeg", r"(?:No such file or directory|FileNotFoundError|找不到指定的文件|cannot find the file).{0,40}['\"]ffmpeg|ffmpeg(?:\.exe)? was not found|ffmpeg is not (?:installed|found)|ffmpeg not found|Couldn't find ffmpeg"),
        Sign(74, "libtorchcodec", r"Could not load libtorchcodec|libtorchcodec\S* \((?:image )?not found\)"),
        Sign(76, "sox", r"SoX could not be found|sox: (?:command )?not found|'sox' (?:is not recognized|不是内部)|libsox\S*: cannot open"),
        Sign(76, "espeak", r"espeak(?:-ng)? not installed|failed to (?:find|load) espeak"),
        Sign(76, "libreoffice", r"libreoffice: (?:command )?not found"),
        Sign(76, "tesseract is not installed"),
        Sign(76, "unable to get page count. is poppler installed"),
        # What is started lacks; only its caller's frame names it.
        Sign(58, "winerror 2", r"(?:ffmpeg|graphviz|pydub|tesseract|sox|poppler)[\s\S]*WinError 2\b", before=14),
        Sign(74, "graphviz", r"ExecutableNotFound: failed to execute .{0,40}dot|make sure the Graphviz executables"),
        Sign(74, "could not load the qt platform plugin"),
        Sign(74, "could not connect to display", r"xcb: could not connect to display|no Qt platform plugin could be initialized"),
        Sign(72, "libmpi", rf"libmpi\w*\.so\S*: {CANNOT_OPEN}"),
        Sign(70, "mpicc", r"mpicc: (?:command )?not found|No such file or directory: ['\"]mpicc|error: Cannot find 'mpi' compiler"),
        Sign(76, "libaio", r"(?:async_io|libaio).{0,120}(?:requires the dev libaio|libaio-dev|not (?:found|installed))"),
        Sign(72, "git: ", r"git: (?:command )?not found|Cannot find command 'git'|error: could not find git|Git executable not found"),
        Sign(72, "cannot find command", r"Cannot find command ['\"](?:git|hg|svn)"),
        Sign(66, "openssl", r"libssl\.so\.\d\S*: cannot open|libcrypto\.so\.\d\S*: cannot open"),
    ),
    "rocm-gfx-unsupported": (
        Sign(72, "libamdhip64.so", r"(?:FatBinaryInfo|hip::\w+|SIGSEGV|ihipModule\w*)"),
        Sign(72, "hip::fatbinaryinfo"),
        Sign(66, "libamd_comgr"),
        Sign(70, "libhsa-runtime64.so", r"(?:SIGSEGV|segfault|Aborted|in \?\? \(\))"),
    ),
}  # fmt: skip
"""Cause → what it looks like."""
