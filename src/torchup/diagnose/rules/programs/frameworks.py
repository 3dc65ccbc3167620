"""What TensorFlow, JAX and ONNX Runtime say where their CUDA or cuDNN is not found, or another one.

TensorFlow: ``gpu_device.cc``, ``dso_loader.cc``, ``cuda_dnn.cc``; JAX: ``jax_plugins/xla_cuda*``,
``xla_bridge.py``; ONNX Runtime: ``onnxruntime_pybind_state.cc``, ``provider_bridge_ort.cc``.
"""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Sign

SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "cuda-runtime-lib-missing": (
        Sign(82, "cannot dlopen some gpu libraries"),
        Sign(76, "could not load dynamic library", r"Could not load dynamic library '(?:lib)?(?:cublas|cufft|curand|cusolver|cusparse)"),
        Sign(80, "failed to create cudaexecutionprovider"),
        Sign(78, "failed to create tensorrtexecutionprovider"),
        Sign(80, "is it installed?", r"Unable to load (?!cuDNN)(?:cu\w+|CUPTI|CUDA)\. Is it installed"),
        Sign(78, "which is missing", r"onnxruntime_providers_\w+\.dll.{0,40}depends on .(?!cudnn)(?:cu|nv)\w+\.dll"),
    ),
    "cudnn-library-missing": (
        Sign(86, "could not load dynamic library", r"Could not load dynamic library '(?:lib)?cudnn"),
        Sign(86, "is it installed?", r"Unable to load cuDNN\. Is it installed"),
        Sign(72, "dnn library is not found"),
        Sign(82, "which is missing", r"onnxruntime_providers_\w+\.dll.{0,40}depends on .cudnn\w*\.dll"),
    ),
    "cudnn-version-mismatch": (
        Sign(88, "outdated cudnn installation found"),
        Sign(90, "jax was built against version", r"Found cuDNN version \S+, but JAX was built against"),
        Sign(90, "loaded runtime cudnn library", r"but source was compiled with"),
    ),
    "cuda-lib-conflict-ld-library-path": (
        Sign(86, "jax was built against version", r"Found (?!cuDNN)\w+ version \S+, but JAX was built against"),
        Sign(84, "installation found", r"Outdated (?!cuDNN)(?:CUDA|CUPTI|cu[A-Z]\w+) installation found"),
    ),
    "cuda-visible-devices-wrong": (
        Sign(80, "no visible gpu devices", r"FAILED_PRECONDITION|No visible GPU devices"),
    ),
}  # fmt: skip
