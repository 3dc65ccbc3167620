"""ONNX Runtime has no companions."""

OPERATIONS: "dict[str, object]" = {}
