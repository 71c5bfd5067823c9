-- One row per operation that agrees with an earlier row in patient, day and procedure; both are kept, one is counted.
-- severity: note
-- table: operations
-- column: surgery_date
-- message: this patient has the same procedure on the same day on an earlier row. Is it the same operation?
select
    source,
    line,
    cast(surgery_date as varchar) as value
from staged_operations
qualify row_number() over (partition by patient_id, surgery_date, procedure order by source, line) > 1
order by source, line
