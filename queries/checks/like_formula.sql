-- One row per ${noun} whose ${field} begins with a sign that spreadsheets read as a formula.
-- tables: operations.site, operations.surgeon
-- name: ${record}_${field}_like_formula
-- severity: note
-- column: ${field}
-- judged: ${field} is not null
-- message: begins like a formula. It is kept as text; exports make it harmless.
select
    source,
    line,
    ${field} as value
from ${staged}
where
    regexp_matches(${field}, '^[=+@\t\r-]')
order by source, line
