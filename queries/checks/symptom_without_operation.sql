-- One row per symptom of an operation that is not in operations, or was left out.
-- severity: row
-- phase: belonging
-- table: symptoms
-- column: operation_id
-- message: there is no such operation among those accepted. Add it, or correct the identifier.
select
    child.source,
    child.line,
    null as value
from staged_symptoms as child
anti join staged_operations as operation on child.operation_id = operation.operation_id
order by child.source, child.line
