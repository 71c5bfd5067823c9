-- One row per ${noun} of an operation that is not in operations, or was left out.
-- tables: follow_ups, events
-- name: ${record}_without_operation
-- severity: row
-- phase: belonging
-- column: operation_id
-- message: there is no such operation among those accepted. Add it, or correct the identifier.
select
    child.source,
    child.line,
    null as value
from ${staged} as child
anti join staged_operations as operation on child.operation_id = operation.operation_id
order by child.source, child.line
