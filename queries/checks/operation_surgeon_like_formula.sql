-- One row per operation whose surgeon begins with a sign that spreadsheets read as a formula.
-- severity: note
-- table: operations
-- column: surgeon
-- judged: surgeon is not null
-- message: begins like a formula. It is kept as text; exports make it harmless.
select
    source,
    line,
    surgeon as value
from staged_operations
where
    regexp_matches(surgeon, '^[=+@\t\r-]')
order by source, line
