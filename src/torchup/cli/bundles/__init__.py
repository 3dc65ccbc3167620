"""``torchup bundle`` and what is installed from one, on the screen."""
