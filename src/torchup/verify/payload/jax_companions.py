"""The companions of JAX have no operation of their own: what it computes is computed by them."""

OPERATIONS: "dict[str, object]" = {}
