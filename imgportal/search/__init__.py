"""Search over everything public, in the memory of each process."""
