"""Mirrors the package: each room has its tests under the same name."""
