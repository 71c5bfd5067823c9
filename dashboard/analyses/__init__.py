"""One clinical question each: `f(records, …) -> result`. The database counts, `dashboard.stats` estimates."""
