"""The screens of ``torchup fleet``."""
