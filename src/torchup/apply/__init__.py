"""Carrying out plans: environments come into being whole or not at all."""

from torchup.apply.create import Site, check_case, create_environment, in_use
from torchup.apply.delete import delete_environment
from torchup.apply.environments import list_environments, load_environment, names
from torchup.apply.folders import check_room
from torchup.apply.folders import prepare as prepare_home
from torchup.apply.marker import MARKER, RECEIPT, RECORDS, has_marker
from torchup.apply.names import check_name
from torchup.apply.recovery import recover
from torchup.apply.size import measure
from torchup.apply.steps import StepLog

__all__ = [
    "MARKER",
    "RECEIPT",
    "RECORDS",
    "Site",
    "StepLog",
    "check_case",
    "check_name",
    "check_room",
    "create_environment",
    "delete_environment",
    "has_marker",
    "in_use",
    "list_environments",
    "load_environment",
    "measure",
    "names",
    "prepare_home",
    "recover",
]
