"""What is done on a cluster through Slurm: scripts that its users submit themselves."""
