"""What the reads cost, against the cheapest thing that could be done with the same bytes, in one run."""
