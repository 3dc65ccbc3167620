"""Where the payload starts: ``python -I …/payload/main.py --framework=NAME …``.

The folder is loaded as a package under a name of its own, since it is on nobody's search path.
"""

# Pathlib is slow to import.

import importlib
import importlib.util
import os
import sys

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from types import ModuleType

PACKAGE = "torchup_payload"


def load(name: str) -> "ModuleType":
    """Load a module of this folder."""
    if PACKAGE not in sys.modules:
        here = os.path.dirname(os.path.abspath(__file__))
        path = os.path.join(here, "__init__.py")
        spec = importlib.util.spec_from_file_location(
            PACKAGE, path, submodule_search_locations=[here]
        )
        if spec is None or spec.loader is None:
            raise ImportError(path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[PACKAGE] = module
        spec.loader.exec_module(module)
    return importlib.import_module(PACKAGE + "." + name)


def main(arguments: "list[str]") -> None:
    """Take the part that the command line names."""
    if arguments and arguments[0].startswith("--held="):
        load("held").become(int(arguments[0].partition("=")[2]), arguments[1:])
    options = load("options").parse(arguments)
    if options.peer:
        load(options.framework + "_together").be_peer(options.peer)
    elif options.do:
        load("work").main(options)
    else:
        load("supervise").main(options)


if __name__ == "__main__":
    main(sys.argv[1:])
