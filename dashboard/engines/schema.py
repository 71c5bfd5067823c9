"""Which version of the tables and marts this program writes, and reads."""

SCHEMA = 3
"""Goes up when a reader of a generation would miss one of its tables or marts."""
