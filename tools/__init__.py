"""Programs for working on torchup; none of them is part of the installed package."""
