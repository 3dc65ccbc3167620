"""Starts one kernel as Jupyter would and asks it what it is; run where Jupyter's client is.

Arguments: the folder that holds the kernel's folder, the kernel's name, the package to import,
seconds to wait. Prints one line of JSON: ``{"answer": {…}}``, or ``{"error": "…"}`` with what kept
the kernel from starting. Standard library and ``jupyter_client`` only; any Python from 3.8 on.
"""

# pathlib is slow to import; whatever is raised in there is the answer.
# ruff: noqa: ANN401, BLE001, PTH118, PTH123, T201, UP031

import json
import os
import shutil
import sys
import tempfile

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

MARK = "torchup:"
QUESTION = """
import json as _json, sys as _sys
_told = {"executable": _sys.executable, "prefix": _sys.prefix}
_told["python"] = ".".join(map(str, _sys.version_info[:3]))
try:
    import importlib as _importlib
    _found = _importlib.import_module(%r)
    _told["version"] = str(getattr(_found, "__version__", ""))
    _told["file"] = str(getattr(_found, "__file__", None) or "")
    _told["device"] = "cpu"
    for _kind in ("cuda", "xpu", "mps"):
        _family = getattr(_found, _kind, None)
        if _family is not None and getattr(_family, "is_available", lambda: False)():
            _hip = getattr(getattr(_found, "version", None), "hip", None)
            _told["device"] = "rocm" if _kind == "cuda" and _hip else _kind
            break
except BaseException as _error:
    _told["error"] = type(_error).__name__ + ": " + str(_error)
print(%r + _json.dumps(_told))
"""


def main(folder: str, name: str, package: str, seconds: float) -> "dict[str, Any]":
    """Start, ask, stop."""
    runtime = tempfile.mkdtemp(prefix="torchup-kernel-")
    os.environ["JUPYTER_RUNTIME_DIR"] = runtime
    try:
        from jupyter_client.kernelspec import KernelSpecManager
        from jupyter_client.manager import KernelManager
    except ImportError as error:
        return {"error": str(error), "client": False}
    said = os.path.join(runtime, "stderr")
    specs = KernelSpecManager(kernel_dirs=[folder])
    manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
    try:
        with open(said, "wb") as stream:
            manager.start_kernel(stdout=stream, stderr=stream)
            return {"answer": ask(manager, package, seconds)}
    except BaseException as error:
        return {"error": why(said) or "%s: %s" % (type(error).__name__, error)}
    finally:
        try:
            manager.shutdown_kernel(now=True)
        except BaseException as error:
            sys.stderr.write("%s\n" % error)
        shutil.rmtree(runtime, ignore_errors=True)


def ask(manager: "Any", package: str, seconds: float) -> "Any":
    """Let the running kernel answer the question."""
    printed = []
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=seconds)

        def hear(message: "Any") -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        client.execute_interactive(
            QUESTION % (package, MARK),
            store_history=False,
            allow_stdin=False,
            timeout=seconds,
            output_hook=hear,
        )
    finally:
        client.stop_channels()
    for line in "".join(printed).splitlines():
        if line.startswith(MARK):
            return json.loads(line[len(MARK) :])
    raise RuntimeError("the kernel printed: " + "".join(printed)[-500:])


def why(path: str) -> str:
    """Return the last line that the kernel's process wrote, the best reason there is."""
    with open(path, "rb") as stream:
        lines = stream.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))))
