"""The life of environments: made, adopted, changed, copied, moved, mended, deleted."""
