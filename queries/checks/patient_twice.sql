-- One row per patient whose identifier stood on an earlier row; that earlier row is kept.
-- severity: row
-- table: patients
-- column: patient_id
-- message: this patient already stands on an earlier row. Keep one of them.
select
    source,
    line,
    null as value
from staged_patients
qualify row_number() over (partition by patient_id order by source, line) > 1
order by source, line
