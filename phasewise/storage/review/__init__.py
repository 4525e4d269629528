"""Review: the documented views, and SQL on them that can change nothing and see nothing else."""
