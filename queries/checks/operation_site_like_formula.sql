-- One row per operation whose site begins with a sign that spreadsheets read as a formula.
-- severity: note
-- table: operations
-- column: site
-- judged: site is not null
-- message: begins like a formula. It is kept as text; exports make it harmless.
select
    source,
    line,
    site as value
from staged_operations
where
    regexp_matches(site, '^[=+@\t\r-]')
order by source, line
