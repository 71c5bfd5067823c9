"""Estimates from counts: numbers in, numbers out.

Nothing here reads a file or knows a table, a page or a chart. What each function must equal was worked out with R;
the values stand in ``tests/stats/references``.
"""
