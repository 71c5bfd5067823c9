-- One row per operation whose levels begins with a sign that spreadsheets read as a formula.
-- severity: note
-- table: operations
-- column: levels
-- judged: levels is not null
-- message: begins like a formula. It is kept as text; exports make it harmless.
select
    source,
    line,
    levels as value
from staged_operations
where
    regexp_matches(levels, '^[=+@\t\r-]')
order by source, line
