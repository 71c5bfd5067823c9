-- One row per finding whose code begins with a sign that spreadsheets read as a formula.
-- severity: note
-- table: diagnoses
-- column: code
-- judged: code is not null
-- message: begins like a formula. It is kept as text; exports make it harmless.
select
    source,
    line,
    code as value
from staged_diagnoses
where
    regexp_matches(code, '^[=+@\t\r-]')
order by source, line
