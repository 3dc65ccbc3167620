"""What other installers choose on the same machines: their own code, run against made drivers."""
