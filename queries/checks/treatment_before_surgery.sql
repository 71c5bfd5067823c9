-- One row per treatment dated before its operation: what follows an operation cannot precede it.
-- severity: row
-- table: treatments
-- column: start_date
-- message: the treatment lies before the operation. Correct one of the two.
select
    child.source,
    child.line,
    cast(child.start_date as varchar) as value
from staged_treatments as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.start_date < operation.surgery_date
order by child.source, child.line
