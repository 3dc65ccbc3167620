"""Carrying out plans: environments come into being whole or not at all.

What changes environments is loaded when it is first asked for: to list them takes none of it.
"""

from typing import TYPE_CHECKING, Final

from torchup.apply.adopted import (
    adopted_names,
    forget,
    read_adopted,
    receipt_file,
    write_adopted,
)
from torchup.apply.environments import list_environments, load_environment, looked_at, names
from torchup.apply.left import anything_left
from torchup.apply.marker import LOCK, MARKER, RECEIPT, RECORDS, has_marker
from torchup.apply.names import check_name
from torchup.apply.size import SIZE_FILE, measure
from torchup.early import later

if TYPE_CHECKING:
    from torchup.apply.change import change_environment, see_there, undo_change
    from torchup.apply.clone import (
        check_copying,
        clone_elsewhere,
        clone_environment,
        rename_environment,
    )
    from torchup.apply.create import Site, create_environment
    from torchup.apply.delete import delete_environment
    from torchup.apply.elsewhere import remove_elsewhere
    from torchup.apply.folders import check_room, prepare_home
    from torchup.apply.guard import (
        guarded,
        may_guard,
        see_there_elsewhere,
        settle_guards,
        undo_elsewhere,
    )
    from torchup.apply.holding import constraints_path, hold
    from torchup.apply.name_locks import check_case, check_free, in_use
    from torchup.apply.recovery import recover
    from torchup.apply.steps import StepLog
    from torchup.apply.toolkit import (
        CUDA_HOME,
        LIBRARY_PATH,
        closing_variables,
        is_whole,
        leaked_variables,
        left_libraries,
        library_variables,
        program_folders,
        toolkit_of,
        toolkit_variables,
    )
    from torchup.apply.tree import Copied

__all__ = [
    "CUDA_HOME",
    "LIBRARY_PATH",
    "LOCK",
    "MARKER",
    "RECEIPT",
    "RECORDS",
    "SIZE_FILE",
    "Copied",
    "Site",
    "StepLog",
    "adopted_names",
    "anything_left",
    "change_environment",
    "check_case",
    "check_copying",
    "check_free",
    "check_name",
    "check_room",
    "clone_elsewhere",
    "clone_environment",
    "closing_variables",
    "constraints_path",
    "create_environment",
    "delete_environment",
    "forget",
    "guarded",
    "has_marker",
    "hold",
    "in_use",
    "is_whole",
    "leaked_variables",
    "left_libraries",
    "library_variables",
    "list_environments",
    "load_environment",
    "looked_at",
    "may_guard",
    "measure",
    "names",
    "prepare_home",
    "program_folders",
    "read_adopted",
    "receipt_file",
    "recover",
    "remove_elsewhere",
    "rename_environment",
    "see_there",
    "see_there_elsewhere",
    "settle_guards",
    "toolkit_of",
    "toolkit_variables",
    "undo_change",
    "undo_elsewhere",
    "write_adopted",
]

_LATER: Final = {
    "change": (
        "change_environment",
        "see_there",
        "undo_change",
    ),
    "clone": (
        "check_copying",
        "clone_elsewhere",
        "clone_environment",
        "rename_environment",
    ),
    "create": (
        "Site",
        "create_environment",
    ),
    "delete": ("delete_environment",),
    "elsewhere": ("remove_elsewhere",),
    "folders": ("check_room", "prepare_home"),
    "guard": (
        "guarded",
        "may_guard",
        "see_there_elsewhere",
        "settle_guards",
        "undo_elsewhere",
    ),
    "holding": (
        "constraints_path",
        "hold",
    ),
    "name_locks": (
        "check_case",
        "check_free",
        "in_use",
    ),
    "recovery": ("recover",),
    "steps": ("StepLog",),
    "toolkit": (
        "CUDA_HOME",
        "LIBRARY_PATH",
        "closing_variables",
        "is_whole",
        "leaked_variables",
        "left_libraries",
        "library_variables",
        "program_folders",
        "toolkit_of",
        "toolkit_variables",
    ),
    "tree": ("Copied",),
}
"""Module → the names that are taken from it when they are first asked for."""

if not TYPE_CHECKING:  # a checker would take any name for one of these
    __getattr__ = later(__name__, _LATER)
