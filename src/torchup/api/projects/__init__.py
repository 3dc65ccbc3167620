"""What a project's own files ask for, and how far that may be moved to run."""
