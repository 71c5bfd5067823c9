-- One row per symptom of severity 0, which is none.
-- severity: note
-- table: symptoms
-- column: severity
-- judged: severity is not null
-- message: severity 0 is no symptom. It is counted: take the row out if there was none.
select
    source,
    line,
    severity as value
from staged_symptoms
where
    severity = 0
order by source, line
