-- One row per operation whose identifier stood on an earlier row; that earlier row is kept.
-- severity: row
-- table: operations
-- column: operation_id
-- message: this operation already stands on an earlier row. Keep one of them.
select
    source,
    line,
    null as value
from staged_operations
qualify row_number() over (partition by operation_id order by source, line) > 1
order by source, line
