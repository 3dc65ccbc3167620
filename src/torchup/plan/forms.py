"""The forms that a stack can be pasted in, for the command line to offer."""

from __future__ import annotations

from typing import Final, Literal

Form = Literal["pip", "uv", "conda", "dockerfile"]
FORMS: Final[tuple[Form, ...]] = ("pip", "uv", "conda", "dockerfile")
