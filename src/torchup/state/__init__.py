"""Where torchup keeps things: one home, and a small configuration file."""
