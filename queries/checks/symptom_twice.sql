-- One row per symptom that stood on an earlier row, with the same operation and day; that earlier row is kept.
-- severity: row
-- table: symptoms
-- column: symptom
-- message: this symptom already stands on an earlier row. Keep one of them.
select
    source,
    line,
    null as value
from staged_symptoms
qualify row_number() over (partition by operation_id, symptom, onset_date order by source, line) > 1
order by source, line
