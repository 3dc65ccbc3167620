"""Many machines at once: plans for all of them, and what they could share."""
