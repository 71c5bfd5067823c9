"""One page each: a function ``page(records)`` that picks, asks and arranges, and does nothing else."""
