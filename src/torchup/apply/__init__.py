"""Carrying out plans: environments come into being whole or not at all."""

from torchup.apply.adopted import (
    adopted_names,
    forget,
    read_adopted,
    receipt_file,
    write_adopted,
)
from torchup.apply.change import change_environment, check_undo, see_there, undo_change
from torchup.apply.clone import (
    check_copying,
    clone_elsewhere,
    clone_environment,
    rename_environment,
)
from torchup.apply.create import Site, check_case, check_free, create_environment, in_use
from torchup.apply.delete import delete_environment
from torchup.apply.elsewhere import remove_elsewhere
from torchup.apply.environments import list_environments, load_environment, looked_at, names
from torchup.apply.folders import check_room
from torchup.apply.folders import prepare as prepare_home
from torchup.apply.guard import (
    guarded,
    may_guard,
    see_there_elsewhere,
    settle_guards,
    undo_elsewhere,
)
from torchup.apply.holding import constraints_path, hold
from torchup.apply.marker import LOCK, MARKER, RECEIPT, RECORDS, has_marker
from torchup.apply.names import check_name
from torchup.apply.recovery import recover
from torchup.apply.size import SIZE_FILE, measure
from torchup.apply.steps import StepLog
from torchup.apply.toolkit import (
    CUDA_HOME,
    closing_variables,
    is_whole,
    leaked_variables,
    program_folders,
    toolkit_of,
    toolkit_variables,
)
from torchup.apply.tree import Copied

__all__ = [
    "CUDA_HOME",
    "LOCK",
    "MARKER",
    "RECEIPT",
    "RECORDS",
    "SIZE_FILE",
    "Copied",
    "Site",
    "StepLog",
    "adopted_names",
    "change_environment",
    "check_case",
    "check_copying",
    "check_free",
    "check_name",
    "check_room",
    "check_undo",
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
