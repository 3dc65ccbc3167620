"""torchup: from a bare machine to a verified PyTorch environment, with one command."""

__version__ = "0.1.0"
