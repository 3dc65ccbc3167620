"""The facts themselves: shown, checked, renewed."""
