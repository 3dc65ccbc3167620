"""What a project says that it needs: pure readers of its files, and the order of their trust."""

from torchup.projects.declared import Declared, Line
from torchup.projects.folder import read_project
from torchup.projects.named_file import read_named_file

__all__ = ["Declared", "Line", "read_named_file", "read_project"]
