"""Asks NVML what it knows and prints one JSON document.

Runs as a program of its own (``python -I payload_nvml.py``): a driver library that hangs or
crashes takes this process with it and nothing else. Every question may fail alone; failures are
in the document with NVML's own error number (``nvmlReturn_t`` in ``nvml.h``).
"""

from __future__ import annotations

import ctypes
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_SUPPORTED: Final = 3  # NVML_ERROR_NOT_SUPPORTED: this card has no such thing, no failure


class Questions:
    """Asks one function at a time and keeps what went wrong."""

    def __init__(self, failures: list[dict[str, Any]], gpu: int | None = None) -> None:
        self.failures = failures
        self.gpu = gpu

    def ask(self, function: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401 - as NVML
        """Call ``function``; None where it fails."""
        try:
            return function(*args)
        except Exception as error:
            code = getattr(error, "value", None)
            if code != NOT_SUPPORTED:
                self.failures.append(
                    {
                        "function": function.__name__,
                        "gpu": self.gpu,
                        "code": code,
                        "why": str(error) or type(error).__name__,
                    }
                )
            return None


def main() -> None:
    """Print the document, whatever happens."""
    failures: list[dict[str, Any]] = []
    document: dict[str, Any] = {"failures": failures, "gpus": []}
    questions = Questions(failures)
    nvml = questions.ask(load)
    if nvml is not None:
        questions.ask(nvml.nvmlInit)
        if not failures:
            document["driver"] = text(questions.ask(nvml.nvmlSystemGetDriverVersion))
            document["cuda"] = questions.ask(nvml.nvmlSystemGetCudaDriverVersion_v2)
            count = questions.ask(nvml.nvmlDeviceGetCount) or 0
            document["gpus"] = [describe(nvml, index, failures) for index in range(count)]
    print(json.dumps(document))


def load() -> Any:  # noqa: ANN401 - a module without types
    """Import NVML's bindings."""
    import pynvml

    return pynvml


def describe(nvml: Any, index: int, failures: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: ANN401
    """Ask everything about one GPU; a value that is missing could not be had."""
    found: dict[str, Any] = {"index": index}
    ask = Questions(failures, index).ask
    handle = ask(nvml.nvmlDeviceGetHandleByIndex, index)
    if handle is None:
        return found
    found["name"] = text(ask(nvml.nvmlDeviceGetName, handle))
    found["uuid"] = text(ask(nvml.nvmlDeviceGetUUID, handle))
    found["capability"] = ask(nvml.nvmlDeviceGetCudaComputeCapability, handle)
    pci = ask(nvml.nvmlDeviceGetPciInfo, handle)
    if pci is not None:
        found["bus"] = text(pci.busId)
        found["device"] = pci.pciDeviceId
        found["subsystem"] = pci.pciSubSystemId
    memory = ask(nvml.nvmlDeviceGetMemoryInfo, handle)
    found["memory"] = None if memory is None else memory.total
    mig = ask(nvml.nvmlDeviceGetMigMode, handle)
    found["mig"] = None if mig is None else mig[0]
    return found | state_of(nvml, handle)


def state_of(nvml: Any, handle: Any) -> dict[str, Any]:  # noqa: ANN401
    """Ask how one GPU is set up, and how it fares.

    Older drivers have some of these functions not at all, and newer ones answer some to root
    alone: what can't be had is no failure.
    """
    ask = Questions([]).ask
    found = {
        "virtual": ask(nvml.nvmlDeviceGetVirtualizationMode, handle),
        "compute": ask(nvml.nvmlDeviceGetComputeMode, handle),
        "persistence": ask(nvml.nvmlDeviceGetPersistenceMode, handle),
        "ecc": ask(
            nvml.nvmlDeviceGetTotalEccErrors,
            handle,
            nvml.NVML_MEMORY_ERROR_TYPE_UNCORRECTED,
            nvml.NVML_VOLATILE_ECC,
        ),
    }
    fabric = nvml.c_nvmlGpuFabricInfo_t()
    if ask(nvml.nvmlDeviceGetGpuFabricInfo, handle, ctypes.byref(fabric)) is not None:
        found["fabric"] = fabric.state
    return found


def text(value: Any) -> str | None:  # noqa: ANN401 - bytes in old bindings
    """Turn NVML's bytes or text into text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


if __name__ == "__main__":
    main()
