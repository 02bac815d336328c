"""How diagnostics are shown: one output, one file. Knows diagnostics and sources, nothing else."""
