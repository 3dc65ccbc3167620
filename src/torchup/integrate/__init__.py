"""What starts Python for people: Jupyter's kernels and IDEs. So far they are only found."""
