"""Files by which IDEs choose their interpreter: read, and edited without losing a byte."""
