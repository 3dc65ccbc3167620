"""What holds for every test."""

from __future__ import annotations

import fuzzing

fuzzing.register()
