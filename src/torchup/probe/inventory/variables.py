"""Variables that change what Python imports, what CUDA sees, or where downloads go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model.source import shown_url

if TYPE_CHECKING:
    from torchup.host import Host

_WATCHED: Final = (
    "CONDA_DEFAULT_ENV",
    "CONDA_OVERRIDE_CUDA",
    "CONDA_PREFIX",
    "CUDA_DEVICE_ORDER",
    "CUDA_HOME",
    "CUDA_MODULE_LOADING",
    "CUDA_PATH",
    "CUDA_VISIBLE_DEVICES",
    "DYLD_LIBRARY_PATH",
    "HIP_VISIBLE_DEVICES",
    "HSA_OVERRIDE_GFX_VERSION",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "NO_PROXY",
    "NVIDIA_DRIVER_CAPABILITIES",
    "NVIDIA_VISIBLE_DEVICES",
    "PYTHONHOME",
    "PYTHONNOUSERSITE",
    "PYTHONPATH",
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_ENABLE_MPS_FALLBACK",
    "ROCM_HOME",
    "ROCM_PATH",
    "ROCR_VISIBLE_DEVICES",
    "SSL_CERT_FILE",
    "TORCH_CUDA_ARCH_LIST",
    "VIRTUAL_ENV",
    "ZE_AFFINITY_MASK",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
"""https://docs.pytorch.org/docs/stable/torch_environment_variables.html, Python's own manual page,
and the documentation of CUDA, ROCm, oneAPI's Level Zero, NVIDIA's containers and conda."""


def read_variables(host: Host) -> dict[str, str]:
    """Return those that are set; a login in a proxy's address is left out."""
    found = ((name, host.env(name)) for name in _WATCHED)
    return {name: shown_url(value) for name, value in found if value is not None}
