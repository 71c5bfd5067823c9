-- One row per visit of an operation on a day that stood on an earlier row; that earlier row is kept.
-- severity: row
-- table: follow_ups
-- column: visit_date
-- message: this visit already stands on an earlier row. Keep one of them.
select
    source,
    line,
    null as value
from staged_follow_ups
qualify row_number() over (partition by operation_id, visit_date order by source, line) > 1
order by source, line
