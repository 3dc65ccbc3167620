"""What hosts that compute together do unless they are told otherwise."""

from __future__ import annotations

from typing import Final

PORT: Final = 29500
"""torchrun's own default."""
COMPUTE_S: Final = 180
"""How long torch may take, starting it included."""
MOST_S: Final = 86_400
"""The longest time that may be asked for."""
LATE: Final = 124
"""The status of ``timeout`` where it ended what it ran."""
