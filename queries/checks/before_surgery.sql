-- One row per ${noun} dated before its operation: what follows an operation cannot precede it.
-- tables: complications, diagnoses, treatments
-- name: ${record}_before_surgery
-- severity: row
-- column: ${day}
-- message: the ${noun} lies before the operation. Correct one of the two.
select
    child.source,
    child.line,
    cast(child.${day} as varchar) as value
from ${staged} as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.${day} < operation.surgery_date
order by child.source, child.line
