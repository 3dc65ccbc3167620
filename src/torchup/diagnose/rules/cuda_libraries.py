"""Causes at NVIDIA's own libraries: cuDNN, cuBLAS, NCCL and their kin."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign

_MISSING: Final = (
    r"(?:cannot open shared object file|No such file|not found|could not be found|Could not load)"
)

RULES: Final = (
    Rule(
        code="cudnn-version-mismatch",
        signs=(
            Sign(93, "cudnn version incompatibility"),
            Sign(88, "loaded runtime cudnn library", r"Loaded runtime CuDNN library: \S+(?: \(compatibility version \d+\))? but source was compiled with"),
            Sign(86, "cudnn_status_version_mismatch"),
            Sign(84, "cudnn_status_sublibrary_version_mismatch"),
            Sign(76, "libcudnn", r"libcudnn\w*\.so\.\d.{0,120}(?:version .{0,40} not found|undefined symbol)"),
            Sign(76, "cudnn", r"undefined symbol:? \w*cudnn\w+"),
            Sign(72, "cudnn_status_sublibrary_loading_failed"),
            Sign(70, "library version mismatch", r"cuDNN.{0,60}version mismatch"),
            Sign(64, "unable to load any of", r"Unable to load any of \{?libcudnn.{0,200}Invalid handle", 2),
        ),
        over=("cudnn-not-initialized", "cudnn-library-missing"),
    ),
    Rule(
        code="cudnn-library-missing",
        signs=(
            Sign(80, "could not load library libcudnn", r"libcudnn\S*\s*$"),
            Sign(90, "libcudnn", rf"(?:libcudnn\w*\.so(?:\.\d+)*:? {_MISSING}|Could not load library ['\"]?libcudnn\S*\. Error: libcudnn|Unable to load any of \{{libcudnn)"),
            Sign(84, "could not load library libcudnn", r"Could not load library libcudnn\S*\. Error: (?!libcuda\.so)"),
            Sign(84, "cudnn", r"(?:Could not (?:locate|load)|Unable to load|cannot find|failed to load|找不到).{0,60}(?:cudnn\w*_\d+\.dll|cudnn\w*64_\d+)|cudnn\w*64_\d+\.dll.{0,60}(?:not found|找不到|missing)"),
            Sign(66, "libcudnn", r"in your library path"),
        ),
        over=("cudnn-not-initialized",),
    ),
    Rule(
        code="cudnn-not-initialized",
        signs=(
            Sign(76, "cudnn_status_not_initialized"),
            Sign(62, "cudnn_status_internal_error"),
            Sign(62, "unable to find a valid cudnn algorithm"),
            Sign(60, "could not create cudnn handle"),
            Sign(60, "cudnn_status_execution_failed"),
            Sign(58, "get was unable to find an engine"),
            Sign(52, "cudnn_status_success"),
            Sign(60, "cudnn_status_bad_param"),
            Sign(66, "cudnncreate", r"[Ee]rror while calling cudnnCreate|cudnnCreate.{0,60}(?:fail|error)"),
            Sign(56, "cudnn_status_mapping_error"),
        ),
    ),
    Rule(
        code="cuda-lib-conflict-ld-library-path",
        signs=(
            Sign(88, "cuda driver is a stub library"),
            Sign(90, "nvjitlink", r"undefined symbol:? _?_?nvJitLink\w+"),
            Sign(93, "__nvjitlink", r"undefined symbol: __nvJitLink\w+"),
            Sign(84, "libcublas", r"(?:undefined symbol|symbol lookup error|version .{0,40}not (?:found|defined)).{0,200}libcublas(?:Lt)?|libcublas(?:Lt)?\.so\S*.{0,60}undefined symbol|undefined symbol:? cublas\w+"),
            Sign(82, "undefined symbol", r"undefined symbol:? (?:cu(?:sparse|solver|fft|rand|blas|pti)\w+|nvrtc\w+|cuda[A-Z]\w+)"),
            Sign(80, "libnvjitlink", r"version libnvJitLink\.so"),
            Sign(74, "ld_library_path", r"LD_LIBRARY_PATH.{0,160}(?:conflict|unset|override|wrong|another|system)"),
            Sign(66, "cublas_status_not_initialized", r"CUBLAS_STATUS_NOT_INITIALIZED", 0, ("ld-path",)),
            Sign(64, "cublas_status_invalid_value", r"CUBLAS_STATUS_INVALID_VALUE when calling"),
            Sign(80, "version `libcu", r"version [`']lib(?:cu|nv)\w+\.so\.\d+['`] not found"),
            Sign(76, "libcupti", r"libcupti\.so\S*.{0,60}undefined symbol|undefined symbol: cupti\w+"),
        ),
        over=("cuda-runtime-lib-missing",),
    ),
    Rule(
        code="cuda-runtime-lib-missing",
        signs=(
            Sign(84, "libcudart", rf"libcudart\.so\.[\d.]+:? {_MISSING}"),
            Sign(82, "libcublas", rf"libcublas(?:Lt)?\.so\.[\d.]+:? {_MISSING}"),
            Sign(82, ".so", rf"lib(?:cufft|curand|cusparse|cusparseLt|cusolver|nvrtc\S*|nvToolsExt|nvJitLink|cupti|cufile|npp\w+|nvjpeg|nvshmem\w*|nccl)\.so(?:\.[\d.]+)?:? {_MISSING}"),
            Sign(74, ".dll", r"(?:Could not (?:find|load)|cannot find|找不到|Failed to load|not found).{0,80}(?:cudart64|cublas64|cufft64|curand64|cusparse64|cusolver64|nvrtc64)_\w+\.dll(?!.*dso_loader)|(?:cudart64|cublas64|cublasLt64)_\w+\.dll.{0,60}(?:is not found|not found|missing|找不到)"),
            Sign(70, "could not load library libnvrtc"),
            Sign(66, "valueerror: libcublas", r"libcublas\.so\.\*\[0-9\] not found"),
            Sign(70, "not found in the system path", r"lib(?:cu\w+|nv\w+)\S* not found in the system path"),
        ),
        lifts={"bitsandbytes": -10},
    ),
    Rule(
        code="nccl-symbol-conflict",
        signs=(
            Sign(94, "nccl", r"undefined symbol:? (?:nccl\w+|pnccl\w+)"),
            Sign(86, "libnccl", r"(?:version .{0,20} not found|undefined symbol).{0,80}libnccl|libnccl\.so\S*.{0,60}(?:undefined symbol|version)"),
            Sign(80, "nccl version mismatch", r"(?:NCCL version mismatch|mismatched? NCCL versions?)"),
        ),
    ),
)  # fmt: skip
