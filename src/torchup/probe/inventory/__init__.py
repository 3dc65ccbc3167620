"""What is installed beside the drivers: libraries, condas, environments, telling variables.

Everything here is read from files, nothing is started, and what can't be read is left out: an
inventory never raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model.software import Software

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.host import Host


def take_inventory(host: Host, names: Mapping[str, str], *, own: tuple[str, ...] = ()) -> Software:
    """List what is installed on a machine.

    Args:
        host: the machine.
        names: packages that make an environment worth naming, by the name that they are installed
            under; each maps to the name that they are listed under.
        own: folders of torchup's own environments, which are left out.
    """
    from torchup.probe.inventory.condas import find_condas
    from torchup.probe.inventory.environments import find_environments
    from torchup.probe.inventory.libraries import find_libraries
    from torchup.probe.inventory.variables import read_variables

    condas = find_condas(host)
    return Software(
        libraries=find_libraries(host),
        condas=condas,
        environments=find_environments(host, condas, names, own),
        variables=read_variables(host),
    )
