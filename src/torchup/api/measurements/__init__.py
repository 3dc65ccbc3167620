"""What was measured, kept so that it can be compared: one file for each ``verify --bench``."""

from torchup.api.measurements.comparing import compared, compared_kept
from torchup.api.measurements.kept import Kept, find, keep, listed

__all__ = ["Kept", "compared", "compared_kept", "find", "keep", "listed"]
