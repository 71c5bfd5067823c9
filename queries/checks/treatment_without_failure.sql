-- One row per treatment of an operation of which no failure was found; it answers none.
-- severity: note
-- table: treatments
-- column: start_date
-- message: no finding of a failure is recorded for this operation. Is it missing in diagnoses?
select
    child.source,
    child.line,
    null as value
from staged_treatments as child
anti join staged_diagnoses as diagnosis on child.operation_id = diagnosis.operation_id
order by child.source, child.line
