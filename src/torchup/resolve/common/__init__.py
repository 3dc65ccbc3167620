"""One stack for many machines: what runs where, and what runs in the most places; pure."""
