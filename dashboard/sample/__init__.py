"""A made-up practice: any number of operations with their whole course, the same for the same seed. No real person."""

from dashboard.sample.writing import write

__all__ = ["write"]
