"""Whoever brings a file with columns of its own is helped to say what they mean."""
