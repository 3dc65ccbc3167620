"""Which toolkit a build in an environment would take, as the framework's own tools look for one."""

from __future__ import annotations

import ntpath
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.api.toolkit.fitting import fit_of, runtime_of
from torchup.apply.toolkit import CUDA_HOME, toolkit_home
from torchup.backends.installed import program_folders
from torchup.facts.load import titles
from torchup.model.toolkits import Build
from torchup.probe.tools import toolkit_at

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.model import Environment, EnvRecord
    from torchup.model.toolkits import TakenBy

_DEFAULT: Final = "/usr/local/cuda"
_WINDOWS: Final = "C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA"


def build_in(host: Host, environment: Environment) -> Build:
    """Look for a toolkit in the order of ``torch.utils.cpp_extension`` (``_find_cuda_home``).

    ``CUDA_HOME``, which an environment's own toolkit sets, then ``CUDA_PATH``, then the folder
    above that of the first nvcc on the search path, links not followed, then the usual place.
    """
    record = environment.record
    by, path = _place(host, record)
    found = toolkit_at(host, host.real_path(path)) if path else None
    runtime = runtime_of(record.stack)
    version = found.version if found else ""
    return Build(
        environment=record.name,
        framework=titles(record.stack.packages),
        by=by,
        fit=fit_of(version, runtime) if runtime else "cpu",
        path=path,
        version=version,
        runtime=runtime,
    )


def _place(host: Host, record: EnvRecord) -> tuple[TakenBy, str]:
    path = Path(record.path)
    if record.toolkit is not None:
        return "environment", str(toolkit_home(path, record.toolkit))
    for name in (CUDA_HOME, "CUDA_PATH"):
        value = host.env(name)
        if value:
            return ("CUDA_HOME" if name == CUDA_HOME else "CUDA_PATH"), value
    program = "nvcc.exe" if host.system == "windows" else "nvcc"
    inside = (str(folder / program) for folder in program_folders(path, host))
    own = next((one for one in inside if host.is_executable(one)), None)
    nvcc = own or host.which("nvcc")
    if nvcc:
        parts = ntpath if host.system == "windows" else posixpath
        return "nvcc", parts.dirname(parts.dirname(nvcc))
    if host.system == "windows":
        versions = [name for name in host.listdir(_WINDOWS) if name.startswith("v")]
        return ("default", f"{_WINDOWS}/{versions[0]}") if versions else ("none", "")
    return ("default", _DEFAULT) if host.is_dir(_DEFAULT) else ("none", "")
