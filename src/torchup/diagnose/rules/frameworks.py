"""Causes of frameworks other than PyTorch: their part for the card, and packages of one release.

JAX: ``jax/_src/xla_bridge.py``, ``jax/_src/lib/__init__.py``, ``jaxlib/plugin_support.py``; ONNX
Runtime: ``onnxruntime/capi/onnxruntime_inference_collection.py``. What TensorFlow, JAX and ONNX
Runtime say of causes that are known otherwise is in ``programs/frameworks.py``.
"""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Harmless, Rule, Sign

RULES: Final = (
    Rule(
        code="gpu-part-not-installed",
        signs=(
            Sign(88, "cuda-enabled jaxlib is not installed"),
            Sign(70, "no gpu/tpu found, falling back to cpu", "", 0, ("nvidia",)),
            Sign(84, "is not in available provider names", r"['\"](?:CUDA|Tensorrt|Dml|ROCM|MIGraphX|OpenVINO|CoreML)ExecutionProvider['\"] is not in available provider"),
            Sign(76, "not built with cuda", r"[Tt]ensor[Ff]low.{0,60}not built with CUDA"),
            Sign(72, "is_built_with_cuda()", r"is_built_with_cuda\(\)\)?[^\n]{0,20}\n?\s*False", 1),
            Sign(60, "unknown backend", r"[Uu]nknown backend:? '?(?:gpu|cuda)'?(?!.*(?:tpu|libtpu))"),
        ),
        lifts={"nvidia": 6, "no-nvidia": -30},
        over=("package-not-installed",),
    ),
    Rule(
        code="jax-jaxlib-mismatch",
        signs=(
            Sign(94, "newer than and incompatible with jax version"),
            Sign(94, "jaxlib is version", r"but this version of jax requires version"),
            Sign(90, "jax plugin", r"not compatible with the installed jaxlib version"),
            Sign(78, "jaxlib", r"module ['\"]jaxlib(?:\.\w+)*['\"] has no attribute|cannot import name ['\"]\w+['\"] from (?:partially initialized module )?['\"]jaxlib"),
        ),
        over=("python-package-version-conflict", "pip-dependency-conflict"),
    ),
)  # fmt: skip

HARMLESS: Final = (
    Harmless("ignore above cudart dlerror", before=1),
    Harmless("could not find cuda drivers on your machine"),
    # 303 is CUDA_ERROR_SHARED_OBJECT_INIT_FAILED: there is no libcuda, as on any machine without a card.
    Harmless("failed call to cuinit", r"INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR \(303\)"),
    # It looks for these two before it knows whether there is a card, and does without the third.
    Harmless("could not load dynamic library", r"dso_loader.*Could not load dynamic library '(?:lib)?(?:cudart|cuda\.|nvcuda|nvinfer).*dlerror"),
    Harmless("your cpu supports instructions that this tensorflow binary was not compiled to use"),
    Harmless("to enable the following instructions", r"rebuild TensorFlow"),
    Harmless("onednn custom operations are on"),
    # What JAX tries and does without is logged; what it can't do without is raised.
    Harmless("unable to initialize backend", r"^(?!.*(?:Error|ERROR)\b.{0,20}Unable to init).*Unable to initialize backend '"),
    Harmless("falling back to cpu", r"TPU may be present"),
)  # fmt: skip
"""TensorFlow and JAX tell a lot on machines where nothing is wrong."""
