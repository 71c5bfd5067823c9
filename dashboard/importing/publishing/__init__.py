"""From accepted rows to a whole generation: the kept tables and the marts."""
