"""Results for readers. Reports read Results and nothing else."""
