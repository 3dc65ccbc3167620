"""TensorFlow has no companions of its own: what belongs to it, its installer solves."""

OPERATIONS: "dict[str, object]" = {}
