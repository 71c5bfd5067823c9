-- One row per finding that stood on an earlier row: same operation, day, cause and code; the earlier row is kept.
-- severity: row
-- table: diagnoses
-- column: cause
-- message: this finding already stands on an earlier row. Keep one of them.
select
    source,
    line,
    null as value
from staged_diagnoses
qualify row_number() over (partition by operation_id, diagnosis_date, cause, code order by source, line) > 1
order by source, line
