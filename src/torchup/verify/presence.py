"""Which frameworks an interpreter has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.facts.frameworks import FRAMEWORKS
from torchup.verify.run import CLEAN

if TYPE_CHECKING:
    from torchup.host import Host

_LIMIT_S: Final = 60.0
_MARK: Final = "has:"
# Nothing of them is imported: each takes seconds, and a broken one would end the process. A folder
# that an uninstallation left behind is no framework: it has no file of its own to begin with.
_ASKING: Final = """
import sys
from importlib.util import find_spec
for name in sys.argv[1:]:
    found = find_spec(name)
    if found is not None and found.origin:
        print("has:" + name)
"""


def there(host: Host, python: str) -> tuple[str, ...]:
    """Name the frameworks that an interpreter would import; none where it can't be asked.

    Args:
        host: the machine.
        python: the interpreter, an absolute path.
    """
    argv = [python, "-I", "-B", "-c", _ASKING, *FRAMEWORKS]
    done = host.run(argv, timeout=_LIMIT_S, env=CLEAN)
    said = {line.removeprefix(_MARK) for line in done.out.splitlines() if line.startswith(_MARK)}
    return tuple(name for name in FRAMEWORKS if name in said)
